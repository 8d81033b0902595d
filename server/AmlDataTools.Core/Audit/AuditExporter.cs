using System.Globalization;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Audit;

/// <summary>
/// Copies the log, or its end from a day on, into a file of its own: an opening line, the lines as they are, and a closing line
/// with their number and the hash of the last one, so that a tail that was cut off shows. Memory does not grow with it.
/// </summary>
internal sealed class AuditExporter(AuditLog log, TimeProvider time)
{
    /// <summary>Copies it.</summary>
    /// <param name="path">Absolute path of the file; replaced if it exists.</param>
    /// <param name="since">Lines from this moment on, and all that follow; null for all.</param>
    /// <param name="cancellationToken">Ends it; what was at the path stays.</param>
    /// <exception cref="ProblemException"><c>audit.nothingYet</c>, <c>audit.nothingSince</c>, <c>audit.badPath</c>, <c>disk.*</c>.</exception>
    public async Task<AuditExported> ExportAsync(string path, DateTimeOffset? since, CancellationToken cancellationToken)
    {
        if (!Path.IsPathFullyQualified(path) || Directory.Exists(path))
        {
            throw new ProblemException("audit.badPath", "Choose a file for the audit log: an absolute path that is no folder.") { Target = path };
        }

        path = Path.GetFullPath(path);
        if (Path.GetDirectoryName(path) is { } folder && string.Equals(folder.TrimEnd(Path.DirectorySeparatorChar), Path.GetFullPath(log.Folder).TrimEnd(Path.DirectorySeparatorChar), StringComparison.OrdinalIgnoreCase))
        {
            throw new ProblemException("audit.badPath", "The log itself lies in this folder. Choose another one for the copy.") { Target = path, Actions = [ProblemAction.ChooseFolder] };
        }

        var end = await log.EndAsync(cancellationToken).ConfigureAwait(false) ?? throw NothingYet();
        return WholeFile.Write(path, file => Copy(file, path, end, since, cancellationToken));
    }

    private static ProblemException NothingYet() => new("audit.nothingYet", "There is nothing to export yet: the log begins with the first operation, a download or a change.");

    private AuditExported Copy(FileStream file, string path, AuditHead end, DateTimeOffset? since, CancellationToken cancellationToken)
    {
        var check = new ChainCheck(0, AuditLine.NoHash);
        var (number, copied, opening) = (0L, 0L, string.Empty);
        AuditLine? first = null;
        AuditLine? last = null;
        AuditProblem? problem = null;
        foreach (var (raw, state, line) in log.Read(end.Length, cancellationToken))
        {
            number++;
            var (before, hash) = (check.Last, check.LastHash);
            foreach (var wrong in line is null ? [check.Unreadable(raw)] : check.Take(state, line))
            {
                problem ??= new AuditProblem(number, wrong);
            }

            if (copied == 0)
            {
                if (since is not null && (line is null || line.At < since))
                {
                    continue;
                }

                opening = since is null || line is null
                    ? Open(file, end.Chain, 0, AuditLine.NoHash, null)
                    : Open(file, end.Chain, line.Sequence - 1, before == line.Sequence - 1 ? hash : line.Previous, since);
            }

            // As it stands, byte by byte: what is wrong with it must show in the copy too.
            Write(file, raw.Bytes.Span);
            copied++;
            first ??= line;
            last = line ?? last;
        }

        if (first is null || last is null)
        {
            throw since is { } day && number > 0
                ? new ProblemException("audit.nothingSince", $"Nothing is on record since {day.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}. Choose an earlier day.")
                : NothingYet();
        }

        var closing = new CanonicalJson().Set("event", AuditEvents.Closed).Set("at", AuditLine.Moment(time.GetUtcNow())).Set("sequence", last.Sequence + 1).Set("previous", last.Hash)
            .Set("count", copied).Set("last", last.Sequence).Set("opening", opening);
        Write(file, AuditLine.Write(closing).Bytes);
        return new AuditExported(path, copied, first.Sequence, last.Sequence, first.At.ToUnixTimeMilliseconds(), last.At.ToUnixTimeMilliseconds(), last.Hash, problem);
    }

    private string Open(FileStream file, string chain, long before, string previous, DateTimeOffset? since)
    {
        var body = new CanonicalJson().Set("event", AuditEvents.Opened).Set("format", AuditLine.Format).Set("at", AuditLine.Moment(time.GetUtcNow())).Set("chain", chain)
            .Set("sequence", before).Set("previous", previous).Set("since", since is { } day ? AuditLine.Moment(day) : null);
        var (bytes, hash) = AuditLine.Write(body);
        Write(file, bytes);
        return hash;
    }

    private static void Write(FileStream file, ReadOnlySpan<byte> line)
    {
        file.Write(line);
        file.WriteByte((byte)'\n');
    }
}
