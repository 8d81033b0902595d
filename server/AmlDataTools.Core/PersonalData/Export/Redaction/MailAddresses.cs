namespace AmlDataTools.Core.PersonalData.Export.Redaction;

/// <summary>Finds what looks like an e-mail address in a text, in time that grows with the text alone.</summary>
internal static class MailAddresses
{
    private const string EscapedAt = "%40";
    private const int ShortestEnding = 2;

    // RFC 5321 allows 64; guests' names hold an address of their own.
    private const int LongestLocal = 320;

    /// <summary>All of them, in order; an at sign may be escaped as in an address of the web.</summary>
    /// <param name="text">The text.</param>
    /// <param name="found">Where they are added.</param>
    public static void Find(string text, List<(int Start, int End)> found)
    {
        var last = 0;
        for (var at = 0; at < text.Length; at++)
        {
            var sign = text[at] == '@' ? 1 : text[at] == '%' && string.CompareOrdinal(text, at, EscapedAt, 0, EscapedAt.Length) == 0 ? EscapedAt.Length : 0;
            if (sign == 0)
            {
                continue;
            }

            var start = at;
            while (start > last && at - start < LongestLocal && IsLocal(text[start - 1]))
            {
                start--;
            }

            while (start < at && !char.IsLetterOrDigit(text[start]) && text[start] != '_' && !char.IsSurrogate(text[start]))
            {
                start++;
            }

            var end = EndOfDomain(text, at + sign);
            if (start < at && end > 0)
            {
                found.Add((start, end));
                at = end - 1;
                last = end;
            }
        }
    }

    /// <summary>The place behind a domain with a dot that begins here; 0 for none.</summary>
    private static int EndOfDomain(string text, int start)
    {
        var end = start;
        while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] is '.' or '-'))
        {
            end++;
        }

        while (end > start && text[end - 1] is '.' or '-')
        {
            end--;
        }

        var dot = text.AsSpan(start, end - start).LastIndexOf('.');
        return dot > 0 && end - start - dot - 1 >= ShortestEnding && char.IsLetter(text[start + dot + 1]) ? end : 0;
    }

    private static bool IsLocal(char letter) => char.IsLetterOrDigit(letter) || char.IsSurrogate(letter) || letter is '.' or '_' or '%' or '+' or '-' or '\'' or '#' or '~';
}
