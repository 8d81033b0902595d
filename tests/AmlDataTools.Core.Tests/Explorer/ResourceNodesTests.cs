using System.Text.Json;
using System.Text.Json.Nodes;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.V1;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Explorer.Nodes;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Tests.Resources;
using Xunit;

namespace AmlDataTools.Core.Tests.Explorer;

/// <summary>What a node says of a thing and what it lets one do.</summary>
public sealed class ResourceNodesTests
{
    private const string Query = "?wsid=/subscriptions/s/resourcegroups/g/workspaces/w&tid=t";

    private static readonly ResourceNodes Nodes = new(
        new StudioLinks(new Uri("https://ml.azure.com")), new StillClock(new DateTimeOffset(2026, 1, 1, 12, 30, 0, TimeSpan.Zero)));

    [Theory]
    [InlineData(ResourceKind.Model, null, """{"latestVersion":"3"}""", "latest 3, 2 h ago", "package", "model/n:3/details")]
    [InlineData(ResourceKind.Model, null, "{}", "2 h ago", "package", "model/list")]
    [InlineData(ResourceKind.ModelVersion, "7", """{"stage":"Production","modelType":"mlflow_model"}""", "Production, mlflow_model, 2 h ago, Ada Example", "tag", "model/n:7/details")]
    [InlineData(ResourceKind.DataAsset, null, """{"dataType":"UriFolder","latestVersion":"2"}""", "UriFolder, latest 2, 2 h ago", "folder", "data/n/2/details")]
    [InlineData(ResourceKind.DataVersion, "7", """{"dataType":"uri_file","dataUri":"azureml://x"}""", "uri_file, 2 h ago, Ada Example", "file", "data/n/7/details")]
    [InlineData(ResourceKind.DataVersion, "7", """{"dataType":"mltable"}""", "mltable, 2 h ago, Ada Example", "table", "data/n/7/details")]
    [InlineData(ResourceKind.Compute, null, """{"computeType":"AmlCompute","provisioningState":"Succeeded","properties":{"vmSize":"DS3","allocationState":"Steady","currentNodeCount":1,"scaleSettings":{"maxNodeCount":8}}}""", "cluster, DS3, 1 of 8 nodes, Steady, 2 h ago", "server-environment", "compute/n/details")]
    [InlineData(ResourceKind.Compute, null, """{"computeType":"ComputeInstance","properties":{"vmSize":"DS11","state":"Running"}}""", "instance, DS11, Running, 2 h ago", "vm-running", "compute/n/details")]
    [InlineData(ResourceKind.Compute, null, """{"computeType":"Databricks","provisioningState":"Failed","isAttachedCompute":true}""", "attached Databricks, Failed, 2 h ago", "plug", "compute/n/details")]
    [InlineData(ResourceKind.OnlineEndpoint, null, """{"traffic":{"blue":90,"green":10,"old":0},"provisioningState":"Succeeded"}""", "online, blue 90 %, green 10 %, 2 h ago", "broadcast", "endpoints/realtime/n/detail")]
    [InlineData(ResourceKind.OnlineEndpoint, null, """{"traffic":{},"provisioningState":"Failed"}""", "online, no traffic, Failed, 2 h ago", "broadcast", "endpoints/realtime/n/detail")]
    [InlineData(ResourceKind.BatchEndpoint, null, """{"defaults":{"deploymentName":"d"},"provisioningState":"Succeeded"}""", "batch, default d, 2 h ago", "inbox", "endpoints/batch/n/detail")]
    [InlineData(ResourceKind.OnlineDeployment, "blue", """{"instanceType":"F4","provisioningState":"Updating"}""", "F4, Updating, 2 h ago, Ada Example", "rocket", "endpoints/realtime/n/detail")]
    [InlineData(ResourceKind.BatchDeployment, "d", """{"compute":"/x/computes/cpu","provisioningState":"Succeeded"}""", "cpu, 2 h ago, Ada Example", "rocket", "endpoints/batch/n/detail")]
    [InlineData(ResourceKind.Schedule, null, """{"isEnabled":true,"trigger":{"triggerType":"Cron","expression":"15 2 * * *","timeZone":"UTC"}}""", "enabled, cron 15 2 * * * UTC, 2 h ago", "watch", "schedule/n/details/overview")]
    [InlineData(ResourceKind.Schedule, null, """{"isEnabled":false,"trigger":{"triggerType":"Recurrence","frequency":"Week","interval":2,"timeZone":"UTC","schedule":{"hours":[2],"minutes":[15],"weekDays":["Monday"]}}}""", "disabled, every 2 weeks on Monday at 02:15 UTC, 2 h ago", "watch", "schedule/n/details/overview")]
    [InlineData(ResourceKind.Environment, null, """{"latestVersion":"4"}""", "latest 4, 2 h ago", "layers", "environments/n/version/4")]
    [InlineData(ResourceKind.EnvironmentVersion, "4", """{"image":"x"}""", "2 h ago, Ada Example", "tag", "environments/n/version/4")]
    [InlineData(ResourceKind.Component, null, """{"latestVersion":"1"}""", "latest 1, 2 h ago", "extensions", null)]
    [InlineData(ResourceKind.ComponentVersion, "1", """{"componentSpec":{"type":"pipeline","display_name":"Train"}}""", "pipeline, 2 h ago, Ada Example", "tag", null)]
    [InlineData(ResourceKind.Datastore, null, """{"datastoreType":"AzureBlob","accountName":"acc","containerName":"c","isDefault":true}""", "default, blob container, acc/c, 2 h ago", "database", "data/datastore/n/edit")]
    public void A_node_says_what_one_compares(ResourceKind kind, string? child, string properties, string description, string icon, string? page)
    {
        var node = Nodes.Resource(Listed(kind, child, properties));
        Assert.Equal((description, icon), (node.Description, node.Icon));
        Assert.Equal(page is null ? null : $"https://ml.azure.com/{page}{Query}", node.Resource?.StudioUrl);
        Assert.Equal(page is not null, node.Actions.Contains(NodeAction.OpenInStudio));
        Assert.Contains(ResourceCatalog.Of(kind).Singular, node.AccessibilityLabel, StringComparison.Ordinal);
        Assert.Contains("Created: 2026-01-01 10:30 UTC", node.Tooltip, StringComparison.Ordinal);
        Assert.Contains("Tags: a, team=red", Nodes.Resource(Listed(kind, child, properties, tags: true)).Tooltip, StringComparison.Ordinal);
        Assert.Equal(ResourcePlaces.ContentOf(kind) is null && kind != ResourceKind.Datastore ? NodeExpansion.None : NodeExpansion.Collapsed, node.Expansion);
        Assert.Equal(new ResourceTarget(Listed(kind, child, "{}").Address, null), NodeTargets.Parse(node.Id));
        Assert.Equal(kind.ToString(), node.Kind.ToString());
        Assert.Equal(kind is ResourceKind.Model or ResourceKind.DataAsset or ResourceKind.Environment or ResourceKind.Component, node.Actions.Contains(NodeAction.ChangeMatching));
    }

