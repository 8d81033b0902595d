using AmlDataTools.Azure.Blobs;
using AmlDataTools.Azure.Files;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Core.Storage;

/// <summary>
/// Lists all that is below a directory of a share, which the service tells one directory at a time: files of a directory first,
/// then its directories from the leaves up. What is held is the way down to where the walk is, and some directories read ahead.
/// A call that failed can be made again: nothing that was read is lost.
/// </summary>
/// <param name="prefix">What names begin with: a folder ending in <c>/</c>, or the beginning of names in one.</param>
internal sealed class ShareWalk(string prefix)
{
    private const int Ahead = 8;
    private const int MostRequests = 64;

    private readonly Stack<Frame> _open = new();
    private readonly List<BlobItem> _found = [];
    private readonly Dictionary<string, Task<FileListPage>> _ahead = new(StringComparer.Ordinal);
    private bool _begun;

    /// <summary>Whether it has come to its end.</summary>
    public bool IsAtEnd => _begun && _open.Count == 0;

    /// <summary>The next of what is there: some <paramref name="count"/> entries, fewer when directories hold little, more when a page of the service did.</summary>
    /// <param name="share">Asked for the files and directories.</param>
    /// <param name="count">How many are wanted.</param>
    /// <param name="cancellationToken">Stops listing.</param>
    /// <returns>Files, and directories whose names end in <c>/</c>; <see cref="BlobItem.Length"/> of a directory is 0, or 1 when something is in it.</returns>
    public async Task<IReadOnlyList<BlobItem>> NextAsync(AzureFileShare share, int count, CancellationToken cancellationToken)
    {
        if (!_begun)
        {
            await BeginAsync(share, cancellationToken).ConfigureAwait(false);
            _begun = true;
        }

        for (var requests = 0; _open.TryPeek(out var frame) && _found.Count < count && requests < MostRequests;)
        {
            if (frame.At < frame.Folders.Count)
            {
                ReadAhead(share, frame, cancellationToken);
                _open.Push(new Frame(frame.Folders[frame.At].Name, string.Empty, frame.Folders[frame.At]));
                frame.At++;
            }
            else if (!frame.Read || frame.Marker is not null)
            {
                requests++;
                Take(frame, await PageAsync(share, frame, cancellationToken).ConfigureAwait(false));
            }
            else
            {
                _open.Pop();
                if (frame.Marks is { } folder)
                {
                    _found.Add(folder with { Name = folder.Name + "/", Length = frame.HoldsSomething ? 1 : 0, IsFolder = true });
                }
            }
        }

        var page = _found.ToArray();
        _found.Clear();
        return page;
    }

    private async Task BeginAsync(AzureFileShare share, CancellationToken cancellationToken)
    {
        if (prefix.Length == 0 || prefix.EndsWith('/'))
        {
            var root = prefix.TrimEnd('/');

            // Whether it is there is only known when it was read; the share's own root is no directory of it.
            _open.Push(new Frame(root, string.Empty, root.Length == 0 ? null : new BlobItem(root, 0, null, null, null, IsFolder: true)));
            return;
        }

        try
        {
            // What is exactly so called comes first, as in a listing of blobs.
            var exact = await share.GetPropertiesAsync(prefix, cancellationToken).ConfigureAwait(false);
            _found.Add(exact);
        }
        catch (AzureServiceException exception) when (IsAbsence(exception))
        {
            // Then only what begins with it.
        }

        var slash = prefix.LastIndexOf('/');
        _open.Push(new Frame(slash < 0 ? string.Empty : prefix[..slash], prefix[(slash + 1)..], null) { Known = _found.Count > 0 ? prefix : null });
    }

