using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.ResourceManager;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Seeds;

/// <summary>Endpoints with deployments and traffic, attached computes, and clusters that run something or nothing.</summary>
internal static class SampleEndpoints
{
    /// <summary>Adds everything.</summary>
    public static void Add(Seeder seeder, Workspace workspace, DateTimeOffset now)
    {
        void Put(string path, string type, JsonObject properties, JsonObject more)
        {
            var document = ResourceRoutes.Envelope(workspace, path, type, properties, PeopleDirectory.Ada.Name, now.AddDays(-18));
            document["tags"] = new JsonObject();
            document["location"] = workspace.Location;
            foreach (var (key, value) in more)
            {
                document[key] = value?.DeepClone();
            }

            workspace.Resources.Put(path, document);
        }

        Put("onlineEndpoints/loan-scoring", "onlineEndpoints", new JsonObject
        {
            ["description"] = "Two deployments",
            ["properties"] = new JsonObject(),
            ["scoringUri"] = "https://loan-scoring.eastus.inference.ml.azure.com/score",
            ["swaggerUri"] = "https://loan-scoring.eastus.inference.ml.azure.com/swagger.json",
            ["authMode"] = "Key",
            ["provisioningState"] = "Succeeded",
            ["compute"] = null,
            ["traffic"] = new JsonObject { ["blue"] = 90, ["green"] = 10 },
            ["mirrorTraffic"] = new JsonObject(),
            ["publicNetworkAccess"] = "Enabled",
        }, new JsonObject { ["kind"] = "Managed", ["identity"] = new JsonObject { ["type"] = "SystemAssigned", ["principalId"] = "44444444-4444-4444-4444-444444444453", ["tenantId"] = seeder.State.TenantId } });
        foreach (var (name, version) in new[] { ("blue", 2), ("green", 3) })
        {
            Put("onlineEndpoints/loan-scoring/deployments/" + name, "onlineEndpoints/deployments", new JsonObject
            {
                ["description"] = null,
                ["properties"] = new JsonObject(),
                ["codeConfiguration"] = new JsonObject { ["codeId"] = $"{workspace.ArmId}/codes/{SampleSeed.SharedCodeId}/versions/1", ["scoringScript"] = "score.py" },
                ["environmentId"] = $"{workspace.ArmId}/environments/sklearn-train/versions/4",
                ["environmentVariables"] = new JsonObject(),
                ["scaleSettings"] = new JsonObject { ["scaleType"] = "Default" },
                ["appInsightsEnabled"] = false,
                ["provisioningState"] = "Succeeded",
                ["instanceType"] = "Standard_F4s_v2",
                ["model"] = $"{workspace.ArmId}/models/credit-scoring-model/versions/{version}",
                ["egressPublicNetworkAccess"] = "Enabled",
                ["endpointComputeType"] = "Managed",
            }, new JsonObject { ["kind"] = "Managed", ["sku"] = new JsonObject { ["name"] = "Default", ["tier"] = "Standard", ["capacity"] = 1 } });
        }

        Put("batchEndpoints/weekly-scores", "batchEndpoints", new JsonObject
        {
            ["description"] = "One deployment",
            ["properties"] = new JsonObject(),
            ["scoringUri"] = "https://weekly-scores.eastus.inference.ml.azure.com/jobs",
            ["swaggerUri"] = null,
            ["authMode"] = "AADToken",
            ["defaults"] = new JsonObject { ["deploymentName"] = "main" },
            ["provisioningState"] = "Succeeded",
        }, []);
        Put("batchEndpoints/weekly-scores/deployments/main", "batchEndpoints/deployments", new JsonObject
        {
            ["description"] = null,
            ["properties"] = new JsonObject(),
            ["codeConfiguration"] = null,
            ["environmentId"] = null,
            ["environmentVariables"] = new JsonObject(),
            ["compute"] = $"{workspace.ArmId}/computes/cpu-cluster",
            ["errorThreshold"] = -1,
            ["miniBatchSize"] = 10,
            ["loggingLevel"] = "Info",
            ["model"] = new JsonObject { ["referenceType"] = "Id", ["assetId"] = $"{workspace.ArmId}/models/churn-model/versions/1" },
            ["outputAction"] = "AppendRow",
            ["provisioningState"] = "Succeeded",
        }, []);

        foreach (var (name, attached, type) in new[] { ("gpu-cluster", false, "AmlCompute"), ("idle-cluster", false, "AmlCompute"), ("attached-vm", true, "VirtualMachine"), ("attached-k8s", true, "Kubernetes") })
        {
            var properties = SampleAssets.Compute(type, workspace.Location, now.AddDays(-100), type switch
            {
                "AmlCompute" => new JsonObject { ["vmSize"] = "STANDARD_NC6S_V3", ["vmPriority"] = "Dedicated", ["scaleSettings"] = new JsonObject { ["maxNodeCount"] = 2, ["minNodeCount"] = 0, ["nodeIdleTimeBeforeScaleDown"] = "PT2M" }, ["currentNodeCount"] = name == "gpu-cluster" ? 1 : 0, ["targetNodeCount"] = 0, ["allocationState"] = "Steady", ["osType"] = "Linux" },
                "VirtualMachine" => new JsonObject { ["virtualMachineSize"] = "Standard_D4s_v3", ["sshPort"] = 22, ["address"] = "10.0.0.4", ["isNotebookInstanceCompute"] = false },
                _ => new JsonObject { ["namespace"] = "default", ["defaultInstanceType"] = "defaultInstanceType" },
            });
            properties["isAttachedCompute"] = attached;
            properties["resourceId"] = !attached ? null : $"/subscriptions/{workspace.SubscriptionId}/resourceGroups/{workspace.ResourceGroup}/providers/" + (type == "VirtualMachine" ? "Microsoft.Compute/virtualMachines/research-vm" : "Microsoft.Kubernetes/connectedClusters/research-k8s");
            Put("computes/" + name, "computes", properties, []);
        }
    }
}
