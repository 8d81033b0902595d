using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Storage;

/// <summary>What <c>{account}.dfs.localhost</c> answers of Data Lake Storage: Path List, Create (directories), Get Properties, Read and Delete. The same data as the blob address.</summary>
/// <param name="state">Accounts.</param>
/// <param name="access">Checks requests.</param>
/// <param name="engine">Azurite.</param>
/// <param name="blobs">Answers reads.</param>
internal sealed class DataLakeFront(EmulatorState state, StorageAccess access, BlobEngine engine, StorageFront blobs)
{
    private const int MostResults = 5000;

    /// <summary>Answers a request to an account.</summary>
    public async Task HandleAsync(HttpContext http, string accountName)
    {
        try
        {
            if (!state.Accounts.TryGetValue(accountName, out var account))
            {
                throw new ServiceException(400, "InvalidUri", $"There is no storage account '{accountName}'.");
            }

            var target = Exchange.RawTarget(http);
            var (container, path) = StorageFront.Split(target);
            var (proof, _) = access.Identify(http, account, container, path);
            StorageAccess.CheckSignature(http, account, container, path, proof);
            var version = http.Request.Headers["x-ms-version"].ToString();
            http.Response.Headers["x-ms-version"] = version.Length > 0 ? version : "2021-06-08";
            http.Response.Headers["x-ms-request-id"] = Guid.NewGuid().ToString();
            await ((http.Request.Method, http.Request.Query["resource"].ToString(), path.Length > 0) switch
            {
                ("GET", "filesystem", false) => ListAsync(http, account, container),
                ("PUT", "directory", true) => CreateAsync(http, account, container, path),
                ("HEAD" or "GET", "", true) => ReadAsync(http, account, target, container, path),
                ("DELETE", "", true) => DeleteAsync(http, account, container, path),
                _ => throw new ServiceException(400, "UnsupportedRestOperation", "The emulator does not have this Data Lake operation."),
            });
        }
        catch (ServiceException e) when (!http.Response.HasStarted)
        {
            await WriteAsync(http, e);
        }
    }

    private static Task WriteAsync(HttpContext http, ServiceException error)
    {
        http.Response.Headers["x-ms-error-code"] = error.Code;
        foreach (var (name, value) in error.Headers)
        {
            http.Response.Headers[name] = value;
        }

        var exchange = new Exchange(http, new Dictionary<string, string>());
        return exchange.JsonAsync(new JsonObject { ["error"] = new JsonObject { ["code"] = error.Code, ["message"] = error.Message } }, error.Status);
    }

    private async Task ListAsync(HttpContext http, StorageAccount account, string container)
    {
        var query = http.Request.Query;
        var directory = query["directory"].ToString().Trim('/');
        var recursive = string.Equals(query["recursive"], "true", StringComparison.OrdinalIgnoreCase);
        var most = Paging.Count(query["maxResults"].ToString() is { Length: > 0 } text ? text : null, MostResults, MostResults);
        var prefix = directory.Length == 0 ? string.Empty : directory + "/";
        var (page, next) = await PageAsync(account, container, prefix, recursive, query["continuation"].ToString(), most, http.RequestAborted);
        if (next.Length > 0)
        {
            http.Response.Headers["x-ms-continuation"] = next;
        }

        if (prefix.Length > 0 && page.Count == 0 && query["continuation"].Count == 0 && await KindAsync(account, container, directory, http.RequestAborted) is null)
        {
            throw new ServiceException(404, "PathNotFound", "The specified path does not exist.");
        }

        await new Exchange(http, new Dictionary<string, string>()).JsonAsync(new JsonObject { ["paths"] = JsonShape.List(page) });
    }

