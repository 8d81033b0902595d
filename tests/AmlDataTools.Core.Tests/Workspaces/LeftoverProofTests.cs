using System.Text.Json;
using System.Text.Json.Nodes;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Arm.Dependents;
using AmlDataTools.Core.Workspaces.Leftovers;
using Xunit;

namespace AmlDataTools.Core.Tests.Workspaces;

/// <summary>What deployments, containers and names say of a resource, and what they do not.</summary>
public sealed class LeftoverProofTests
{
    private const string Root = "/subscriptions/s/resourceGroups/g/providers/";
    private const string Workspace = Root + "Microsoft.MachineLearningServices/workspaces/ws";
    private const string Hub = Root + "Microsoft.MachineLearningServices/workspaces/hub";
    private const string Storage = Root + "Microsoft.Storage/storageAccounts/acct";
    private const string Vault = Root + "Microsoft.KeyVault/vaults/kv";
    private const string Logs = Root + "Microsoft.OperationalInsights/workspaces/logs";
    private const string Insights = Root + "microsoft.insights/components/ai";
    private static readonly DateTimeOffset Noon = new(2025, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_workspace_needs_what_it_depends_on_also_by_way_of_something_else()
    {
        var links = Links([Workspace, Storage, Vault, Insights, Logs], (Workspace, [Storage, Insights.ToUpperInvariant()]), (Insights, [Logs]));
        Assert.Equal([(Storage, true), (Vault, false), (Insights, true), (Logs, true)], links.Select(one => (one.Resource.ResourceId, one.Link.IsNeeded)));
    }

    [Fact]
    public void What_a_hub_needs_is_not_its_projects()
    {
        var links = Links([Workspace, Hub, Storage], (Workspace, [Hub]), (Hub, [Storage]));
        Assert.Equal(Storage, Assert.Single(links, one => one.Link is { IsNeeded: true, Workspace.Name: "hub" }).Resource.ResourceId);
        Assert.DoesNotContain(links, one => one.Link is { IsNeeded: true, Workspace.Name: "ws" });
    }

    [Fact]
    public void Of_two_of_a_kind_nothing_is_said_and_without_a_workspace_neither()
    {
        Assert.Empty(Links([Workspace, Vault, Vault + "2"]));
        Assert.Empty(Links([Storage, Vault], (Storage, [Vault])));
        Assert.Empty(Links([Workspace + "/computes/c", Vault]));

        // Named as a need of something, but not made by the deployment: it was there before.
        Assert.Empty(Links([Workspace], (Insights, [Vault])));
    }

    [Fact]
    public void Containers_tell_default_stores_from_those_of_projects_and_from_others()
    {
        const string id = "0f0f0f0f-1111-4222-8333-444444444444";
        var found = AccountContainers.Of(["azureml", "azureml-blobstore-" + id, "azureml-blobstore-mine", id + "-azureml-blobstore", id + "-agents-blobstore", "insights-logs-audit", "revisions", "raw"]);
        Assert.Equal([id], found.WorkspaceIds);
        Assert.Equal([id], found.ProjectIds);
        Assert.Equal(["azureml-blobstore-mine", "raw"], found.Others);
    }

    [Theory]
    [InlineData("teamalphstorage123456789", "teamalphkeyvault0a1b2c3d", DependentKind.KeyVault, 1, true)]
    [InlineData("mlstorage123456789012345", "mlkeyvault0a1b2c3d4e5f60", DependentKind.KeyVault, 29, true)]
    [InlineData("teamalphstorage123456789", "teamalphkeyvault0a1b2c3d", DependentKind.KeyVault, 31, false)]
    [InlineData("teamalphstorage123456789", "teambetakeyvault0a1b2c3d", DependentKind.KeyVault, 1, false)]
    [InlineData("teamalphstorage123456789", "teamalphkeyvaultZZZZZZZZ", DependentKind.KeyVault, 1, false)]
    [InlineData("teamalphstorage123456789", "teamalphkeyvault0a1b", DependentKind.KeyVault, 1, false)]
    [InlineData("teamalphstorage123456789", "teamalphlogalyti0a1b2c3d", DependentKind.LogAnalytics, 1, true)]
    [InlineData("teamalpha1234567890", "teamalpha1234567890", DependentKind.ApplicationInsights, 1, true)]
    [InlineData("teamalpha1234567890", "teamalpha1234567891", DependentKind.KeyVault, 1, false)]
    [InlineData("teamalpha", "teamalpha", DependentKind.KeyVault, 1, false)]
    public void Names_are_of_one_making_or_not(string account, string other, DependentKind kind, int minutes, bool expected) =>
        Assert.Equal(expected, NameProofs.AreOfOne(Listed(DependentKind.StorageAccount, account, 0), Listed(kind, other, minutes)));

    /// <summary>Whatever it names counts as used: the vault of its own key, and the accounts behind a registry's regions.</summary>
    [Fact]
    public void All_resources_a_document_names_are_found()
    {
        var json = new JsonObject
        {
            ["properties"] = new JsonObject
            {
                ["storageAccount"] = Storage,
                ["encryption"] = new JsonObject { ["keyVaultProperties"] = new JsonObject { ["keyVaultArmId"] = Vault, ["keyIdentifier"] = "https://kv.vault.azure.net/keys/k" } },
                ["regionDetails"] = new JsonArray(new JsonObject
                {
                    ["acrDetails"] = new JsonArray(new JsonObject { ["userCreatedAcrAccount"] = new JsonObject { ["armResourceId"] = new JsonObject { ["resourceId"] = Root + "Microsoft.ContainerRegistry/registries/acr" } } }),
                }),
                ["hubResourceId"] = Hub,
            },
        };
        var document = new WorkspaceDocument(JsonDocument.Parse(json.ToJsonString()).RootElement);
        Assert.Equal([Storage, Vault, Root + "Microsoft.ContainerRegistry/registries/acr"], document.NamedResources.Select(one => one.ResourceId));
    }

    private static List<(DependentRef Resource, DeploymentLink Link)> Links(IReadOnlyList<string> made, params (string Id, IReadOnlyList<string> On)[] dependencies) =>
        [.. DeploymentProofs.Read(new DeploymentRecord("d", Noon, made, dependencies), "t").DistinctBy(one => (one.Resource, one.Link.Workspace, one.Link.IsNeeded))];

    private static ListedDependent Listed(DependentKind kind, string name, int minutes) =>
        new(DependentRef.FromResourceId($"{Root}{DependentRef.ResourceType(kind)}/{name}") ?? throw new InvalidOperationException(name), "eastus", "Succeeded", Noon.AddMinutes(minutes), null);
}
