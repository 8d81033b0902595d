using System.Security.Cryptography;
using System.Text;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Storage;

/// <summary>How a request to storage proved itself.</summary>
internal enum StorageProof
{
    /// <summary>A Shared Key header.</summary>
    Key,

    /// <summary>A signature made with the account's key.</summary>
    Sas,

    /// <summary>A signature made with a user delegation key; checked already.</summary>
    Delegation,

    /// <summary>A bearer token; checked already.</summary>
    Bearer,
}

/// <summary>Checks who may do what in storage.</summary>
/// <param name="state">Accounts and people.</param>
/// <param name="guard">Checks tokens.</param>
internal sealed class StorageAccess(EmulatorState state, Guard guard)
{
    private static readonly string[] Audiences = ["https://storage.azure.com"];
    private readonly byte[] _delegationSecret = RandomNumberGenerator.GetBytes(32);

    /// <summary>Finds the proof of a request and checks bearer tokens and user delegation. Keys and other signatures are left to the engine, unless the front answers itself and asks with <see cref="CheckSignature"/>.</summary>
    /// <exception cref="ServiceException">401 or 403 as the blob service gives them.</exception>
    public (StorageProof Proof, Caller Caller) Identify(HttpContext http, StorageAccount account, string container, string blob)
    {
        var header = http.Request.Headers.Authorization.ToString();
        if (header.StartsWith("SharedKey", StringComparison.Ordinal))
        {
            return (StorageProof.Key, Caller.Nobody);
        }

        if (header.Length == 0 && http.Request.Query.ContainsKey("sig"))
        {
            return http.Request.Query.ContainsKey("skoid") ? (StorageProof.Delegation, CheckDelegation(http, account, container, blob)) : (StorageProof.Sas, Caller.Nobody);
        }

        if (guard.Check(http, Audiences, out var caller) is { } problem)
        {
            var headers = new[] { new KeyValuePair<string, string>("WWW-Authenticate", $"Bearer authorization_uri=https://login.microsoftonline.com/{state.TenantId}/oauth2/authorize resource_id=https://storage.azure.com") };
            throw problem switch
            {
                TokenProblem.Missing => new ServiceException(401, "NoAuthenticationInformation", "Server failed to authenticate the request. Please refer to the information in the www-authenticate header.") { Headers = headers },
                TokenProblem.Audience => new ServiceException(401, "InvalidAuthenticationInfo", "Server failed to authenticate the request. Please refer to the information in the www-authenticate header. Audience validation failed.") { Headers = headers },
                _ => new ServiceException(401, "InvalidAuthenticationInfo", "Server failed to authenticate the request. Please refer to the information in the www-authenticate header. " + problem) { Headers = headers },
            };
        }

        return account.Managed || caller.Storage < Needed(http) ? throw StorageError.PermissionMismatch() : (StorageProof.Bearer, caller);
    }

    /// <summary>Checks a Shared Key header or a signature where the front answers without the engine.</summary>
    /// <exception cref="ServiceException">403 as the blob service gives it.</exception>
    public static void CheckSignature(HttpContext http, StorageAccount account, string container, string blob, StorageProof proof)
    {
        if (proof == StorageProof.Key)
        {
            var expected = SharedKey.Authorization(account.Name, account.Key, http.Request.Method, Exchange.RawTarget(http),
                http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase));
            if (!SharedKey.Same(expected, http.Request.Headers.Authorization.ToString()))
            {
                throw StorageError.AuthenticationFailed("The MAC signature found in the HTTP request is not the same as any computed signature.");
            }
        }
        else if (proof == StorageProof.Sas)
        {
            Refuse(Sas.Problem(account, container, blob, Values(http), Permission(http)));
        }
    }

    /// <summary>A user delegation key for someone and a time.</summary>
    public string DelegationKey(string objectId, string tenantId, string start, string expiry) =>
        Convert.ToBase64String(HMACSHA256.HashData(_delegationSecret, Encoding.UTF8.GetBytes($"{objectId}\n{tenantId}\n{start}\n{expiry}")));

    private static StorageRole Needed(HttpContext http) =>
        HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method) || http.Request.Query["comp"] == "userdelegationkey"
            ? StorageRole.Reader
            : StorageRole.Contributor;

    private static char Permission(HttpContext http) => http.Request.Method switch
    {
        "GET" or "HEAD" => http.Request.Query["comp"] == "list" || http.Request.Query["resource"] == "filesystem" ? 'l' : 'r',
        "DELETE" => 'd',
        "POST" when http.Request.Query["comp"] == "batch" => 'd',
        _ => 'w',
    };

    private static Dictionary<string, string> Values(HttpContext http) => http.Request.Query.ToDictionary(q => q.Key, q => q.Value.ToString());

    private static void Refuse(string? problem)
    {
        if (problem is not null)
        {
            throw problem == "permission" ? StorageError.PermissionMismatch() : StorageError.AuthenticationFailed(problem);
        }
    }

    private Caller CheckDelegation(HttpContext http, StorageAccount account, string container, string blob)
    {
        var query = Values(http);
        string V(string name) => query.GetValueOrDefault(name, string.Empty);
        var key = DelegationKey(V("skoid"), V("sktid"), V("skt"), V("ske"));
        Refuse(Sas.DelegationProblem(key, account, container, blob, query, Permission(http)));
        if (state.People.Find(V("skoid")) is not { } person)
        {
            throw StorageError.AuthenticationFailed("The delegating person is not known.");
        }

        var (workspace, storage) = state.People.Roles(person);
        return storage < Needed(http) ? throw StorageError.PermissionMismatch() : new Caller(person, V("sktid"), workspace, storage);
    }
}
