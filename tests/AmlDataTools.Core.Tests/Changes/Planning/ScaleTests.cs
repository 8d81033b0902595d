using System.Diagnostics;
using AmlDataTools.Core.Changes;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Resources;
using Xunit;
using Xunit.Abstractions;

namespace AmlDataTools.Core.Tests.Changes.Planning;

/// <summary>A plan over thousands of runs takes a few requests for each thousand, not several for each run.</summary>
public sealed class ScaleTests(LargeEmulator emulator, ITestOutputHelper output) : IClassFixture<LargeEmulator>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ten_thousand_runs_are_planned_from_lists(bool withData)
    {
        var choices = ChangeChoices.Default with { IncludeData = withData };
        var filter = new BulkFilter(null, [], "bulk_09????", null, null, false);
        GC.Collect();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var peak = before;
        using var stop = new CancellationTokenSource();
        var watch = Stopwatch.StartNew();
        var sampling = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: false));
                await Task.Delay(50);
            }
        });
        var planned = await emulator.PlanAsync(OperationVerb.Delete, choices, filter, new ExperimentTarget(emulator.Workspace, "bulk"));
        watch.Stop();
        await stop.CancelAsync();
        await sampling;
        output.WriteLine($"data {withData}: {watch.Elapsed.TotalSeconds:F1} s, {planned.Items.Count} items, {planned.Plan.Bytes} bytes, heap before {before >> 20} MB, peak {peak >> 20} MB; {string.Join("; ", planned.Plan.Warnings.Select(w => w.Code))}");
        Assert.Equal(10_000, planned.Items.Count(i => i.Action == ChangeAction.Delete));
        Assert.All(planned.Items, item => Assert.StartsWith("bulk_09", item.Record?.Name, StringComparison.Ordinal));
    }
}

/// <summary>The emulator with 100,000 runs.</summary>
public sealed class LargeEmulator : PlanEmulator
{
    protected override string Seed => "large";
}
