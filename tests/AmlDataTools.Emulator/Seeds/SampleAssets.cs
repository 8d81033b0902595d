using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.ResourceManager;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Seeds;

/// <summary>Models, data, environments, components, computes, endpoints and schedules of the sample workspace.</summary>
internal static class SampleAssets
{
    /// <summary>Adds everything.</summary>
    public static void Add(Seeder seeder, Workspace workspace, DateTimeOffset now)
    {
        var place = $"azureml://subscriptions/{workspace.SubscriptionId}/resourceGroups/{workspace.ResourceGroup}/workspaces/{workspace.Name}/datastores/workspaceblobstore/paths/";
        void Put(string path, string type, JsonObject properties, Person by, int days) =>
            workspace.Resources.Put(path, ResourceRoutes.Envelope(workspace, path, type, properties, by.Name, now.AddDays(-days)));
        void Asset(string kind, string name, int versions, Func<int, JsonObject> version, JsonObject? more = null)
        {
            var container = new JsonObject
            {
                ["description"] = null,
                ["tags"] = new JsonObject(),
                ["properties"] = new JsonObject(),
                ["isArchived"] = false,
                ["latestVersion"] = versions.ToString(System.Globalization.CultureInfo.InvariantCulture),
                ["nextVersion"] = (versions + 1).ToString(System.Globalization.CultureInfo.InvariantCulture),
            };
            foreach (var (key, value) in more ?? [])
            {
                container[key] = value?.DeepClone();
            }

            Put($"{kind}/{name}", kind, container, PeopleDirectory.Ada, 60);
            for (var v = 1; v <= versions; v++)
            {
                var properties = new JsonObject { ["description"] = null, ["tags"] = new JsonObject(), ["properties"] = new JsonObject(), ["isArchived"] = v == 1 && versions > 2, ["isAnonymous"] = false };
                foreach (var (key, value) in version(v))
                {
                    properties[key] = value?.DeepClone();
                }

                Put($"{kind}/{name}/versions/{v}", kind + "/versions", properties, v % 2 == 0 ? PeopleDirectory.Ben : PeopleDirectory.Ada, 60 - v);
            }
        }

        foreach (var (name, versions) in new[] { ("credit-scoring-model", 3), ("churn-model", 1), ("image-tagger", 2) })
        {
            Asset("models", name, versions, v =>
            {
                var folder = $"LocalUpload/{Seeder.GuidOf(name + v).Replace("-", string.Empty, StringComparison.Ordinal)}/model/";
                seeder.AddBlob(workspace.StorageAccount, workspace.BlobStoreContainer, SeedFile.Binary(folder + "model.pkl", 48_000, name + v));
                seeder.AddBlob(workspace.StorageAccount, workspace.BlobStoreContainer, SeedFile.Text(folder + "MLmodel", "flavors:\n  sklearn:\n    pickled_model: model.pkl\n"));
                return new JsonObject { ["flavors"] = new JsonObject(), ["modelType"] = "custom_model", ["modelUri"] = place + folder.TrimEnd('/'), ["jobName"] = null };
            });
        }

        foreach (var (name, type) in new[] { ("loans", "uri_file"), ("churn-history", "uri_folder") })
        {
            Asset("data", name, 2, v =>
            {
                var folder = $"UI/{now.AddDays(-60 + v):yyyy-MM-dd}_{name}/";
                seeder.AddBlob(workspace.StorageAccount, workspace.BlobStoreContainer, SeedFile.Text(folder + name + ".csv", "id,value\n1,2\n"));
                return new JsonObject { ["dataUri"] = place + folder + (type == "uri_file" ? name + ".csv" : string.Empty), ["dataType"] = type };
            }, new JsonObject { ["dataType"] = type });
        }

        Asset("environments", "sklearn-train", 4, _ => new JsonObject
        {
            ["environmentType"] = "UserCreated",
            ["image"] = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04",
            ["condaFile"] = "{ \"dependencies\": [ \"python=3.10\" ] }",
            ["osType"] = "Linux",
        });
        Asset("components", "train_model", 1, _ => new JsonObject { ["componentSpec"] = new JsonObject { ["name"] = "train_model", ["version"] = "1", ["type"] = "command", ["command"] = "python train.py" } });
        Asset("codes", SampleSeed.SnapshotId, 1, _ => new JsonObject { ["codeUri"] = place + "LocalUpload/code/" });
        Put("computes/cpu-cluster", "computes", Compute("AmlCompute", workspace.Location, now.AddDays(-400), new JsonObject
        {
            ["vmSize"] = "STANDARD_DS3_V2",
            ["vmPriority"] = "Dedicated",
            ["scaleSettings"] = new JsonObject { ["maxNodeCount"] = 8, ["minNodeCount"] = 0, ["nodeIdleTimeBeforeScaleDown"] = "PT2M" },
            ["userAccountCredentials"] = new JsonObject { ["adminUserName"] = "azureuser", ["adminUserPassword"] = null, ["adminUserSshPublicKey"] = null },
            ["subnet"] = null,
            ["currentNodeCount"] = 1,
            ["targetNodeCount"] = 1,
            ["nodeStateCounts"] = new JsonObject { ["preparingNodeCount"] = 0, ["runningNodeCount"] = 1, ["idleNodeCount"] = 0, ["unusableNodeCount"] = 0, ["leavingNodeCount"] = 0, ["preemptedNodeCount"] = 0 },
            ["allocationState"] = "Steady",
            ["allocationStateTransitionTime"] = now.AddMinutes(-10),
            ["errors"] = null,
            ["remoteLoginPortPublicAccess"] = "Enabled",
            ["osType"] = "Linux",
            ["virtualMachineImage"] = null,
            ["isolatedNetwork"] = false,
            ["enableNodePublicIp"] = true,
            ["propertyBag"] = new JsonObject(),
        }), PeopleDirectory.Ada, 400);
        Put("computes/ben-dev", "computes", Compute("ComputeInstance", workspace.Location, now.AddDays(-33), new JsonObject
        {
            ["vmSize"] = "STANDARD_DS11_V2",
            ["state"] = "Stopped",
            ["createdBy"] = new JsonObject { ["userId"] = PeopleDirectory.Ben.ObjectId, ["userOrgId"] = seeder.State.TenantId, ["userName"] = PeopleDirectory.Ben.Name },
        }), PeopleDirectory.Ben, 33);
        foreach (var name in new[] { "cpu-cluster", "ben-dev" })
        {
            var compute = workspace.Resources.Get("computes/" + name) ?? [];
            compute["location"] = workspace.Location;
            compute["tags"] = new JsonObject();
            compute.Remove("systemData");
            workspace.Resources.Put("computes/" + name, compute);
        }

        Put("onlineEndpoints/credit-scoring", "onlineEndpoints", new JsonObject
        {
            ["description"] = "Scores loan requests",
            ["properties"] = new JsonObject(),
            ["scoringUri"] = "https://credit-scoring.eastus.inference.ml.azure.com/score",
            ["swaggerUri"] = "https://credit-scoring.eastus.inference.ml.azure.com/swagger.json",
            ["authMode"] = "Key",
            ["provisioningState"] = "Succeeded",
            ["compute"] = null,
            ["traffic"] = new JsonObject { ["blue"] = 100 },
            ["mirrorTraffic"] = new JsonObject(),
            ["publicNetworkAccess"] = "Enabled",
        }, PeopleDirectory.Ada, 30);
        Put("batchEndpoints/nightly", "batchEndpoints", new JsonObject
        {
            ["description"] = "Nightly scores",
            ["properties"] = new JsonObject(),
            ["scoringUri"] = "https://nightly.eastus.inference.ml.azure.com/jobs",
            ["swaggerUri"] = null,
            ["authMode"] = "AADToken",
            ["defaults"] = new JsonObject { ["deploymentName"] = null },
            ["provisioningState"] = "Succeeded",
        }, PeopleDirectory.Chloe, 20);
        foreach (var endpoint in new[] { "onlineEndpoints/credit-scoring", "batchEndpoints/nightly" })
        {
            var document = workspace.Resources.Get(endpoint) ?? [];
            document["tags"] = new JsonObject();
            document["location"] = workspace.Location;
            if (endpoint.StartsWith("online", StringComparison.Ordinal))
            {
                document["kind"] = "Managed";
                document["identity"] = new JsonObject { ["type"] = "SystemAssigned", ["principalId"] = "44444444-4444-4444-4444-444444444452", ["tenantId"] = seeder.State.TenantId };
            }

            workspace.Resources.Put(endpoint, document);
        }

        foreach (var (name, enabled) in new[] { ("nightly", true), ("weekly-retrain", false) })
        {
            Put("schedules/" + name, "schedules", new JsonObject
            {
                ["description"] = null,
                ["tags"] = new JsonObject(),
                ["properties"] = new JsonObject(),
                ["displayName"] = name,
                ["isEnabled"] = enabled,
                ["trigger"] = new JsonObject { ["endTime"] = null, ["startTime"] = "2024-03-10 02:15:00", ["timeZone"] = "UTC", ["triggerType"] = "Cron", ["expression"] = "15 2 * * *" },
                ["action"] = new JsonObject { ["actionType"] = "CreateJob", ["jobDefinition"] = JobDefinition(workspace) },
                ["provisioningState"] = "Succeeded",
            }, PeopleDirectory.Chloe, 25);
        }
    }

