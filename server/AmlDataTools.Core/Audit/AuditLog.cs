using System.Security.Cryptography;
using AmlDataTools.Core.Transfer;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Audit;

/// <summary>
/// The log of all windows on disk: a chain of lines, each with the hash of the one before, that only ever grows. Under a lock
/// a line is written, flushed to the disk, and then noted as the end. A line that was torn by a crash is cut off; whatever
/// else is found not to be as it was left is said in a line of its own, and the log goes on.
/// </summary>
/// <param name="folder">Its folder, shared by all windows.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">For the log of the process.</param>
internal sealed class AuditLog(string folder, TimeProvider time, ILogger logger)
{
    private const int LinesBeforeFirstNote = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The folder.</summary>
    public string Folder => folder;

    /// <summary>The chain.</summary>
    public string Path { get; } = System.IO.Path.Combine(folder, "chain.jsonl");

    /// <summary>Where it ended when it was last written to; null when that is not noted.</summary>
    public AuditHead? Noted => AuditHead.Load(HeadPath);

    private string HeadPath { get; } = System.IO.Path.Combine(folder, "head.json");

    /// <summary>Adds a line. Returns once it is on disk.</summary>
    /// <param name="what">What it tells: <see cref="AuditEvents"/>.</param>
    /// <param name="more">Sets everything but event, number, time and hashes.</param>
    /// <param name="cancellationToken">Ends the wait for the lock.</param>
    /// <exception cref="Problems.ProblemException"><c>storage.busy</c>, <c>disk.*</c>.</exception>
    public async Task AppendAsync(string what, Func<CanonicalJson, CanonicalJson> more, CancellationToken cancellationToken)
    {
        using var taken = await LockAsync(cancellationToken).ConfigureAwait(false);
        LocalDisk.Try(Path, () =>
        {
            using var file = new FileStream(Path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
            var end = Settle(file);
            Write(file, end, what, more).Save(HeadPath);
        });
    }

    /// <summary>Where the log ends now, after what a crash may have torn was cut off; null while there is none.</summary>
    /// <param name="cancellationToken">Ends the wait for the lock.</param>
    public async Task<AuditHead?> EndAsync(CancellationToken cancellationToken)
    {
        using var taken = await LockAsync(cancellationToken).ConfigureAwait(false);
        return LocalDisk.Try(Path, () =>
        {
            if (!File.Exists(Path) && AuditHead.Load(HeadPath) is null)
            {
                return null;
            }

            using var file = new FileStream(Path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
            var end = Settle(file);
            end.Save(HeadPath);
            return end;
        });
    }

    /// <summary>The lines up to an end, as they stand; what cannot be read has no content.</summary>
    /// <param name="length">Where to stop; bytes.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public IEnumerable<(FileLine Raw, LineState State, AuditLine? Line)> Read(long length, CancellationToken cancellationToken)
    {
        using var file = LocalDisk.Try(Path, () => new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        foreach (var raw in BoundedLines.Read(file, cancellationToken))
        {
            if (raw.Offset >= length)
            {
                yield break;
            }

            var (state, line) = raw is { IsWhole: true, IsTooLong: false } ? AuditLine.Read(raw.Bytes) : (LineState.Unreadable, null);
            yield return (raw, state, line);
        }
    }

    private Task<IDisposable> LockAsync(CancellationToken cancellationToken) =>
        FileLock.TakeAsync(System.IO.Path.Combine(folder, "lock"), Patience, time, cancellationToken);

    /// <summary>Finds the end, and leaves the file there; begins the log, or notes a damage, where that is needed.</summary>
    private AuditHead Settle(FileStream file)
    {
        var noted = AuditHead.Load(HeadPath);
        if (noted is null && file.Length == 0)
        {
            return Begin(file);
        }

        if (noted is not null && Ends(file, noted) && Follow(file, noted) is { } end)
        {
            return end;
        }

        var (last, raw, count) = Scan(file);
        if (noted is null && last is not null && raw is null && count <= LinesBeforeFirstNote)
        {
            // The very first note was not written any more.
            return last;
        }

        if (last is null && raw is null)
        {
            last = Begin(file);
        }

        var lost = noted is null ? "the note of where it ended is missing" : $"it does not end where it was left, at line {noted.Sequence} with the hash {noted.Hash}";
        logger.LogWarning("The audit log is not as it was left: {Reason}. It goes on, with a line that says so.", lost);
        var before = last ?? new AuditHead(noted?.Chain ?? string.Empty, 0, AuditLine.NoHash, 0, file.Position);
        var from = before with { Sequence = Math.Max(before.Sequence, noted?.Sequence ?? 0), Hash = raw ?? before.Hash };
        return Write(file, from, AuditEvents.Damaged, line => line.Set("message", $"The log was not as it was left: {lost}. Lines before this one were removed or changed.").Set("chain", before.Chain));
    }

    private AuditHead Begin(FileStream file)
    {
        var chain = Guid.NewGuid().ToString("N");
        file.SetLength(0);
        return Write(file, new AuditHead(chain, 0, AuditLine.NoHash, 0, 0), AuditEvents.Begun, line => line.Set("chain", chain).Set("format", AuditLine.Format));
    }

    /// <summary>Writes the line that follows an end, and gives the new end.</summary>
    private AuditHead Write(FileStream file, AuditHead end, string what, Func<CanonicalJson, CanonicalJson> more)
    {
        var body = more(new CanonicalJson()).Set("event", what).Set("at", AuditLine.Moment(time.GetUtcNow())).Set("sequence", end.Sequence + 1).Set("previous", end.Hash);
        var (bytes, hash) = AuditLine.Write(body);
        var offset = file.Position;
        file.Write([.. bytes, (byte)'\n']);
        file.Flush(flushToDisk: true);
        return new AuditHead(end.Chain, end.Sequence + 1, hash, offset, file.Position);
    }

    /// <summary>Whether the line that was noted as the last one is where it was.</summary>
    private static bool Ends(FileStream file, AuditHead noted)
    {
        if (file.Length < noted.Length || noted.Length - noted.LineOffset > BoundedLines.Longest)
        {
            return false;
        }

        file.Position = noted.LineOffset;
        var bytes = new byte[noted.Length - noted.LineOffset];
        file.ReadExactly(bytes);
        return bytes[^1] == '\n' && AuditLine.Read(bytes.AsMemory(..^1)) is { State: LineState.Sound, Line: { } line } && line.Hash == noted.Hash && line.Sequence == noted.Sequence;
    }

    /// <summary>Goes over the lines behind the noted end, whose note a crash prevented; null when they do not belong there.</summary>
    private static AuditHead? Follow(FileStream file, AuditHead noted)
    {
        var end = noted;
        file.Position = noted.Length;
        if (file.Length == noted.Length)
        {
            return end;
        }

        foreach (var raw in BoundedLines.Read(file, CancellationToken.None))
        {
            if (!raw.IsWhole)
            {
                // Torn while being written: it never was a line.
                break;
            }

            if (raw.IsTooLong || AuditLine.Read(raw.Bytes) is not { State: LineState.Sound, Line: { } line } || line.Previous != end.Hash || line.Sequence != end.Sequence + 1)
            {
                return null;
            }

            end = new AuditHead(end.Chain, line.Sequence, line.Hash, raw.Offset, raw.End);
        }

        CutAt(file, end.Length);
        return end;
    }

    /// <summary>Reads everything: the last line, its hash by its bytes when it cannot be read otherwise, and how many lines there are.</summary>
    private static (AuditHead? Last, string? Raw, long Count) Scan(FileStream file)
    {
        file.Position = 0;
        var (chain, count, sequence, length) = (string.Empty, 0L, 0L, 0L);
        AuditHead? last = null;
        string? unreadable = null;
        foreach (var raw in BoundedLines.Read(file, CancellationToken.None))
        {
            if (!raw.IsWhole)
            {
                break;
            }

            count++;
            length = raw.End;
            if (!raw.IsTooLong && AuditLine.Read(raw.Bytes).Line is { } line)
            {
                chain = chain.Length == 0 ? line.Chain ?? string.Empty : chain;
                sequence = Math.Max(sequence, line.Sequence);
                last = new AuditHead(chain, sequence, line.Hash, raw.Offset, length);
                unreadable = null;
            }
            else
            {
                unreadable = raw.IsTooLong ? AuditLine.NoHash : Convert.ToHexStringLower(SHA256.HashData(raw.Bytes.Span));
            }
        }

        CutAt(file, length);
        return (last, unreadable, count);
    }

    private static void CutAt(FileStream file, long length)
    {
        if (file.Length > length)
        {
            file.SetLength(length);
        }

        file.Position = length;
    }
}
