using AmlDataTools.Core.Changes;
using AmlDataTools.Core.Changes.Review;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Tests.Changes.Execution;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace AmlDataTools.Core.Tests.Changes.Review;

public sealed class ChangeReviewTests : IAsyncDisposable
{
    private readonly ChangeHarness _h = new();

    public ValueTask DisposeAsync() => _h.DisposeAsync();

    [Fact]
    public void Weight_decides_what_must_be_confirmed()
    {
        Assert.Equal(ConfirmationKind.Click, Kind(OperationVerb.Archive, ChangeHarness.Record("r", ChangeAction.Archive)));
        Assert.Equal(ConfirmationKind.Modal, Kind(OperationVerb.Delete, ChangeHarness.Record("r")));
        Assert.Equal(ConfirmationKind.TypeName, Kind(OperationVerb.Delete, ChangeHarness.Record("m", kind: ResourceKind.Model)));
        Assert.Equal(ConfirmationKind.TypeName, Kind(OperationVerb.Delete, ChangeHarness.Record("r") with { NeedsName = true }));
        Assert.Equal(ConfirmationKind.Modal, Kind(OperationVerb.Delete, ChangeHarness.Record("m", kind: ResourceKind.Model), ChangeChoices.Default with { TypeNames = false }));
        _h.World.AddBlob("d/a", length: 1001);
        var limit = ChangeChoices.Default with { TypeAboveBytes = 1000 };
        Assert.Equal(ConfirmationKind.TypeName, _h.Service.Review(_h.Plan(OperationVerb.Delete, [], [("d/", null)], limit), []).Confirmation);
        Assert.Equal(ConfirmationKind.Modal, _h.Service.Review(_h.Plan(OperationVerb.Delete, [], [("d/", null)], limit with { TypeAboveBytes = 1001 }), []).Confirmation);
    }

    [Fact]
    public async Task What_is_demanded_is_demanded_of_just_this_choice()
    {
        _h.World.AddRecord("m");
        var id = _h.Plan(OperationVerb.Delete, [ChangeHarness.Record("m", kind: ResourceKind.Model), ChangeHarness.Record("r")], [], nameToType: "m");
        Assert.Equal("m", _h.Service.Review(id, []).ConfirmationText);
        Assert.Equal(ConfirmationKind.Modal, _h.Service.Review(id, [0]).Confirmation);
        await RefusedAsync("confirmation.missing", id, null);
        await RefusedAsync("confirmation.wrong", id, "confirmed");
        await RefusedAsync("confirmation.wrong", id, "M");
        await RefusedAsync("plan.nothingTicked", id, "m", 0, 1);
        await RefusedAsync("plan.badSelection", id, "m", 7);
        Assert.Equal("m", _h.Store.Plan(id).NameToType);
        await _h.StartAsync(id, 1);
        Assert.Equal(["delete m"], _h.World.Log);
    }

    [Fact]
    public void The_words_have_the_numbers()
    {
        _h.World.AddBlob("d/a", length: 2048);
        var id = _h.Plan(OperationVerb.Delete, [ChangeHarness.Record("a"), ChangeHarness.Record("b"), ChangeHarness.Record("x", ChangeAction.Archive, kind: ResourceKind.DataVersion)], [("d/", null)]);
        var review = _h.Service.Review(id, []);
        Assert.Equal("Archive 1 data asset version and delete 2 runs and 2 KB of data (1 blob)?", review.Question);
        Assert.Equal(("Delete", 3L, 1L, 2048L), (review.Button, review.Records, review.Blobs, review.Bytes));
        Assert.Equal("Delete the run b?", _h.Service.Review(id, [0, 2, 3]).Question);
        var gone = ChangeHarness.Record("g");
        gone = gone with { Seen = (gone.Seen ?? throw new InvalidOperationException()) with { Gone = true } };
        var partlyGone = _h.Service.Review(_h.Plan(OperationVerb.Delete, [ChangeHarness.Record("a"), gone], []), []);
        Assert.Equal(("Delete the run a?", 1L), (partlyGone.Question, partlyGone.Records));
        var withMetrics = _h.Plan(OperationVerb.Delete, [ChangeHarness.Record("a"), ChangeHarness.Record("a", ChangeAction.DeleteMetrics)], [("d/", null)]);
        Assert.Equal("Delete the run a, the metrics of 1 run and 2 KB of data (1 blob)?", _h.Service.Review(withMetrics, []).Question);
    }

