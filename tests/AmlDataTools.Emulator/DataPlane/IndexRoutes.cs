using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.DataPlane;

/// <summary>The index service of a workspace, which is not published: entities by filters on their fields. It holds runs only here.</summary>
/// <param name="service">Finds and guards workspaces.</param>
/// <param name="state">The emulator's state.</param>
internal sealed class IndexRoutes(DataPlaneService service, EmulatorState state)
{
    /// <summary>Most entities a page: what Microsoft's clients say of it.</summary>
    private const int MostResults = 100;

    /// <summary>Entities a page unless asked otherwise [guess].</summary>
    private const int PageSize = 25;

    /// <summary>Adds the routes.</summary>
    public void Map(RouteTable routes) => routes.Map("POST", DataPlaneService.In("index/v1.0") + "/entities", QueryAsync);

    private async Task QueryAsync(Exchange exchange)
    {
        if (!state.Settings.IndexService)
        {
            throw new ServiceException(404, "UserError", $"Not found: {exchange.Http.Request.Path}") { InnerCodes = ["NotFound"] };
        }

        var workspace = service.Workspace(exchange, WorkspaceRole.Reader);
        var body = await exchange.ReadObjectAsync();
        var test = IndexFilter.Of(body["filters"] as JsonArray ?? []);
        var size = (int)Math.Clamp(body.Number("pageSize") ?? PageSize, 1, MostResults);
        var start = body.Text("continuationToken") is { Length: > 0 } token ? Paging.Offset(token) : (int)(body.Number("skip") ?? 0);
        var page = new List<JsonObject>();
        string? next = null;
        foreach (var (at, run) in RunsFrom(workspace, start))
        {
            var entity = Entity(workspace, run);
            if (!test(entity))
            {
                continue;
            }

            if (page.Count == size)
            {
                next = Paging.Token(at);
                break;
            }

            page.Add(entity);
        }

        await exchange.JsonAsync(new JsonObject
        {
            ["totalCount"] = null,
            ["value"] = JsonShape.List(page),
            ["nextSkip"] = null,
            ["continuationToken"] = next,
            ["entityContainerIdsToEntityContainerMetadata"] = new JsonObject
            {
                [workspace.WorkspaceId] = new JsonObject
                {
                    ["resourceId"] = workspace.WorkspaceId,
                    ["subscriptionId"] = workspace.SubscriptionId,
                    ["resourceGroup"] = workspace.ResourceGroup,
                    ["resourceName"] = workspace.Name,
                    ["entityContainerType"] = "Workspace",
                    ["regions"] = new JsonArray(new JsonObject { ["regionName"] = workspace.Location, ["isPrimaryRegion"] = true }),
                    ["tenantId"] = state.TenantId,
                    ["immutableResourceId"] = workspace.WorkspaceId,
                    ["isPublicResource"] = false,
                },
            },
            ["numberOfEntityContainersNotQueried"] = null,
            ["fanoutData"] = null,
            ["shardErrors"] = null,
            ["isMultiWorkspaceQueryWithSkipSetWhichWillNoLongerBeASupportedCallingPattern"] = false,
        });
    }

    /// <summary>Runs from a position on. Newest first; where some are computed, experiment by experiment, so that what comes before costs nothing.</summary>
    private static IEnumerable<(int At, RunRecord Run)> RunsFrom(Workspace workspace, int start)
    {
        var experiments = workspace.Runs.Experiments.OrderByDescending(e => e.Created).ThenBy(e => e.Name, StringComparer.Ordinal).ToArray();
        if (Array.TrueForAll(experiments, e => e.Generated is null))
        {
            return experiments.SelectMany(e => e.Runs()).OrderByDescending(r => r.Created).ThenBy(r => r.RunId, StringComparer.Ordinal).Select((run, at) => (at, run)).Skip(start);
        }

        return Concatenated(experiments, start);
    }

    private static IEnumerable<(int At, RunRecord Run)> Concatenated(Experiment[] experiments, int start)
    {
        // Positions leave room for what an experiment may get while somebody pages through it.
        const int room = 1_000_000;
        for (var i = start / room; i < experiments.Length; i++)
        {
            foreach (var (at, run) in experiments[i].RunsFrom(i == start / room ? start % room : 0))
            {
                yield return ((i * room) + at, run);
            }
        }
    }

