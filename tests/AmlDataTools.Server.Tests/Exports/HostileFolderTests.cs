using System.Text.Json.Nodes;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Rpc;
using AmlDataTools.Server.Tests.Network;

namespace AmlDataTools.Server.Tests.Exports;

/// <summary>A folder that somebody else has prepared: it can neither lead what is written out of it, nor requests away from the cloud.</summary>
[Collection(ExportCollection.Name)]
public sealed class HostileFolderTests(EmulatorProcess emulator)
{
    private static readonly ProtocolJsonContext Json = ProtocolJsonContext.Default;

    [Theory]
    [InlineData(ExportFormat.Folder)]
    [InlineData(ExportFormat.Bag)]
    [InlineData(ExportFormat.Zip)]
    public async Task Links_left_under_the_names_of_receipts_and_manifests_are_not_written_through(ExportFormat format)
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync(("outputs/a.bin", 300));
        var precious = Path.Combine(folder.Root, "precious");
        await File.WriteAllTextAsync(precious, "mine");
        var inside = Directory.CreateDirectory(Path.Combine(folder.Out, run.RunId)).FullName;
        string[] names = ["export-receipt.json", "export-receipt.md", "bagit.txt", "manifest-sha256.txt", "export.zip"];
        foreach (var name in names.SelectMany(name => new[] { name, name + ".tmp" }))
        {
            File.CreateSymbolicLink(Path.Combine(inside, name), precious);
            File.CreateSymbolicLink(Path.Combine(folder.Out, name), precious);
        }