    private async Task<(List<JsonObject> Page, string Next)> PageAsync(StorageAccount account, string container, string prefix, bool recursive, string marker, int most, CancellationToken cancellationToken)
    {
        var query = $"/{container}?restype=container&comp=list&include=metadata&maxresults={most}&prefix={Uri.EscapeDataString(prefix)}"
            + (recursive ? string.Empty : "&delimiter=%2F") + (marker.Length > 0 ? "&marker=" + Uri.EscapeDataString(marker) : string.Empty);
        using var answer = await engine.CallAsync(account, HttpMethod.Get, query, null, [], cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            throw new ServiceException((int)answer.StatusCode, "FilesystemNotFound", "The specified filesystem does not exist.");
        }

        var root = XDocument.Parse(text).Root;
        var paths = (root?.Element("Blobs")?.Elements("Blob") ?? []).Select(Document).ToList();
        return (paths, root?.Element("NextMarker")?.Value ?? string.Empty);
    }

    private static JsonObject Document(XElement blob)
    {
        var properties = blob.Element("Properties");
        var document = new JsonObject
        {
            ["contentLength"] = properties?.Element("Content-Length")?.Value ?? "0",
            ["etag"] = properties?.Element("Etag")?.Value.Trim('"'),
            ["group"] = "$superuser",
        };
        var directory = string.Equals(blob.Element("Metadata")?.Element(HierarchicalListing.Mark)?.Value, "true", StringComparison.OrdinalIgnoreCase);
        if (directory)
        {
            document["isDirectory"] = "true";
        }

        document["lastModified"] = properties?.Element("Last-Modified")?.Value;
        document["name"] = blob.Element("Name")?.Value;
        document["owner"] = "$superuser";
        document["permissions"] = directory ? "rwxr-x---" : "rw-r-----";
        return document;
    }

    private async Task CreateAsync(HttpContext http, StorageAccount account, string container, string path)
    {
        await HierarchicalListing.EnsureParentsAsync(engine, account, container, path, http.RequestAborted);
        http.Response.Headers.ETag = await HierarchicalListing.CreateDirectoryAsync(engine, account, container, path, http.RequestAborted);
        http.Response.StatusCode = 201;
        http.Response.Headers.LastModified = DateTimeOffset.UtcNow.ToString("r", CultureInfo.InvariantCulture);
        http.Response.ContentLength = 0;
    }

    private async Task ReadAsync(HttpContext http, StorageAccount account, string target, string container, string path)
    {
        var kind = await KindAsync(account, container, path, http.RequestAborted) ?? throw new ServiceException(404, "PathNotFound", "The specified path does not exist.");
        http.Response.Headers["x-ms-resource-type"] = kind;
        await blobs.ForwardAsync(http, account, target.Split('?')[0], StorageProof.Bearer);
    }

    /// <summary>Deletes a file, or a directory with all below it: at most a page a request, then with a continuation as the service does for large ones.</summary>
    private async Task DeleteAsync(HttpContext http, StorageAccount account, string container, string path)
    {
        path = path.TrimEnd('/');
        var kept = new KeptStore(state, engine);
        var facts = await kept.HeadAsync(account, container, path, KeptStore.ConditionsOf(http), http.RequestAborted);
        var resumed = http.Request.Query["continuation"].Count > 0;
        if (facts is null && !resumed)
        {
            throw new ServiceException(404, "PathNotFound", "The specified path does not exist.");
        }

        if (facts is { Directory: false })
        {
            Immutable(account, container, path);
            await TakeAsync(kept, account, container, path, null, http.RequestAborted);
        }
        else if (await BelowAsync(account, container, path, http.RequestAborted) is { Count: > 0 } below)
        {
            if (!string.Equals(http.Request.Query["recursive"], "true", StringComparison.OrdinalIgnoreCase))
            {
                throw new ServiceException(409, "DirectoryNotEmpty", "The recursive query parameter value must be true to delete a non-empty directory.");
            }

            below.ForEach(name => Immutable(account, container, name));

            // What lies deepest goes first, so that no directory goes before what is in it.
            below.Sort((left, right) => string.CompareOrdinal(right, left));
            var page = Math.Max(1, state.Settings.RecursiveDeletePage);

            // All pages are one deletion; its id is in the token that goes on with it.
            var continued = http.Request.Query["continuation"].ToString().Split('.');
            var deletion = continued.Length == 2 ? continued[0] : KeptStore.DeletionId();
            foreach (var name in below.Take(page))
            {
                await TakeAsync(kept, account, container, name, deletion, http.RequestAborted);
            }

            if (below.Count > page)
            {
                http.Response.Headers["x-ms-continuation"] = $"{deletion}.{below.Count}";
            }
            else
            {
                await TakeDirectoryAsync(kept, account, container, path, deletion, http.RequestAborted);
            }
        }
        else
        {
            await TakeDirectoryAsync(kept, account, container, path, KeptStore.DeletionId(), http.RequestAborted);
        }

        http.Response.StatusCode = 200;
        http.Response.ContentLength = 0;
    }

