using System.Text.Json.Nodes;
using AmlDataTools.Server.Protocol;

namespace AmlDataTools.Server.Tests.Exports;

/// <summary>The ways into storage in their order, their renewal, and what is said when there is none.</summary>
[Collection(ExportCollection.Name)]
public sealed class AccessTests(EmulatorProcess emulator) : IAsyncLifetime
{
    private const string Ben = "ben@example.com";
    private const string Key = "account key of the datastore";
    private const string Signature = "SAS of the datastore";
    private const string Token = "your token";
    private const string Signed = "signed addresses of the artifact service";

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await emulator.ClearFaultsAsync();
        await emulator.CredentialsAsync("AccountKey");
        await emulator.RoleAsync(Ben, "Contributor", "Contributor");
        await emulator.SettingsAsync(3600, 3600);
    }

    [Theory]
    [InlineData("AccountKey", "Contributor", "None", Key)]
    [InlineData("Sas", "Contributor", "None", Signature)]
    [InlineData("None", "Contributor", "Reader", Token)]
    [InlineData("AccountKey", "Reader", "Reader", Token)]
    [InlineData("None", "Reader", "None", Signed)]
    [InlineData("AccountKey", "Reader", "None", Signed)]
    public async Task The_first_way_that_is_open_is_taken_and_told(string credentials, string workspaceRole, string storageRole, string way)
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync(("outputs/large.bin", 20 << 20), ("user_logs/std_log.txt", 3_000), ("outputs/a b+c%.bin", 5), ("outputs/empty.bin", 0));
        await emulator.CredentialsAsync(credentials);
        await emulator.RoleAsync(Ben, workspaceRole, storageRole);
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder, new SignIn(Ben));
        var export = await sidecar.ExportAsync(emulator.NodeOf(run.RunId), folder.Out);
        Assert.Equal(OperationState.Succeeded, export.Operation.State);
        Assert.Equal([way], export.Receipt.Access);
        Assert.All(export.Receipt.Items, i => Assert.Equal(way, i.Access));
        Assert.Contains(way, export.Receipt.Markdown.Replace("\\", "", StringComparison.Ordinal), StringComparison.Ordinal);
        export.Receipt.AssertTotals(done: 4);
        folder.AssertExactly(run);
    }

    [Theory]
    [InlineData("AccountKey", Key)]
    [InlineData("Sas", Signature)]
    [InlineData("None", Token)]
    public async Task What_expires_in_the_middle_is_renewed(string credentials, string way)
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync([.. Enumerable.Range(0, 30).Select(i => ($"outputs/{i:00}.bin", 500L))]);
        await emulator.CredentialsAsync(credentials);
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var plan = await sidecar.PlanAsync(emulator.NodeOf(run.RunId));
        await emulator.FaultAsync(run.RunId, new JsonObject { ["kind"] = "tokenExpired" }, nth: 10, host: ".blob.", method: "GET");
        var since = await emulator.MarkAsync();
        await sidecar.BeginAsync(plan.PlanId, folder.Out);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(plan.PlanId)).State);
        var receipt = await sidecar.ReceiptAsync(plan.PlanId);
        receipt.AssertTotals(done: 30);
        Assert.Equal([way], receipt.Access);
        folder.AssertExactly(run);
        var asked = (await emulator.RequestsAsync(since)).Where(r => r.Path.EndsWith("/listSecrets", StringComparison.OrdinalIgnoreCase)).ToList();
        Assert.Equal(credentials == "None" ? 0 : 1, asked.Count);
    }

    [Fact]
    public async Task A_signature_that_really_expired_is_asked_for_anew()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync(("outputs/large.bin", 20 << 20), ("outputs/small.bin", 3_000));
        await emulator.CredentialsAsync("Sas");
        await emulator.SettingsAsync(3, 3600);
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var plan = await sidecar.PlanAsync(emulator.NodeOf(run.RunId));
        await Task.Delay(4000);
        await emulator.SettingsAsync(3600, 3600);
        await sidecar.BeginAsync(plan.PlanId, folder.Out);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(plan.PlanId)).State);
        Assert.Equal([Signature], (await sidecar.ReceiptAsync(plan.PlanId)).Access);
        folder.AssertExactly(run);
    }

    [Fact]
    public async Task Signed_addresses_that_expired_are_asked_for_anew()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync(("outputs/large.bin", 20 << 20), ("outputs/small.bin", 3_000));
        await emulator.CredentialsAsync("None");
        await emulator.RoleAsync(Ben, "Reader", "None");
        await emulator.SettingsAsync(3600, 3);
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder, new SignIn(Ben));
        var plan = await sidecar.PlanAsync(emulator.NodeOf(run.RunId));
        await Task.Delay(4000);
        await sidecar.BeginAsync(plan.PlanId, folder.Out);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(plan.PlanId)).State);
        Assert.Equal([Signed], (await sidecar.ReceiptAsync(plan.PlanId)).Access);
        folder.AssertExactly(run);
    }

    [Fact]
    public async Task Short_lived_tokens_are_asked_for_as_often_as_needed()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync([.. Enumerable.Range(0, 12).Select(i => ($"outputs/{i:00}.bin", 500L))]);
        await emulator.CredentialsAsync("None");
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder, new SignIn(LifetimeSeconds: 3));
        var plan = await sidecar.PlanAsync(emulator.NodeOf(run.RunId));
        var before = sidecar.Tokens;
        await emulator.FaultAsync(run.RunId, new JsonObject { ["kind"] = "delay", ["milliseconds"] = 4000 }, times: 1, host: ".blob.", method: "GET");
        await Task.Delay(3500);
        await sidecar.BeginAsync(plan.PlanId, folder.Out);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(plan.PlanId)).State);
        Assert.True(sidecar.Tokens > before);
        folder.AssertExactly(run);
    }

    [Theory]
    [InlineData("AuthorizationFailure", "storage.authorizationFailure", "firewall")]
    [InlineData("AuthorizationPermissionMismatch", "storage.authorizationMismatch", "Storage Blob Data Reader")]
    public async Task No_way_in_is_one_clear_problem(string serviceCode, string code, string advice)
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync(("outputs/a.bin", 5));
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        await emulator.FaultAsync("/azureml", new JsonObject { ["kind"] = "status", ["status"] = 403, ["code"] = serviceCode }, times: 1000, host: ".blob.");
        var refusal = await sidecar.RefusalAsync(() => sidecar.PlanAsync(emulator.NodeOf(run.RunId)));
        Assert.StartsWith(code + ": ", refusal, StringComparison.Ordinal);
        Assert.Contains(advice, refusal, StringComparison.Ordinal);
        foreach (var way in new[] { Key, Token, Signed })
        {
            Assert.Contains(way, refusal, StringComparison.Ordinal);
        }

        // Access given meanwhile is found without a restart.
        await emulator.ClearFaultsAsync();
        Assert.Equal(OperationState.Succeeded, (await sidecar.ExportAsync(emulator.NodeOf(run.RunId), folder.Out)).Operation.State);
    }

    [Fact]
    public async Task Access_that_is_taken_away_in_the_middle_stops_it_with_what_is_finished_kept()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync([.. Enumerable.Range(0, 30).Select(i => ($"outputs/{i:00}.bin", 500L))]);
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var plan = await sidecar.PlanAsync(emulator.NodeOf(run.RunId));
        await emulator.FaultAsync(run.RunId, new JsonObject { ["kind"] = "status", ["status"] = 403, ["code"] = "AuthorizationFailure" }, nth: 12, times: 1000, host: ".blob.");
        await sidecar.BeginAsync(plan.PlanId, folder.Out);
        var end = await sidecar.EndAsync(plan.PlanId);
        Assert.Equal((OperationState.Failed, "storage.authorizationFailure"), (end.State, end.ErrorCode));
        var receipt = await sidecar.ReceiptAsync(plan.PlanId);
        Assert.Equal(("failed", 30L, 0L), (receipt.State, receipt.Found, receipt.Failed));
        Assert.InRange(receipt.Done, 1, 11);
        var done = receipt.Items.Where(i => i.Outcome == "done").Select(i => i.Name[(run.BlobOf("").Length)..]).ToHashSet();
        TestFolder.AssertFiles(run.Files.Where(f => done.Contains(f.Path)), Path.Combine(folder.Out, run.RunId));
        await emulator.ClearFaultsAsync();
        await sidecar.OperationAsync("resume", plan.PlanId);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(plan.PlanId)).State);
        folder.AssertExactly(run);
    }

    [Fact]
    public async Task A_workspace_that_may_not_be_used_is_told()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync(("outputs/a.bin", 5));
        await emulator.RoleAsync(Ben, "None", "None");
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder, new SignIn(Ben));
        var refusal = await sidecar.RefusalAsync(() => sidecar.PlanAsync(emulator.NodeOf(run.RunId)));
        Assert.StartsWith("auth.forbidden: ", refusal, StringComparison.Ordinal);
        Assert.Contains("role", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_run_is_told()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var refusal = await sidecar.RefusalAsync(() => sidecar.PlanAsync(emulator.NodeOf("no_such_run")));
        Assert.StartsWith("run.notFound: ", refusal, StringComparison.Ordinal);
        Assert.Contains("no_such_run", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Storage_that_cannot_be_reached_is_told_with_what_helps()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync(("outputs/a.bin", 5));
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        await emulator.FaultAsync("/azureml", new JsonObject { ["kind"] = "reset", ["bytes"] = 0 }, times: 1000, host: ".blob.");
        var refusal = await sidecar.RefusalAsync(() => sidecar.PlanAsync(emulator.NodeOf(run.RunId)));
        Assert.StartsWith("network.unreachable: ", refusal, StringComparison.Ordinal);
        Assert.Contains("private endpoint", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://127.0.0.1:9", "private endpoint")]
    [InlineData("https://workspace.invalid", "DNS")]
    public async Task A_host_that_is_not_there_is_told_with_what_helps(string host, string advice)
    {
        using var folder = new TestFolder();
        var cloud = ExportSidecar.CloudOf(emulator) with { ResourceManager = host };
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder, cloud: cloud);
        var refusal = await sidecar.RefusalAsync(() => sidecar.PlanAsync(emulator.NodeOf("any_run")));
        Assert.StartsWith("network.unreachable: ", refusal, StringComparison.Ordinal);
        Assert.Contains(advice, refusal, StringComparison.Ordinal);
    }
}