    [Theory]
    [InlineData(ResourceKind.Model, null, "Download Archive Delete", "Download Restore Delete")]
    [InlineData(ResourceKind.ModelVersion, "1", "Download Archive Delete", "Download Restore Delete")]
    [InlineData(ResourceKind.DataAsset, null, "Download Archive DeleteData", "Download Restore DeleteData")]
    [InlineData(ResourceKind.DataVersion, "1", "Download Archive DeleteData", "Download Restore DeleteData")]
    [InlineData(ResourceKind.Dataset, null, "Download Unregister DeleteData", "Download Unregister DeleteData")]
    [InlineData(ResourceKind.Compute, null, "Delete", "Delete")]
    [InlineData(ResourceKind.OnlineEndpoint, null, "Delete", "Delete")]
    [InlineData(ResourceKind.OnlineDeployment, "1", "Delete", "Delete")]
    [InlineData(ResourceKind.BatchEndpoint, null, "Delete", "Delete")]
    [InlineData(ResourceKind.BatchDeployment, "1", "Delete", "Delete")]
    [InlineData(ResourceKind.WebService, null, "Delete", "Delete")]
    [InlineData(ResourceKind.PipelineEndpoint, null, "Archive", "Restore")]
    [InlineData(ResourceKind.PublishedPipeline, null, "Archive", "Restore")]
    [InlineData(ResourceKind.Schedule, null, "Delete", "Delete")]
    [InlineData(ResourceKind.Environment, null, "Archive Delete", "Restore Delete")]
    [InlineData(ResourceKind.EnvironmentVersion, "1", "Archive Delete", "Restore Delete")]
    [InlineData(ResourceKind.Component, null, "Archive Delete", "Restore Delete")]
    [InlineData(ResourceKind.ComponentVersion, "1", "Archive Delete", "Restore Delete")]
    [InlineData(ResourceKind.Datastore, null, "Unregister", "Unregister")]
    public void A_node_offers_what_the_table_allows(ResourceKind kind, string? child, string active, string archived)
    {
        Assert.Equal(active, string.Join(' ', ResourceActions.Of(Listed(kind, child, "{}"), containerArchived: false)));
        Assert.Equal(archived, string.Join(' ', ResourceActions.Of(Listed(kind, child, """{"isArchived":true}"""), containerArchived: false)));
    }

