using System.Text.Json.Nodes;
using AmlDataTools.Core.Changes;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Storage;
using Xunit;

namespace AmlDataTools.Core.Tests.Changes.Planning;

/// <summary>Plans of everything but runs, kind by kind, on the sample workspace, which no plan changes.</summary>
[Collection(PlanCollection.Name)]
public sealed class ResourcePlanTests(PlanEmulator emulator)
{
    private static readonly ChangeChoices WithData = ChangeChoices.Default with { IncludeData = true };

    [Fact]
    public async Task A_model_is_deleted_version_by_version_with_just_its_files()
    {
        var planned = await emulator.PlanAsync(OperationVerb.Delete, WithData, null, emulator.Resource(ResourceKind.Model, "image-tagger"), emulator.Resource(ResourceKind.ModelVersion, "image-tagger", "2"));
        var container = planned.Record(ResourceKind.Model, "image-tagger");
        var versions = planned.Items.Where(i => i.Place is null && i.Record?.Kind == ResourceKind.ModelVersion).ToList();
        Assert.Equal(["1", "2"], versions.Select(v => v.Record?.Child).Order(StringComparer.Ordinal));
        Assert.Equal(versions.Select(v => v.Index).Order(), container.After.Order());
        Assert.All(versions, v => Assert.True(v.Stage < container.Stage));
        Assert.Equal(2, planned.Data.Count);
        Assert.All(planned.Data, d => Assert.True(d.Ticked && d.Stage > container.Stage && d.After.Count == 1));
        Assert.Equal(4, planned.Ticked.Count);
        Assert.All(planned.Ticked, blob => Assert.Matches("^LocalUpload/[0-9a-f]+/model/(model.pkl|MLmodel)$", blob));
        Assert.Equal("image-tagger", planned.Plan.NameToType);
        Assert.Equal("Delete image-tagger", planned.Plan.Title);
        Assert.Single(planned.Plan.Retentions);
        Assert.NotEmpty(planned.Plan.Survivors);
    }

    [Fact]
    public async Task Data_that_another_version_refers_to_is_kept()
    {
        var name = "twin" + Guid.NewGuid().ToString("N")[..6];
        var folder = $"shared/{name}";
        foreach (var file in new[] { $"{folder}/a.bin", $"{folder}x/b.bin" })
        {
            await BlobAsync(file);
        }

        await emulator.PutAsync($"models/{name}", []);
        await emulator.PutAsync($"models/{name}/versions/1", new JsonObject { ["modelType"] = "custom_model", ["modelUri"] = $"azureml://datastores/workspaceblobstore/paths/{folder}" });
        await emulator.PutAsync($"data/{name}", new JsonObject { ["dataType"] = "uri_folder" });
        await emulator.PutAsync($"data/{name}/versions/1", new JsonObject { ["dataType"] = "uri_folder", ["dataUri"] = $"azureml://datastores/workspaceblobstore/paths/{folder}/" });
        var alone = await emulator.PlanAsync(OperationVerb.Delete, WithData, null, emulator.Resource(ResourceKind.ModelVersion, name, "1"));
        var data = Assert.Single(alone.Data);
        Assert.Equal((false, true, true), (data.Ticked, data.NeedsName, data.CanTick));
        Assert.Contains(data.Details, line => line.Contains($"data asset version {name}:1", StringComparison.Ordinal));
        Assert.Equal([$"{folder}/a.bin"], alone.All);

        var both = await emulator.PlanAsync(OperationVerb.Delete, WithData, null, emulator.Resource(ResourceKind.ModelVersion, name, "1"), emulator.Resource(ResourceKind.DataVersion, name, "1"));
        Assert.Equal(2, Assert.Single(both.Data).After.Count);
        Assert.Equal([$"{folder}/a.bin"], both.Ticked);
    }

    [Fact]
    public async Task A_data_asset_is_archived_instead_and_says_so()
    {
        var planned = await emulator.PlanAsync(OperationVerb.Delete, WithData, null, emulator.Resource(ResourceKind.DataAsset, "loans"));
        var record = planned.Record(ResourceKind.DataAsset, "loans");
        Assert.Equal((ChangeAction.Archive, true), (record.Action, record.Ticked));
        Assert.Contains("does not delete", record.Note, StringComparison.Ordinal);
        Assert.Equal(2, planned.All.Count);
        Assert.All(planned.All, blob => Assert.EndsWith("_loans/loans.csv", blob, StringComparison.Ordinal));
        Assert.All(planned.Data, d => Assert.Equal([record.Index], d.After));
    }

