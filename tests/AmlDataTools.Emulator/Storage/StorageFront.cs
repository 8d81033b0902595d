using System.Xml.Linq;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Storage;

/// <summary>What <c>{account}.blob.localhost</c> answers: checks bearer tokens, answers what the engine lacks and passes the rest on, body by body, never whole blobs.</summary>
/// <param name="state">Accounts and computed blobs.</param>
/// <param name="access">Checks requests.</param>
/// <param name="engine">Azurite.</param>
internal sealed class StorageFront(EmulatorState state, StorageAccess access, BlobEngine engine)
{
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
            else if (account.Hierarchical && HierarchicalListing.Wanted(http))
            {
                StorageAccess.CheckSignature(http, account, container, blob, proof);
                await HierarchicalListing.AnswerAsync(http, engine, account, target, state.Blob(account.Name));
            }
            else
            {
                await ForwardAsync(http, account, proof == StorageProof.Sas ? Unprotected(http, account, container, blob, target) : target, proof);
                if (account.Hierarchical && HttpMethods.IsPut(http.Request.Method) && http.Response.StatusCode == 201 && blob.Length > 0)
                {
                    await HierarchicalListing.EnsureParentsAsync(engine, account, container, blob, http.RequestAborted);
                }
            }
        }
        catch (ServiceException e) when (!http.Response.HasStarted)
        {
            await StorageError.WriteAsync(http, e);
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
        if (state.Virtual.Find(account.Name, container, list ? http.Request.Query["prefix"].ToString() : blob) is not { } folder)
        {
            return false;
        }

        StorageAccess.CheckSignature(http, account, container, blob, proof);
        if (list)
        {
            await VirtualFront.ListAsync(http, folder, state.Blob(account.Name) + "/");
        }
        else
        {
            await VirtualFront.ReadAsync(http, folder.Find(blob) ?? throw StorageError.BlobNotFound());
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
