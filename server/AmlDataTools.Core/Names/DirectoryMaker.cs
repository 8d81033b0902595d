using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.Names;

/// <summary>
/// Makes the folders below a destination, and goes through no link on the way: a link someone left in the destination
/// would lead files out of it. The destination itself may be one, it was chosen. Remembers the folders it has
/// verified, a bounded number of them, so one that is replaced by a link meanwhile goes unnoticed; open files after
/// <see cref="PathGuard.EnsureNoLink"/>. For any number of threads.
/// </summary>
public sealed class DirectoryMaker
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _verified = new(StringComparer.Ordinal);
    private readonly string _root;
    private readonly int _capacity;

    /// <summary>Makes one for a destination. Does not touch the disk.</summary>
    /// <param name="root">The destination, absolute. Made when it does not exist.</param>
    /// <param name="capacity">How many folders are remembered.</param>
    /// <exception cref="ArgumentException">The root is not absolute.</exception>
    public DirectoryMaker(string root, int capacity = 4096)
    {
        ArgumentNullException.ThrowIfNull(root);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        if (!Path.IsPathFullyQualified(root))
        {
            throw new ArgumentException("The destination has to be an absolute path", nameof(root));
        }

        _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        _capacity = capacity;
    }

    /// <summary>Makes the folders a file needs.</summary>
    /// <param name="relativeFile">The path of the file, relative, with <c>/</c>.</param>
    /// <returns>The absolute path of the file, about which nothing was checked but that it is inside.</returns>
    /// <inheritdoc cref="EnsureFolder" path="/exception"/>
    public string EnsureParent(string relativeFile)
    {
        var full = PathGuard.EnsureInside(_root, relativeFile);
        Ensure(Path.GetDirectoryName(full) ?? _root);
        return full;
    }

    /// <summary>Makes a folder and those above it, up to the destination.</summary>
    /// <param name="relativeFolder">The path of the folder, relative, with <c>/</c>; empty for the destination.</param>
    /// <returns>The absolute path of the folder.</returns>
    /// <exception cref="ProblemException">
    /// <c>path.linkInDestination</c>: a symbolic link or junction is on the way; <c>path.fileInTheWay</c>: a file is
    /// where a folder is needed; <c>path.outsideDestination</c>: see <see cref="PathGuard.EnsureInside"/>.
    /// </exception>
    /// <exception cref="IOException">The system cannot make the folder: disk full, name too long.</exception>
    /// <exception cref="UnauthorizedAccessException">The person may not write there.</exception>
    public string EnsureFolder(string relativeFolder)
    {
        ArgumentNullException.ThrowIfNull(relativeFolder);
        var full = relativeFolder.Length == 0 ? _root : PathGuard.EnsureInside(_root, relativeFolder);
        Ensure(full);
        return full;
    }

    private void Ensure(string folder)
    {
        // From the destination down, so that nothing is made behind a link.
        var missing = new Stack<string>();
        for (var path = folder; !IsVerified(path); path = Path.GetDirectoryName(path) ?? _root)
        {
            missing.Push(path);
            if (path.Length <= _root.Length)
            {
                break;
            }
        }

        foreach (var path in missing)
        {
            Verify(path);
        }
    }

    private void Verify(string path)
    {
        var attributes = PathGuard.TryGetAttributes(path);
        if (attributes is null)
        {
            Directory.CreateDirectory(path);
            attributes = PathGuard.TryGetAttributes(path);
        }

        var isRoot = path.Length <= _root.Length;
        if (attributes is { } found && !isRoot && PathGuard.IsLink(path, found))
        {
            throw PathGuard.Link(path);
        }

        if (isRoot ? !Directory.Exists(path) : attributes?.HasFlag(FileAttributes.Directory) != true)
        {
            throw new ProblemException(
                "path.fileInTheWay",
                $"A file is where a folder has to go: {path}. Move it away or choose another folder.")
            {
                Target = path,
                Actions = [ProblemAction.ChooseFolder, ProblemAction.Retry],
            };
        }

        lock (_lock)
        {
            if (_verified.Count >= _capacity)
            {
                _verified.Clear();
            }

            _verified.Add(path);
        }
    }

    private bool IsVerified(string path)
    {
        lock (_lock)
        {
            return _verified.Contains(path);
        }
    }
}
