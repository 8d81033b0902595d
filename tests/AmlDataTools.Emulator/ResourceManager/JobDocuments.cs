using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.ResourceManager;

/// <summary>Jobs as Resource Manager shows them.</summary>
internal static class JobDocuments
{
    /// <summary>The job type in Resource Manager's words.</summary>
    public static string JobType(RunRecord run) => run.Kind switch { RunKind.Pipeline => "Pipeline", RunKind.Sweep => "Sweep", _ => "Command" };

    /// <summary>A job's document. A child of a pipeline has no <c>properties</c>.</summary>
    public static JsonObject Document(EmulatorState state, Workspace workspace, RunRecord run)
    {
        var document = new JsonObject
        {
            ["id"] = $"{workspace.ArmId}/jobs/{run.RunId}",
            ["name"] = run.RunId,
            ["type"] = "Microsoft.MachineLearningServices/workspaces/jobs",
        };
        if (run.Kind != RunKind.Step)
        {
            document["properties"] = Properties(state, workspace, run);
        }

        document["systemData"] = new JsonObject { ["createdAt"] = JsonShape.Time(run.Created), ["createdBy"] = run.By.Name, ["createdByType"] = run.By.IsApplication ? "Application" : "User" };
        return document;
    }

    private static JsonObject Properties(EmulatorState state, Workspace workspace, RunRecord run)
    {
        var properties = new JsonObject
        {
            ["description"] = run.Description,
            ["tags"] = JsonShape.Map(run.Tags),
            ["properties"] = JsonShape.Map(run.Properties),
            ["displayName"] = run.DisplayName,
            ["status"] = run.Status,
            ["experimentName"] = run.ExperimentName,
            ["services"] = Services(state, workspace, run),
            ["computeId"] = run.Compute is null ? null : $"{workspace.ArmId}/computes/{run.Compute}",
            ["isArchived"] = run.Hidden,
            ["identity"] = null,
            ["componentId"] = null,
            ["notificationSetting"] = null,
            ["secretsConfiguration"] = null,
            ["jobType"] = JobType(run),
        };
        var kind = run.Kind switch { RunKind.Pipeline => Pipeline(workspace, run), RunKind.Sweep => Sweep(workspace, run), _ => Command(workspace, run) };
        foreach (var (name, value) in kind)
        {
            properties[name] = value?.DeepClone();
        }

        return properties;
    }

    private static JsonObject Services(EmulatorState state, Workspace workspace, RunRecord run)
    {
        static JsonObject Service(string type, string endpoint) => new()
        {
            ["jobServiceType"] = type,
            ["port"] = null,
            ["endpoint"] = endpoint,
            ["status"] = null,
            ["errorMessage"] = null,
            ["properties"] = null,
            ["nodes"] = null,
        };
        var place = $"/subscriptions/{workspace.SubscriptionId}/resourcegroups/{workspace.ResourceGroup}/workspaces/{workspace.Name}";
        return new JsonObject
        {
            ["Tracking"] = Service("Tracking", $"azureml://{new Uri(state.DataPlane(workspace.Location)).Authority}/mlflow/v1.0{workspace.ArmId}?"),
            ["Studio"] = Service("Studio", $"https://ml.azure.com/runs/{run.RunId}?wsid={place}"),
        };
    }

    private static JsonObject Output(string? uri) => new()
    {
        ["description"] = null,
        ["uri"] = uri,
        ["assetName"] = null,
        ["assetVersion"] = null,
        ["mode"] = "ReadWriteMount",
        ["autoDeleteSetting"] = null,
        ["jobOutputType"] = "uri_folder",
    };

    private static JsonObject Outputs(RunRecord run, bool withDefault)
    {
        var outputs = new JsonObject();
        foreach (var name in run.Outputs.Keys.Where(n => n != "default"))
        {
            outputs[name] = Output(null);
        }

        if (withDefault)
        {
            outputs["default"] = Output($"azureml://datastores/workspaceartifactstore/ExperimentRun/dcid.{run.RunId}");
        }

        return outputs;
    }

