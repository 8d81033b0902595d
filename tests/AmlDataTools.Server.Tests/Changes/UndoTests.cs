using System.Text.Json.Nodes;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.Changes;

/// <summary>Deleted blobs come back while the account keeps them, and only those of the operation.</summary>
[Collection(ChangeCollection.Name)]
public sealed class UndoTests(ChangeEmulator emulator)
{
    [Fact]
    public async Task Soft_deleted_data_is_undeleted_to_the_byte()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        await emulator.StorageRulesAsync(new JsonObject { ["softDeleteDays"] = 14 });
        try
        {
            var run = await emulator.AddRunAsync(("outputs/a.bin", 10), ("outputs/deep/b.bin", 4000), ("user_logs/x.txt", 5));
            var earlier = await emulator.AddRunAsync(("outputs/gone-before.bin", 10));
            await emulator.DeleteBlobAsync(earlier, "outputs/gone-before.bin");
            var before = await World.ReadAsync(emulator);
            var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.NodeOf(run.RunId)], ChangeCalls.WithData);
            Assert.Contains(deleted.Plan.Survivors, s => s.Contains("14", StringComparison.Ordinal));
            Assert.Contains(OperationAction.Undelete, deleted.Operation.Actions);
            var until = DateTimeOffset.FromUnixTimeMilliseconds(deleted.Operation.UndeleteUntil ?? 0) - DateTimeOffset.UtcNow;
            Assert.InRange(until.TotalDays, 13.9, 14);

            // The plan told the same day, reckoned the same way, unless midnight has just passed.
            var day = DateTimeOffset.FromUnixTimeMilliseconds(deleted.Operation.UndeleteUntil ?? 0).UtcDateTime;
            Assert.Contains(deleted.Plan.Survivors, s => s.Contains($"until {day:yyyy-MM-dd} (UTC)", StringComparison.Ordinal)
                || (day.TimeOfDay < TimeSpan.FromMinutes(2) && s.Contains($"until {day.AddDays(-1):yyyy-MM-dd} (UTC)", StringComparison.Ordinal)));
            Assert.Contains($"until {day:yyyy-MM-dd} (UTC)", deleted.Receipt.Markdown, StringComparison.Ordinal);
            Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(deleted.Operation.UndeleteUntil ?? 0), DateTimeOffset.Parse((string?)deleted.Receipt.Json["canBeUndeletedUntil"] ?? string.Empty, System.Globalization.CultureInfo.InvariantCulture));
            var blobs = before.BlobsBelow($"ExperimentRun/dcid.{run.RunId}/");
            before.AssertBecame(await World.ReadAsync(emulator), [$"run:{run.RunId}", .. blobs]);

            // Another window shows the operation, and hears that it was undone.
            await using var other = await ExportSidecar.StartAsync(emulator, folder);
            Assert.Contains(OperationAction.Undelete, (await other.FindAsync(deleted.Operation.Id)).Actions);
            var undone = await sidecar.ChangeAsync(OperationVerb.Undelete, [], operationId: deleted.Operation.Id);
            Assert.Equal(OperationState.Succeeded, undone.Operation.State);
            for (var patience = 0; patience < 100 && !IsTold(other); patience++)
            {
                await Task.Delay(100);
            }

            Assert.True(IsTold(other));
            bool IsTold(ExportSidecar window) => window.ChangesOf(deleted.Operation.Id).LastOrDefault() is { } last && !last.Actions.Contains(OperationAction.Undelete);
            var after = await World.ReadAsync(emulator);

            // The record cannot come back; every blob is there again, and nothing that was deleted before.
            Assert.All(blobs, b => Assert.Contains(b, after.Entries.Keys));
            Assert.Empty(after.BlobsBelow($"ExperimentRun/dcid.{earlier.RunId}/"));
            Assert.DoesNotContain(OperationAction.Undelete, (await sidecar.FindAsync(deleted.Operation.Id)).Actions);
            Assert.Contains(sidecar.ChangesOf(deleted.Operation.Id), o => !o.Actions.Contains(OperationAction.Undelete) && o.State == OperationState.Succeeded);
            await using (var later = await ExportSidecar.StartAsync(emulator, folder))
            {
                var again = await later.FindAsync(deleted.Operation.Id);
                Assert.DoesNotContain(OperationAction.Undelete, again.Actions);
                Assert.Null(again.UndeleteUntil);
            }

            Assert.Equal(before.Entries.Count(e => e.Key.StartsWith("blob:", StringComparison.Ordinal)), after.Entries.Count(e => e.Key.StartsWith("blob:", StringComparison.Ordinal)));
        }
        finally
        {
            await emulator.StorageRulesAsync(new JsonObject { ["softDeleteDays"] = null });
        }
    }

    [Fact]
    public async Task Without_soft_delete_there_is_no_undo_and_the_plan_says_so()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var run = await emulator.AddRunAsync(("outputs/a.bin", 10));
        var deleted = await sidecar.ChangeAsync(OperationVerb.Delete, [emulator.NodeOf(run.RunId)], ChangeCalls.WithData);
        Assert.Null(deleted.Operation.UndeleteUntil);
        Assert.DoesNotContain(OperationAction.Undelete, deleted.Operation.Actions);
        Assert.DoesNotContain(OperationAction.Restore, deleted.Operation.Actions);
    }
}
