using System.Text;
using AmlDataTools.Core.Changes;
using AmlDataTools.Core.Operations;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace AmlDataTools.Core.Tests.Changes.Execution;

/// <summary>A process that dies at any moment: what is planned is done in the end, once, and nothing else ever.</summary>
public sealed class ChangeKillTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Killed_at_any_act_it_goes_on_to_the_same_end(bool after, bool torn)
    {
        for (var at = 1; at <= 6; at++)
        {
            await using var h = Prepared(out var id);
            (h.World.DieAt, h.World.DieAfter) = (at, after);
            var view = await h.StartAsync(id);
            Assert.Equal(OperationState.Failed, view.Status.State);
            h.World.DieAt = -1;
            await h.RestartAsync();
            if (torn)
            {
                Cut(h, id, File.ReadAllBytes(h.Store.JournalOf(id)).Length - 5);
            }

            AssertEnd(h, await h.ResumeAsync(id));
        }
    }

    [Fact]
    public async Task With_the_journal_cut_anywhere_it_comes_to_the_same_end()
    {
        await using var whole = Prepared(out var first);
        await whole.StartAsync(first);
        var length = File.ReadAllBytes(whole.Store.JournalOf(first)).Length;
        var lines = new List<int> { 0 };
        var bytes = File.ReadAllBytes(whole.Store.JournalOf(first));
        for (var i = 0; i < length; i++)
        {
            if (bytes[i] == '\n')
            {
                lines.Add(i + 1);
            }
        }

        foreach (var cut in lines.SelectMany(l => new[] { l, Math.Min(l + 9, length) }).Distinct())
        {
            await ResumeFromAsync(bytes.AsMemory(0, cut));
        }
    }

    /// <summary>A letter of a member's name: still JSON, of a line that lacks what it should say.</summary>
    [Fact]
    public Task A_damaged_name_of_a_member_does_no_harm() => Damaged(3716, 4542);

    [Fact]
    public void A_damaged_journal_does_no_harm() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(15),
        Prop.ForAll(
            Gen.Choose(0, 10_000).Two().ToArbitrary(),
            places =>
            {
                Damaged(places.Item1, places.Item2).GetAwaiter().GetResult();
                return true;
            }));

    private static async Task Damaged(int at, int value)
    {
        await using var h = Prepared(out var id);
        await h.StartAsync(id);
        var journal = File.ReadAllBytes(h.Store.JournalOf(id));
        journal[at % journal.Length] = (byte)(value % 256);
        await ResumeFromAsync(journal);
    }

    private static async Task ResumeFromAsync(ReadOnlyMemory<byte> journal)
    {
        // All acts have taken effect: the notes of them may be missing.
        await using var h = Prepared(out var id);
        await h.StartAsync(id);
        h.World.Log.Clear();
        var (_, _, status) = h.Store.Find(id) ?? throw new InvalidOperationException("It is gone.");
        h.Store.Save(id, status with { State = OperationState.Running });
        await h.RestartAsync();
        await File.WriteAllBytesAsync(h.Store.JournalOf(id), journal);
        AssertEnd(h, await h.ResumeAsync(id));
    }

    private static void Cut(ChangeHarness h, string id, int length)
    {
        using var file = File.OpenWrite(h.Store.JournalOf(id));
        file.SetLength(length);
    }

    private static ChangeHarness Prepared(out string id)
    {
        var h = new ChangeHarness();
        foreach (var name in new[] { "run1", "run2", "run3", "other" })
        {
            h.World.AddRecord(name);
        }

        for (var i = 0; i < 10; i++)
        {
            h.World.AddBlob($"dcid.run1/{i:00}");
            h.World.AddBlob($"dcid.run10/{i:00}");
        }

        id = h.Plan(
            OperationVerb.Delete,
            [ChangeHarness.Record("run1"), ChangeHarness.Record("run2"), ChangeHarness.Record("run3", ChangeAction.Archive)],
            [("dcid.run1/", 0)]);
        return h;
    }

    private static void AssertEnd(ChangeHarness h, OperationView view)
    {
        Assert.True(view.Status is { State: OperationState.Succeeded, Done: 4 }, $"{view.Status}");
        var expected = new StringBuilder("other False\nrun3 True");
        for (var i = 0; i < 10; i++)
        {
            expected.Append(System.Globalization.CultureInfo.InvariantCulture, $"\ndcid.run10/{i:00} \"1\"");
        }

        Assert.Equal(expected.ToString(), h.World.State());
        h.Receipt(view.Plan.Id);
    }
}
