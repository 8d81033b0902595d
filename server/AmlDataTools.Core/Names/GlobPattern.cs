using System.Numerics;
using System.Text;
using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.Names;

/// <summary>
/// One pattern of <see cref="NamePatterns"/> as a nondeterministic automaton, of which all states run side by side: at
/// most length of the pattern times length of the path steps, never a step back.
/// </summary>
internal sealed class GlobPattern
{
    /// <summary>The longest pattern, in UTF-16 units.</summary>
    public const int MaxLength = 1000;

    // Tokens above all code points. A globstar segment takes two states: at the beginning of a segment, where the
    // pattern may go on, and inside one.
    private const int AnyOne = 0x110000;
    private const int AnyInSegment = 0x110001;
    private const int Anything = 0x110002;
    private const int SegmentsStart = 0x110003;
    private const int SegmentsInside = 0x110004;

    private readonly int[] _tokens;

    // For the file name alone, so that the folders need not be looked at.
    private readonly bool _nameOnly;

    private GlobPattern(int[] tokens, bool nameOnly)
    {
        _tokens = tokens;
        _nameOnly = nameOnly;
    }

    /// <summary>Compiles a pattern.</summary>
    /// <exception cref="ProblemException"><c>pattern.invalid</c>.</exception>
    public static GlobPattern Parse(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        if (string.IsNullOrWhiteSpace(pattern))
        {
            throw Invalid(pattern, "A pattern is empty. Remove it, or write * for every file.");
        }

        if (pattern.Length > MaxLength)
        {
            throw Invalid(pattern, $"The pattern {pattern[..40]}... is longer than {MaxLength} characters.");
        }

        if (pattern.Contains('\\', StringComparison.Ordinal))
        {
            throw Invalid(pattern, $"The pattern {pattern} has a backslash. Write / between folders.");
        }

        if (pattern.Any(char.IsControl))
        {
            throw Invalid(pattern, $"The pattern {pattern} has a control character. Write ? in its place.");
        }

        if (!pattern.AsSpan().ContainsAnyExcept('/'))
        {
            throw Invalid(pattern, $"The pattern {pattern} names no file. Write * for every file.");
        }

        var text = pattern.AsSpan();
        var tokens = new List<int>(text.Length + 4);
        var nameOnly = !text.Contains('/') && !text.Contains("**", StringComparison.Ordinal);
        if (!text.Contains('/') && !nameOnly)
        {
            // From the beginning of any segment, and from there across others.
            tokens.AddRange(SegmentsStart, SegmentsInside);
        }
        else if (text[0] == '/')
        {
            text = text[1..];
        }

        AddTokens(tokens, text);
        if (text[^1] == '/')
        {
            tokens.Add(Anything);
        }

        return new GlobPattern([.. tokens], nameOnly);
    }

    /// <summary>Whether the whole path matches.</summary>
    public bool Matches(ReadOnlySpan<char> path)
    {
        if (_nameOnly)
        {
            path = path[(path.LastIndexOf('/') + 1)..];
        }

        // Whatever follows, it matches.
        var done = _tokens[^1] == Anything ? _tokens.Length : -1;
        var words = (_tokens.Length / 64) + 1;
        Span<ulong> now = stackalloc ulong[words];
        Span<ulong> next = stackalloc ulong[words];
        now.Clear();
        Enter(now, 0);
        foreach (var rune in path.EnumerateRunes())
        {
            next.Clear();
            var any = false;
            var value = Fold(rune);
            for (var word = 0; word < words; word++)
            {
                for (var bits = now[word]; bits != 0; bits &= bits - 1)
                {
                    any = true;
                    Step(next, (word * 64) + BitOperations.TrailingZeroCount(bits), value);
                }
            }

            if (!any)
            {
                return false;
            }

            if (done >= 0 && IsIn(next, done))
            {
                return true;
            }

            var swap = now;
            now = next;
            next = swap;
        }

        return IsIn(now, _tokens.Length);
    }

    private static bool IsIn(Span<ulong> states, int state) => (states[state / 64] & (1UL << (state % 64))) != 0;

    private static void AddTokens(List<int> tokens, ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length;)
        {
            if (text[i] == '*')
            {
                var start = i;
                while (i < text.Length && text[i] == '*')
                {
                    i++;
                }

                if (i - start == 1)
                {
                    tokens.Add(AnyInSegment);
                }
                else if ((start == 0 || text[start - 1] == '/') && i < text.Length && text[i] == '/')
                {
                    tokens.AddRange(SegmentsStart, SegmentsInside);
                    i++;
                }
                else
                {
                    tokens.Add(Anything);
                }
            }
            else
            {
                Rune.DecodeFromUtf16(text[i..], out var rune, out var length);
                tokens.Add(rune.Value == '?' ? AnyOne : Fold(rune));
                i += length;
            }
        }
    }

    private static int Fold(Rune rune) => Rune.ToUpperInvariant(rune).Value;

    private static ProblemException Invalid(string pattern, string message) => new("pattern.invalid", message)
    {
        Target = pattern,
        Actions = [ProblemAction.Retry],
    };

    private void Step(Span<ulong> next, int state, int value)
    {
        switch (state < _tokens.Length ? _tokens[state] : -1)
        {
            case AnyOne when value != '/':
                Enter(next, state + 1);
                break;
            case AnyInSegment when value != '/':
            case Anything:
                Enter(next, state);
                break;
            case SegmentsStart:
                Enter(next, value == '/' ? state : state + 1);
                break;
            case SegmentsInside:
                Enter(next, value == '/' ? state - 1 : state);
                break;
            case var token when token == value:
                Enter(next, state + 1);
                break;
        }
    }

    // Adds the state, and those reached from it without a character.
    private void Enter(Span<ulong> states, int state)
    {
        while (true)
        {
            if (IsIn(states, state))
            {
                return;
            }

            states[state / 64] |= 1UL << (state % 64);
            switch (state < _tokens.Length ? _tokens[state] : -1)
            {
                case AnyInSegment or Anything:
                    state++;
                    break;
                case SegmentsStart:
                    state += 2;
                    break;
                default:
                    return;
            }
        }
    }
}