    [Theory]
    [InlineData(ResourceKind.Compute, """{"computeType":"Databricks"}""", "Detach")]
    [InlineData(ResourceKind.Compute, """{"computeType":"AKS","isAttachedCompute":true}""", "Detach")]
    [InlineData(ResourceKind.Compute, """{"computeType":"AKS","isAttachedCompute":false}""", "Delete")]
    [InlineData(ResourceKind.Datastore, """{"isDefault":true}""", "")]
    public void State_decides_where_the_kind_alone_does_not(ResourceKind kind, string properties, string actions)
        => Assert.Equal(actions, string.Join(' ', ResourceActions.Of(Listed(kind, null, properties), containerArchived: false)));

    [Fact]
    public void A_deployment_tells_its_share_of_the_traffic()
    {
        using var endpoint = JsonDocument.Parse("""{"traffic":{"Blue":90,"green":10},"defaults":{"deploymentName":"blue"}}""");
        Assert.StartsWith("90 % of traffic", Nodes.Resource(Listed(ResourceKind.OnlineDeployment, "blue", "{}"), endpoint: endpoint.RootElement).Description, StringComparison.Ordinal);
        Assert.StartsWith("0 % of traffic", Nodes.Resource(Listed(ResourceKind.OnlineDeployment, "red", "{}"), endpoint: endpoint.RootElement).Description, StringComparison.Ordinal);
        Assert.StartsWith("default", Nodes.Resource(Listed(ResourceKind.BatchDeployment, "blue", "{}"), endpoint: endpoint.RootElement).Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Pipelines_of_the_same_name_are_two_nodes()
    {
        using var document = JsonDocument.Parse("""[{"Id":"p1","Name":"a/b"},{"Id":"p2","Name":"a/b"}]""");
        var nodes = document.RootElement.EnumerateArray()
            .Select(raw => Nodes.Resource(ListedResource.From(FakeAzure.Workspace, new PipelineDocument(PipelineKind.Pipeline, raw)) ?? throw new InvalidOperationException())).ToList();
        Assert.NotEqual(nodes[0].Id, nodes[1].Id);
        Assert.Equal(("a/b", "p1"), (nodes[0].Label, nodes[0].Resource?.Name));
        Assert.Contains(NodeAction.Archive, nodes[0].Actions);
        Assert.Equal($"https://ml.azure.com/pipelines/p1{Query}", nodes[0].Resource?.StudioUrl);
    }

    [Theory]
    [InlineData("a/b", false)]
    [InlineData("..", false)]
    [InlineData("a\\b", false)]
    [InlineData("100%2F..", true)]
    [InlineData("日本語 & é", true)]
    [InlineData("...x", true)]
    public void Hostile_names_are_shown_and_only_safe_ones_can_be_touched(string name, bool touchable)
    {
        var node = Nodes.Resource(Named(name));
        Assert.Equal(name, node.Label);
        Assert.Equal(touchable, node.Actions.Contains(NodeAction.Delete));
        Assert.Equal(touchable ? NodeExpansion.Collapsed : NodeExpansion.None, node.Expansion);
        Assert.Equal(touchable, node.Resource?.ResourceId is not null);
        Assert.Equal(!touchable, node.Tooltip?.Contains("cannot be part of an address", StringComparison.Ordinal));
        Assert.Equal(name, Assert.IsType<ResourceTarget>(NodeTargets.Parse(node.Id)).Resource.Name);
    }

    [Fact]
    public void A_name_that_no_id_can_hold_is_not_shown()
    {
        Assert.False(ResourceNodes.CanShow(Named("\ud800x")));
        Assert.False(ResourceNodes.CanShow(Named(new string('x', 5000))));
        Assert.True(ResourceNodes.CanShow(Named(new string('日', 3999))));
        Assert.Equal(NodeKind.Model, Nodes.Resource(Named(new string('日', 3999))).Kind);
    }

    [Fact]
    public void A_signature_in_an_address_is_not_shown()
    {
        var node = Nodes.Resource(Listed(ResourceKind.DataVersion, "1", """{"dataUri":"https://a.blob.core.windows.net/c/x?sv=1&sig=secret"}"""));
        Assert.Contains("Path: https://a.blob.core.windows.net/c/x\n", node.Tooltip, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", node.Tooltip, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model/a:b:3/details", ResourceKind.ModelVersion, "a:b", "3")]
    [InlineData("model/a/versions", ResourceKind.Model, "a", null)]
    [InlineData("data/d/2/details", ResourceKind.DataVersion, "d", "2")]
    [InlineData("data/d/latest/details", ResourceKind.DataAsset, "d", null)]
    [InlineData("data/datastore/store/edit", ResourceKind.Datastore, "store", null)]
    [InlineData("dataset/d/latest/details", ResourceKind.Dataset, "d", null)]
    [InlineData("compute/c/details", ResourceKind.Compute, "c", null)]
    [InlineData("endpoints/realtime/e/detail", ResourceKind.OnlineEndpoint, "e", null)]
    [InlineData("endpoints/batch/e/detail", ResourceKind.BatchEndpoint, "e", null)]
    [InlineData("environments/e/version/2", ResourceKind.EnvironmentVersion, "e", "2")]
    [InlineData("schedule/s/details/overview", ResourceKind.Schedule, "s", null)]
    public void Addresses_of_studio_name_things(string page, ResourceKind kind, string name, string? child)
    {
        var place = LocateText.Parse($"https://ml.azure.com/{page}?wsid=/subscriptions/s/resourcegroups/g/workspaces/w&tid=t", null);
        Assert.Equal(new ResourceAddress(FakeAzure.Workspace, kind, name, child), place.Resource);
    }

    [Theory]
    [InlineData("azureml://subscriptions/s/resourcegroups/g/workspaces/w/models/m/versions/3")]
    [InlineData("azureml:/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/models/m/versions/3")]
    [InlineData("/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/models/m/versions/3/")]
    public void Ids_of_assets_name_things(string text)
        => Assert.Equal(new ResourceAddress(FakeAzure.Workspace with { TenantId = null }, ResourceKind.ModelVersion, "m", "3"), LocateText.Parse(text, null).Resource);

    [Theory]
    [InlineData("model/list")]
    [InlineData("compute/list/instances")]
    [InlineData("home")]
    public void A_page_of_many_things_is_the_workspace(string page)
    {
        var place = LocateText.Parse($"https://ml.azure.com/{page}?wsid=/subscriptions/s/resourcegroups/g/workspaces/w", null);
        Assert.Null(place.Resource);
        Assert.Equal("w", place.Workspace.Name);
    }

    [Fact]
    public void A_name_that_would_be_another_address_is_not_understood()
        => Assert.Equal("locate.notUnderstood", Assert.Throws<ProblemException>(() => LocateText.Parse("https://ml.azure.com/compute/%2e%2e%5C/details?wsid=/subscriptions/s/resourcegroups/g/workspaces/w", null)).Code);

    private static ListedResource Named(string name)
    {
        var raw = JsonSerializer.SerializeToElement(new { });
        return new ListedResource(new ResourceAddress(FakeAzure.Workspace, ResourceKind.Model, name, null), null, name, null, null, null, null, null, false, new Dictionary<string, string>(), raw);
    }

    private static ListedResource Listed(ResourceKind kind, string? child, string properties, bool tags = false)
    {
        var inner = JsonNode.Parse(properties)?.AsObject() ?? [];
        if (tags)
        {
            inner["tags"] = new JsonObject { ["team"] = "red", ["azureml.x"] = "hidden", ["a"] = string.Empty };
        }

        using var document = JsonDocument.Parse(FakeResources.Item(child is null ? "c/n" : $"c/n/v/{child}", inner).ToJsonString());
        return ListedResource.From(FakeAzure.Workspace, kind, child is null ? null : "n", new ArmResource(document.RootElement.Clone())) ?? throw new InvalidOperationException("It has a name.");
    }
}