    private void Immutable(StorageAccount account, string container, string path)
    {
        if (state.Kept.Rules(account.Name).Of(container, path, DateTimeOffset.UtcNow) is not null)
        {
            throw new ServiceException(409, "PathImmutableDueToPolicy", "This operation is not permitted as the path is immutable due to a policy.");
        }
    }

    private async Task<List<string>> BelowAsync(StorageAccount account, string container, string path, CancellationToken cancellationToken)
    {
        var below = new List<string>();
        var marker = string.Empty;
        do
        {
            var (page, next) = await PageAsync(account, container, path + "/", true, marker, MostResults, cancellationToken);
            below.AddRange(page.Select(p => p.Text("name")).OfType<string>());
            marker = next;
        }
        while (marker.Length > 0);
        return below;
    }

    /// <summary>Takes a path away; where it is kept, by itself or as a part of the directory of that deletion.</summary>
    private async Task TakeAsync(KeptStore kept, StorageAccount account, string container, string path, string? directoryDeletion, CancellationToken cancellationToken)
    {
        if (state.Kept.Rules(account.Name).SoftDeleteDays is not null && await kept.HeadAsync(account, container, path, [], cancellationToken) is { } facts && (directoryDeletion is not null || !facts.Directory))
        {
            if (facts.Leased)
            {
                throw Leased();
            }

            var record = KeptStore.Record(container, path, facts, deleted: DateTimeOffset.UtcNow) with { DeletionId = directoryDeletion ?? KeptStore.DeletionId(), InDirectory = directoryDeletion is not null, Directory = facts.Directory };
            await kept.KeepAsync(account, facts, record, cancellationToken);
        }

        await RemoveAsync(account, container, path, cancellationToken);
    }

    private async Task TakeDirectoryAsync(KeptStore kept, StorageAccount account, string container, string path, string deletion, CancellationToken cancellationToken)
    {
        if (state.Kept.Rules(account.Name).SoftDeleteDays is not null && await kept.HeadAsync(account, container, path, [], cancellationToken) is { } facts)
        {
            await kept.KeepAsync(account, facts, KeptStore.Record(container, path, facts, deleted: DateTimeOffset.UtcNow) with { DeletionId = deletion, Directory = true }, cancellationToken);
        }

        await RemoveAsync(account, container, path, cancellationToken);
    }

    private async Task RemoveAsync(StorageAccount account, string container, string path, CancellationToken cancellationToken)
    {
        using var answer = await engine.CallAsync(account, HttpMethod.Delete, BlobEngine.Target(container, path), null, [], cancellationToken);
        if (answer.StatusCode == System.Net.HttpStatusCode.PreconditionFailed)
        {
            throw Leased();
        }

        if (answer.StatusCode != System.Net.HttpStatusCode.NotFound)
        {
            answer.EnsureSuccessStatusCode();
        }
    }

    /// <summary>A leased file is not deleted without its lease; that it ends a recursive delete where that stands is a guess.</summary>
    private static ServiceException Leased() =>
        new(412, "LeaseIdMissing", "There is currently a lease on the resource and no lease ID was specified in the request.");

    private async Task<string?> KindAsync(StorageAccount account, string container, string path, CancellationToken cancellationToken)
    {
        using var answer = await engine.CallAsync(account, HttpMethod.Head, BlobEngine.Target(container, path.TrimEnd('/')), null, [], cancellationToken);
        return !answer.IsSuccessStatusCode ? null
            : answer.Headers.TryGetValues("x-ms-meta-" + HierarchicalListing.Mark, out var mark) && mark.Contains("true") ? "directory" : "file";
    }
}
