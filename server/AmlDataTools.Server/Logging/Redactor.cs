using System.Text.RegularExpressions;

namespace AmlDataTools.Server.Logging;

/// <summary>
/// Takes secrets out of log lines: tokens, keys, shared access signatures, signed addresses, passwords. It errs on the side
/// of taking out too much: of a query only the values of parameters known to be harmless stay.
/// </summary>
internal static partial class Redactor
{
    /// <summary>What stands in the place of a secret.</summary>
    public const string Mask = "***";

    // Longer texts are cut: nobody reads them, and the time the patterns take stays bounded. For the same reason no pattern
    // may begin with a repetition, which would be tried anew at every character.
    private const int MaxLength = 16 * 1024;

    // What separates the parameters of a query: plain, in HTML, and in JSON whose writer escapes the ampersand.
    private const string Separator = @"(?:&amp;|&|\\u0026)";
    private const string QueryValue = @"[^&\s""'<>\\]*";
    private const string QueryName = @"[A-Za-z0-9_$.\-]+";

    /// <summary>Takes the secrets out.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>The text with <see cref="Mask"/> in the place of each secret, cut to a sensible length.</returns>
    public static string Redact(string text)
    {
        // The cut may leave the beginning of a secret at the end; it comes first, so that the patterns see the same as the reader.
        var result = text.Length <= MaxLength ? text : string.Concat(text.AsSpan(0, MaxLength), "...");
        result = PrivateKey().Replace(result, Mask);
        result = UserInfo().Replace(result, $"$1{Mask}@");
        result = AuthorizationHeader().Replace(result, $"$1{Mask}");
        result = SharedKey().Replace(result, $"$1 {Mask}");
        result = Bearer().Replace(result, $"$1 {Mask}");
        result = NamedSecret().Replace(result, $"$1{Mask}");
        result = QuotedNamedSecret().Replace(result, $"$1$2$3{Mask}");
        result = Query().Replace(result, RedactQuery);
        result = EncodedSignature().Replace(result, $"$1{Mask}");
        result = Signature().Replace(result, $"$1{Mask}");
        result = Jwt().Replace(result, Mask);
        result = EntraSecret().Replace(result, Mask);
        return StorageKey().Replace(result, Mask);
    }

    private static string RedactQuery(Match query) => QueryParameter().Replace(
        query.Value,
        parameter => IsHarmless(parameter.Groups[2].Value) ? parameter.Value : $"{parameter.Groups[1].Value}{parameter.Groups[2].Value}={Mask}");

    private static bool IsHarmless(string name) => name.ToLowerInvariant() is
        "api-version" or "comp" or "restype" or "prefix" or "delimiter" or "maxresults" or "include" or "timeout"
        or "$top" or "$skip" or "$orderby" or "$filter" or "listviewtype" or "path" or "pagesize" or "count" or "latest";

    [GeneratedRegex(@"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\z)", RegexOptions.Singleline)]
    private static partial Regex PrivateKey();

    [GeneratedRegex(@"((?<![A-Za-z0-9+.\-])[A-Za-z][A-Za-z0-9+.\-]{0,30}://)[^\s/?#@""'<>]+@")]
    private static partial Regex UserInfo();

    // Whole headers, also in JSON and in JSON within JSON: Authorization, x-ms-authorization-auxiliary, x-ms-copy-source-authorization.
    [GeneratedRegex(@"(authorization[\w\-]{0,20}(?:\\*[""'])?\s*[:=]\s*\[?\s*(?:\\*[""'])?)[^\r\n""'\\]+", RegexOptions.IgnoreCase)]
    private static partial Regex AuthorizationHeader();

    [GeneratedRegex(@"\b(SharedKey(?:Lite)?)\s+[^\s:""',;]+:[^\s""',;]+", RegexOptions.IgnoreCase)]
    private static partial Regex SharedKey();

    [GeneratedRegex(@"\b(Bearer)\s+[^\s""',;<>\\]+", RegexOptions.IgnoreCase)]
    private static partial Regex Bearer();

    private const string SecretName =
        @"(?:account[_\-]?key|shared[_\-]?access[_\-]?key|shared[_\-]?access[_\-]?signature|primary[_\-]?(?:master[_\-]?)?key|secondary[_\-]?(?:master[_\-]?)?key"
        + @"|(?:client|app(?:lication)?)[_\-]?secret|client[_\-]?assertion|secret[_\-]?(?:value|text)|pass(?:word|wd|phrase)|pwd"
        + @"|(?:access|refresh|id|sas|bearer|identity|device|auth)[_\-]?token|(?:api|subscription|function|storage|master|signing|encryption|instrumentation)[_\-]?key"
        + @"|device[_\-]?code|code[_\-]?verifier|cookie|connection[_\-]?string)";

    // Name=value; of connection strings and forms, up to what ends a value there. A shared access signature is a query
    // and has ampersands within. What was taken out before stays as it is: in a query it ended at another place.
    [GeneratedRegex("(" + SecretName + @"\s*[:=]\s*)(?![\s""'\\]|\*\*\*)[^\s""',;<>\\]+", RegexOptions.IgnoreCase)]
    private static partial Regex NamedSecret();

    // "name": "value" of JSON, or of JSON within JSON, up to the closing quote; "key" alone is what listSecrets calls an account key.
    [GeneratedRegex(@"((?:" + SecretName + @"|(?:\\*[""'])(?:key|secret|token|credential))(?:\\*[""'])?\s*[:=]\s*)(?:(\\+[""'])(?:[^""'\\]|\\[^""'])+|([""'])(?:[^""'\\]|\\.)+)", RegexOptions.IgnoreCase)]
    private static partial Regex QuotedNamedSecret();

    [GeneratedRegex(@"(?:\?" + QueryName + "=" + QueryValue + "|" + @"(?<![A-Za-z0-9_$.\-])" + QueryName + "=" + QueryValue + "(?=" + Separator + QueryName + "=))(?:" + Separator + QueryName + "=" + QueryValue + ")*")]
    private static partial Regex Query();

    [GeneratedRegex(@"(^|\?|&amp;|&|\\u0026)(" + QueryName + ")=(" + QueryValue + ")")]
    private static partial Regex QueryParameter();

    [GeneratedRegex(@"(sig(?:nature)?%(?:25)*3D)(?:(?!%(?:25)*26)[^\s""'<>&\\])+", RegexOptions.IgnoreCase)]
    private static partial Regex EncodedSignature();

    [GeneratedRegex(@"((?<![A-Za-z])(?:sig|signature)\s*=\s*)[^&\s""'<>;\\]+", RegexOptions.IgnoreCase)]
    private static partial Regex Signature();

    [GeneratedRegex(@"eyJ[A-Za-z0-9_\-]{4,}\.[A-Za-z0-9_\-]+(?:\.[A-Za-z0-9_\-]*)*")]
    private static partial Regex Jwt();

    // The form of application secrets that Microsoft Entra makes.
    [GeneratedRegex(@"[A-Za-z0-9_~.\-]{3}[0-9]Q~[A-Za-z0-9_~.\-]{31,34}")]
    private static partial Regex EntraSecret();

    // 64 bytes as base64: a storage account's key.
    [GeneratedRegex(@"[A-Za-z0-9+/]{86}==")]
    private static partial Regex StorageKey();
}