    [Theory]
    [InlineData("", "whole datastore")]
    [InlineData("LocalUpload/", "many things")]
    [InlineData("azureml", "many things")]
    [InlineData("x/../y/", "dots")]
    [InlineData("x/*.csv", "pattern")]
    public async Task Data_at_a_place_that_is_not_its_own_is_never_taken(string path, string why)
    {
        var name = "wide" + Guid.NewGuid().ToString("N")[..6];
        await emulator.PutAsync($"data/{name}", new JsonObject { ["dataType"] = "uri_folder" });
        await emulator.PutAsync($"data/{name}/versions/1", new JsonObject { ["dataType"] = "uri_folder", ["dataUri"] = $"azureml://datastores/workspaceblobstore/paths/{path}" });
        try
        {
            var planned = await emulator.PlanAsync(OperationVerb.Delete, WithData, null, emulator.Resource(ResourceKind.DataVersion, name, "1"));
            Assert.Empty(planned.All);
            var data = Assert.Single(planned.Data);
            Assert.Contains(why, data.Refused, StringComparison.Ordinal);
            Assert.Equal((false, false), (data.Ticked, data.CanTick));
        }
        finally
        {
            // Left there it would refer to everything that other tests plan.
            await emulator.PutAsync($"data/{name}/versions/1", new JsonObject { ["dataType"] = "uri_folder", ["dataUri"] = "https://example.com/nowhere" });
        }
    }

