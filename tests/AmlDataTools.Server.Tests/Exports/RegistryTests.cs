using System.Text.Json.Nodes;
using AmlDataTools.Azure;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Resources;
using AmlDataTools.Server.Protocol;
using NodeAction = AmlDataTools.Server.Protocol.NodeAction;
using NodeExpansion = AmlDataTools.Server.Protocol.NodeExpansion;
using NodeKind = AmlDataTools.Server.Protocol.NodeKind;

namespace AmlDataTools.Server.Tests.Exports;

/// <summary>Registries: in the tree, as a source of models and data, and what is said when they cannot be read.</summary>
[Collection(ExportCollection.Name)]
public sealed class RegistryTests(EmulatorProcess emulator) : IAsyncLifetime
{
    private const string Ben = "ben@example.com";

    private static readonly ProtocolJsonContext Json = ProtocolJsonContext.Default;

    private readonly AssetMaker _make = new(emulator);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await emulator.ClearFaultsAsync();
        await RoleAsync("Reader");
        await emulator.SettingsAsync(3600, 3600);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(null)]
    public async Task The_tree_shows_what_a_registry_holds_and_changes_nothing(int? pageSize)
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var subscription = NodeTargets.Format(new SubscriptionTarget(emulator.Workspace.SubscriptionId, null));
        var top = await ChildrenAsync(sidecar, subscription, pageSize);
        Assert.Equal([NodeKind.Workspace, NodeKind.Registries, NodeKind.Leftovers], top.Select(node => node.Kind));
        var registry = Assert.Single(await ChildrenAsync(sidecar, top[1].Id, pageSize));
        Assert.Equal(("contoso-registry", "eastus"), (registry.Label, registry.Description));
        Assert.EndsWith("/registries/contoso-registry", registry.Resource?.ResourceId, StringComparison.Ordinal);

        var groups = await ChildrenAsync(sidecar, registry.Id, pageSize);
        Assert.Equal(["Models", "Data", "Environments", "Components"], groups.Select(group => group.Label));
        var all = new List<TreeNode>(groups);
        for (var at = 0; at < all.Count; at++)
        {
            if (all[at].Expansion != NodeExpansion.None)
            {
                all.AddRange(await ChildrenAsync(sidecar, all[at].Id, pageSize));
            }
        }

        Assert.Equal(
            ["credit-scoring-shared", "1", "2", "shared-tokenizer", "1", "income-shared", "1", "sklearn-shared", "1", "score_shared", "1"],
            groups.SelectMany(group => Named(all, group)));
        Assert.DoesNotContain(all, node => node.Kind is NodeKind.Error or NodeKind.Notice);
        Assert.All(all, node => Assert.Empty(node.Actions.Intersect([NodeAction.Archive, NodeAction.Restore, NodeAction.Delete, NodeAction.DeleteData, NodeAction.Unregister, NodeAction.ChangeMatching])));
        Assert.All(all.Where(node => node.Kind is NodeKind.Model or NodeKind.ModelVersion or NodeKind.DataAsset or NodeKind.DataVersion), node => Assert.Contains(NodeAction.Download, node.Actions));
        var refusal = await sidecar.RefusalAsync(() => sidecar.CallAsync(
            "operations/plan", new PlanParams(OperationVerb.Delete, [all.First(node => node.Kind == NodeKind.ModelVersion).Id], null, null, null, null, null), Json.PlanParams, Json.PlanResult));
        Assert.StartsWith("change.inRegistry: ", refusal, StringComparison.Ordinal);

        IEnumerable<string> Named(List<TreeNode> nodes, TreeNode group) => nodes.Where(node => NodeKinds(group.Kind).Contains(node.Kind)).GroupBy(node => node.Resource?.Name.Split(':')[0])
            .SelectMany(one => one.OrderBy(node => node.Label.Length > 1 ? 0 : 1).ThenBy(node => node.Label, StringComparer.Ordinal).Select(node => node.Label));
    }

    [Fact]
    public async Task A_model_of_a_version_and_the_latest_and_data_come_byte_for_byte_by_the_registrys_signature()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var since = await emulator.MarkAsync();
        var first = await sidecar.ExportAsync(Node(ResourceKind.ModelVersion, "credit-scoring-shared", "1"), folder.Out);
        Assert.Equal(OperationState.Succeeded, first.Operation.State);
        Assert.Equal(["signature of the registry"], first.Receipt.Access);
        first.Receipt.AssertTotals(done: 4);
        var latest = await sidecar.ExportAsync(Node(ResourceKind.Model, "credit-scoring-shared"), folder.Out);
        Assert.Equal("Download credit-scoring-shared:2", latest.Plan.Title);
        var data = await sidecar.ExportAsync(Node(ResourceKind.DataAsset, "income-shared"), folder.Out);
        Assert.Equal(OperationState.Succeeded, data.Operation.State);
        var one = await sidecar.ExportAsync(Node(ResourceKind.Model, "shared-tokenizer"), folder.Out);
        Assert.Equal(OperationState.Succeeded, one.Operation.State);
        Assert.Equal(
            ["credit-scoring-shared/1/MLmodel", "credit-scoring-shared/1/model.pkl", "credit-scoring-shared/2/MLmodel", "income-shared/1/2024/income.csv", "shared-tokenizer/1/tokenizer.json"],
            new[] { "credit-scoring-shared/1/MLmodel", "credit-scoring-shared/1/model.pkl", "credit-scoring-shared/2/MLmodel", "income-shared/1/2024/income.csv", "shared-tokenizer/1/tokenizer.json" }
                .Where(path => File.Exists(Path.Combine(folder.Out, path))));
        var document = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder.Out, "credit-scoring-shared", "1", "model.json")));
        Assert.Equal(("credit-scoring-shared", "1", "mlflow_model"), ((string?)document?["name"], (string?)document?["version"], (string?)document?["type"]));
        Assert.EndsWith("/registries/contoso-registry", (string?)document?["registry"], StringComparison.Ordinal);
        Assert.Null(document?["workspace"]);
        AssetTests.AssertHashes(Path.Combine(folder.Out, "credit-scoring-shared", "1"), document as JsonObject ?? [], 3);

        var requests = await emulator.RequestsAsync(since);
        Assert.Contains(requests, r => r.Host.StartsWith("contosoregstore", StringComparison.Ordinal));
        Assert.DoesNotContain(requests, r => r.Status >= 400);
        Assert.All(
            Directory.EnumerateFiles(folder.Root, "*", SearchOption.AllDirectories).Where(file => !file.StartsWith(folder.Out, StringComparison.Ordinal)),
            file => Secrets.AssertNone(File.ReadAllText(file), file));
    }

    [Fact]
    public async Task A_workspaces_model_whose_files_lie_in_a_registry_is_downloaded_from_there()
    {
        using var folder = new TestFolder();
        var name = AssetMaker.NewName("from-registry");
        await _make.ModelAsync(name, "1", "azureml://registries/contoso-registry/models/credit-scoring-shared/versions/1", new JsonObject { ["modelType"] = "mlflow_model" });
        await _make.ModelAsync(name, "2", "azureml://registries/open-models/models/tiny-bert/labels/latest");
        await _make.DataAsync(name, "3", "uri_file", "azureml://registries/contoso-registry/data/income-shared/versions/1/paths/2024/income.csv");
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        Assert.Equal(["MLmodel", "model.json", "model.pkl", "requirements.txt"], await FilesAsync(ResourceKind.ModelVersion, "1"));
        Assert.Equal(["config.json", "model.json", "weights.bin"], await FilesAsync(ResourceKind.ModelVersion, "2"));
        Assert.Equal(["data.json", "income.csv"], await FilesAsync(ResourceKind.DataVersion, "3"));

        async Task<IEnumerable<string?>> FilesAsync(ResourceKind kind, string version)
        {
            var export = await sidecar.ExportAsync(_make.Node(kind, name, version), folder.Out);
            Assert.Equal(OperationState.Succeeded, export.Operation.State);
            return Directory.EnumerateFiles(Path.Combine(folder.Out, name, version)).Select(Path.GetFileName).Where(file => file?.StartsWith("export-receipt", StringComparison.Ordinal) == false).Order(StringComparer.Ordinal);
        }
    }

    [Fact]
    public async Task A_signature_that_expired_is_asked_for_anew()
    {
        using var folder = new TestFolder();
        await emulator.SettingsAsync(3, 3600);
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var plan = await sidecar.PlanAsync(Node(ResourceKind.ModelVersion, "credit-scoring-shared", "2"));
        await Task.Delay(4000);
        await emulator.SettingsAsync(3600, 3600);
        var since = await emulator.MarkAsync();
        await sidecar.BeginAsync(plan.PlanId, folder.Out);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(plan.PlanId)).State);
        Assert.Single(await emulator.RequestsAsync(since), r => r.Path.Contains("/datareferences/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_cannot_be_read_says_why_and_who_can_help()
    {
        using var folder = new TestFolder();
        var name = AssetMaker.NewName("no-registry");
        await _make.ModelAsync(name, "1", "azureml://registries/nobodys/models/x/versions/1");
        await _make.ModelAsync(name, "2", "azureml://registries/contoso-registry/models/nothing/versions/1");
        await _make.ModelAsync(name, "3", "azureml://registries/contoso-registry/environments/e/versions/1");
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder, new SignIn(Ben));
        Assert.Contains("nobodys", await RefusedAsync("asset.notInRegistry", _make.Node(ResourceKind.ModelVersion, name, "1")), StringComparison.Ordinal);
        await RefusedAsync("asset.notInRegistry", _make.Node(ResourceKind.ModelVersion, name, "2"));
        await RefusedAsync("asset.badAddress", _make.Node(ResourceKind.ModelVersion, name, "3"));
        await RefusedAsync("resource.notFound", Node(ResourceKind.ModelVersion, "credit-scoring-shared", "9"));
        await RefusedAsync("resource.notFound", Node(ResourceKind.Model, "nothing"));

        await RoleAsync("NoFiles");
        Assert.Contains("AzureML Registry User", await RefusedAsync("registry.filesRefused", Node(ResourceKind.ModelVersion, "credit-scoring-shared", "1")), StringComparison.Ordinal);

        await RoleAsync("None");
        Assert.Contains("contoso-registry", await RefusedAsync("auth.forbidden", Node(ResourceKind.ModelVersion, "shared-tokenizer", "1")), StringComparison.Ordinal);
        var subscription = NodeTargets.Format(new SubscriptionTarget(emulator.Workspace.SubscriptionId, null));
        await sidecar.CallAsync("explorer/refresh", new RefreshParams(null), Json.RefreshParams, Json.Empty);
        Assert.DoesNotContain(await ChildrenAsync(sidecar, subscription, null), node => node.Kind == NodeKind.Registries);
        var error = Assert.Single(await ChildrenAsync(sidecar, NodeTargets.Format(new ResourceGroupTarget(Registry, ResourceGroupKind.Models)), null));
        Assert.Equal(NodeKind.Error, error.Kind);
        Assert.Contains("the registry contoso-registry", error.Label, StringComparison.Ordinal);

        async Task<string> RefusedAsync(string code, string node)
        {
            var refusal = await sidecar.RefusalAsync(() => sidecar.PlanAsync(node));
            Assert.StartsWith(code + ": ", refusal, StringComparison.Ordinal);
            return refusal;
        }
    }

    [Fact]
    public async Task References_in_code_to_registries_are_described_and_those_to_nothing_are_missing()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder, new SignIn(Ben));
        NotebookAsset asset = new(NotebookAssetKind.Model, "credit-scoring-shared", null, "latest", "contoso-registry", null);
        var found = Assert.Single((await DescribeAsync(asset)).Found);
        Assert.Equal(("2", "Production", 3L, false), (found.Version, found.Stage, found.Files, found.HasMore));
        Assert.True(found.Bytes > 90_000);
        var export = await sidecar.ExportAsync(found.NodeId ?? string.Empty, folder.Out);
        Assert.Equal(OperationState.Succeeded, export.Operation.State);

        var missing = await DescribeAsync(asset with { Version = "7", Label = null });
        Assert.Equal((NotebookAssetState.Missing, "There is no version 7 of credit-scoring-shared in the registry contoso-registry."), (missing.State, missing.Reason));
        Assert.Equal((NotebookAssetState.Missing, "There is no registry nobodys."), ((await DescribeAsync(asset with { Registry = "nobodys" })).State, (await DescribeAsync(asset with { Registry = "nobodys" })).Reason));
        Assert.Equal(NotebookAssetState.Found, (await DescribeAsync(new NotebookAsset(NotebookAssetKind.Model, "tiny-bert", "1", null, "open-models", null))).State);
        await RoleAsync("None");
        Assert.Equal(NotebookAssetState.Unknown, (await DescribeAsync(asset with { Version = "1", Label = null })).State);

        async Task<NotebookDescription> DescribeAsync(NotebookAsset one) => Assert.Single((await sidecar.CallAsync(
            "notebook/describe", new NotebookDescribeParams(NodeTargets.Format(new WorkspaceTarget(emulator.Workspace)), [one], Fresh: true), Json.NotebookDescribeParams, Json.NotebookDescribeResult)).Descriptions);
    }

    [Fact]
    public async Task A_name_is_found_in_every_workspace_and_registry_that_has_it()
    {
        using var folder = new TestFolder();
        var name = AssetMaker.NewName("twice");
        await _make.ModelAsync(name, "1", _make.Long("workspaceblobstore", "a/b"));
        await emulator.ControlAsync(HttpMethod.Post, "resources", new JsonObject { ["registry"] = "contoso-registry", ["path"] = $"models/{name}", ["body"] = new JsonObject { ["properties"] = new JsonObject { ["latestVersion"] = "1" } } });
        await emulator.ControlAsync(HttpMethod.Post, "resources", new JsonObject { ["workspace"] = "campaign-ws", ["path"] = $"models/{name}", ["body"] = new JsonObject { ["properties"] = new JsonObject { ["latestVersion"] = "1" } } });
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        Assert.Equal([("campaign-ws", false), ("sample-ws", false), ("contoso-registry", true)], (await FindAsync(name)).Candidates.Select(one => (one.Name, one.IsRegistry)));
        Assert.Equal("sample-ws", Assert.Single((await FindAsync("churn-mlflow")).Candidates).Name);
        Assert.Empty((await FindAsync("nobody")).Candidates);
        Assert.False((await FindAsync("nobody")).Incomplete);

        // A registry that was chosen is looked into as a workspace is.
        var registry = (await FindAsync("credit-scoring-shared")).Candidates.Single();
        var answer = await sidecar.CallAsync(
            "notebook/describe", new NotebookDescribeParams(registry.NodeId, [new NotebookAsset(NotebookAssetKind.Model, "credit-scoring-shared", "2", null, null, null)], Fresh: false), Json.NotebookDescribeParams, Json.NotebookDescribeResult);
        Assert.Equal(NotebookAssetState.Found, Assert.Single(answer.Descriptions).State);
        answer = await sidecar.CallAsync(
            "notebook/describe", new NotebookDescribeParams(registry.NodeId, [new NotebookAsset(NotebookAssetKind.Model, "credit-scoring-shared", "9", null, null, null)], Fresh: false), Json.NotebookDescribeParams, Json.NotebookDescribeResult);
        Assert.Equal(NotebookAssetState.Missing, Assert.Single(answer.Descriptions).State);

        Task<NotebookCandidatesResult> FindAsync(string model) => sidecar.CallAsync(
            "notebook/candidates",
            new NotebookCandidatesParams(
                new NotebookAsset(NotebookAssetKind.Model, model, "1", null, null, null),
                [new SubscriptionInfo(emulator.Workspace.SubscriptionId, string.Empty, "Contoso Research", "Enabled"), new SubscriptionInfo("00000000-0000-0000-0000-000000000002", string.Empty, "Contoso Marketing", "Enabled")]),
            Json.NotebookCandidatesParams, Json.NotebookCandidatesResult);
    }

    private static NodeKind[] NodeKinds(NodeKind group) => group switch
    {
        NodeKind.Models => [NodeKind.Model, NodeKind.ModelVersion],
        NodeKind.DataAssets => [NodeKind.DataAsset, NodeKind.DataVersion],
        NodeKind.Environments => [NodeKind.Environment, NodeKind.EnvironmentVersion],
        _ => [NodeKind.Component, NodeKind.ComponentVersion],
    };

    private WorkspaceRef Registry => new(emulator.Workspace.SubscriptionId, "shared-rg", "contoso-registry", null) { Registry = string.Empty };

    private string Node(ResourceKind kind, string name, string? child = null) => NodeTargets.Format(new ResourceTarget(new ResourceAddress(Registry, kind, name, child), null));

    private Task RoleAsync(string role) => emulator.ControlAsync(HttpMethod.Post, "identity", new JsonObject { ["user"] = Ben, ["registryRole"] = role });

    private static async Task<List<TreeNode>> ChildrenAsync(ExportSidecar sidecar, string parent, int? pageSize)
    {
        var nodes = new List<TreeNode>();
        string? token = null;
        do
        {
            var page = await sidecar.CallAsync("explorer/children", new ChildrenParams(parent, null, token, pageSize, null, IncludeArchived: true), Json.ChildrenParams, Json.ChildrenResult);
            nodes.AddRange(page.Nodes);
            token = page.NextPageToken;
        }
        while (token is not null);
        return nodes;
    }
}
