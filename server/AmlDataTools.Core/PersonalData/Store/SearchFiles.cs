using System.Text.Json;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.PersonalData;

/// <summary>What a search found, read from its lists, and which of it is ticked. For many threads.</summary>
internal sealed class SearchFiles(SearchStore store, string id, SearchRequest request)
{
    private readonly Lock _choosing = new();
    private byte[] _toggled = [];
    private DateTime _choicesRead;
    private int _counted;
    private long _ticks;
    private int _gapsList;

    /// <summary>What was asked for.</summary>
    public SearchRequest Request => request;

    /// <summary>Where the findings stand.</summary>
    public FoundIndex Index { get; } = new(store.FileOf(id, SearchFile.Findings), request.Workspaces);

    /// <summary>The path of a list.</summary>
    public string PathOf(SearchFile file) => store.FileOf(id, file, Volatile.Read(ref _gapsList));

    /// <summary>Takes in what another window wrote.</summary>
    /// <param name="lengths">How far the lists are good.</param>
    public void Refresh(SearchLengths lengths)
    {
        Index.Refresh(lengths.Findings);
        Volatile.Write(ref _gapsList, lengths.GapsList);
        var file = new FileInfo(PathOf(SearchFile.Choices));
        lock (_choosing)
        {
            if (file.Exists && file.LastWriteTimeUtc != _choicesRead)
            {
                _toggled = LocalDisk.Try(file.FullName, () =>
                {
                    using var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                    var bytes = new byte[stream.Length];
                    stream.ReadExactly(bytes);
                    return bytes;
                });
                _choicesRead = file.LastWriteTimeUtc;
                (_counted, _ticks) = (0, 0);
            }
        }
    }

    /// <summary>Whether a finding is ticked: by itself one that is surely the subject's, unless the person chose otherwise.</summary>
    public bool IsTicked(FoundEntry entry)
    {
        lock (_choosing)
        {
            return Ticked(entry);
        }
    }

    /// <summary>How many are ticked.</summary>
    public long Ticks()
    {
        lock (_choosing)
        {
            if (Index.Count < _counted)
            {
                (_counted, _ticks) = (0, 0);
            }

            foreach (var entry in Index.From(_counted))
            {
                _ticks += Ticked(entry) ? 1 : 0;
                _counted = entry.Number + 1;
            }

            return _ticks;
        }
    }

    /// <summary>Ticks or unticks, and writes that down.</summary>
    public void Choose(IEnumerable<FoundEntry> entries, bool chosen)
    {
        lock (_choosing)
        {
            foreach (var entry in entries)
            {
                if (Ticked(entry) != chosen)
                {
                    if (entry.Number / 8 >= _toggled.Length)
                    {
                        Array.Resize(ref _toggled, Math.Max((entry.Number / 8) + 1, _toggled.Length * 2));
                    }

                    _toggled[entry.Number / 8] ^= (byte)(1 << (entry.Number % 8));
                }
            }

            var path = PathOf(SearchFile.Choices);
            StateFiles.Replace(path, file => file.Write(_toggled), isPrivate: true);
            _choicesRead = File.GetLastWriteTimeUtc(path);
            (_counted, _ticks) = (0, 0);
        }
    }

    /// <summary>What could not be searched, in order.</summary>
    public IEnumerable<SearchGap> Gaps()
    {
        var path = PathOf(SearchFile.Gaps);
        if (!File.Exists(path))
        {
            yield break;
        }

        using var file = LocalDisk.Try(path, () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        foreach (var (_, line) in JsonLines.Read(file))
        {
            yield return JsonSerializer.Deserialize(line.Span, SearchJson.Default.SearchGap) ?? throw new InvalidDataException("A search holds an empty line.");
        }
    }

    /// <summary>Writes a new list of gaps with some of those there are; the lengths that name it are to be written behind it.</summary>
    /// <param name="lengths">How far the lists are good.</param>
    /// <param name="isKept">Which stay.</param>
    /// <returns>How far they are then.</returns>
    public SearchLengths KeepGaps(SearchLengths lengths, Func<SearchGap, bool> isKept)
    {
        Volatile.Write(ref _gapsList, lengths.GapsList);
        var next = lengths with { GapsList = lengths.GapsList + 1 };
        var path = store.FileOf(id, SearchFile.Gaps, next.GapsList);
        StateFiles.Replace(
            path,
            file =>
            {
                var lines = new JsonLineWriter();
                foreach (var gap in Gaps().Where(isKept))
                {
                    lines.Write(file, gap, SearchJson.Default.SearchGap);
                }

                (file as FileStream)?.Flush(flushToDisk: true);
            },
            isPrivate: true);
        return next with { Gaps = new FileInfo(path).Length };
    }

    /// <summary>Goes over to the list of gaps that <see cref="KeepGaps"/> wrote; the one before is removed.</summary>
    public void TakeGaps(SearchLengths lengths)
    {
        var before = PathOf(SearchFile.Gaps);
        Volatile.Write(ref _gapsList, lengths.GapsList);
        if (PathOf(SearchFile.Gaps) != before)
        {
            LocalDisk.Try(before, () => File.Delete(before));
        }
    }

    /// <summary>A document.</summary>
    /// <exception cref="ProblemException"><c>search.notFound</c>: it is not there.</exception>
    public ReadOnlyMemory<byte> Document(DocumentPart part)
    {
        var path = PathOf(SearchFile.Documents);
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (part.Offset < 0 || part.Length < 0 || part.Offset + part.Length > RandomAccess.GetLength(file))
            {
                throw SearchProblems.NotFound(id);
            }

            var bytes = new byte[part.Length];
            var filled = 0;
            while (filled < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(filled), part.Offset + filled) is var read and > 0)
            {
                filled += read;
            }

            return bytes;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw SearchProblems.NotFound(id);
        }
    }

    private bool Ticked(FoundEntry entry) =>
        (entry.Grade != MatchGrade.DisplayName) ^ (entry.Number / 8 < _toggled.Length && (_toggled[entry.Number / 8] & (1 << (entry.Number % 8))) != 0);
}
