using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.DataPlane;

/// <summary>What runs were told to do, as run history keeps it.</summary>
internal static class RunDefinitions
{
    private static readonly string[] NotSet =
    [
        "Pipeline", "RunId", "ComponentJobs", "Bindings", "SourceJobId", "InteractionEndpoints", "Identity", "Compute", "Priority", "Output", "Schedule", "ComponentId", "NotificationSetting", "SecretsConfiguration",
    ];

    /// <summary>A run's definition.</summary>
    public static JsonObject Definition(Workspace workspace, RunRecord run)
    {
        var outputs = run.Outputs.Keys.Where(o => o != "default").ToList();
        var definition = new JsonObject
        {
            ["JobType"] = run.Kind switch { RunKind.Pipeline => "Pipeline", RunKind.Sweep => "Sweep", _ => "Command" },
            ["ComputeId"] = run.Compute is null ? null : $"{workspace.ArmId}/computes/{run.Compute}",
            ["Settings"] = new JsonObject { ["_source"] = "YAML.JOB" },
            ["Inputs"] = new JsonObject(),
            ["Outputs"] = Map(outputs, _ => new JsonObject
            {
                ["JobOutputType"] = 3,
                ["Uri"] = null,
                ["Mode"] = 0,
                ["AssetName"] = null,
                ["AssetVersion"] = null,
                ["Description"] = null,
                ["AutoDeleteSetting"] = null,
            }),
            ["InputBindings"] = new JsonObject(),
            ["OutputBindings"] = Map(outputs, _ => new JsonObject
            {
                ["DatastoreId"] = null,
                ["PathOnDatastore"] = null,
                ["PathOnCompute"] = null,
                ["Description"] = null,
                ["Uri"] = null,
                ["Mode"] = "ReadWriteMount",
                ["AssetUri"] = null,
                ["IsAssetJobOutput"] = true,
                ["JobOutputType"] = 3,
                ["AssetName"] = null,
                ["AssetVersion"] = null,
                ["AutoDeleteSetting"] = null,
            }),
            ["ProvisioningState"] = "Succeeded",
            ["ParentJobName"] = run.Parent?.RunId,
            ["DisplayName"] = run.DisplayName,
            ["ExperimentName"] = run.ExperimentName,
            ["Status"] = "NotStarted",
            ["IsArchived"] = run.Hidden,
            ["Description"] = run.Description,
            ["Tags"] = JsonShape.Map(run.Tags),
            ["Properties"] = new JsonObject(),
        };
        foreach (var name in NotSet)
        {
            definition[name] = null;
        }

        if (run.Kind == RunKind.Pipeline)
        {
            definition["PipelineJobType"] = "AzureML";
            definition["Jobs"] = Jobs(workspace, run);
        }
        else
        {
            definition["Command"] = run.Command;
            definition["CodeId"] = run.SnapshotId is null ? null : $"{workspace.ArmId}/codes/{run.SnapshotId}/versions/1";
        }

        return definition;
    }

    /// <summary>A pipeline's steps in its definition.</summary>
    private static JsonObject Jobs(Workspace workspace, RunRecord pipeline)
    {
        var steps = workspace.Runs.Children(pipeline).Reverse().DistinctBy(s => s.DisplayName).ToDictionary(s => s.DisplayName);
        return Map(steps.Keys, name => new JsonObject
        {
            ["name"] = name,
            ["type"] = "command",
            ["inputs"] = new JsonObject(),
            ["computeId"] = $"{workspace.ArmId}/computes/{steps[name].Compute ?? "cpu-cluster"}",
            ["outputs"] = Map(steps[name].Outputs.Keys, o => new JsonObject { ["value"] = $"${{{{parent.outputs.{o}}}}}", ["type"] = "literal" }),
            ["_source"] = "YAML.JOB",
            ["componentId"] = $"{workspace.ArmId}/components/azureml_anonymous/versions/{steps[name].RunUuid}",
        });
    }

    private static JsonObject Map(IEnumerable<string> names, Func<string, JsonObject> value) =>
        new(names.Select(n => KeyValuePair.Create(n, (JsonNode?)value(n))));
}
