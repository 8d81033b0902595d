using System.Buffers;
using AmlDataTools.Core.PersonalData.Matching;

namespace AmlDataTools.Core.PersonalData.Content;

/// <summary>Searches the names of files and folders. An ending counts apart, and what people write for a space is one.</summary>
internal static class NameSearch
{
    private static readonly SearchValues<char> Separators = SearchValues.Create("_-.+");

    /// <summary>What a path says of the subject: its last name, and the folders it is in.</summary>
    /// <param name="path">The path, with slashes.</param>
    /// <param name="terms">The words.</param>
    public static IReadOnlyList<Evidence> Search(string path, TextTerms terms)
    {
        var found = new List<Evidence>();
        var slash = path.LastIndexOf('/');
        if (Surest(path[(slash + 1)..], terms) is { } named)
        {
            found.Add(new Evidence("name", named, false));
        }

        if (slash > 0)
        {
            MatchGrade? within = null;
            foreach (var folder in path[..slash].Split('/'))
            {
                within = Surer(within, Surest(folder, terms));
            }

            if (within is { } grade)
            {
                found.Add(new Evidence("path", grade, false));
            }
        }

        return found;
    }

    private static MatchGrade? Surest(string name, TextTerms terms)
    {
        var found = terms.Surest(name);
        var dot = name.LastIndexOf('.');
        if (dot > 0)
        {
            // Else the ending would make another, longer address of an address.
            found = Surer(found, terms.Surest(name[..dot]));
        }

        return found ?? (name.AsSpan().ContainsAny(Separators) ? terms.Surest(Spaced(name)) : null);
    }

    // What stands in an address is no name: first and last name before an at sign are somebody's address, and are looked for as one.
    private static string Spaced(string name)
    {
        var words = name.Contains('@', StringComparison.Ordinal) ? string.Join(' ', name.Split(' ').Where(word => !word.Contains('@', StringComparison.Ordinal))) : name;
        return words.Replace('_', ' ').Replace('-', ' ').Replace('.', ' ').Replace('+', ' ');
    }

    private static MatchGrade? Surer(MatchGrade? one, MatchGrade? other) => one is null || other < one ? other ?? one : one;
}
