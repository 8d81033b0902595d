namespace AmlDataTools.Core.Audit;

/// <summary>Goes along a chain line by line and says what does not fit, in words. After a line that does not fit it goes on with that line's own hash.</summary>
internal sealed class ChainCheck
{
    private long _expected;
    private long _unreadable;
    private string _previous = AuditLine.NoHash;
    private bool _isPreviousKnown = true;

    /// <summary>Begins a check.</summary>
    /// <param name="sequence">Number of the line before the first.</param>
    /// <param name="previous">Its hash.</param>
    public ChainCheck(long sequence, string previous)
    {
        _expected = sequence + 1;
        _previous = previous;
    }

    /// <summary>Number of the last line; 0 before the first.</summary>
    public long Last => _expected - 1;

    /// <summary>Its hash.</summary>
    public string LastHash => _previous;

    /// <summary>What is wrong with a line that is long, torn or unreadable.</summary>
    public string Unreadable(FileLine raw)
    {
        _unreadable++;
        _isPreviousKnown = false;
        return raw switch
        {
            { IsTooLong: true } => $"This line is longer than 1 MiB: no line of an audit log is. It was changed or put in.",
            { IsWhole: false } => "This line has no end: the log was cut off here, or the line was changed.",
            _ => "This is no line of an audit log: it was changed or put in.",
        };
    }

    /// <summary>What is wrong with a line; null for nothing.</summary>
    /// <param name="state">How it stands by itself.</param>
    /// <param name="line">The line.</param>
    public IEnumerable<string> Take(LineState state, AuditLine line)
    {
        if (state == LineState.Changed)
        {
            yield return $"This line was changed after it was written{Title(line)}: its content does not fit its hash.";
        }
        else if (state == LineState.Foreign)
        {
            yield return "This line is not in the form in which lines are written: something else made it.";
        }

        if (line.Event == AuditEvents.Damaged)
        {
            yield return $"Noted on {AuditLine.Moment(line.At)}: {line.Message}";
        }
        else if (Gap(line) is { } gap)
        {
            yield return gap;
            if (line.Sequence < _expected)
            {
                // Out of its place: what follows is measured by what came before.
                yield break;
            }
        }
        else if (_isPreviousKnown && line.Previous != _previous)
        {
            yield return $"This line{Title(line)} does not follow the one before it: one of them was put in or written anew.";
        }

        (_expected, _unreadable, _previous, _isPreviousKnown) = (Math.Max(_expected, line.Sequence + 1), 0, line.Hash, true);
    }

    private string? Gap(AuditLine line)
    {
        // An unreadable line may stand for the one that is missing.
        var least = _expected;
        var most = _expected + _unreadable;
        if (line.Sequence < least)
        {
            return $"This line{Title(line)} is number {line.Sequence} of the chain and stands behind number {least - 1}: lines were moved, put in or repeated.";
        }

        if (line.Sequence <= most)
        {
            return null;
        }

        var missing = line.Sequence - most;
        return missing == 1
            ? $"Before this line one is missing: number {line.Sequence - 1} of the chain."
            : $"Before this line {missing} are missing: numbers {line.Sequence - missing} to {line.Sequence - 1} of the chain.";
    }

    private static string Title(AuditLine line) => line.Title is { } title ? $" (\"{(title.Length > 80 ? title[..80] + "..." : title)}\")" : string.Empty;
}
