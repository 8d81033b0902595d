using System.Text;

namespace AmlDataTools.Core.Names;

/// <summary>
/// Gives every file of an operation its own path below the destination: one that exists nowhere but below it, that
/// Linux, Windows and macOS take alike, and that none of their file systems confuses with another one given out, be it
/// by case, by Unicode normalization, or as a file where a folder is needed. The same on every platform, and always
/// the same for the same names in the same order. What it remembers are hashes: some 20 bytes a file.
/// Not for several threads at a time.
/// </summary>
public sealed class LocalNameMapper
{
    private const int MaxFolderBytes = 1000;
    private const int LongTailBytes = 60;
    private const string LongFolder = "~long";

    // Stands for a folder of the source, of which none has this hash.
    private const ulong LongFolderSource = 1;

    // The attempt from which on alternatives are numbered.
    private const int FirstRepeat = 3;

    private readonly TakenNames _taken = new();
    private readonly FoldedHash _hash = new();

    // How often the names of last resort were used up; only names that came three times or more are in it.
    private readonly Dictionary<ulong, int> _repeats = [];

    // The folders on the way to the last name. Names mostly come in order, so the next one shares most of them.
    private readonly List<Place> _way = [];
    private Place _base;
    private string? _folder;
    private string _name = "";

    /// <summary>Makes a mapper for one destination.</summary>
    /// <param name="reservedPaths">
    /// Relative safe paths, with <c>/</c>, at which no file may end up: what the destination holds beside the files. One
    /// that ends in <c>/</c> is a folder into which nothing may go.
    /// </param>
    /// <exception cref="ArgumentException">A reserved path is not safe.</exception>
    public LocalNameMapper(IEnumerable<string> reservedPaths)
    {
        ArgumentNullException.ThrowIfNull(reservedPaths);
        foreach (var path in reservedPaths)
        {
            Reserve(path);
        }
    }

