using System.Globalization;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Storage.Shares;

/// <summary>Shared access signatures of the file service.</summary>
internal static class FileSas
{
    private const string Version = "2022-11-02";

    /// <summary>A signature for a share, without question mark.</summary>
    public static string Token(StorageAccount account, string share, string permissions, DateTimeOffset expires)
    {
        var values = new Dictionary<string, string>
        {
            ["sv"] = Version,
            ["sr"] = "s",
            ["sp"] = permissions,
            ["se"] = expires.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["spr"] = "https",
        };
        var signature = SharedKey.Sign(account.Key, Text(account.Name, share, string.Empty, values));
        return string.Join('&', values.Append(new("sig", signature)).Select(v => $"{v.Key}={Uri.EscapeDataString(v.Value)}"));
    }

    /// <summary>Checks a signature for a request.</summary>
    /// <param name="account">The account.</param>
    /// <param name="share">The share asked for; empty for the account.</param>
    /// <param name="path">The path asked for.</param>
    /// <param name="query">The request's query.</param>
    /// <param name="permissions">Letters of which one is needed.</param>
    /// <param name="kind">What is asked for, by the letters of account signatures: <c>s</c>ervice, <c>c</c>ontainer (a share, a listing) or <c>o</c>bject.</param>
    /// <returns>Null when it is good, <c>permission</c> when it does not reach so far, else what is wrong.</returns>
    public static string? Problem(StorageAccount account, string share, string path, IReadOnlyDictionary<string, string> query, string permissions, char kind)
    {
        string V(string name) => query.GetValueOrDefault(name, string.Empty);
        if (Sas.OutOfTime(query))
        {
            return "Signature not valid in the specified time frame.";
        }

        if (!permissions.Any(V("sp").Contains))
        {
            return "permission";
        }

        if (query.ContainsKey("ss"))
        {
            return !V("ss").Contains('f', StringComparison.Ordinal) || !V("srt").Contains(kind, StringComparison.Ordinal) ? "permission"
                : SharedKey.Same(SharedKey.Sign(account.Key, Sas.AccountText(account.Name, query)), V("sig")) ? null
                : "Signature did not match.";
        }

        // A signature for a share or file says nothing of the account, and one for a file nothing of others.
        return kind == 's' ? "permission"
            : SharedKey.Same(SharedKey.Sign(account.Key, Text(account.Name, share, V("sr") == "f" ? path : string.Empty, query)), V("sig")) ? null
            : "Signature did not match.";
    }

    /// <summary>The text of 2015-04-05 and later: other than that of blobs it tells neither resource nor snapshot nor scope.</summary>
    private static string Text(string account, string share, string path, IReadOnlyDictionary<string, string> values)
    {
        string V(string name) => values.GetValueOrDefault(name, string.Empty);
        var resource = path.Length == 0 ? $"/file/{account}/{share}" : $"/file/{account}/{share}/{path}";
        return string.Join('\n', V("sp"), V("st"), V("se"), resource, V("si"), V("sip"), V("spr"), V("sv"), V("rscc"), V("rscd"), V("rsce"), V("rscl"), V("rsct"));
    }
}
