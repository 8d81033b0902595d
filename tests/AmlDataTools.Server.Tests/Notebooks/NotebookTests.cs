using AmlDataTools.Azure;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Exports;
using Xunit;

namespace AmlDataTools.Server.Tests.Notebooks;

/// <summary>Notebooks through the real sidecar process, on the emulator's sample workspace.</summary>
[Collection(ExportCollection.Name)]
public sealed class NotebookTests(EmulatorProcess emulator)
{
    private static readonly ProtocolJsonContext Json = ProtocolJsonContext.Default;

    [Fact]
    public async Task From_code_to_the_cell_that_loads_the_model()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var notebooks = Directory.CreateDirectory(Path.Join(folder.Root, "project", "notebooks")).FullName;
        var ws = emulator.Workspace;
        await File.WriteAllTextAsync(
            Path.Join(folder.Root, "project", "config.json"),
            $$"""{ "subscription_id": "{{ws.SubscriptionId}}", "resource_group": "{{ws.ResourceGroup}}", "workspace_name": "{{ws.Name}}" }""");

        var opened = await sidecar.CallAsync(
            "notebook/open", new NotebookOpenParams("n", 1, [new NotebookCell("c", "m = mlflow.pyfunc.load_model('models:/churn-mlflow/1')")]), Json.NotebookOpenParams, Json.NotebookReferences);
        var reference = Assert.Single(Assert.Single(opened.Cells).References);
        Assert.Equal((NotebookAssetKind.Model, "churn-mlflow", "1"), (reference.Asset.Kind, reference.Asset.Name, reference.Asset.Version));

        var found = await sidecar.CallAsync(
            "notebook/workspace", new NotebookWorkspaceParams(notebooks, Path.Join(folder.Root, "project"), [new SubscriptionInfo(ws.SubscriptionId, "the-tenant", "x", "Enabled")]),
            Json.NotebookWorkspaceParams, Json.NotebookWorkspaceResult);
        Assert.Equal(NodeTargets.Format(new WorkspaceTarget(ws with { TenantId = "the-tenant" })), found.NodeId);

        var described = await DescribeAsync(sidecar, reference.Asset);
        Assert.Equal(NotebookAssetState.Found, described.State);
        var model = Assert.Single(described.Found);
        Assert.Equal(("Production", "mlflow_model", "Churn, logged with MLflow"), (model.Stage, model.Type, model.Description));
        Assert.True(model.Bytes > 120_000);
        Assert.Equal(new NotebookTag("team", "retention"), Assert.Single(model.Tags));

        var exported = await sidecar.ExportAsync(model.NodeId ?? string.Empty, notebooks);
        Assert.Equal(OperationState.Succeeded, exported.Operation.State);
        var code = await sidecar.CallAsync(
            "notebook/loadCode", new NotebookLoadCodeParams(NotebookAssetKind.Model, "churn-mlflow:1", Path.Join(notebooks, "churn-mlflow", "1"), notebooks, InFile: false),
            Json.NotebookLoadCodeParams, Json.NotebookLoadCodeResult);
        Assert.Equal(NotebookFlavour.Sklearn, code.Flavour);
        Assert.Contains("load_model(\"churn-mlflow/1\")", code.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Typing_is_followed_and_a_stale_client_is_told()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        await sidecar.CallAsync("notebook/open", new NotebookOpenParams("n", 1, [new NotebookCell("c", "x = 1\n")]), Json.NotebookOpenParams, Json.NotebookReferences);
        var typed = await ChangeAsync(sidecar, 1, 2, "'azureml:loans:1'");
        Assert.Equal("loans", Assert.Single(Assert.Single(typed.Cells).References).Asset.Name);
        var stale = await ChangeAsync(sidecar, 1, 3, "y");
        Assert.True(stale.OutOfStep);
        Assert.Empty(stale.Cells);
        await sidecar.CallAsync("notebook/close", new NotebookCloseParams("n"), Json.NotebookCloseParams, Json.Empty);
        Assert.True((await ChangeAsync(sidecar, 2, 3, "y")).OutOfStep);
    }

