using System.Runtime.InteropServices;
using System.Text.Json;
using AmlDataTools.Core.Export;
using AmlDataTools.Core.Names;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.PersonalData;

/// <summary>Writes what a search finds. A thing that is found again is left out: the first finding of it stays. Not for several threads.</summary>
internal sealed class SearchWriter : IDisposable
{
    private readonly SearchFiles _files;
    private readonly FileStream _findings;
    private readonly FileStream _documents;
    private readonly FileStream _gaps;
    private readonly JsonLineWriter _lines = new();
    private readonly HashSet64 _known = new();
    private readonly string _path;
    private readonly int _gapsList;

    /// <summary>Opens the lists, and cuts off what was written after the last checkpoint.</summary>
    public SearchWriter(SearchFiles files, SearchLengths lengths)
    {
        _files = files;
        _gapsList = lengths.GapsList;
        _path = files.PathOf(SearchFile.Findings);
        (_findings, _documents, _gaps) = LocalDisk.Try(_path, () =>
            (Open(SearchFile.Findings, lengths.Findings), Open(SearchFile.Documents, lengths.Documents), Open(SearchFile.Gaps, lengths.Gaps)));
        files.Index.Refresh(_findings.Position);
        foreach (var (_, finding) in files.Index.Count == 0 ? [] : files.Index.Read(files.Index.From(0)))
        {
            _known.Add(Hash(finding));
        }
    }

    /// <summary>How long the lists are.</summary>
    public SearchLengths Lengths => new(_findings.Position, _documents.Position, _gaps.Position) { GapsList = _gapsList };

    /// <summary>Writes what a page brought, down to the disk.</summary>
    /// <returns>What of it is new.</returns>
    public IReadOnlyList<Finding> Write(IReadOnlyList<(Finding Finding, JsonElement? Document)> findings, IReadOnlyList<SearchGap> gaps) => LocalDisk.Try(_path, () =>
    {
        var written = new List<(Finding Finding, long Offset, long End)>();
        foreach (var (finding, document) in findings)
        {
            if (_known.Add(Hash(finding)))
            {
                var offset = _findings.Position;
                var kept = document is { } json ? finding with { Document = Keep(json) } : finding;
                _lines.Write(_findings, kept, SearchJson.Default.Finding);
                written.Add((kept, offset, _findings.Position));
            }
        }

        foreach (var gap in gaps)
        {
            _lines.Write(_gaps, gap, SearchJson.Default.SearchGap);
        }

        var changed = new List<FileStream>();
        if (written.Count > 0)
        {
            changed.AddRange([_documents, _findings]);
        }

        if (gaps.Count > 0)
        {
            changed.Add(_gaps);
        }

        changed.ForEach(file => file.Flush());
        DiskFlush.Flush([.. changed.Select(file => file.SafeFileHandle)]);

        // Whoever reads the index finds on disk what it leads to.
        written.ForEach(one => _files.Index.Add(one.Finding, one.Offset, one.End));
        return written.ConvertAll(one => one.Finding);
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        _findings.Dispose();
        _documents.Dispose();
        _gaps.Dispose();
    }

    private static ulong Hash(Finding finding) => FoldedHash.Exact(FoldedHash.Root, finding.NodeId);

    private FileStream Open(SearchFile which, long length)
    {
        var file = StateFiles.Open(_files.PathOf(which), FileMode.OpenOrCreate, isPrivate: true);
        if (file.Length > length)
        {
            file.SetLength(length);
        }

        file.Position = file.Length;
        EndLine(file, which);
        return file;
    }

    // After a power cut a list may end in the middle of a line.
    private void EndLine(FileStream file, SearchFile which)
    {
        if (file.Length == 0)
        {
            return;
        }

        using var reader = new FileStream(_files.PathOf(which), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        reader.Position = reader.Length - 1;
        if (reader.ReadByte() != '\n')
        {
            reader.Position = 0;
            file.SetLength(JsonLines.Read(reader).Select(line => line.Offset + line.Line.Length + 1).LastOrDefault());
            file.Position = file.Length;
        }
    }

    private DocumentPart Keep(JsonElement document)
    {
        var offset = _documents.Position;
        var raw = JsonMarshal.GetRawUtf8Value(document);
        if (MayBeSigned(raw))
        {
            using var writer = new Utf8JsonWriter(_documents);
            RunDocuments.WithoutSignatures(document).WriteTo(writer);
        }
        else
        {
            _documents.Write(raw);
        }

        var length = (int)(_documents.Position - offset);
        _documents.WriteByte((byte)'\n');
        return new DocumentPart(offset, length);
    }

    // What is plain and on one line can be kept byte for byte; the rest is looked at text by text.
    private static bool MayBeSigned(ReadOnlySpan<byte> json) =>
        json.IndexOf("ig="u8) >= 0 || json.IndexOf("IG="u8) >= 0 || json.IndexOf("Ig="u8) >= 0 || json.IndexOf("iG="u8) >= 0 || json.IndexOf("\\u00"u8) >= 0 || json.Contains((byte)'\n');
}
