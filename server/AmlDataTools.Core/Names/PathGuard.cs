using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.Names;

/// <summary>
/// The last check before a path is used: whatever made it, it stays below the destination. Looks at paths, and at the
/// disk only where it says so.
/// </summary>
public static class PathGuard
{
    /// <summary>The absolute path of a file or folder below the destination. Does not touch the disk.</summary>
    /// <param name="root">The destination, absolute.</param>
    /// <param name="relative">
    /// A relative path with <c>/</c>, as <see cref="LocalNameMapper"/> makes them; a folder's may end in one.
    /// </param>
    /// <exception cref="ProblemException">
    /// <c>path.outsideDestination</c>: it is absolute, has a drive, a backslash, an empty, <c>.</c> or <c>..</c> segment,
    /// or means something else than a file on this system.
    /// </exception>
    /// <exception cref="ArgumentException">The root is not absolute.</exception>
    public static string EnsureInside(string root, string relative)
    {
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(relative);
        if (!Path.IsPathFullyQualified(root))
        {
            throw new ArgumentException("The destination has to be an absolute path", nameof(root));
        }

        if (!IsPlain(relative))
        {
            throw Outside(relative);
        }

        // What a system makes of names it reserves shows in the full path: "\\.\NUL" on Windows.
        var inside = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        var full = Path.TrimEndingDirectorySeparator(
            Path.GetFullPath(relative.Replace('/', Path.DirectorySeparatorChar), inside));
        var start = Path.EndsInDirectorySeparator(inside) ? inside : inside + Path.DirectorySeparatorChar;
        return full.Length > start.Length && full.StartsWith(start, StringComparison.Ordinal) ? full : throw Outside(relative);
    }

    /// <summary>
    /// Refuses to go through a link: for a file about to be opened for writing, which would otherwise be written to
    /// wherever the link points. Looks at the disk.
    /// </summary>
    /// <param name="fullPath">An absolute path, existing or not.</param>
    /// <exception cref="ProblemException">
    /// <c>path.linkInDestination</c>: a symbolic link or junction is there; <c>path.folderInTheWay</c>: a folder is.
    /// </exception>
    public static void EnsureNoLink(string fullPath)
    {
        if (TryGetAttributes(fullPath) is not { } attributes)
        {
            return;
        }

        if (IsLink(fullPath, attributes))
        {
            throw Link(fullPath);
        }

        if (attributes.HasFlag(FileAttributes.Directory))
        {
            throw new ProblemException(
                "path.folderInTheWay",
                $"A folder is where a file has to go: {fullPath}. Move it away or choose another folder.")
            {
                Target = fullPath,
                Actions = [ProblemAction.ChooseFolder, ProblemAction.Retry],
            };
        }
    }

    /// <summary>The attributes of what is at the path itself, not behind a link; <c>null</c> when nothing is.</summary>
    internal static FileAttributes? TryGetAttributes(string fullPath)
    {
        try
        {
            return File.GetAttributes(fullPath);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>
    /// Whether a symbolic link or junction is at the path. Not every reparse point of Windows is one: OneDrive's
    /// folders are reparse points too.
    /// </summary>
    internal static bool IsLink(string fullPath, FileAttributes attributes) =>
        attributes.HasFlag(FileAttributes.ReparsePoint)
        && (attributes.HasFlag(FileAttributes.Directory) ? (FileSystemInfo)new DirectoryInfo(fullPath) : new FileInfo(fullPath))
            .LinkTarget is not null;

    /// <summary>The problem of a link on the way.</summary>
    internal static ProblemException Link(string fullPath) => new(
        "path.linkInDestination",
        $"A link is in the destination, and what is written there would end up elsewhere: {fullPath}. "
        + "Remove the link or choose another folder.")
    {
        Target = fullPath,
        Actions = [ProblemAction.ChooseFolder, ProblemAction.Retry],
    };

    private static bool IsPlain(ReadOnlySpan<char> relative)
    {
        if (relative.ContainsAny("\\:\0"))
        {
            return false;
        }

        if (relative.EndsWith('/'))
        {
            relative = relative[..^1];
        }

        foreach (var segment in relative.Split('/'))
        {
            if (relative[segment] is "" or "." or "..")
            {
                return false;
            }
        }

        return true;
    }

    private static ProblemException Outside(string relative) => new(
        "path.outsideDestination",
        $"The path does not stay inside the destination folder, so nothing was written: {relative}")
    {
        Target = relative,
    };
}