        File.CreateSymbolicLink(Path.Combine(folder.Out, run.RunId + ".zip"), precious);
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var plan = await sidecar.PlanAsync(emulator.NodeOf(run.RunId));
        if (format == ExportFormat.Bag)
        {
            // A bag's folder is its own.
            Assert.StartsWith("bag.folderTaken", await sidecar.RefusalAsync(() => sidecar.BeginAsync(plan.PlanId, folder.Out, format: format)), StringComparison.Ordinal);
        }
        else
        {
            await sidecar.BeginAsync(plan.PlanId, folder.Out, format: format);
            Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(plan.PlanId)).State);
        }

        Assert.Equal("mine", await File.ReadAllTextAsync(precious));
        if (format == ExportFormat.Folder)
        {
            Assert.Null(new FileInfo(Path.Combine(inside, "export-receipt.json")).LinkTarget);
            Assert.NotNull(JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(inside, "export-receipt.json"))));
        }
    }

    [Theory]
    [InlineData(ExportFormat.Folder)]
    [InlineData(ExportFormat.Bag)]
    public async Task A_link_in_place_of_the_exports_folder_gets_nothing_not_even_the_receipt(ExportFormat format)
    {
        using var folder = new TestFolder();
        var run = await emulator.AddRunAsync(("outputs/a.bin", 300));
        var elsewhere = Directory.CreateDirectory(Path.Combine(folder.Root, "elsewhere")).FullName;
        Directory.CreateDirectory(folder.Out);
        Directory.CreateSymbolicLink(Path.Combine(folder.Out, run.RunId), elsewhere);
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var plan = await sidecar.PlanAsync(emulator.NodeOf(run.RunId));
        try
        {
            await sidecar.BeginAsync(plan.PlanId, folder.Out, format: format);
            Assert.NotEqual(OperationState.Succeeded, (await sidecar.EndAsync(plan.PlanId)).State);
        }
        catch (RemoteRpcException refused)
        {
            Assert.Equal((ExportFormat.Bag, "bag.folderTaken"), (format, refused.ErrorData?.Code));
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(elsewhere));
    }

    [Theory]
    [InlineData(ExistingFiles.SkipIdentical)]
    [InlineData(ExistingFiles.Replace)]
    [InlineData(ExistingFiles.KeepBoth)]
    public async Task A_link_without_an_end_in_place_of_a_file_is_neither_read_nor_written_through(ExistingFiles existing)
    {
        using var folder = new TestFolder();

        // As long as the link's own text, which is its length.
        var run = await emulator.AddRunAsync(("outputs/a.bin", "/dev/zero".Length));
        var inside = Directory.CreateDirectory(Path.Combine(folder.Out, run.RunId, "outputs")).FullName;
        File.CreateSymbolicLink(Path.Combine(inside, "a.bin"), "/dev/zero");
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var plan = await sidecar.PlanAsync(emulator.NodeOf(run.RunId));
        await sidecar.BeginAsync(plan.PlanId, folder.Out, existing);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(plan.PlanId)).State);
        var written = Assert.Single(Directory.EnumerateFiles(inside), path => new FileInfo(path).LinkTarget is null);
        Assert.Equal("/dev/zero".Length, new FileInfo(written).Length);
    }

    [Theory]
    [InlineData("link:/dev/zero")]
    [InlineData("link:/dev/stdin")]
    [InlineData("fifo")]
    [InlineData("link:/etc/passwd")]
    [InlineData("")]
    [InlineData("[1]")]
    [InlineData("{\"subscription_id\":{},\"resource_group\":\"g\",\"workspace_name\":\"w\"}")]
    [InlineData("{\"subscription_id\":\"s\",\"resource_group\":\"../../evil\",\"workspace_name\":\"w\"}")]
    [InlineData("{\"subscription_id\":\"s\",\"resource_group\":\"g\",\"workspace_name\":\"w?x=https://evil.example\"}")]
    [InlineData("{\"subscription_id\":\"..\",\"resource_group\":\"g\",\"workspace_name\":\"w\"}")]
    public async Task A_config_json_that_is_no_such_file_names_nothing_and_holds_nothing_up(string content)
    {
        using var folder = new TestFolder();
        var path = Path.Combine(Directory.CreateDirectory(folder.Out).FullName, "config.json");
        if (content.StartsWith("link:", StringComparison.Ordinal))
        {
            File.CreateSymbolicLink(path, content[5..]);
        }
        else if (content == "fifo")
        {
            using var made = System.Diagnostics.Process.Start("mkfifo", [path]);
            await made.WaitForExitAsync();
        }
        else
        {
            await File.WriteAllTextAsync(path, content);
        }

        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var found = await WorkspaceAsync(sidecar, folder).WaitAsync(TimeSpan.FromSeconds(120));
        Assert.Null(found.NodeId);
    }

    [Fact]
    public async Task A_config_json_and_references_cannot_lead_a_request_to_another_host()
    {
        using var folder = new TestFolder();
        await using var proxy = new ForwardProxy();
        var config = new JsonObject
        {
            ["subscription_id"] = emulator.Workspace.SubscriptionId,
            ["resource_group"] = "evil.example:443",
            ["workspace_name"] = "@evil.example",
            ["discovery_url"] = "https://evil.example/discovery",
            ["resourceManager"] = "https://evil.example",
            ["authority"] = "https://evil.example",
            ["endpoint"] = "https://evil.example",
        };
        Directory.CreateDirectory(folder.Out);
        await File.WriteAllTextAsync(Path.Combine(folder.Out, "config.json"), config.ToJsonString());
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder, network: new NetworkStart(new NetworkParams(proxy.Address, null, ["<-loopback>"], true, true, null)));
        var found = await WorkspaceAsync(sidecar, folder);
        Assert.NotNull(found.NodeId);
        Assert.DoesNotContain("evil.example/", found.NodeId, StringComparison.Ordinal);
        string[] addresses =
        [
            "azureml://datastores/x/paths/https://evil.example/a",
            "azureml://registries/evil.example%2F/models/m/versions/1",
            "azureml://subscriptions/evil.example/resourcegroups/g/workspaces/w/datastores/d/paths/p",
            "https://evil.example/model.bin",
            "wasbs://c@evil.example/model.bin",
        ];
        var opened = await sidecar.CallAsync(
            "notebook/open",
            new NotebookOpenParams("file:///x.py", 1, [new NotebookCell("c", string.Concat(addresses.Select((address, i) => $"a{i} = \"{address}\"\n")))]),
            Json.NotebookOpenParams, Json.NotebookReferences);
        var assets = opened.Cells.SelectMany(cell => cell.References).Select(reference => reference.Asset).ToList();
        Assert.NotEmpty(assets);
        foreach (var asset in assets)
        {
            try
            {
                await sidecar.CallAsync("notebook/describe", new NotebookDescribeParams(found.NodeId, [asset], true), Json.NotebookDescribeParams, Json.NotebookDescribeResult);
            }
            catch (RemoteRpcException refused)
            {
                Assert.NotEqual("internal.unexpected", refused.ErrorData?.Code);
            }
        }

        Assert.NotEmpty(proxy.Hosts);
        Assert.All(proxy.Hosts, host => Assert.True(host == "localhost" || host.EndsWith(".localhost", StringComparison.Ordinal), host));
    }

    private static Task<NotebookWorkspaceResult> WorkspaceAsync(ExportSidecar sidecar, TestFolder folder) => sidecar.CallAsync(
        "notebook/workspace", new NotebookWorkspaceParams(folder.Out, folder.Out, []), Json.NotebookWorkspaceParams, Json.NotebookWorkspaceResult);
}
