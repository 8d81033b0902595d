using AmlDataTools.Core.PersonalData;

namespace AmlDataTools.Core.Operations;

/// <summary>
/// Keeps the people whose data is searched for and erased out of the log: folders, assets and addresses of requests may be called
/// after them. Holds from when a process first hears of a person. For any thread.
/// </summary>
public sealed class LogMask
{
    // Who looks for more people one after the other in one process has the first of them hidden no more.
    private const int Most = 16;

    private readonly string _salt = SubjectHash.NewSalt();
    private readonly Lock _lock = new();
    private (string Hash, HiddenTexts Texts)[] _hidden = [];

    /// <summary>A line of the log without those people.</summary>
    /// <param name="line">The line.</param>
    public string Hide(string line)
    {
        foreach (var (_, texts) in Volatile.Read(ref _hidden))
        {
            line = texts.Hide(line);
        }

        return line;
    }

    /// <summary>Hides a person from now on.</summary>
    internal void Add(Subject subject) => Add(SubjectHash.Describe(subject, _salt));

    /// <summary>Hides a person of whom no more is known than what an operation keeps.</summary>
    internal void Add(ErasedSubject subject)
    {
        lock (_lock)
        {
            var texts = string.Concat(subject.Hidden.Select(text => text.Hash));
            if (!_hidden.Any(one => one.Hash == texts))
            {
                Volatile.Write(ref _hidden, [.. _hidden.TakeLast(Most - 1), (texts, new HiddenTexts(subject))]);
            }
        }
    }
}
