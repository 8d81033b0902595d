namespace AmlDataTools.Core.Names;

/// <summary>
/// A prefix of names that means a folder, and so ends at a segment: <c>ExperimentRun/dcid.run1/</c> holds nothing of
/// <c>ExperimentRun/dcid.run10</c>.
/// </summary>
public static class FolderPrefix
{
    /// <summary>The prefix, ending in exactly one <c>/</c>; or empty, which is everything.</summary>
    /// <param name="prefix">A folder's name, with any number of slashes at its end.</param>
    public static string Normalize(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        var bare = prefix.AsSpan().TrimEnd('/');
        if (bare.IsEmpty)
        {
            return "";
        }

        return bare.Length == prefix.Length - 1 ? prefix : string.Concat(bare, "/");
    }

    /// <summary>Whether the name is in the folder, at any depth. Names are compared to the letter, as blob names are.</summary>
    /// <param name="prefix">The folder, normalized or not.</param>
    /// <param name="name">The full name.</param>
    public static bool Contains(string prefix, string name)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        ArgumentNullException.ThrowIfNull(name);
        var bare = prefix.AsSpan().TrimEnd('/');
        return bare.IsEmpty
            || (name.Length > bare.Length && name[bare.Length] == '/' && name.AsSpan().StartsWith(bare, StringComparison.Ordinal));
    }
}
