namespace AmlDataTools.Core.Names;

/// <summary>
/// What is at which place of a destination, as the most forgiving file system sees it. Holds hashes only: about 20
/// bytes a file.
/// </summary>
internal sealed class TakenNames
{
    // Stands for a folder of the source, of which none has this hash.
    private const ulong Closed = 2;

    private readonly HashSet64 _files = new();

    // Which folder of the source lives there. Two may not share a place, or their files would be mixed up.
    private readonly Dictionary<ulong, ulong> _folders = [];

    /// <summary>Takes the place for a file; <c>false</c> when anything is there.</summary>
    /// <param name="place">The folded hash of the local path.</param>
    public bool TakeFile(ulong place) => !_folders.ContainsKey(place) && _files.Add(place);

    /// <summary>Takes the place for a folder; <c>false</c> when a file or another folder is there.</summary>
    /// <param name="place">The folded hash of the local path.</param>
    /// <param name="source">The exact hash of the folder's original path.</param>
    public bool TakeFolder(ulong place, ulong source)
    {
        if (_folders.TryGetValue(place, out var owner))
        {
            return owner == source;
        }

        return !_files.Contains(place) && _folders.TryAdd(place, source);
    }

    /// <summary>Takes the place for a folder that nothing of the source may use.</summary>
    /// <param name="place">The folded hash of the local path.</param>
    public void CloseFolder(ulong place) => _folders[place] = Closed;
}