    /// <summary>The local path of the next file. The same name a second time is a second file.</summary>
    /// <param name="folder">
    /// Where the file belongs: empty, or a safe relative path that ends in <c>/</c>, such as <c>mango_leaf_3f/</c>, made
    /// with <see cref="LocalNames.Segment"/> if need be; 1,000 bytes at most. It too is changed if it clashes.
    /// </param>
    /// <param name="name">The name as the service has it: anything, with <c>/</c> between segments.</param>
    /// <exception cref="ArgumentException">The folder is not safe.</exception>
    public MappedName Map(string folder, string name)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length == 0)
        {
            return new MappedName(null, NameChange.None, "The service lists it without a name, so it cannot be given one here.");
        }

        GoTo(folder);
        var parent = Walk(name);
        if (parent.Bytes <= LocalNames.MaxPathBytes)
        {
            var start = name.LastIndexOf('/') + 1;
            var file = TakeFile(parent, Encode(name.AsSpan(start), name, out var change), change, name);
            if (file.Bytes <= LocalNames.MaxPathBytes)
            {
                return new MappedName(file.Path, file.Change, null);
            }
        }

        return MapLong(name);
    }

    private static bool IsSafe(ReadOnlySpan<char> segment) =>
        segment is "%"
        || (segment.Length > 0
            && Encoding.UTF8.GetByteCount(segment) <= LocalNames.MaxSegmentBytes
            && SegmentEncoder.Encode(segment.ToString().Replace('%', '_')) is null);

    // Makes _base the place of the folder.
    private void GoTo(string folder)
    {
        if (string.Equals(folder, _folder, StringComparison.Ordinal))
        {
            return;
        }

        if ((folder.Length > 0 && folder[^1] != '/') || Encoding.UTF8.GetByteCount(folder) > MaxFolderBytes)
        {
            throw new ArgumentException("Empty, or a relative path that ends in a slash", nameof(folder));
        }

        var place = new Place(0, "", 0, FoldedHash.Root, FoldedHash.Root, NameChange.None);
        for (var start = 0; start < folder.Length;)
        {
            var end = folder.IndexOf('/', start);
            var segment = folder.AsSpan(start, end - start);
            if (!IsSafe(segment))
            {
                throw new ArgumentException("Every segment has to be safe on every platform", nameof(folder));
            }

            var source = FoldedHash.Exact(place.Source, segment);
            place = TakeFolder(place, segment.ToString(), source, NameChange.None, folder.AsSpan(0, end), end + 1);
            start = end + 1;
        }

        _base = place;
        _folder = folder;
        _way.Clear();
        _name = "";
    }

    // The place of the folder the name is in, or a place too long for anything when it has none.
    private Place Walk(string name)
    {
        var common = name.AsSpan().CommonPrefixLength(_name);
        var keep = _way.Count;
        while (keep > 0 && _way[keep - 1].End > common)
        {
            keep--;
        }

        _way.RemoveRange(keep, _way.Count - keep);
        _name = name;

        var place = keep == 0 ? _base : _way[keep - 1];
        var start = keep == 0 ? 0 : place.End;
        for (var end = name.IndexOf('/', start); end >= 0 && place.Bytes <= LocalNames.MaxPathBytes; end = name.IndexOf('/', start))
        {
            var original = name.AsSpan(start, end - start);
            var source = FoldedHash.Exact(place.Source, original);
            var segment = Encode(original, name.AsSpan(0, end), out var change);
            place = TakeFolder(place, segment, source, change, name.AsSpan(0, end), end + 1);
            _way.Add(place);
            start = end + 1;
        }

        return place;
    }

    private static string Encode(ReadOnlySpan<char> original, ReadOnlySpan<char> name, out NameChange change)
    {
        var encoded = SegmentEncoder.Encode(original);
        change = encoded is null ? NameChange.None : NameChange.Encoded;
        var segment = encoded ?? original.ToString();
        if (segment.Length <= LocalNames.MaxSegmentBytes / 3 || Encoding.UTF8.GetByteCount(segment) <= LocalNames.MaxSegmentBytes)
        {
            return segment;
        }

        change |= NameChange.Shortened;
        return SegmentTag.Add(segment, SegmentTag.Hash(name, 16));
    }

    private Place TakeFolder(
        Place parent, string segment, ulong source, NameChange change, ReadOnlySpan<char> name, int end)
    {
        var candidate = segment;
        var place = _hash.Fold(parent.Hash, candidate);
        for (var attempt = 1; !_taken.TakeFolder(place, source); attempt++)
        {
            change |= NameChange.Disambiguated;
            candidate = Alternative(segment, name, attempt);
            place = _hash.Fold(parent.Hash, candidate);
        }

        return new Place(
            end,
            string.Concat(parent.Path, candidate, "/"),
            parent.Bytes + Encoding.UTF8.GetByteCount(candidate) + 1,
            place,
            source,
            parent.Change | change);
    }

    private Place TakeFile(Place parent, string segment, NameChange change, ReadOnlySpan<char> name)
    {
        var candidate = segment;
        var place = _hash.Fold(parent.Hash, candidate);
        if (!_taken.TakeFile(place))
        {
            change |= NameChange.Disambiguated;
            var first = place;
            var attempt = 1;
            do
            {
                // A name that comes again and again must not try again all it tried before.
                if (attempt == FirstRepeat)
                {
                    first = place;
                    attempt = _repeats.GetValueOrDefault(first, FirstRepeat);
                }

                candidate = Alternative(segment, name, attempt++);
                place = _hash.Fold(parent.Hash, candidate);
            }
            while (!_taken.TakeFile(place));

            if (attempt > FirstRepeat)
            {
                _repeats[first] = attempt;
            }
        }

        var bytes = parent.Bytes + Encoding.UTF8.GetByteCount(candidate);
        return new Place(0, string.Concat(parent.Path, candidate), bytes, place, 0, parent.Change | change);
    }

    private static string Alternative(string segment, ReadOnlySpan<char> name, int attempt) => attempt switch
    {
        1 => SegmentTag.Add(segment, SegmentTag.Hash(name, 8)),
        2 => SegmentTag.Add(segment, SegmentTag.Hash(name, 16)),
        _ => SegmentTag.Add(segment, $"{SegmentTag.Hash(name, 16)}-{attempt - 1}"),
    };

    private MappedName MapLong(string name)
    {
        var folder = TakeFolder(_base, LongFolder, LongFolderSource, NameChange.Shortened, LongFolder, 0);
        var start = name.LastIndexOf('/') + 1;
        var segment = Encode(name.AsSpan(start), name, out var change);
        var tail = SegmentTag.Tail(segment, LongTailBytes);
        var file = TakeFile(folder, string.Concat(SegmentTag.Hash(name, 32), "-", tail), change, name);
        return new MappedName(file.Path, file.Change, null);
    }

    private void Reserve(string path)
    {
        var place = new Place(0, "", 0, FoldedHash.Root, FoldedHash.Root, NameChange.None);
        for (var start = 0; start < path.Length;)
        {
            var slash = path.IndexOf('/', start);
            var end = slash < 0 ? path.Length : slash;
            var segment = path.AsSpan(start, end - start);
            if (!IsSafe(segment))
            {
                throw new ArgumentException($"Not a safe relative path: {path}", nameof(path));
            }

            var hash = _hash.Fold(place.Hash, segment);
            var source = FoldedHash.Exact(place.Source, segment);
            if (slash < 0)
            {
                _taken.TakeFile(hash);
            }
            else if (slash == path.Length - 1)
            {
                _taken.CloseFolder(hash);
            }
            else
            {
                _taken.TakeFolder(hash, source);
            }

            place = place with { Hash = hash, Source = source };
            start = end + 1;
        }
    }

    // A folder, or in passing a file: where its segment ends in the name (behind the slash), its local path (a folder's
    // with the slash) and the UTF-8 bytes of that, the folded hash of the local path, the exact hash of the original.
    private readonly record struct Place(int End, string Path, int Bytes, ulong Hash, ulong Source, NameChange Change);
}