    private static JsonObject JobDefinition(Workspace workspace) => new()
    {
        ["description"] = null,
        ["tags"] = null,
        ["properties"] = null,
        ["displayName"] = null,
        ["status"] = "NotStarted",
        ["experimentName"] = "nightly-scoring",
        ["services"] = null,
        ["computeId"] = null,
        ["isArchived"] = false,
        ["identity"] = null,
        ["componentId"] = null,
        ["notificationSetting"] = null,
        ["secretsConfiguration"] = null,
        ["jobType"] = "Pipeline",
        ["settings"] = null,
        ["jobs"] = null,
        ["inputs"] = null,
        ["outputs"] = null,
        ["sourceJobId"] = $"{workspace.ArmId}/jobs/{workspace.Runs.ByName("nightly-scoring")?.Runs().First(r => r.Kind == RunKind.Pipeline).RunId}",
    };

    /// <summary>A compute's properties.</summary>
    internal static JsonObject Compute(string type, string location, DateTimeOffset created, JsonObject properties) => new()
    {
        ["createdOn"] = created,
        ["modifiedOn"] = created,
        ["disableLocalAuth"] = false,
        ["description"] = null,
        ["resourceId"] = null,
        ["computeType"] = type,
        ["computeLocation"] = location,
        ["provisioningState"] = "Succeeded",
        ["provisioningErrors"] = null,
        ["isAttachedCompute"] = false,
        ["properties"] = properties,
    };
}