    /// <summary>A run with the keys of the recorded entities. It tells who made it, not who changed it.</summary>
    private JsonObject Entity(Workspace workspace, RunRecord run)
    {
        var document = RunDocuments.Run(state, workspace, run);
        JsonNode? Copy(string name) => document[name]?.DeepClone();
        return new JsonObject
        {
            ["relevancyScore"] = 1.0,
            ["entityResourceName"] = workspace.Name,
            ["highlights"] = new JsonObject(),
            ["usage"] = new JsonObject { ["totalCount"] = 0 },
            ["schemaId"] = "a0000000-0000-4000-8000-000000000072",
            ["entityId"] = $"azureml://location/{workspace.Location}/workspaceId/{workspace.WorkspaceId}/type/runs/objectId/{run.RunUuid}",
            ["kind"] = "Unversioned",
            ["annotations"] = new JsonObject
            {
                ["archived"] = run.Hidden,
                ["tags"] = JsonShape.Map(run.Tags),
                ["displayName"] = run.DisplayName,
                ["status"] = run.Status,
                ["primaryMetricName"] = Copy("primaryMetricName"),
                ["estimatedCost"] = null,
                ["primaryMetricSummary"] = null,
                ["metrics"] = new JsonObject(),
                ["parameters"] = new JsonObject(),
                ["settings"] = new JsonObject(),
                ["modifiedTime"] = Copy("lastModifiedUtc"),
                ["retainForLifetimeOfWorkspace"] = false,
                ["error"] = Copy("error") ?? new JsonObject { ["code"] = null, ["message"] = null, ["time"] = null },
                ["resourceMetricSummary"] = null,
                ["jobCost"] = null,
                ["computeDuration"] = Copy("computeDuration"),
                ["computeDurationMilliseconds"] = run.Duration?.TotalMilliseconds,
                ["effectiveStartTimeUtc"] = null,
                ["name"] = null,
                ["description"] = run.Description,
            },
            ["properties"] = new JsonObject
            {
                ["updatedTime"] = "0001-01-01T00:00:00+00:00",
                ["creationContext"] = new JsonObject
                {
                    ["createdTime"] = JsonShape.Time(run.Created),
                    ["createdBy"] = new JsonObject { ["userObjectId"] = run.By.ObjectId, ["userTenantId"] = state.TenantId, ["userName"] = run.By.Name },
                    ["creationSource"] = null,
                },
                ["dataContainerId"] = run.DataContainerId,
                ["targetName"] = Copy("target"),
                ["runName"] = run.Name,
                ["experimentName"] = run.ExperimentName,
                ["runId"] = run.RunId,
                ["parentRunId"] = run.Parent?.RunId,
                ["rootRunId"] = run.Root.RunId,
                ["runType"] = Copy("runType"),
                ["runTypeV2"] = Copy("runTypeV2"),
                ["scriptName"] = Copy("scriptName"),
                ["experimentId"] = run.ExperimentId,
                ["runUuid"] = run.RunUuid,
                ["parentRunUuid"] = run.Parent?.RunUuid,
                ["runNumber"] = Copy("runNumber"),
                ["startTime"] = Copy("startTimeUtc"),
                ["endTime"] = Copy("endTimeUtc"),
                ["computeRequest"] = Copy("computeRequest"),
                ["compute"] = Copy("compute"),
                ["userProperties"] = JsonShape.Map(run.Properties),
                ["actionUris"] = new JsonObject(),
                ["duration"] = Copy("duration"),
                ["durationMilliseconds"] = run.Duration?.TotalMilliseconds,
            },
            ["internal"] = new JsonObject(),
            ["updateSequence"] = run.Revision,
            ["type"] = "runs",
            ["version"] = null,
            ["entityContainerId"] = workspace.WorkspaceId,
            ["entityObjectId"] = run.RunUuid,
            ["resourceType"] = "Workspace",
            ["relationships"] = new JsonArray(),
        };
    }
}
