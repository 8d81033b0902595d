using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.DataPlane;

/// <summary>Runs as run history shows them.</summary>
internal static class RunDocuments
{
    /// <summary>A run's document with the keys of the recorded ones.</summary>
    public static JsonObject Run(EmulatorState state, Workspace workspace, RunRecord run)
    {
        var cancel = $"{state.DataPlane(workspace.Location)}/studioservice/apiv2/subscriptions/{workspace.SubscriptionId}/resourceGroups/{workspace.ResourceGroup}/workspaces/{workspace.Name}/runs/{run.RunId}/cancel";
        return new JsonObject
        {
            ["runNumber"] = run.Created.ToUnixTimeSeconds(),
            ["rootRunId"] = run.Root.RunId,
            ["createdUtc"] = JsonShape.Time(run.Created),
            ["createdBy"] = By(run.By, state.TenantId),
            ["userId"] = run.By.ObjectId,
            ["token"] = null,
            ["tokenExpiryTimeUtc"] = null,
            ["error"] = Error(run),
            ["warnings"] = null,
            ["revision"] = run.Revision,
            ["statusRevision"] = 1,
            ["runUuid"] = run.RunUuid,
            ["parentRunUuid"] = run.Parent?.RunUuid,
            ["rootRunUuid"] = run.Root.RunUuid,
            ["lastStartTimeUtc"] = null,
            ["currentComputeTime"] = run.Terminal ? null : "00:00:00",
            ["computeDuration"] = Duration(run),
            ["effectiveStartTimeUtc"] = null,
            ["lastModifiedBy"] = By(run.ModifiedBy ?? run.By, state.TenantId),
            ["lastModifiedUtc"] = JsonShape.Time(run.Ended ?? run.Created),
            ["duration"] = Duration(run),
            ["cancelationReason"] = null,
            ["currentAttemptId"] = 1,
            ["runId"] = run.RunId,
            ["parentRunId"] = run.Parent?.RunId,
            ["experimentId"] = run.ExperimentId,
            ["status"] = run.Status,
            ["startTimeUtc"] = JsonShape.TimeOrNull(run.Started),
            ["endTimeUtc"] = JsonShape.TimeOrNull(run.Ended),
            ["scheduleId"] = null,
            ["displayName"] = run.DisplayName,
            ["name"] = run.Name,
            ["dataContainerId"] = run.DataContainerId,
            ["description"] = run.Description,
            ["hidden"] = run.Hidden,
            ["runType"] = RunType(run.Kind),
            ["runTypeV2"] = TypeV2(run.Kind),
            ["properties"] = JsonShape.Map(run.Properties),
            ["parameters"] = new JsonObject(),
            ["actionUris"] = new JsonObject { ["Cancel"] = cancel },
            ["scriptName"] = run.Kind == RunKind.Pipeline ? null : "train.py",
            ["target"] = run.Kind == RunKind.Pipeline ? null : run.Compute,
            ["uniqueChildRunComputeTargets"] = run.Kind is RunKind.Pipeline or RunKind.Sweep ? JsonShape.List([run.Compute ?? "cpu-cluster"]) : new JsonArray(),
            ["tags"] = JsonShape.Map(run.Tags),
            ["settings"] = new JsonObject(),
            ["services"] = new JsonObject(),
            ["inputDatasets"] = new JsonArray(),
            ["outputDatasets"] = new JsonArray(),
            ["runDefinition"] = null,
            ["jobSpecification"] = null,
            ["primaryMetricName"] = run.Kind is RunKind.Sweep or RunKind.Trial ? "accuracy" : null,
            ["createdFrom"] = null,
            ["cancelUri"] = cancel,
            ["completeUri"] = null,
            ["diagnosticsUri"] = null,
            ["computeRequest"] = run.Kind == RunKind.Pipeline ? null : new JsonObject { ["nodeCount"] = 1, ["gpuCount"] = 0 },
            ["compute"] = run.Kind == RunKind.Pipeline ? null : new JsonObject
            {
                ["target"] = run.Compute,
                ["targetType"] = "amlcompute",
                ["vmSize"] = null,
                ["instanceType"] = null,
                ["instanceCount"] = 1,
                ["gpuCount"] = 0,
                ["priority"] = null,
                ["region"] = null,
                ["armId"] = null,
                ["properties"] = null,
            },
            ["retainForLifetimeOfWorkspace"] = false,
            ["queueingInfo"] = null,
            ["inputs"] = Inputs(run),
            ["outputs"] = Outputs(run),
        };
    }

