using System.Globalization;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Audit;

/// <summary>Checks an exported log, or the log itself: every line, how they follow one another, the end, and the receipts that are there.</summary>
internal sealed class AuditVerifier(AuditLog log, OperationStore store)
{
    private const int MostShown = 100;

    /// <summary>Checks it. Memory does not grow with the file or its lines.</summary>
    /// <param name="path">Absolute path of the file.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ProblemException"><c>audit.notFound</c>, <c>audit.empty</c>, <c>audit.notUtf8</c>, <c>audit.notALog</c>, <c>disk.*</c>.</exception>
    public AuditVerdict Verify(string path, CancellationToken cancellationToken)
    {
        if (!Path.IsPathFullyQualified(path) || !File.Exists(path))
        {
            throw new ProblemException("audit.notFound", $"There is no file {path}. Choose an exported audit log.") { Target = path };
        }

        path = Path.GetFullPath(path);
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
            AuditFileKind.Check(file, path, cancellationToken);
            var found = new Findings(new ReceiptCheck(store, Path.GetDirectoryName(path) ?? path));
            Go(file, found, cancellationToken);
            return found.Verdict(path, IsLog(path) ? log.Noted : null, IsLog(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException("audit.unreadable", $"{path} cannot be read: {exception.Message}", exception) { Target = path, Actions = [ProblemAction.Retry] };
        }
    }

    private static void Go(FileStream file, Findings found, CancellationToken cancellationToken)
    {
        file.Position = 0;
        foreach (var raw in BoundedLines.Read(file, cancellationToken))
        {
            if (raw is { IsWhole: true, IsTooLong: false })
            {
                var (state, line) = AuditLine.Read(raw.Bytes);
                found.Take(raw, state, line);
            }
            else
            {
                found.Take(raw, LineState.Unreadable, null);
            }
        }
    }

    private bool IsLog(string path) => string.Equals(path, Path.GetFullPath(log.Path), StringComparison.Ordinal);

    /// <summary>What is found on the way along a file.</summary>
    private sealed class Findings(ReceiptCheck receipts)
    {
        private readonly List<AuditProblem> _problems = [];
        private ChainCheck? _check;
        private AuditLine? _opening;
        private AuditLine? _closing;
        private AuditLine? _first;
        private AuditLine? _last;
        private long _number;
        private long _lines;
        private long _count;

        public void Take(FileLine raw, LineState state, AuditLine? line)
        {
            _number++;
            if (_closing is not null)
            {
                Add(_number, "This line stands behind the closing line: it was added after the export.");
                return;
            }

            if (_number == 1 && line is { Event: AuditEvents.Opened })
            {
                _opening = line;
                _check = new ChainCheck(line.Sequence, line.Previous);
                if (state != LineState.Sound)
                {
                    Add(1, "The opening line was changed after it was written: its content does not fit its hash.");
                }

                return;
            }

            _check ??= _number == 1 && line is null ? null : new ChainCheck(0, AuditLine.NoHash);
            if (line is { Event: AuditEvents.Closed })
            {
                Close(state, line);
                return;
            }

            _lines++;
            if (line is null)
            {
                Add(_number, _check?.Unreadable(raw) ?? "This is no line of an audit log: it was changed or put in.");
                return;
            }

            foreach (var wrong in _check?.Take(state, line) ?? [])
            {
                Add(_number, wrong);
            }

            if (line.Event == AuditEvents.Opened)
            {
                Add(_number, "An opening line in the middle of a log: files were put together.");
            }

            _first ??= line;
            _last = line;
            receipts.Take(_number, line);
        }

        public AuditVerdict Verdict(string path, AuditHead? noted, bool isLog)
        {
            if (!isLog && _closing is null)
            {
                Add(_number, $"The closing line is missing behind this line: the end of the log was cut off, or this is no export.");
            }

            if (isLog && _opening is null && (noted is null || noted.Hash != _check?.LastHash))
            {
                Add(_number, noted is null
                    ? "The note of where the log ends is missing: whether its end was cut off cannot be told."
                    : $"The log does not end where it was left, at line {noted.Sequence} of the chain: its end was cut off or changed.");
            }

            if (!isLog && _opening is null)
            {
                Add(1, "The opening line of an export is missing or was changed.");
            }

            foreach (var problem in receipts.Problems())
            {
                Add(problem.Line, problem.Message);
            }

            var ordered = _problems.OrderBy(p => p.Line ?? 0).ToList();
            return new AuditVerdict(
                path, _count == 0, Summary(ordered), _lines, _last?.Hash, ordered, _count, receipts.Same, receipts.Different, receipts.Absent);
        }

        private void Close(LineState state, AuditLine line)
        {
            _closing = line;
            if (state != LineState.Sound)
            {
                Add(_number, "The closing line was changed after it was written: its content does not fit its hash.");
            }

            if (line.Count != _lines)
            {
                Add(_number, string.Create(CultureInfo.InvariantCulture, $"The closing line counts {line.Count} lines, but {_lines} are here: lines were removed or put in."));
            }

            if (_check is { } check && (line.Previous != check.LastHash || line.Last != check.Last))
            {
                Add(_number, "The closing line does not follow the line before it: the end of the log was removed or changed.");
            }

            if (_opening is null || line.Opening != _opening.Hash)
            {
                Add(_number, "The closing line does not belong to the opening line: one of them is of another export.");
            }
        }

        private string Summary(List<AuditProblem> problems)
        {
            var span = _first is { } first && _last is { } last ? string.Create(CultureInfo.InvariantCulture, $", numbers {first.Sequence} to {last.Sequence}, from {Sizes.Moment(first.At.ToUnixTimeMilliseconds())} to {Sizes.Moment(last.At.ToUnixTimeMilliseconds())}") : string.Empty;
            var lines = Sizes.Count(_lines, "line") + span;
            if (_count == 0)
            {
                return $"The audit log is whole: {lines}. {Receipts()}".TrimEnd();
            }

            var worst = problems[0];
            var more = _count == 1 ? string.Empty : $" {Sizes.Count(_count - 1, "more problem")}.";
            return $"The audit log is not as it was written. {(worst.Line is { } number ? string.Create(CultureInfo.InvariantCulture, $"Line {number}: ") : string.Empty)}{worst.Message}{more}";
        }

        private string Receipts() => (receipts.Same, receipts.Absent) switch
        {
            (0, 0) => string.Empty,
            (var same, 0) => $"{Sizes.Count(same, "receipt")} {(same == 1 ? "is" : "are")} as logged.",
            (0, var absent) => $"{Sizes.Count(absent, "receipt")} {(absent == 1 ? "is" : "are")} not here to be compared.",
            var (same, absent) => $"{Sizes.Count(same, "receipt")} {(same == 1 ? "is" : "are")} as logged, {Sizes.Count(absent, "receipt")} {(absent == 1 ? "is" : "are")} not here to be compared.",
        };

        private void Add(long? line, string message)
        {
            _count++;
            if (_problems.Count < MostShown)
            {
                _problems.Add(new AuditProblem(line, message));
            }
        }
    }
}
