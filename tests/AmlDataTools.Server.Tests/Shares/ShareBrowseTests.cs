using System.Text;
using System.Text.Json.Nodes;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Changes;
using AmlDataTools.Server.Tests.Datastores;
using AmlDataTools.Server.Tests.Exports;
using static AmlDataTools.Server.Tests.Shares.ShareCalls;
using NodeTargets = AmlDataTools.Core.Explorer.NodeTargets;
using WorkspaceTarget = AmlDataTools.Core.Explorer.WorkspaceTarget;

namespace AmlDataTools.Server.Tests.Shares;

/// <summary>File shares and notebooks as a tree, and files of them looked at.</summary>
[Collection(ChangeCollection.Name)]
public sealed class ShareBrowseTests(ChangeEmulator emulator) : IAsyncLifetime
{
    public static TheoryData<string> OddNames => ["two  blanks.ipynb", "Report #1 (50% done).md", "100%25.txt", "a&b=c+d;e.txt", "Überblick – ノート.txt", "e\u0301tude.py", "drafts.", "..hidden", ".amlignore", "[x]{y}'z.txt"];

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => emulator.ClearFaultsAsync();

    [Fact]
    public async Task Notebooks_stand_below_the_workspace_with_a_folder_for_each_person()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var workspace = NodeTargets.Format(new WorkspaceTarget(emulator.Workspace));
        var notebooks = Assert.Single(await sidecar.ChildrenAsync(workspace), n => n.Kind == NodeKind.Notebooks);
        Assert.Equal(("Notebooks", NodeExpansion.Collapsed), (notebooks.Label, notebooks.Expansion));
        Assert.Equal([NodeAction.Refresh, NodeAction.Download], notebooks.Actions);
        var people = await sidecar.ChildrenAsync(notebooks.Id);
        Assert.All(people.Where(p => p.Label.EndsWith(".example", StringComparison.Ordinal)), p => Assert.Equal(NodeKind.UserFolder, p.Kind));
        Assert.Superset(new HashSet<string> { "ada.example", "ben.example", "chloe.example" }, people.Select(p => p.Label).ToHashSet());
        var ada = people.Single(p => p.Label == "ada.example");
        Assert.Equal([NodeAction.Download, NodeAction.Refresh, NodeAction.CopyName, NodeAction.CopyPath, NodeAction.CopyUri, NodeAction.Delete], ada.Actions);
        var inside = await sidecar.ChildrenAsync(ada.Id);
        var notebook = inside.Single(n => n.Label == "Train credit model.ipynb");
        Assert.Equal((NodeKind.File, NodeKind.Folder), (notebook.Kind, inside.Single(n => n.Label == "churn").Kind));
        Assert.True(notebook.Resource?.Bytes > 100);
        Assert.Contains("Modified: ", notebook.Tooltip, StringComparison.Ordinal);
        var place = emulator.Workspace;
        Assert.Equal(
            $"azureml://subscriptions/{place.SubscriptionId}/resourcegroups/{place.ResourceGroup}/workspaces/{place.Name}/datastores/{Code}/paths/Users/ada.example/Train credit model.ipynb", notebook.Resource?.DataUri);
        var read = await sidecar.ReadAsync(notebook.Id);
        Assert.Equal(4, (int?)JsonNode.Parse(read.Data.Span)?["nbformat"]);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(null)]
    public async Task A_folder_of_many_entries_comes_page_by_page_and_is_planned_whole(int? pageSize)
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var root = $"Users/{emulator.NewName("many")}";
        await emulator.FilesAsync(Enumerable.Range(0, 5200).Select(i => ($"{root}/{i:0000}.txt", 3L)));
        await emulator.FileAsync($"{root}/zz/last.txt", new JsonObject { ["size"] = 5 });
        var found = await sidecar.ChildrenAsync(emulator.FolderNode(Code, root + "/"), pageSize);
        Assert.Equal(5201, found.Select(n => n.Id).Distinct().Count());
        Assert.Equal([.. Enumerable.Range(0, 5200).Select(i => $"{i:0000}.txt"), "zz"], found.Select(n => n.Label).Order(StringComparer.Ordinal));
        var plan = await sidecar.PlanAsync(emulator.FolderNode(Code, root + "/"));
        Assert.Equal((5201L, 5200L * 3 + 5), (plan.Items, plan.Bytes));
    }

    [Theory]
    [MemberData(nameof(OddNames))]
    public async Task Files_with_odd_names_are_shown_opened_and_downloaded(string name)
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var root = $"Users/{emulator.NewName("odd")}/{name}";
        var text = "the one called " + name;
        await emulator.FileAsync($"{root}/{name}", new JsonObject { ["text"] = text });
        await emulator.FileAsync($"{root}/{name}x", new JsonObject { ["text"] = "another" });
        var node = (await sidecar.ChildrenAsync(emulator.FolderNode(Code, root + "/"))).Single(n => n.Label == name);
        Assert.Equal(text, Encoding.UTF8.GetString((await sidecar.ReadAsync(node.Id)).Data.Span));
        var export = await sidecar.ExportAsync(emulator.FolderNode(Code, root + "/"), folder.Out);
        Assert.Equal(OperationState.Succeeded, export.Operation.State);
        var item = export.Receipt.Items.Single(i => i.Name == $"{root}/{name}");
        Assert.Equal(text, await File.ReadAllTextAsync(Path.Combine(folder.Out, item.Path)));
    }

    [Fact]
    public async Task A_file_that_is_written_to_while_it_is_looked_at_is_told_to_have_changed()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var path = $"Users/{emulator.NewName("open")}/x.log";
        await emulator.FilesAsync((path, 5_000_000));
        var node = emulator.FileNode(Code, path);
        var first = await sidecar.ReadAsync(node);
        await emulator.FilesAsync((path, 5_000_001));
        Assert.StartsWith("file.changed: ", await sidecar.RefusalAsync(() => sidecar.ReadAsync(node, first.Data.Length, etag: first.Stat.ETag)), StringComparison.Ordinal);
        Assert.NotEqual(first.Stat.ETag, (await sidecar.StatAsync(node)).ETag);
    }

    [Fact]
    public async Task A_share_that_is_gone_and_a_workspace_without_one_say_what_to_do()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        await emulator.ResourceAsync("datastores/team_share", new JsonObject
        {
            ["datastoreType"] = "AzureFile",
            ["accountName"] = new Uri(emulator["blob"]).Host.Split('.')[0],
            ["fileShareName"] = "deleted-share",
            ["endpoint"] = emulator["storageSuffix"],
            ["protocol"] = "https",
            ["credentials"] = new JsonObject { ["credentialsType"] = "AccountKey" },
        });
        var gone = Assert.Single(await sidecar.ChildrenAsync(emulator.StoreNode("team_share")));
        Assert.Equal((NodeKind.Error, true), (gone.Kind, gone.Label.Contains("Show deleted shares", StringComparison.Ordinal)));
        Assert.Contains(NodeAction.Retry, gone.Actions);
        Assert.Contains("file share", await sidecar.RefusalAsync(() => sidecar.PlanAsync(emulator.FolderNode("team_share", "a/"))), StringComparison.Ordinal);

        var other = await emulator.WorkspaceAsync("campaign-ws");
        var notebooks = (await sidecar.ChildrenAsync(NodeTargets.Format(new WorkspaceTarget(other)))).Single(n => n.Kind == NodeKind.Notebooks);
        var nothing = Assert.Single(await sidecar.ChildrenAsync(notebooks.Id));
        Assert.Equal((NodeKind.Notice, true), (nothing.Kind, nothing.Label.Contains("No files here", StringComparison.Ordinal)));
        await emulator.ControlAsync(HttpMethod.Delete, "resources", new JsonObject { ["workspace"] = "campaign-ws", ["path"] = $"datastores/{Code}" });
        await using var anew = await ExportSidecar.StartAsync(emulator, folder);
        var without = Assert.Single(await anew.ChildrenAsync(notebooks.Id));
        Assert.Equal((NodeKind.Error, true), (without.Kind, without.Label.Contains("no datastore workspaceworkingdirectory", StringComparison.Ordinal)));
    }

    /// <summary>The datastore's key, else the one that the workspace gives, else the person's token; and if none of them, what role is missing.</summary>
    [Theory]
    [InlineData("AccountKey", "Contributor", "None", "account key of the datastore")]
    [InlineData("Sas", "Contributor", "None", "SAS of the datastore")]
    [InlineData("None", "Contributor", "None", "account key of the workspace")]
    [InlineData("None", "DataScientist", "Reader", "your token")]
    [InlineData("AccountKey", "Reader", "Reader", "your token")]
    [InlineData("AccountKey", "Reader", "None", null)]
    public async Task The_way_in_is_found(string credentials, string workspaceRole, string storageRole, string? way)
    {
        using var folder = new TestFolder();
        var path = $"Users/{emulator.NewName("way")}";
        await emulator.FilesAsync(($"{path}/a.txt", 10), ($"{path}/deep/b.txt", 20));
        try
        {
            await emulator.CredentialsAsync(credentials, Code);
            await emulator.RoleAsync("chloe@example.com", workspaceRole, storageRole);
            await using var sidecar = await ExportSidecar.StartAsync(emulator, folder, new SignIn("chloe@example.com"));
            var nodes = await sidecar.ChildrenAsync(emulator.FolderNode(Code, path + "/"));
            if (way is null)
            {
                Assert.Contains("Storage File Data Privileged Reader", Assert.Single(nodes, n => n.Kind == NodeKind.Error).Label, StringComparison.Ordinal);
                return;
            }

            Assert.Equal(["deep", "a.txt"], nodes.Select(n => n.Label));
            var mark = await emulator.MarkAsync();
            var export = await sidecar.ExportAsync(emulator.FolderNode(Code, path + "/"), folder.Out);
            Assert.Equal((OperationState.Succeeded, way), (export.Operation.State, Assert.Single(export.Receipt.Access)));
            Assert.NotEmpty(await emulator.ReadsAsync(mark, "a.txt"));
        }
        finally
        {
            await emulator.CredentialsAsync("AccountKey", Code);
            await emulator.RoleAsync("chloe@example.com", "Contributor", "Contributor");
        }
    }
}