    /// <summary>A run's details: the same facts under other names, its definition and its logs' addresses.</summary>
    public static JsonObject Details(EmulatorState state, Workspace workspace, RunRecord run, JsonObject logFiles)
    {
        var document = Run(state, workspace, run);
        var details = new JsonObject();
        foreach (var name in new[] { "runId", "runUuid", "parentRunUuid", "rootRunUuid", "target", "status", "parentRunId", "dataContainerId" })
        {
            details[name] = document[name]?.DeepClone();
        }

        details["createdTimeUtc"] = document["createdUtc"]?.DeepClone();
        foreach (var name in new[] { "startTimeUtc", "endTimeUtc", "error", "warnings", "tags", "properties", "parameters", "services", "inputDatasets", "outputDatasets" })
        {
            details[name] = document[name]?.DeepClone();
        }

        details["runDefinition"] = RunDefinitions.Definition(workspace, run);
        details["logFiles"] = logFiles;
        details["jobCost"] = new JsonObject { ["chargedCpuCoreSeconds"] = null, ["chargedCpuMemoryMegabyteSeconds"] = null, ["chargedGpuSeconds"] = null, ["chargedNodeUtilizationSeconds"] = null };
        foreach (var name in new[]
        {
            "revision", "runTypeV2", "settings", "computeRequest", "compute", "createdBy", "computeDuration", "effectiveStartTimeUtc", "runNumber", "rootRunId", "userId", "statusRevision",
            "currentComputeTime", "lastStartTimeUtc", "lastModifiedBy", "lastModifiedUtc", "duration", "inputs", "outputs", "currentAttemptId",
        })
        {
            details[name] = document[name]?.DeepClone();
        }

        return details;
    }

    /// <summary>A person as run history names them.</summary>
    public static JsonObject By(Person person, string tenantId) => new()
    {
        ["userObjectId"] = person.ObjectId,
        ["userPuId"] = person.PuId,
        ["userIdp"] = null,
        ["userAltSecId"] = null,
        ["userIss"] = $"https://sts.windows.net/{tenantId}/",
        ["userTenantId"] = tenantId,
        ["userName"] = person.Name,
        ["upn"] = null,
    };

    /// <summary>A run type in run history's words.</summary>
    public static string RunType(RunKind kind) => kind switch
    {
        RunKind.Pipeline => "azureml.PipelineRun",
        RunKind.Step => "azureml.StepRun",
        RunKind.Sweep => "hyperdrive",
        _ => "azureml.scriptrun",
    };

    private static string? Duration(RunRecord run) => run.Duration?.ToString("c");

    private static JsonObject Inputs(RunRecord run) => new(run.Inputs.Where(i => i.Value.AssetId is not null).Select(i => KeyValuePair.Create(i.Key, (JsonNode?)new JsonObject
    {
        ["assetId"] = i.Value.AssetId,
        ["type"] = i.Value.Type switch { "uri_file" => "UriFile", "mltable" => "MLTable", _ => "UriFolder" },
    })));

    private static JsonObject? Outputs(RunRecord run) => run.Outputs.Count == 0 ? null
        : new JsonObject(run.Outputs.Select(o => KeyValuePair.Create(o.Key, (JsonNode?)new JsonObject { ["assetId"] = o.Value.AssetId, ["type"] = o.Value.Type })));

    private static JsonObject? Error(RunRecord run) => run.ErrorMessage is null ? null : new JsonObject
    {
        ["error"] = new JsonObject
        {
            ["code"] = "UserError",
            ["severity"] = null,
            ["message"] = run.ErrorMessage,
            ["messageFormat"] = run.ErrorMessage,
            ["messageParameters"] = new JsonObject(),
            ["referenceCode"] = null,
            ["detailsUri"] = null,
            ["target"] = null,
            ["details"] = new JsonArray(),
            ["innerError"] = null,
            ["debugInfo"] = null,
            ["additionalInfo"] = null,
        },
        ["correlation"] = null,
        ["environment"] = null,
        ["location"] = null,
        ["time"] = JsonShape.TimeOrNull(run.Ended),
        ["componentName"] = "CommonRuntime",
    };

    private static JsonObject TypeV2(RunKind kind) => kind switch
    {
        RunKind.Pipeline => V2("Pipeline", ["azureml.PipelineRun", "MFE", "PipelineRun"], null, null),
        RunKind.Step => V2("Execution", ["azureml.StepRun", "scriptRun", "remote"], "Aether", "AmlcTrain"),
        RunKind.Sweep => V2("HyperDrive", ["hyperdrive", "MFE"], null, null),
        RunKind.Trial => V2("Execution", ["scriptRun", "remote"], "HyperDrive", "AmlcTrain"),
        _ => V2("Execution", ["scriptRun", "remote", "MFE"], null, "AmlcTrain"),
    };

    private static JsonObject V2(string orchestrator, string[] traits, string? attribution, string? compute) => new()
    {
        ["orchestrator"] = orchestrator,
        ["traits"] = JsonShape.List(traits),
        ["attribution"] = attribution,
        ["computeType"] = compute,
    };
}