    private static JsonObject Inputs(RunRecord run) => new(run.Inputs.Select(i => KeyValuePair.Create(i.Key, (JsonNode?)new JsonObject
    {
        ["description"] = null,
        ["uri"] = i.Value.Uri,
        ["mode"] = "ReadOnlyMount",
        ["jobInputType"] = i.Value.Type,
    })));

    private static JsonObject Resources() => new()
    {
        ["instanceCount"] = 1,
        ["maxInstanceCount"] = null,
        ["instanceType"] = null,
        ["locations"] = null,
        ["properties"] = new JsonObject(),
        ["shmSize"] = "2g",
        ["dockerArgs"] = null,
    };

    private static string Environment(Workspace workspace) => $"{workspace.ArmId}/environments/sklearn-train/versions/4";

    private static JsonObject Command(Workspace workspace, RunRecord run) => new()
    {
        ["resources"] = Resources(),
        ["codeId"] = run.SnapshotId is null ? null : $"{workspace.ArmId}/codes/{run.SnapshotId}/versions/1",
        ["command"] = run.Command,
        ["environmentId"] = Environment(workspace),
        ["inputs"] = Inputs(run),
        ["outputs"] = Outputs(run, withDefault: true),
        ["distribution"] = null,
        ["autologgerSettings"] = null,
        ["limits"] = null,
        ["environmentVariables"] = new JsonObject(),
        ["parameters"] = new JsonObject(),
        ["queueSettings"] = null,
    };

    private static JsonObject Pipeline(Workspace workspace, RunRecord run)
    {
        var jobs = new JsonObject();
        foreach (var step in workspace.Runs.Children(run).Reverse())
        {
            jobs[step.DisplayName] = new JsonObject
            {
                ["name"] = step.DisplayName,
                ["type"] = "command",
                ["computeId"] = $"{workspace.ArmId}/computes/{step.Compute ?? "cpu-cluster"}",
                ["outputs"] = new JsonObject(step.Outputs.Keys.Select(o => KeyValuePair.Create(o, (JsonNode?)new JsonObject { ["value"] = $"${{{{parent.outputs.{o}}}}}", ["type"] = "literal" }))),
                ["_source"] = "YAML.JOB",
                ["componentId"] = $"{workspace.ArmId}/components/azureml_anonymous/versions/{step.RunUuid}",
            };
        }

        return new JsonObject
        {
            ["settings"] = new JsonObject { ["_source"] = "YAML.JOB" },
            ["jobs"] = jobs,
            ["inputs"] = Inputs(run),
            ["outputs"] = Outputs(run, withDefault: false),
            ["sourceJobId"] = null,
        };
    }

    private static JsonObject Sweep(Workspace workspace, RunRecord run) => new()
    {
        ["searchSpace"] = new JsonObject
        {
            ["lr"] = new JsonArray("uniform", new JsonArray(0.001, 0.1)),
            ["depth"] = new JsonArray("choice", new JsonArray(new JsonArray(2, 5, 7))),
        },
        ["samplingAlgorithm"] = new JsonObject { ["samplingAlgorithmType"] = "Random", ["seed"] = null, ["logbase"] = null, ["rule"] = "Random" },
        ["limits"] = new JsonObject { ["timeout"] = "PT2H", ["jobLimitsType"] = "Sweep", ["maxTotalTrials"] = 6, ["maxConcurrentTrials"] = 2, ["trialTimeout"] = null },
        ["earlyTermination"] = null,
        ["objective"] = new JsonObject { ["primaryMetric"] = "accuracy", ["goal"] = "Maximize" },
        ["trial"] = new JsonObject
        {
            ["codeId"] = run.SnapshotId is null ? null : $"{workspace.ArmId}/codes/{run.SnapshotId}/versions/1",
            ["command"] = "python train.py --lr ${{search_space.lr}} --depth ${{search_space.depth}}",
            ["environmentId"] = Environment(workspace),
            ["environmentVariables"] = new JsonObject(),
            ["distribution"] = null,
            ["resources"] = Resources(),
        },
        ["inputs"] = Inputs(run),
        ["outputs"] = Outputs(run, withDefault: true),
        ["queueSettings"] = null,
    };
}