    [Fact]
    public async Task What_is_missing_names_what_there_is_and_a_dataset_of_the_first_version_is_found()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var missing = await DescribeAsync(sidecar, new NotebookAsset(NotebookAssetKind.Model, "credit-scoring-model", "9", null, null, null));
        Assert.Equal(NotebookAssetState.Missing, missing.State);
        Assert.Equal(["3", "2"], missing.Versions);
        Assert.Equal(NotebookAssetState.Missing, (await DescribeAsync(sidecar, new NotebookAsset(NotebookAssetKind.Any, "nobody", "1", null, null, null))).State);
        Assert.Equal(NotebookAssetState.Unknown, (await DescribeAsync(sidecar, new NotebookAsset(NotebookAssetKind.Any, "sklearn-train", "99", null, null, null))).State);
        var dataset = Assert.Single((await DescribeAsync(sidecar, new NotebookAsset(NotebookAssetKind.Data, "customers", null, "latest", null, null))).Found);
        Assert.NotNull(dataset.NodeId);
        Assert.Equal("2", Assert.Single((await DescribeAsync(sidecar, new NotebookAsset(NotebookAssetKind.Data, "loans", null, "latest", null, null))).Found).Version);
    }

    [Fact]
    public async Task Places_are_described_and_downloaded_and_those_with_nothing_are_missing()
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync(("outputs/model/MLmodel", 300), ("outputs/model/model.pkl", 5_000), ("user_logs/std_log.txt", 100));
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var file = Assert.Single((await DescribeAsync(sidecar, Place($"runs:/{run.RunId}/outputs/model/model.pkl"))).Found);
        Assert.Equal(("file", 5_000L), (file.Type, file.Bytes));
        Assert.NotNull(file.CreatedAt);
        var below = Assert.Single((await DescribeAsync(sidecar, Place($"azureml://jobs/{run.RunId}/outputs/artifacts/paths/outputs/model/"))).Found);
        Assert.Equal(("folder", 2L, 5_300L, run.RunId), (below.Type, below.Files, below.Bytes, below.SourceRun));
        var store = Assert.Single((await DescribeAsync(sidecar, Place("azureml://datastores/research_lake/paths/models/uplift"))).Found);
        Assert.Equal(("uplift", 2L, false), (store.Name, store.Files, store.HasMore));
        foreach (var found in new[] { file, below, store })
        {
            Assert.Equal(OperationState.Succeeded, (await sidecar.ExportAsync(found.NodeId ?? string.Empty, folder.Out)).Operation.State);
        }

        Assert.Equal(5_000, new FileInfo(Path.Join(folder.Out, "model.pkl")).Length);
        Assert.True(File.Exists(Path.Join(folder.Out, "model", "MLmodel")) && File.Exists(Path.Join(folder.Out, "uplift", "config", "params.json")));
        foreach (var address in new[]
        {
            $"runs:/{run.RunId}/outputs/nothing", "runs:/no_such_run/model", "azureml://datastores/no_such_store/paths/a", "azureml://datastores/research_lake/paths/no/such", $"azureml://jobs/{run.RunId}/outputs/nothing",
        })
        {
            Assert.Equal((address, NotebookAssetState.Missing), (address, (await DescribeAsync(sidecar, Place(address))).State));
        }

        static NotebookAsset Place(string address) => new(NotebookAssetKind.Place, address, null, null, null, null);
    }

    [Fact]
    public async Task A_workspace_that_is_not_there_is_an_error_and_nothing_is_missing()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var asset = new NotebookAsset(NotebookAssetKind.Model, "churn-mlflow", "1", null, null, null);
        Assert.StartsWith("workspace.", await sidecar.RefusalAsync(() => DescribeAsync(sidecar, asset, emulator.Workspace with { Name = "gone-ws" })), StringComparison.Ordinal);
        Assert.StartsWith("notebook.notAWorkspace", await sidecar.RefusalAsync(() => sidecar.CallAsync(
            "notebook/describe", new NotebookDescribeParams(NodeTargets.Format(new RunTarget(emulator.Workspace, "r")), [asset], false), Json.NotebookDescribeParams, Json.NotebookDescribeResult)), StringComparison.Ordinal);
    }

    private async Task<NotebookDescription> DescribeAsync(ExportSidecar sidecar, NotebookAsset asset, WorkspaceRef? workspace = null)
        => Assert.Single((await sidecar.CallAsync(
            "notebook/describe", new NotebookDescribeParams(NodeTargets.Format(new WorkspaceTarget(workspace ?? emulator.Workspace)), [asset], false),
            Json.NotebookDescribeParams, Json.NotebookDescribeResult)).Descriptions);

    private static Task<NotebookReferences> ChangeAsync(ExportSidecar sidecar, long from, long to, string typed) => sidecar.CallAsync(
        "notebook/change",
        new NotebookChangeParams("n", from, to, [], [], [new NotebookCellEdits("c", [new NotebookEdit(6, 0, typed)], 6 + typed.Length)]),
        Json.NotebookChangeParams, Json.NotebookReferences);
}
