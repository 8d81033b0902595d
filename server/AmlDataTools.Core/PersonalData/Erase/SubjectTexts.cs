namespace AmlDataTools.Core.PersonalData.Erase;

/// <summary>How a person may be named in names, paths and messages: what an erasure must not write down.</summary>
internal static class SubjectTexts
{
    // What takes the place of a sign that paths and names do not allow.
    private static readonly string[] At = ["_", "-", ".", "%40", "_at_"];
    private static readonly string[] Between = [" ", ".", "-", "_", "", "%20", "+"];

    /// <summary>All of them, as they are and as addresses escape them; some may be the same.</summary>
    public static IEnumerable<string> Of(Subject subject) => Plain(subject).SelectMany(text => new[] { text, Uri.EscapeDataString(text) });

    private static IEnumerable<string> Plain(Subject subject)
    {
        foreach (var id in new[] { subject.ObjectId }.OfType<string>())
        {
            yield return id;
            yield return id.Replace("-", string.Empty, StringComparison.Ordinal);
        }

        foreach (var address in new[] { subject.UserPrincipalName, subject.Email }.OfType<string>())
        {
            yield return address;
            var parts = address.Split('@');
            if (parts is not [{ Length: > 0 } name, ..])
            {
                continue;
            }

            // Folders of people in the share of notebooks, and what people call their own things.
            yield return name;
            foreach (var sign in At)
            {
                yield return string.Join(sign, parts);
            }
        }

        if (subject.DisplayName?.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is not { Length: > 0 } words)
        {
            yield break;
        }

        foreach (var between in Between)
        {
            yield return string.Join(between, words);
        }

        if (words.Length > 1)
        {
            yield return $"{words[^1]}, {string.Join(' ', words[..^1])}";
            yield return $"{words[^1]} {string.Join(' ', words[..^1])}";
        }
    }
}