    [Fact]
    public async Task An_endpoints_deployments_are_shown_with_their_traffic()
    {
        await emulator.PutAsync("onlineEndpoints/credit-scoring/deployments/blue", new JsonObject { ["endpointComputeType"] = "Managed" });
        await emulator.PutAsync("onlineEndpoints/credit-scoring/deployments/green", new JsonObject { ["endpointComputeType"] = "Managed" });
        var planned = await emulator.PlanAsync(OperationVerb.Delete, null, null, emulator.Resource(ResourceKind.OnlineEndpoint, "credit-scoring"), emulator.Resource(ResourceKind.OnlineDeployment, "credit-scoring", "green"));
        var endpoint = planned.Record(ResourceKind.OnlineEndpoint, "credit-scoring");
        Assert.True(planned.Record(ResourceKind.OnlineDeployment, "credit-scoring", "green").Stage < endpoint.Stage);
        var blue = planned.Record(ResourceKind.OnlineDeployment, "credit-scoring", "blue");
        Assert.True(blue.Stage > endpoint.Stage);
        Assert.Equal([endpoint.Index], blue.After);
        Assert.Contains(endpoint.Details, line => line.Contains("blue: 100 %", StringComparison.Ordinal));
        var problem = await Assert.ThrowsAsync<ProblemException>(() => emulator.PlanAsync(OperationVerb.Delete, null, null, emulator.Resource(ResourceKind.OnlineDeployment, "credit-scoring", "blue")));
        Assert.Contains("traffic", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_kind_cannot_do_is_refused_with_what_to_do_instead()
    {
        var planned = await emulator.PlanAsync(
            OperationVerb.Archive, null, null, emulator.Resource(ResourceKind.Compute, "cpu-cluster"), emulator.Resource(ResourceKind.ModelVersion, "churn-model", "1"), emulator.Resource(ResourceKind.ModelVersion, "credit-scoring-model", "1"));
        var compute = planned.Record(ResourceKind.Compute, "cpu-cluster");
        Assert.Equal((false, false), (compute.Ticked, compute.CanTick));
        Assert.Contains("delete it instead", compute.Refused, StringComparison.Ordinal);
        Assert.True(planned.Record(ResourceKind.ModelVersion, "churn-model", "1").Ticked);
        Assert.Equal(ChangeAction.Keep, planned.Record(ResourceKind.ModelVersion, "credit-scoring-model", "1").Action);
        Assert.Equal(2, planned.Plan.Items);
        var problem = await Assert.ThrowsAsync<ProblemException>(() => emulator.PlanAsync(OperationVerb.Unregister, null, null, emulator.Resource(ResourceKind.Compute, "cpu-cluster")));
        Assert.Equal("change.nothingPossible", problem.Code);
    }

    [Fact]
    public async Task The_default_datastore_stays_and_others_are_unregistered_last()
    {
        var problem = await Assert.ThrowsAsync<ProblemException>(() => emulator.PlanAsync(OperationVerb.Unregister, null, null, emulator.Resource(ResourceKind.Datastore, "workspaceblobstore")));
        Assert.Contains("default", problem.Message, StringComparison.Ordinal);
        var planned = await emulator.PlanAsync(OperationVerb.Delete, WithData, null, emulator.Resource(ResourceKind.Datastore, "partner_data"), emulator.Resource(ResourceKind.ModelVersion, "churn-model", "1"));
        var store = planned.Record(ResourceKind.Datastore, "partner_data");
        Assert.Equal(ChangeAction.Unregister, store.Action);
        Assert.All(planned.Data, d => Assert.True(d.Stage < store.Stage));
        Assert.DoesNotContain(planned.Data, d => d.Record?.Name == "partner_data");
    }

    [Theory]
    [InlineData("workspaceartifactstore")]
    [InlineData("workspacefilestore")]
    [InlineData("workspaceworkingdirectory")]
    [InlineData("WorkspaceArtifactStore")]
    public async Task Datastores_made_with_the_workspace_stay(string name)
    {
        var made = name is "workspacefilestore" or "workspaceworkingdirectory";
        if (made)
        {
            await emulator.ControlAsync(HttpMethod.Post, "resources", new JsonObject
            {
                ["path"] = $"datastores/{name}",
                ["body"] = new JsonObject { ["properties"] = new JsonObject { ["datastoreType"] = "AzureFile", ["accountName"] = "a", ["fileShareName"] = "s", ["isDefault"] = false } },
            });
        }

        foreach (var verb in new[] { OperationVerb.Unregister, OperationVerb.Delete })
        {
            var planned = await emulator.PlanAsync(verb, WithData, null, emulator.Resource(ResourceKind.Datastore, name), emulator.Resource(ResourceKind.Datastore, "partner_data"));
            var store = planned.Items.Single(i => name.Equals(i.Record?.Name, StringComparison.OrdinalIgnoreCase));
            Assert.Equal((false, false), (store.Ticked, store.CanTick));
            Assert.Contains("made with the workspace", store.Refused, StringComparison.Ordinal);
        }

        if (made)
        {
            await emulator.ControlAsync(HttpMethod.Delete, "resources", new JsonObject { ["path"] = $"datastores/{name}" });
        }
    }

    [Fact]
    public async Task A_folder_of_a_run_is_deleted_and_nothing_beside_it()
    {
        var id = await emulator.AddRunAsync(new JsonObject { ["files"] = new JsonArray(new JsonObject { ["path"] = "outputs/a/1.txt", ["size"] = 1 }, new JsonObject { ["path"] = "outputs/ab/2.txt", ["size"] = 1 }) });
        var place = new FileLocation(emulator.Workspace, "workspaceartifactstore", $"ExperimentRun/dcid.{id}/outputs/a/", $"dcid.{id}");
        var planned = await emulator.PlanAsync(OperationVerb.Delete, null, null, new FolderTarget(place, id));
        Assert.Equal([$"ExperimentRun/dcid.{id}/outputs/a/1.txt"], planned.Ticked);
        Assert.Equal("Delete a", planned.Plan.Title);
        Assert.Equal("a", planned.Plan.NameToType);
        var item = Assert.Single(planned.Items);
        Assert.Null(item.Record);
        var problem = await Assert.ThrowsAsync<ProblemException>(() => emulator.PlanAsync(OperationVerb.Archive, null, null, new FolderTarget(place, id)));
        Assert.Equal("change.notPossible", problem.Code);
    }

    [Fact]
    public async Task Unreferenced_leaves_out_what_is_referred_to_and_keeps_data_when_not_everything_can_be_read()
    {
        var name = "lone" + Guid.NewGuid().ToString("N")[..6];
        await emulator.PutAsync($"models/{name}", []);
        await BlobAsync($"lonely/{name}/m.bin");
        foreach (var version in new[] { "1", "2" })
        {
            await emulator.PutAsync($"models/{name}/versions/{version}", new JsonObject { ["modelType"] = "custom_model", ["modelUri"] = $"azureml://datastores/workspaceblobstore/paths/lonely/{name}{(version == "2" ? "-2" : string.Empty)}/" });
        }

        await emulator.PutAsync("onlineEndpoints/credit-scoring/deployments/user", new JsonObject { ["endpointComputeType"] = "Managed", ["model"] = $"{emulator.Workspace.ResourceId}/models/{name}/versions/2" });
        var planned = await emulator.PlanAsync(OperationVerb.Delete, null, new BulkFilter(null, [], null, null, null, true), emulator.Resource(ResourceKind.Model, name));
        Assert.Equal([(name, "1")], planned.Items.Select(i => (i.Record?.Name ?? string.Empty, i.Record?.Child ?? string.Empty)));

        await emulator.ControlAsync(HttpMethod.Post, "faults", new JsonObject { ["match"] = new JsonObject { ["pathContains"] = "/jobs?" }, ["times"] = 50, ["action"] = new JsonObject { ["kind"] = "status", ["status"] = 403 } });
        try
        {
            var kept = await emulator.PlanAsync(OperationVerb.Delete, WithData, null, emulator.Resource(ResourceKind.ModelVersion, name, "1"));
            var data = Assert.Single(kept.Data);
            Assert.Equal((false, true), (data.Ticked, data.NeedsName));
            Assert.Contains(kept.Plan.Warnings, w => w.Code == "data.referencesUnread");
        }
        finally
        {
            await emulator.ControlAsync(HttpMethod.Delete, "faults", null);
        }
    }

    private Task BlobAsync(string name)
    {
        var store = emulator.Connection.Workspace(emulator.Workspace).Arm.GetDatastoreAsync("workspaceblobstore", CancellationToken.None);
        return Put();

        async Task Put()
        {
            var found = await store;
            await emulator.ControlAsync(HttpMethod.Post, "blobs", new JsonObject { ["account"] = found.AccountName, ["container"] = found.ContainerName, ["name"] = name, ["size"] = 7 });
        }
    }
}
