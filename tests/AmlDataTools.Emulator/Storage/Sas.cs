using System.Globalization;
using System.Text;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Storage;

/// <summary>Shared access signatures: makes those the workspace services hand out and checks those the front answers itself.</summary>
internal static class Sas
{
    /// <summary>The version the artifact service was recorded with.</summary>
    private const string Version = "2019-07-07";

    /// <summary>A read address of one blob.</summary>
    public static string BlobUri(string blobRoot, StorageAccount account, string container, string blob, DateTimeOffset expires)
    {
        var name = string.Join('/', blob.Split('/').Select(Uri.EscapeDataString));
        return $"{blobRoot}/{container}/{name}?{Token(account, container, blob, "r", expires)}";
    }

    /// <summary>A service signature without question mark.</summary>
    /// <param name="account">The account.</param>
    /// <param name="container">The container.</param>
    /// <param name="blob">The blob; null signs the container.</param>
    /// <param name="permissions">Letters of the permissions.</param>
    /// <param name="expires">Until when.</param>
    public static string Token(StorageAccount account, string container, string? blob, string permissions, DateTimeOffset expires)
    {
        var values = new Dictionary<string, string>
        {
            ["sv"] = Version,
            ["sr"] = blob is null ? "c" : "b",
            ["sp"] = permissions,
            ["st"] = Time(DateTimeOffset.UtcNow.AddMinutes(-10)),
            ["se"] = Time(expires),
            ["spr"] = "https",
        };
        var signature = SharedKey.Sign(account.Key, ServiceText(account.Name, container, blob ?? string.Empty, values));
        return string.Join('&', values.Append(new("sig", signature)).Select(v => $"{v.Key}={Uri.EscapeDataString(v.Value)}"));
    }

    /// <summary>Checks a signature made with the account's key for a request.</summary>
    /// <returns>Null when it is good, else what is wrong.</returns>
    public static string? Problem(StorageAccount account, string container, string blob, IReadOnlyDictionary<string, string> query, char permission)
    {
        var values = query.ToDictionary(q => q.Key, q => q.Value);
        if (values.ContainsKey("ss"))
        {
            var text = AccountText(account.Name, values);
            return Check(values, permission) ?? (SharedKey.Same(SharedKey.Sign(account.Key, text), values["sig"]) ? null : "Signature did not match.");
        }

        if (Check(values, permission) is { } problem)
        {
            return problem;
        }

        var signed = values.GetValueOrDefault("sr") switch { "c" => string.Empty, _ => blob };
        return SharedKey.Same(SharedKey.Sign(account.Key, ServiceText(account.Name, container, signed, values)), values["sig"]) ? null : "Signature did not match.";
    }

    /// <summary>Checks a signature made with a user delegation key.</summary>
    /// <param name="key">That key, base64.</param>
    /// <param name="account">The account.</param>
    /// <param name="container">The container asked for.</param>
    /// <param name="blob">The blob asked for.</param>
    /// <param name="query">The request's query.</param>
    /// <param name="permission">The letter of what is asked.</param>
    /// <returns>Null when it is good, else what is wrong.</returns>
    public static string? DelegationProblem(string key, StorageAccount account, string container, string blob, IReadOnlyDictionary<string, string> query, char permission)
    {
        if (Check(query, permission) is { } problem)
        {
            return problem;
        }

        string V(string name) => query.GetValueOrDefault(name, string.Empty);
        var resource = V("sr") is "c" || blob.Length == 0 ? $"/blob/{account.Name}/{container}" : $"/blob/{account.Name}/{container}/{blob}";
        var fields = new List<string> { V("sp"), V("st"), V("se"), resource, V("skoid"), V("sktid"), V("skt"), V("ske"), V("sks"), V("skv") };
        if (string.CompareOrdinal(V("sv"), "2020-02-10") >= 0)
        {
            fields.AddRange([V("saoid"), V("suoid"), V("scid")]);
        }

        if (string.CompareOrdinal(V("sv"), "2025-07-05") >= 0)
        {
            fields.AddRange([V("skdutid"), V("sduoid")]);
        }

        fields.AddRange([V("sip"), V("spr"), V("sv"), V("sr"), V("snapshot")]);
        if (string.CompareOrdinal(V("sv"), "2020-12-06") >= 0)
        {
            fields.Add(V("ses"));
        }

        if (string.CompareOrdinal(V("sv"), "2026-04-06") >= 0)
        {
            // Signed request headers and parameters; the emulator knows signatures without any.
            fields.AddRange([string.Empty, string.Empty]);
        }

        fields.AddRange([V("rscc"), V("rscd"), V("rsce"), V("rscl"), V("rsct")]);
        return SharedKey.Same(SharedKey.Sign(key, string.Join('\n', fields)), V("sig")) ? null : "Signature did not match.";
    }

