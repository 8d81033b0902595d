using System.Globalization;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Storage.Shares;

/// <summary>What <c>{account}.file.localhost</c> answers: the part of Azure Files' REST interface that is used.</summary>
/// <param name="state">Accounts and shares.</param>
/// <param name="access">Checks tokens.</param>
internal sealed class FileFront(EmulatorState state, StorageAccess access)
{
    /// <summary>The first version that takes tokens, and names that end in dots.</summary>
    private const string FirstWithTokens = "2022-11-02";

    /// <summary>Answers a request to an account.</summary>
    public async Task HandleAsync(HttpContext http, string accountName)
    {
        try
        {
            if (!state.Accounts.TryGetValue(accountName, out var account))
            {
                throw new ServiceException(400, "InvalidUri", $"There is no storage account '{accountName}'.");
            }

            var (share, rawPath) = StorageFront.Split(Exchange.RawTarget(http));
            var path = Trimmed(http, rawPath.TrimEnd('/'));
            var restype = http.Request.Query["restype"].ToString();
            var comp = http.Request.Query["comp"].ToString();
            Check(http, account, share, rawPath.TrimEnd('/'), restype, comp);
            var version = http.Request.Headers["x-ms-version"].ToString();
            http.Response.Headers["x-ms-version"] = version.Length > 0 ? version : "2023-11-03";
            http.Response.Headers["x-ms-request-id"] = Guid.NewGuid().ToString();
            http.Response.Headers.Server = "Windows-Azure-File/1.0 Microsoft-HTTPAPI/2.0";
            await AnswerAsync(http, account, share, path, restype, comp);
        }
        catch (ServiceException e) when (!http.Response.HasStarted)
        {
            await StorageError.WriteAsync(http, e);
        }
    }

    private Task AnswerAsync(HttpContext http, StorageAccount account, string share, string path, string restype, string comp)
    {
        var endpoint = $"https://{account.Name}.file.{state.StorageSuffix}/";
        switch (http.Request.Method, restype, comp)
        {
            case ("GET", "", "list") when share.Length == 0:
                return FileListing.SharesAsync(http, endpoint, state.Shares.Of(account.Name));
            case ("PUT", "share", "") when path.Length == 0:
                return Created(http, state.Shares.Create(account.Name, share) ? Find(account, share).Root : throw new ServiceException(409, "ShareAlreadyExists", "The specified share already exists."));
            case ("PUT", "share", "snapshot") when path.Length == 0:
                return Snapshot(http, Find(account, share));
            case ("GET" or "HEAD", "share", "") when path.Length == 0:
                var found = Find(account, share);
                http.Response.Headers["x-ms-share-quota"] = "5120";
                http.Response.Headers["x-ms-access-tier"] = "TransactionOptimized";
                http.Response.Headers["x-ms-enabled-protocols"] = "SMB";
                return Described(http, found.Root);
            case ("DELETE", "share", "") when path.Length == 0:
                return DeleteShare(http, account, Find(account, share));
            case ("GET", "directory", "list"):
                return FileListing.DirectoryAsync(http, endpoint, Find(account, share), path);
            case ("GET" or "HEAD", "directory", ""):
                return Described(http, Directory(Find(account, share), path));
            case ("PUT", "directory", "") when path.Length > 0:
                return CreateDirectory(http, Find(account, share), path);
            case ("DELETE", "directory", "") when path.Length > 0:
                return DeleteDirectory(http, Find(account, share), path);
            case ("PUT" or "GET" or "HEAD" or "DELETE", "", _) when path.Length > 0:
                return new FileContent(http, Find(account, share), path).AnswerAsync(comp);
            default:
                throw new ServiceException(400, "UnsupportedHttpVerb", "The emulator does not have this operation of Azure Files.");
        }
    }

    /// <summary>Headers that tell of a file or directory.</summary>
    public static void Describe(HttpContext http, ShareNode node)
    {
        var headers = http.Response.Headers;
        headers.ETag = node.ETag;
        headers.LastModified = node.Modified.ToString("r", CultureInfo.InvariantCulture);
        headers["x-ms-file-id"] = node.Id;
        headers["x-ms-file-attributes"] = FileListing.Attributes(node);
        headers["x-ms-file-permission-key"] = "4066528134148476695*1";
        var time = node.Modified.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
        headers["x-ms-file-creation-time"] = node.Created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
        headers["x-ms-file-last-write-time"] = time;
        headers["x-ms-file-change-time"] = time;
        headers["x-ms-server-encrypted"] = "true";
    }

