using System.Text;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Tests.Names;
using AmlDataTools.Core.Transfer;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace AmlDataTools.Core.Tests.Operations;

public sealed class JournalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => Path.Combine(_folder.Root, "journal.jsonl");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_written_is_read_again()
    {
        Write();
        using var journal = Journal.Open(File, TimeProvider.System);
        Assert.Equal([1L, 2L], journal.History.Ended.Keys.Order());
        var partial = journal.Partial(7);
        Assert.Equal(("\"tag2\"", 30L, 1), (partial?.ETag, partial?.Length, partial?.Ranges.Count));
        Assert.Null(journal.Partial(2));
        Assert.Equal(0, journal.History.UnreadableLines);
        using var lines = new ReceiptLines(File);
        Assert.Equal(Result(2), lines.Read(journal.History.Ended[2]));
        Assert.Equal(10, journal.History.UnfinishedBytes);
    }

    /// <summary>Cut at any byte: every complete line counts, nothing is made up, and what is written next follows whole.</summary>
    [Fact]
    public void Cut_at_any_byte_it_loses_no_complete_line_and_invents_none()
    {
        Write();
        var whole = System.IO.File.ReadAllBytes(File);
        Prop.ForAll(Gen.Choose(0, whole.Length).ToArbitrary(), cut =>
        {
            var kept = whole[..cut];
            System.IO.File.WriteAllBytes(File, kept);
            var complete = kept.Count(b => b == '\n');
            using (var journal = Journal.Open(File, TimeProvider.System))
            {
                Assert.Equal(0, journal.History.UnreadableLines);
                Assert.Equal(new[] { (5, 1L), (6, 2L) }.Where(l => complete >= l.Item1).Select(l => l.Item2), journal.History.Ended.Keys.Order());
                Assert.Equal(complete is 3 or 4 ? 2 : complete is 5 or 6 or 7 ? 2 : complete == 2 ? 1 : complete >= 9 ? 1 : 0, journal.Partial(7)?.Ranges.Count ?? 0);
                journal.End(Result(9));
            }

            var lines = System.IO.File.ReadAllLines(File);
            Assert.Equal(complete + 1, lines.Length);
            using var again = Journal.Open(File, TimeProvider.System);
            Assert.Contains(9L, again.History.Ended.Keys);
            return again.History.UnreadableLines == 0;
        }).QuickCheckThrowOnFailure();
    }

    /// <summary>A damaged byte anywhere costs the line it is in, or two when it was the break between them, never the journal.</summary>
    [Fact]
    public void A_damaged_byte_costs_its_line_only()
    {
        Write();
        var whole = System.IO.File.ReadAllBytes(File);
        Prop.ForAll(Gen.Choose(0, whole.Length - 1).ToArbitrary(), Gen.Choose(0, 255).ToArbitrary(), (at, value) =>
        {
            var damaged = whole.ToArray();
            damaged[at] = (byte)value;
            System.IO.File.WriteAllBytes(File, damaged);
            using var journal = Journal.Open(File, TimeProvider.System);
            return journal.History.UnreadableLines <= 2 && journal.History.Ended.Count >= 0;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Lines_longer_than_any_buffer_are_read()
    {
        var name = new string('n', 200_000);
        using (var journal = Journal.Open(File, TimeProvider.System))
        {
            journal.Commit([Result(1) with { Name = name }, Result(2)]);
        }

        using var again = Journal.Open(File, TimeProvider.System);
        using var lines = new ReceiptLines(File);
        Assert.Equal(name, lines.Read(again.History.Ended[1]).Name);
        Assert.Equal(Result(2), lines.Read(again.History.Ended[2]));
    }

    private static ItemResult Result(long index) => new(
        index, ItemOutcome.Done, $"ExperimentRun/dcid.run/ö\n{index}", $"run/{index}", 10, new string('a', 64), null, "\"tag\"", "your token", 200, "id", null, null);

    private void Write()
    {
        System.IO.File.Delete(File);
        using var journal = Journal.Open(File, TimeProvider.System);
        journal.Begin(7, "\"tag\"", 20, null, null);
        journal.Range(7, new WrittenRange(0, 10, 1));
        journal.Range(7, new WrittenRange(10, 10, 2));
        journal.Started();
        journal.Commit([Result(1), Result(2)]);
        journal.End(Result(2));
        journal.Begin(7, "\"tag2\"", 30, "md5", null);
        journal.Range(7, new WrittenRange(0, 10, 3));
        Assert.Equal(9, Encoding.UTF8.GetString(System.IO.File.ReadAllBytes(File)[..^1]).Split('\n').Length);
    }
}
