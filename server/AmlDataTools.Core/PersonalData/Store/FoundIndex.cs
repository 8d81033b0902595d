using System.Text.Json;
using AmlDataTools.Azure;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.PersonalData;

/// <summary>What groups findings: their kind, of records their own kind.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Resource">Of records, which; else null.</param>
internal readonly record struct FindingGroup(FindingKind Kind, ResourceKind? Resource)
{
    private const int ResourceBase = 16;

    /// <summary>A number for it, below 256; records come behind what has a kind of its own.</summary>
    public int Code => Resource is { } resource ? ResourceBase + (int)resource : (int)Kind;

    /// <summary>The group of a number.</summary>
    public static FindingGroup Of(int code) => code < ResourceBase ? new((FindingKind)code, null) : new(FindingKind.Asset, (ResourceKind)(code - ResourceBase));

    /// <summary>The group of a finding.</summary>
    public static FindingGroup Of(Finding finding) => new(
        finding.Kind,
        finding.Kind == FindingKind.Asset && NodeTargets.TryParse(finding.NodeId, out var target) && target is ResourceTarget { Resource.Kind: var kind } ? kind : null);
}

/// <summary>A finding in the index.</summary>
/// <param name="Number">Its number, from 0, in the order found.</param>
/// <param name="Workspace">Its workspace, by the number in the request.</param>
/// <param name="Group">Its group.</param>
/// <param name="Grade">How sure.</param>
/// <param name="Offset">Where its line begins.</param>
/// <param name="Length">How long the line is, without its end.</param>
internal readonly record struct FoundEntry(int Number, int Workspace, FindingGroup Group, MatchGrade Grade, long Offset, int Length);

/// <summary>Where the findings of a search stand in their list: 8 bytes each. For many threads.</summary>
/// <param name="path">The list.</param>
/// <param name="workspaces">Those searched.</param>
internal sealed class FoundIndex(string path, IReadOnlyList<WorkspaceRef> workspaces)
{
    // From the lowest bit: grade 2, group 8, workspace 8, offset 46.
    private const int GroupShift = 2;
    private const int WorkspaceShift = 10;
    private const int OffsetShift = 18;

    private readonly Lock _lock = new();
    private readonly List<ulong> _entries = [];
    private long _read;

    /// <summary>How many.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>All, or those behind a number, in the order found.</summary>
    public IEnumerable<FoundEntry> From(int first)
    {
        for (var number = first; ; number++)
        {
            if (At(number) is not { } entry)
            {
                yield break;
            }

            yield return entry;
        }
    }

    /// <summary>One; null when there is none of that number.</summary>
    public FoundEntry? At(int number)
    {
        lock (_lock)
        {
            return number >= 0 && number < _entries.Count ? Unpack(number) : null;
        }
    }

    /// <summary>A finding was written.</summary>
    public void Add(Finding finding, long offset, long end)
    {
        lock (_lock)
        {
            _entries.Add(Pack(finding, offset));
            _read = end;
        }
    }

    /// <summary>Takes in what the list has that is not known yet; what was cut off of it is forgotten.</summary>
    /// <param name="length">How far the list is good; bytes. What is behind was written after the last checkpoint, and is found again.</param>
    public void Refresh(long length)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return;
        }

        using (file)
        {
            lock (_lock)
            {
                if (Math.Min(file.Length, length) < _read)
                {
                    _entries.Clear();
                    _read = 0;
                }

                if (_read == length)
                {
                    return;
                }

                file.Position = _read;
                foreach (var (offset, line) in JsonLines.Read(file))
                {
                    var end = offset + line.Length + 1;
                    if (end > length)
                    {
                        break;
                    }

                    _entries.Add(Pack(Parse(line.Span), offset));
                    _read = end;
                }
            }
        }
    }

    /// <summary>Reads findings by their places, in the order asked for.</summary>
    public IEnumerable<(FoundEntry Entry, Finding Finding)> Read(IEnumerable<FoundEntry> entries)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var buffer = new byte[4096];
        foreach (var entry in entries)
        {
            if (buffer.Length < entry.Length)
            {
                buffer = new byte[entry.Length * 2];
            }

            yield return (entry, Parse(buffer.AsSpan(0, RandomAccess.Read(file, buffer.AsSpan(0, entry.Length), entry.Offset))));
        }
    }

    private static Finding Parse(ReadOnlySpan<byte> line) =>
        JsonSerializer.Deserialize(line, SearchJson.Default.Finding) ?? throw new InvalidDataException("A search holds an empty line.");

    private FoundEntry Unpack(int number)
    {
        var packed = _entries[number];
        var offset = (long)(packed >> OffsetShift);
        var end = number + 1 < _entries.Count ? (long)(_entries[number + 1] >> OffsetShift) : _read;
        return new FoundEntry(
            number,
            (int)(packed >> WorkspaceShift) & 0xFF,
            FindingGroup.Of((int)(packed >> GroupShift) & 0xFF),
            (MatchGrade)(packed & 3),
            offset,
            (int)(end - offset - 1));
    }

    private ulong Pack(Finding finding, long offset)
    {
        var group = FindingGroup.Of(finding).Code;
        var workspace = 0;
        for (var i = 0; i < workspaces.Count; i++)
        {
            if (workspaces[i].ResourceId.Equals(finding.Workspace, StringComparison.OrdinalIgnoreCase))
            {
                workspace = i;
                break;
            }
        }

        return (ulong)finding.Grade | ((ulong)group << GroupShift) | ((ulong)workspace << WorkspaceShift) | ((ulong)offset << OffsetShift);
    }
}
