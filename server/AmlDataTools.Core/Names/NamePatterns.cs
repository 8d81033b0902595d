using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.Names;

/// <summary>
/// Which names to take, by patterns: <c>*</c> is anything within a segment, <c>?</c> one character of it, <c>**</c>
/// anything across segments. A pattern without <c>/</c> means the file name, at any depth; one with <c>/</c> the whole
/// path from its beginning (<c>**/logs/</c> for any depth); <c>/</c> at the end everything below. Case does not matter.
/// Immutable, for any number of threads.
/// </summary>
public sealed class NamePatterns
{
    private readonly GlobPattern[] _include;
    private readonly GlobPattern[] _exclude;

    private NamePatterns(GlobPattern[] include, GlobPattern[] exclude)
    {
        _include = include;
        _exclude = exclude;
    }

    /// <summary>Takes everything.</summary>
    public static NamePatterns Everything { get; } = new([], []);

    /// <summary>Compiles patterns.</summary>
    /// <param name="include">What to take; none is everything.</param>
    /// <param name="exclude">What to leave out of it.</param>
    /// <exception cref="ProblemException"><c>pattern.invalid</c>, with the pattern as target.</exception>
    public static NamePatterns Parse(IEnumerable<string>? include, IEnumerable<string>? exclude) =>
        new([.. (include ?? []).Select(GlobPattern.Parse)], [.. (exclude ?? []).Select(GlobPattern.Parse)]);

    /// <summary>Whether to take the name. Takes time in proportion to its length, whatever the patterns.</summary>
    /// <param name="path">The path of a file with <c>/</c>, relative to where the patterns begin.</param>
    public bool Matches(ReadOnlySpan<char> path) =>
        (_include.Length == 0 || AnyMatches(_include, path)) && !AnyMatches(_exclude, path);

    private static bool AnyMatches(GlobPattern[] patterns, ReadOnlySpan<char> path)
    {
        foreach (var pattern in patterns)
        {
            if (pattern.Matches(path))
            {
                return true;
            }
        }

        return false;
    }
}