    private void Take(Frame frame, FileListPage page)
    {
        frame.Read = true;
        frame.Marker = page.NextMarker;
        frame.HoldsSomething |= page.Entries.Count > 0;
        frame.Folders = [];
        frame.At = 0;
        foreach (var entry in page.Entries)
        {
            var path = frame.Directory.Length == 0 ? entry.Name : $"{frame.Directory}/{entry.Name}";
            if (entry.IsFolder)
            {
                frame.Folders.Add(entry with { Name = path });
            }
            else if (!path.Equals(frame.Known, StringComparison.OrdinalIgnoreCase))
            {
                _found.Add(entry with { Name = path });
            }
        }
    }

    private async Task<FileListPage> PageAsync(AzureFileShare share, Frame frame, CancellationToken cancellationToken)
    {
        try
        {
            if (!frame.Read && frame.Prefix.Length == 0 && _ahead.Remove(frame.Directory, out var known))
            {
                return await known.ConfigureAwait(false);
            }

            return await share.ListPageAsync(frame.Directory, frame.Prefix, frame.Marker, AzureFileShare.MaxPageSize, cancellationToken).ConfigureAwait(false);
        }
        catch (AzureServiceException exception) when (IsAbsence(exception))
        {
            // Gone meanwhile, or never there: as a listing of blobs below it would be empty.
            frame.Marks = null;
            return new FileListPage([], null);
        }
    }

    private void ReadAhead(AzureFileShare share, Frame frame, CancellationToken cancellationToken)
    {
        for (var at = frame.At; at < frame.Folders.Count && at < frame.At + Ahead; at++)
        {
            var directory = frame.Folders[at].Name;
            if (!_ahead.ContainsKey(directory))
            {
                _ahead[directory] = share.ListPageAsync(directory, string.Empty, null, AzureFileShare.MaxPageSize, cancellationToken);
            }
        }
    }

    /// <summary>Whether a path is not there, while its share is.</summary>
    /// <param name="exception">What the service answered.</param>
    public static bool IsAbsence(AzureServiceException exception) =>
        exception is { Status: 404, Code: not ("ShareNotFound" or "ContainerNotFound" or "AccountNotFound") } or { Status: 409, Code: "ResourceTypeMismatch" };

    /// <summary>A directory that is being read.</summary>
    private sealed class Frame(string directory, string prefix, BlobItem? marks)
    {
        public string Directory => directory;

        public string Prefix => prefix;

        /// <summary>The directory as it is told of behind all that is in it; null for none.</summary>
        public BlobItem? Marks { get; set; } = marks;

        /// <summary>A file that was told of already.</summary>
        public string? Known { get; init; }

        public List<BlobItem> Folders { get; set; } = [];

        public int At { get; set; }

        public string? Marker { get; set; }

        public bool Read { get; set; }

        public bool HoldsSomething { get; set; }
    }
}

/// <summary>Walks that are under way, by the marker their last page ended with.</summary>
internal sealed class ShareWalks
{
    // Asking whether a name is there begins a walk that nobody goes on with.
    private const int Remembered = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, ShareWalk> _walks = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();
    private long _next;

    /// <summary>The walk that goes on at a marker; null when it is known no more.</summary>
    public ShareWalk? Find(string marker)
    {
        lock (_lock)
        {
            return _walks.GetValueOrDefault(marker);
        }
    }

    /// <summary>Remembers a walk after a page.</summary>
    /// <param name="walk">The walk.</param>
    /// <param name="marker">The marker with which the page was asked for; null for the first.</param>
    /// <returns>The marker of the next page; null at the end.</returns>
    public string? Put(ShareWalk walk, string? marker)
    {
        lock (_lock)
        {
            if (marker is not null)
            {
                _walks.Remove(marker);
            }

            if (walk.IsAtEnd)
            {
                return null;
            }

            while (_walks.Count >= Remembered && _order.TryDequeue(out var oldest))
            {
                _walks.Remove(oldest);
            }

            var next = (++_next).ToString(System.Globalization.CultureInfo.InvariantCulture);
            _walks[next] = walk;
            _order.Enqueue(next);
            while (_order.Count > 2 * Remembered && !_walks.ContainsKey(_order.Peek()))
            {
                _order.Dequeue();
            }

            return next;
        }
    }
}