    /// <summary>The same grant without its demand for https, signed anew: the front has met that demand, and the engine behind it speaks http.</summary>
    /// <returns>The query with another signature, or null when the one given is wrong.</returns>
    public static string? WithoutProtocol(StorageAccount account, string container, string blob, string rawQuery)
    {
        var parts = rawQuery.Split('&').Select(p => p.Split('=', 2)).ToList();
        var values = parts.Where(p => p.Length == 2).DistinctBy(p => p[0]).ToDictionary(p => p[0], p => Uri.UnescapeDataString(p[1].Replace('+', ' ')));
        string Signature() => SharedKey.Sign(account.Key, values.ContainsKey("ss")
            ? AccountText(account.Name, values)
            : ServiceText(account.Name, container, values.GetValueOrDefault("sr") == "c" ? string.Empty : blob, values));
        if (!values.TryGetValue("sig", out var given) || !SharedKey.Same(Signature(), given))
        {
            return null;
        }

        values.Remove("spr");
        var signature = Uri.EscapeDataString(Signature());
        return string.Join('&', parts.Where(p => p[0] != "spr").Select(p => p[0] == "sig" ? "sig=" + signature : string.Join('=', p)));
    }

    /// <summary>Whether a signature's time has not begun or is over. One that leans on a stored policy may tell none.</summary>
    public static bool OutOfTime(IReadOnlyDictionary<string, string> values)
    {
        DateTimeOffset? Time(string name) => values.TryGetValue(name, out var text)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
        var now = DateTimeOffset.UtcNow;
        return Time("st") > now || (Time("se") is { } end ? end <= now : !values.ContainsKey("si"));
    }

    private static string? Check(IReadOnlyDictionary<string, string> values, char permission) =>
        OutOfTime(values) ? "Signature not valid in the specified time frame."
            : values.GetValueOrDefault("sp", string.Empty).Contains(permission, StringComparison.Ordinal) ? null
            : "permission";

    private static string ServiceText(string account, string container, string blob, IReadOnlyDictionary<string, string> values)
    {
        string V(string name) => values.GetValueOrDefault(name, string.Empty);
        var resource = blob.Length == 0 ? $"/blob/{account}/{container}" : $"/blob/{account}/{container}/{blob}";
        var fields = new List<string> { V("sp"), V("st"), V("se"), resource, V("si"), V("sip"), V("spr"), V("sv"), V("sr"), V("snapshot") };
        if (string.CompareOrdinal(V("sv"), "2020-12-06") >= 0)
        {
            fields.Add(V("ses"));
        }

        fields.AddRange([V("rscc"), V("rscd"), V("rsce"), V("rscl"), V("rsct")]);
        return string.Join('\n', fields);
    }

    /// <summary>What an account signature signs.</summary>
    public static string AccountText(string account, IReadOnlyDictionary<string, string> values)
    {
        string V(string name) => values.GetValueOrDefault(name, string.Empty);
        var text = new StringBuilder();
        foreach (var field in new[] { account, V("sp"), V("ss"), V("srt"), V("st"), V("se"), V("sip"), V("spr"), V("sv") })
        {
            text.Append(field).Append('\n');
        }

        if (string.CompareOrdinal(V("sv"), "2020-12-06") >= 0)
        {
            text.Append(V("ses")).Append('\n');
        }

        return text.ToString();
    }

    private static string Time(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
