using System.Text;
using AmlDataTools.Core.Notebooks;
using AmlDataTools.Core.Notebooks.Code;
using Xunit;

namespace AmlDataTools.Core.Tests.Notebooks;

/// <summary>Reading what an edit touches gives what reading everything gives, and no text is too odd to be read.</summary>
public sealed class IncrementalTests
{
    private static readonly string[] Fragments =
    [
        "'azureml:churn:3'", "\"azureml:loans@latest\"", "x = ", "ml_client.models.get(", "Model(ws, ", "name=", "version=3", ", ", ")", "(", "[", "]", "{", "}", "\n", "\r\n", "\r", "\n\n    ",
        "'''", "\"\"\"", "'", "\"", "\\", "\\\n", "# note ", "f'", "rb\"", "f\"{", ":>10}", "def f():\n", "import os\n", "%%bash\n", "%%time\n", "!ls \\\n", "%matplotlib inline\n", ";", "=", "+", ".get",
        "'azureml:a:1'\n", "'runs:/r/m'", "reg = MLClient(c, registry_name='r')\n", "reg.models.get('a', version='1')\n", ".data.get(", "models", "\uFEFF", "\u00e9", "\U0001F600", "\ud800", "\0", "\f", "0x1f", "1.5.", " ", "\t", "return ", "\\N{DASH}", "'azureml:\\u0061:1'",
    ];

    [Fact]
    public void Editing_gives_what_reading_all_gives()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var text = Make(random, random.Next(1, 400), plain: seed % 3 == 0);
            var cell = Read(text);
            for (var step = 0; step < 25; step++)
            {
                var offset = random.Next(text.Length + 1);
                var length = random.Next(4) == 0 ? random.Next(text.Length - offset + 1) : random.Next(Math.Min(8, text.Length - offset + 1));
                var edit = new CodeEdit(offset, length, random.Next(5) == 0 ? string.Empty : Make(random, random.Next(1, random.Next(8) == 0 ? 200 : 4), plain: false));
                text = string.Concat(text.AsSpan(0, offset), edit.Text, text.AsSpan(offset + length));
                cell = cell.With(edit, CancellationToken.None);
                var whole = Read(text);
                Assert.Equal(text.Length, cell.Length);
                Assert.True(whole.References().SequenceEqual(cell.References()), $"seed {seed}, step {step}");
            }
        }
    }

    [Fact]
    public void No_text_makes_it_throw_and_every_reference_is_inside_the_text()
    {
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var text = seed % 2 == 0 ? Make(random, random.Next(200), plain: false) : Noise(random);
            var lines = text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n', '\r');
            foreach (var reference in Read(text).References())
            {
                AssertInside(lines, reference.Range);
                if (reference.VersionRange is { } version)
                {
                    AssertInside(lines, version);
                    Assert.Equal(reference.Asset.Version, lines[version.StartLine][version.StartCharacter..version.EndCharacter]);
                }
            }
        }
    }

    [Fact]
    public void A_keystroke_in_a_long_file_reads_a_small_part_of_it()
    {
        var text = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"value_{i} = compute(value_{i}, 'some text')  # {i}\n"));
        var cell = Read(text);
        Assert.InRange(cell.Pieces, 100, text.Length / CodeScan.PieceLength);
        var edited = cell.With(new CodeEdit(text.Length / 2, 0, "a"), CancellationToken.None);
        Assert.InRange(edited.Pieces, cell.Pieces - 1, cell.Pieces + 1);

        // The untouched pieces are the same objects: they were not read again.
        Assert.True(edited.Shared(cell) >= cell.Pieces - 3);
    }

    [Fact]
    public void The_end_of_a_text_that_names_nothing_is_left_unread_and_read_when_it_names_something()
    {
        var rest = string.Concat(Enumerable.Repeat("frame['a'] = frame['a'].fillna(0.0)\n", 800));
        var cell = Read("x = 'azureml:churn:3'\n" + rest);
        Assert.Equal((2, 1), (cell.Pieces, cell.References().Count));
        var edited = cell.With(new CodeEdit(cell.Length, 0, "y = 'azureml:loans:1'\n"), CancellationToken.None);
        Assert.Equal(["churn:3", "loans:1"], edited.References().Select(reference => reference.Asset.Text));
        Assert.Equal(801, edited.References()[1].Range.StartLine);
        var quoted = edited.With(new CodeEdit(0, 0, "\"\"\"\n"), CancellationToken.None);
        Assert.Empty(quoted.References());
        Assert.Equal(1, Read(rest).Pieces);
    }

    [Fact]
    public void A_bracket_that_is_not_closed_and_a_text_that_is_not_closed_do_no_lasting_harm()
    {
        var text = string.Concat(Enumerable.Repeat("def f():\n    return 'azureml:churn:3'\n", 500));
        var cell = Read(text);
        foreach (var typed in new[] { "(", "\"\"\"", "'", "f'{", "\\" })
        {
            var broken = cell.With(new CodeEdit(0, 0, typed), CancellationToken.None);
            var mended = broken.With(new CodeEdit(0, typed.Length, string.Empty), CancellationToken.None);
            Assert.Equal(cell.References(), mended.References());
        }
    }

    [Fact]
    public void A_cancelled_edit_changes_nothing()
    {
        var cell = Read(string.Concat(Enumerable.Repeat("x = 'azureml:churn:3'\n", 500)));
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => cell.With(new CodeEdit(0, 0, "y\n"), cancelled.Token));
        Assert.Equal(500, cell.References().Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => cell.With(new CodeEdit(cell.Length, 1, string.Empty), CancellationToken.None));
    }

    [Fact]
    public void Work_grows_with_the_length_and_not_faster()
    {
        // Counted, not timed: each of these made a reader that looks back or ahead take the square of the length.
        foreach (var unit in new[] { "(", "'", "'''", "f'{", "f\"{f'{", "\\", "[(", "def (\n", "'a' ", "x.", "%%", "{\n'", "f'''{'", "a = (\n" })
        {
            var small = Allocated(string.Concat(Enumerable.Repeat(unit, 20_000)));
            var large = Allocated(string.Concat(Enumerable.Repeat(unit, 200_000)));
            Assert.True(large < (small * 14) + 1_000_000, $"{unit}: {small} bytes, then {large}");
        }
    }

    private static long Allocated(string text)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Read(text).References();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void AssertInside(string[] lines, CodeRange range)
    {
        Assert.InRange(range.EndCharacter, 0, lines[range.EndLine].Length);
        Assert.InRange(range.StartCharacter, 0, lines[range.StartLine].Length);
        Assert.True(range.StartLine < range.EndLine || (range.StartLine == range.EndLine && range.StartCharacter <= range.EndCharacter));
    }

    private static string Make(Random random, int count, bool plain)
    {
        var text = new StringBuilder();
        for (var index = 0; index < count; index++)
        {
            text.Append(plain && random.Next(20) != 0 ? "value = compute(1, 'text')\nx = 'azureml:churn:3'\n" : Fragments[random.Next(Fragments.Length)]);
        }

        return text.ToString();
    }

    private static string Noise(Random random) => string.Create(random.Next(300), random, static (span, from) =>
    {
        foreach (ref var c in span)
        {
            c = from.Next(10) == 0 ? (char)from.Next(0x10000) : (char)from.Next(9, 127);
        }
    });

    private static CellText Read(string text) => CellText.Read(text, CancellationToken.None);
}