    [Fact]
    public void Refused_kept_and_fixed_items_cannot_be_toggled()
    {
        var items = new[]
        {
            ChangeHarness.Record("a") with { Refused = "It cannot." },
            ChangeHarness.Record("b", ChangeAction.Keep) with { Index = 1 },
            ChangeHarness.Record("c") with { Index = 2, CanTick = false },
        };
        foreach (var id in new long[] { 0, 1, 2, 3, -1 })
        {
            Assert.Equal("plan.badSelection", Assert.Throws<ProblemException>(() => ChangeSelection.Of(items, [id])).Code);
        }

        var selection = ChangeSelection.Of(items, []);
        Assert.Equal((false, false, true), (selection[0], selection[1], selection[2]));
    }

    [Fact]
    public void Whatever_is_toggled_data_goes_only_with_its_record() => Check.One(
        Config.QuickThrowOnFailure,
        Prop.ForAll(
            Gen.Choose(0, 63).Zip(Gen.Choose(0, 63)).ToArbitrary(),
            bits =>
            {
                // Three records, each with data that comes after it, the last data after all records too.
                var items = Enumerable.Range(0, 6).Select(i => ChangeHarness.Record($"{i}") with
                {
                    Index = i,
                    Ticked = (bits.Item1 >> i & 1) == 1,
                    After = i switch { < 3 => [], 5 => [0, 1, 2], _ => [i - 3] },
                }).ToList();
                var toggled = Enumerable.Range(0, 6).Where(i => (bits.Item2 >> i & 1) == 1).Select(i => (long)i).ToList();
                var selection = ChangeSelection.Of(items, toggled);
                var totals = ChangeTotals.Of(items, selection);
                return items.All(i => selection[i.Index] == ((i.Ticked != toggled.Contains(i.Index)) && i.After.All(a => selection[a])))
                    && totals.Items + totals.NotDone == 6 && totals.Items == items.Count(i => selection[i.Index]);
            }));

    [Fact]
    public void Pages_are_in_any_order_and_found_by_a_part_of_the_name()
    {
        var pages = new ChangePlanPages(_h.Store);
        var id = _h.Plan(OperationVerb.Delete, [.. Enumerable.Range(0, 25).Select(i => ChangeHarness.Record($"run {(i * 7) % 25:00}"))], []);
        var names = new List<string>();
        for (long? next = 0; next is { } first;)
        {
            (var items, next) = pages.Page(id, PlanOrder.Name, true, null, first, 10);
            names.AddRange(items.Select(i => i.Label));
        }

        Assert.Equal(Enumerable.Range(0, 25).Select(i => $"run {24 - i:00}"), names);
        Assert.Equal(["run 13"], pages.Page(id, PlanOrder.Plan, false, "UN 13", 0, 10).Items.Select(i => i.Label));
        Assert.Equal("request.badPageToken", Assert.Throws<ProblemException>(() => pages.Page(id, PlanOrder.Plan, false, null, 99, 10)).Code);
    }

    [Fact]
    public void A_plan_is_saved_whole_and_nothing_is_done()
    {
        _h.World.AddRecord("a");
        _h.World.AddBlob("d/a");
        var id = _h.Plan(OperationVerb.Delete, [ChangeHarness.Record("a|b")], [("d/", 0)]);
        var path = Path.Combine(_h.Root, "plan.md");
        _h.Service.SavePlan(id, [], path, markdown: true);
        Assert.Contains(@"a\|b", File.ReadAllText(path), StringComparison.Ordinal);
        _h.Service.SavePlan(id, [0], path, markdown: false);
        var items = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(path))?["items"]?.AsArray();
        Assert.Equal([false, false], items?.Select(i => (bool?)i?["ticked"] == true));
        Assert.Single(Directory.GetFiles(_h.Root, "plan*"));
        Assert.Empty(_h.World.Log);
        Assert.Equal("destination.missing", Assert.Throws<ProblemException>(() => _h.Service.SavePlan(id, [], "plan.md", true)).Code);
    }

    private ConfirmationKind Kind(OperationVerb verb, ChangeItem item, ChangeChoices? choices = null) =>
        _h.Service.Review(_h.Plan(verb, [item], [], choices), []).Confirmation;

    private async Task RefusedAsync(string code, string id, string? confirmation, params long[] toggled) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<ProblemException>(() => _h.Service.StartAsync(id, confirmation, null, toggled, CancellationToken.None))).Code);
}
