using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.DataPlane;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Seeds;

/// <summary>What the first version left in the sample workspace: datasets, a web service, published pipelines and their endpoint.</summary>
internal static class SampleClassics
{
    /// <summary>The published pipeline that is active.</summary>
    public const string ActivePipeline = "a0000000-0000-4000-8000-0000000000d1";

    /// <summary>The published pipeline that is disabled.</summary>
    public const string DisabledPipeline = "a0000000-0000-4000-8000-0000000000d2";

    /// <summary>The pipeline endpoint.</summary>
    public const string Endpoint = "a0000000-0000-4000-8000-0000000000d3";

    /// <summary>Adds everything.</summary>
    public static void Add(EmulatorState state, Workspace workspace, DateTimeOffset now)
    {
        foreach (var (name, path, type) in new[] { ("customers", "UI/shared/applicants/", "file"), ("customers-2024", "UI/classic/customers-2024.csv", "tabular"), ("incoming", "2024/customers.csv", "tabular") })
        {
            workspace.Classic.Put("datasets/" + name, DatasetRoutes.Document(name, name == "incoming" ? "partner_data" : "workspaceblobstore", path, type, now.AddDays(-300), PeopleDirectory.Ben, state.TenantId));
        }

        workspace.Classic.Put("services/credit-aci", new JsonObject
        {
            ["id"] = "credit-aci",
            ["name"] = "credit-aci",
            ["description"] = "First scoring service",
            ["kvTags"] = new JsonObject(),
            ["properties"] = new JsonObject(),
            ["operationId"] = "a0000000-0000-4000-8000-0000000000e1",
            ["state"] = "Healthy",
            ["createdTime"] = JsonShape.Time(now.AddDays(-310)),
            ["updatedTime"] = JsonShape.Time(now.AddDays(-310)),
            ["error"] = null,
            ["computeType"] = "ACI",
            ["deploymentType"] = "HttpRealtimeEndpoint",
            ["scoringUri"] = "http://a0000000.eastus.azurecontainer.io/score",
            ["location"] = workspace.Location,
            ["authEnabled"] = true,
            ["sslEnabled"] = false,
            ["appInsightsEnabled"] = false,
        });
        foreach (var (id, name, status) in new[] { (ActivePipeline, "Nightly scoring", "Active"), (DisabledPipeline, "Old scoring", "Disabled") })
        {
            workspace.Classic.Put("pipelines/" + id, Entity(id, name, status, now, $"{state.DataPlane(workspace.Location)}/pipelines/v1.0{workspace.ArmId}/PipelineRuns/PipelineSubmit/{id}"));
        }

        var endpoint = Entity(Endpoint, "nightly-endpoint", "Active", now, $"{state.DataPlane(workspace.Location)}/pipelines/v1.0{workspace.ArmId}/PipelineRuns/PipelineEndpointSubmit/Id/{Endpoint}");
        endpoint["defaultVersion"] = "1";
        endpoint["defaultPipelineId"] = ActivePipeline;
        endpoint["pipelineVersionList"] = new JsonArray(
            new JsonObject { ["pipelineId"] = DisabledPipeline, ["version"] = "0" },
            new JsonObject { ["pipelineId"] = ActivePipeline, ["version"] = "1" });
        workspace.Classic.Put("pipelineEndpoints/" + Endpoint, endpoint);
    }

    private static JsonObject Entity(string id, string name, string status, DateTimeOffset now, string url) => new()
    {
        ["id"] = id,
        ["name"] = name,
        ["description"] = null,
        ["version"] = "1.0",
        ["entityStatus"] = status,
        ["url"] = url,
        ["createdDate"] = JsonShape.Time(now.AddDays(-250)),
        ["lastModifiedDate"] = JsonShape.Time(now.AddDays(-250)),
        ["tags"] = new JsonObject(),
        ["properties"] = new JsonObject(),
        ["etag"] = null,
    };
}