    /// <summary>Answers 201 with what was made.</summary>
    public static Task Created(HttpContext http, ShareNode node)
    {
        Describe(http, node);
        http.Response.Headers.Remove("x-ms-server-encrypted");
        http.Response.Headers["x-ms-request-server-encrypted"] = "true";
        http.Response.StatusCode = 201;
        http.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    private static Task Described(HttpContext http, ShareNode node)
    {
        Describe(http, node);
        http.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    private static Task Accepted(HttpContext http)
    {
        http.Response.StatusCode = 202;
        http.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    private static Task Snapshot(HttpContext http, FileShareState share)
    {
        var time = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
        lock (share.Gate)
        {
            share.Snapshots.Add(time);
        }

        http.Response.Headers["x-ms-snapshot"] = time;
        return Created(http, share.Root);
    }

    private Task DeleteShare(HttpContext http, StorageAccount account, FileShareState share)
    {
        if (share.Snapshots.Count > 0 && http.Request.Headers["x-ms-delete-snapshots"].Count == 0)
        {
            throw new ServiceException(409, "ShareHasSnapshots", "The share has snapshots and the operation requires no snapshots.");
        }

        state.Shares.Remove(account.Name, share.Name);
        return Accepted(http);
    }

    private static Task CreateDirectory(HttpContext http, FileShareState share, string path)
    {
        Valid(path);
        ShareDirectory made;
        lock (share.Gate)
        {
            var (parent, node) = share.Find(path);
            if (node is not null)
            {
                throw node is ShareDirectory ? FileError.AlreadyExists() : FileError.TypeMismatch();
            }

            made = new ShareDirectory { Name = path[(path.LastIndexOf('/') + 1)..] };
            (parent ?? throw FileError.ParentNotFound()).Nodes[made.Name] = made;
        }

        return Created(http, made);
    }

    private static Task DeleteDirectory(HttpContext http, FileShareState share, string path)
    {
        lock (share.Gate)
        {
            var directory = Directory(share, path);
            if (directory.Nodes.Count > 0)
            {
                throw FileError.NotEmpty();
            }

            share.Find(path).Parent?.Nodes.Remove(directory.Name);
        }

        return Accepted(http);
    }

    private static ShareDirectory Directory(FileShareState share, string path)
    {
        lock (share.Gate)
        {
            var (parent, node) = share.Find(path);
            return node as ShareDirectory ?? throw (parent is null ? FileError.ParentNotFound() : FileError.ResourceNotFound());
        }
    }

    private FileShareState Find(StorageAccount account, string share) => state.Shares.Find(account.Name, share) ?? throw FileError.ShareNotFound();

    /// <summary>Names that no share takes.</summary>
    /// <exception cref="ServiceException">400.</exception>
    public static void Valid(string path)
    {
        if (path.Length > 2048 || path.Split('/').Any(s => s.Length is 0 or > 255 || s is "." or ".." || s.AsSpan().ContainsAny("\\\":|<>*?") || s.Any(char.IsControl)))
        {
            throw new ServiceException(400, "InvalidResourceName", "The specified resource name contains invalid characters.");
        }
    }

    /// <summary>Dots at the end of names count only for who says so.</summary>
    private static string Trimmed(HttpContext http, string path) =>
        path.Length == 0 || string.Equals(http.Request.Headers["x-ms-allow-trailing-dot"], "true", StringComparison.OrdinalIgnoreCase)
            ? path
            : string.Join('/', path.Split('/').Select(s => s is "." or ".." ? s : s.TrimEnd('.')));

    private void Check(HttpContext http, StorageAccount account, string share, string path, string restype, string comp)
    {
        var (proof, _) = access.Identify(http, account, share, path);
        switch (proof)
        {
            case StorageProof.Key:
                StorageAccess.CheckSignature(http, account, share, path, proof);
                break;
            case StorageProof.Bearer:
                CheckToken(http, share, restype);
                break;
            default:
                var query = http.Request.Query.ToDictionary(q => q.Key, q => q.Value.ToString());
                var kind = share.Length == 0 ? 's' : restype == "share" || comp == "list" ? 'c' : 'o';
                if (FileSas.Problem(account, share, path, query, Permissions(http, comp), kind) is { } problem)
                {
                    throw problem == "permission" ? StorageError.PermissionMismatch() : StorageError.AuthenticationFailed(problem);
                }

                break;
        }
    }

    /// <summary>A token reaches files and directories only, from 2022-11-02, and with the intent told.</summary>
    private static void CheckToken(HttpContext http, string share, string restype)
    {
        if (string.CompareOrdinal(http.Request.Headers["x-ms-version"].ToString(), FirstWithTokens) < 0)
        {
            throw StorageError.AuthenticationFailed("Authentication scheme Bearer is not supported in this version.");
        }

        if (share.Length == 0 || restype == "share")
        {
            throw new ServiceException(403, "AuthorizationPermissionMismatch", "This request is not authorized to perform this operation using this permission.");
        }

        switch (http.Request.Headers["x-ms-file-request-intent"].ToString())
        {
            case "":
                throw FileError.MissingHeader("x-ms-file-request-intent");
            case var intent when !intent.Equals("backup", StringComparison.OrdinalIgnoreCase):
                throw FileError.Invalid("InvalidHeaderValue", "x-ms-file-request-intent");
        }
    }

    private static string Permissions(HttpContext http, string comp) => http.Request.Method switch
    {
        "GET" or "HEAD" => comp == "list" ? "l" : "r",
        "DELETE" => "d",
        _ => comp.Length == 0 ? "cw" : "w",
    };
}
