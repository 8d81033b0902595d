using System.Xml.Linq;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Storage;

/// <summary>What <c>{account}.blob.localhost</c> answers: checks bearer tokens, answers what the engine lacks and passes the rest on, body by body, never whole blobs.</summary>
/// <param name="state">Accounts and computed blobs.</param>
/// <param name="access">Checks requests.</param>
/// <param name="engine">Azurite.</param>
/// <param name="whole">Does the faults and the log of a request, then passes it to the function given: for the parts of a batch.</param>
internal sealed class StorageFront(EmulatorState state, StorageAccess access, BlobEngine engine, Func<HttpContext, RequestDelegate, Task> whole)
{
    private readonly KeptStore _kept = new(state, engine);

    private static readonly HashSet<string> NotForwarded = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Transfer-Encoding", "Upgrade", "Proxy-Connection", "Host", "Server", "Expect",
    };

    private static readonly string[] DelegationFields =
    [
        "sv", "sr", "sp", "st", "se", "sip", "spr", "sig", "skoid", "sktid", "skt", "ske", "sks", "skv", "saoid", "suoid", "scid", "ses", "skdutid", "sduoid", "snapshot", "sdd",
    ];

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
            var (container, blob) = Split(target);
            var (proof, caller) = access.Identify(http, account, container, blob);
            if (http.Request.Query["comp"] == "userdelegationkey" && HttpMethods.IsPost(http.Request.Method))
            {
                await DelegationKeyAsync(http, proof, caller);
            }
            else if (await ComputedAsync(http, account, container, blob, proof))
            {
                return;
            }
            else
            {
                await AnswerAsync(http, account, target, container, blob, proof);
            }
        }
        catch (ServiceException e) when (!http.Response.HasStarted)
        {
            await StorageError.WriteAsync(http, e);
        }
    }

    /// <summary>Answers what the engine lacks, and passes on the rest.</summary>
    private async Task AnswerAsync(HttpContext http, StorageAccount account, string target, string container, string blob, StorageProof proof)
    {
        var front = new KeptFront(state, _kept);
        var listing = new ListingFront(state, engine, new KeptListing(state, _kept));
        var comp = http.Request.Query["comp"].ToString();
        void Check() => StorageAccess.CheckSignature(http, account, container, blob, proof);
        Task ForwardChecked() => ForwardAsync(http, account, proof == StorageProof.Sas ? Unprotected(http, account, container, blob, target) : target, proof);
        if (container == KeptBlobs.Shadow)
        {
            throw new ServiceException(404, "ContainerNotFound", "The specified container does not exist.");
        }

        if (AccountFront.Wanted(http))
        {
            Check();
            await new AccountFront(state).AnswerAsync(http, account);
        }
        else if (HttpMethods.IsPost(http.Request.Method) && comp == "batch")
        {
            Check();
            await new BatchFront(part => whole(part, inner => HandleAsync(inner, account.Name))).HandleAsync(http, container);
        }
        else if (listing.Wanted(http, account, container))
        {
            Check();
            await listing.BlobsAsync(http, account, container, target);
        }
        else if (HttpMethods.IsGet(http.Request.Method) && container.Length == 0 && comp == "list")
        {
            Check();
            await listing.ContainersAsync(http, account, target);
        }
        else if (HttpMethods.IsDelete(http.Request.Method) && blob.Length > 0 && comp.Length == 0)
        {
            Check();
            await new DeleteFront(state, engine, _kept).HandleAsync(http, account, container, blob);
        }
        else if (HttpMethods.IsPut(http.Request.Method) && blob.Length > 0 && comp == "undelete")
        {
            Check();
            await (DeletedPaths.Wanted(http, account) ? new DeletedPaths(state, engine, _kept).UndeleteAsync(http, account, container, blob) : front.UndeleteAsync(http, account, container, blob));
        }
        else if (blob.Length > 0 && front.Asked(http, account, container, blob) is { } older)
        {
            Check();
            await ForwardAsync(http, account, KeptFront.Read(http, older), StorageProof.Bearer);
        }
        else if (CopyFront.Wanted(http, blob))
        {
            Check();
            await CopiedAsync(http, account, container, blob, front);
        }
        else if (KeptFront.Writes(http, blob))
        {
            var forward = ForwardChecked;
            if (http.Request.Headers.ContainsKey("x-ms-copy-source"))
            {
                // The client signed the source it named, so its signature is checked before another one is put there.
                Check();
                forward = front.Source(http, account) ? () => ForwardAsync(http, account, target.Split('?')[0], StorageProof.Bearer) : forward;
            }

            await front.WriteAsync(http, account, container, blob, forward);
            if (account.Hierarchical && http.Response.StatusCode == 201)
            {
                await HierarchicalListing.EnsureParentsAsync(engine, account, container, blob, http.RequestAborted);
            }
        }
        else
        {
            if (blob.Length > 0 && (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)))
            {
                front.Mark(http, account, container, blob);
            }

            await ForwardChecked();
            if (account.Hierarchical && HttpMethods.IsPut(http.Request.Method) && http.Response.StatusCode == 201 && blob.Length > 0)
            {
                await HierarchicalListing.EnsureParentsAsync(engine, account, container, blob, http.RequestAborted);
            }
        }
    }

    private async Task CopiedAsync(HttpContext http, StorageAccount account, string container, string blob, KeptFront front)
    {
        Task Copy() => new CopyFront(state, engine, HandleAsync).HandleAsync(http, account, container, blob);
        if (!KeptFront.Writes(http, blob))
        {
            await Copy();
            return;
        }

        await front.WriteAsync(http, account, container, blob, Copy);
        if (account.Hierarchical)
        {
            await HierarchicalListing.EnsureParentsAsync(engine, account, container, blob, http.RequestAborted);
        }
    }

    /// <summary>Container and blob of a raw target, decoded; empty when missing.</summary>
    public static (string Container, string Blob) Split(string target)
    {
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var path = Uri.UnescapeDataString((query < 0 ? target : target[..query]).TrimStart('/'));
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? (path, string.Empty) : (path[..slash], path[(slash + 1)..]);
    }

    /// <summary>Passes a request on to the engine and its answer back.</summary>
    public async Task ForwardAsync(HttpContext http, StorageAccount account, string target, StorageProof proof)
    {
        var trusted = proof is StorageProof.Bearer or StorageProof.Delegation;
        var forwarded = proof == StorageProof.Delegation ? Without(target, DelegationFields) : target;
        using var request = engine.Request(new HttpMethod(http.Request.Method), http.Request.Host.Value ?? $"{account.Name}.blob.localhost", forwarded);
        if (http.Request.ContentLength is not null || http.Request.Headers.TransferEncoding.Count > 0)
        {
            request.Content = new StreamContent(http.Request.Body);
            request.Content.Headers.ContentLength = http.Request.ContentLength;
        }

        foreach (var (name, value) in http.Request.Headers)
        {
            if (NotForwarded.Contains(name) || (trusted && name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)))
            {
                continue;
            }

            if (!request.Headers.TryAddWithoutValidation(name, value.ToString()) && !name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                request.Content ??= new ByteArrayContent([]);
                request.Content.Headers.TryAddWithoutValidation(name, value.ToString());
            }
        }

        if (trusted)
        {
            BlobEngine.Sign(request, account, forwarded);
        }

        using var answer = await engine.SendAsync(request, http.RequestAborted);
        http.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
        {
            if (!NotForwarded.Contains(name))
            {
                http.Response.Headers[name] = values.ToArray();
            }
        }

        if (http.Response.Headers["x-ms-blob-type"] == "AppendBlob")
        {
            // Recorded: the service keeps no MD5 of append blobs; the engine computes one for the whole answer.
            http.Response.Headers.Remove("Content-MD5");
            http.Response.Headers.Remove("x-ms-blob-content-md5");
        }

        if (http.Request.Headers["x-ms-version"].ToString() is { Length: > 0 } version)
        {
            http.Response.Headers["x-ms-version"] = version;
        }

        http.Response.Headers.Server = "Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0";
        if (!HttpMethods.IsHead(http.Request.Method) && http.Response.StatusCode is not (204 or 304))
        {
            await answer.Content.CopyToAsync(http.Response.Body, http.RequestAborted);
        }
    }

    /// <summary>Checks time and signature in the service's own words, and takes the demand for https out of what goes to the engine.</summary>
    private static string Unprotected(HttpContext http, StorageAccount account, string container, string blob, string target)
    {
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var other = Sas.WithoutProtocol(account, container, blob, target[(query + 1)..]) ?? throw StorageError.AuthenticationFailed("Signature did not match.");
        if (Sas.OutOfTime(http.Request.Query.ToDictionary(q => q.Key, q => q.Value.ToString())))
        {
            throw StorageError.AuthenticationFailed("Signature not valid in the specified time frame.");
        }

        return http.Request.Query.ContainsKey("spr") ? target[..(query + 1)] + other : target;
    }

    private static string Without(string target, IReadOnlyCollection<string> names)
    {
        var query = target.IndexOf('?', StringComparison.Ordinal);
        if (query < 0)
        {
            return target;
        }

        var kept = target[(query + 1)..].Split('&').Where(p => !names.Contains(p.Split('=')[0])).ToArray();
        return kept.Length == 0 ? target[..query] : target[..query] + "?" + string.Join('&', kept);
    }

    private async Task<bool> ComputedAsync(HttpContext http, StorageAccount account, string container, string blob, StorageProof proof)
    {
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            return false;
        }

        var list = http.Request.Query["comp"] == "list" && http.Request.Query["restype"] == "container";
        if (!list && blob.Length == 0)
        {
            return false;
        }

        if (state.Virtual.Find(account.Name, container, list ? http.Request.Query["prefix"].ToString() : blob) is not { } folder)
        {
            return false;
        }

        StorageAccess.CheckSignature(http, account, container, blob, proof);
        if (list)
        {
            await VirtualFront.ListAsync(http, folder, state.Blob(account.Name) + "/", name => state.Virtual.IsRemoved(account.Name, container, name));
        }
        else
        {
            await VirtualFront.ReadAsync(http, state.Virtual.IsRemoved(account.Name, container, blob) ? throw StorageError.BlobNotFound() : folder.Find(blob) ?? throw StorageError.BlobNotFound());
        }

        return true;
    }

    private async Task DelegationKeyAsync(HttpContext http, StorageProof proof, Caller caller)
    {
        if (proof != StorageProof.Bearer)
        {
            throw new ServiceException(403, "AuthenticationFailed", "Only authentication scheme Bearer is supported.");
        }

        var body = await XDocument.LoadAsync(http.Request.Body, LoadOptions.None, http.RequestAborted);
        var start = body.Root?.Element("Start")?.Value ?? string.Empty;
        var expiry = body.Root?.Element("Expiry")?.Value
            ?? throw new ServiceException(400, "InvalidXmlNodeValue", "The XML node 'Expiry' is missing.");
        var version = http.Request.Headers["x-ms-version"].ToString();
        var answer = new XElement("UserDelegationKey", new XElement("SignedOid", caller.Person.ObjectId), new XElement("SignedTid", caller.TenantId), new XElement("SignedStart", start),
            new XElement("SignedExpiry", expiry), new XElement("SignedService", "b"), new XElement("SignedVersion", version), new XElement("Value", access.DelegationKey(caller.Person.ObjectId, caller.TenantId, start, expiry)));
        var text = "<?xml version=\"1.0\" encoding=\"utf-8\"?>" + answer.ToString(SaveOptions.DisableFormatting);
        http.Response.ContentType = "application/xml";
        http.Response.Headers["x-ms-version"] = version;
        http.Response.Headers["x-ms-request-id"] = Guid.NewGuid().ToString();
        http.Response.ContentLength = text.Length;
        await http.Response.WriteAsync(text, http.RequestAborted);
    }
}
