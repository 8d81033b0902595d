using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;
using AmlDataTools.Emulator.Storage;

namespace AmlDataTools.Emulator.ResourceManager;

/// <summary>Jobs: list, GET, PUT, DELETE and cancel.</summary>
/// <param name="arm">Finds and guards workspaces.</param>
/// <param name="state">The emulator's state.</param>
/// <param name="engine">Azurite, for jobs whose deletion takes their data.</param>
internal sealed class JobRoutes(ArmService arm, EmulatorState state, BlobEngine engine)
{
    /// <summary>Jobs a page [guess].</summary>
    private const int PageSize = 30;

    /// <summary>Adds the routes.</summary>
    public void Map(RouteTable routes)
    {
        const string jobs = ArmService.WorkspaceRoute + "/jobs";
        routes.Map("GET", jobs, ListAsync);
        routes.Map("GET", jobs + "/{job}", x =>
        {
            var workspace = arm.Workspace(x, WorkspaceRole.Reader, "jobs/read");
            return x.JsonAsync(JobDocuments.Document(state, workspace, Find(workspace, x["job"])));
        });
        routes.Map("PUT", jobs + "/{job}", PutAsync);
        routes.Map("DELETE", jobs + "/{job}", DeleteAsync);
        routes.Map("POST", jobs + "/{job}/cancel", CancelAsync);
    }

    private static RunRecord Find(Workspace workspace, string name) => workspace.Runs.Find(name)
        ?? throw new ServiceException(404, "UserError", $"Job {name} not found.") { InnerCodes = ["NotFound", "JobNotFound"], Parameters = ("Job {jobId} not found.", "jobId", name) };

    private Task ListAsync(Exchange exchange)
    {
        var workspace = arm.Workspace(exchange, WorkspaceRole.Reader, "jobs/read");
        var view = exchange.Query("listViewType") ?? "ActiveOnly";
        var type = exchange.Query("jobType");
        var tag = exchange.Query("tag");
        bool IsWanted(RunRecord run) => (view switch { "All" => true, "ArchivedOnly" => run.Hidden, _ => !run.Hidden })
            && (string.IsNullOrEmpty(type) || string.Equals(JobDocuments.JobType(run), type, StringComparison.OrdinalIgnoreCase))
            && (string.IsNullOrEmpty(tag) || run.Tags.Any(t => tag == t.Key || tag == $"{t.Key}={t.Value}"));
        var (page, next) = ArmService.Page(exchange, state, start => workspace.Runs.JobsFrom(start).Where(entry => IsWanted(entry.Run)), PageSize);
        var body = new JsonObject { ["value"] = JsonShape.List(page.Select(r => JobDocuments.Document(state, workspace, r))) };
        if (next is not null)
        {
            body["nextLink"] = next;
        }

        return exchange.JsonAsync(body);
    }

    private async Task PutAsync(Exchange exchange)
    {
        var workspace = arm.Workspace(exchange, WorkspaceRole.DataScientist, "jobs/write");
        var body = await exchange.ReadObjectAsync();
        var run = workspace.Runs.Find(exchange["job"])
            ?? throw ArmErrors.User(400, "The emulator starts no jobs; a PUT may only change one that exists.", "BadArgument", "ArgumentInvalid");
        if (body["properties"] is not JsonObject properties)
        {
            throw ArmErrors.User(400, "The 'properties' of the job are missing.", "BadArgument", "ArgumentBlankOrEmpty");
        }

        run.Hidden = properties.Truth("isArchived") ?? run.Hidden;
        run.DisplayName = properties.Text("displayName") ?? run.DisplayName;
        run.Description = properties.ContainsKey("description") ? properties.Text("description") : run.Description;
        run.Tags = properties.ContainsKey("tags") ? properties.TextMap("tags") : run.Tags;
        run.Revision++;
        workspace.Runs.Keep(run);
        await exchange.JsonAsync(JobDocuments.Document(state, workspace, run));
    }

    private async Task DeleteAsync(Exchange exchange)
    {
        var workspace = arm.Workspace(exchange, WorkspaceRole.DataScientist, "jobs/delete");
        if (workspace.Runs.Find(exchange["job"]) is not { } run)
        {
            await exchange.EmptyAsync(204);
            return;
        }

        if (!run.Terminal)
        {
            throw ArmErrors.User(400, $"The job {run.RunId} is not in a terminal status, it can't be deleted.", "BadArgument", "ArgumentInvalid");
        }

        var gone = state.Settings.JobDeleteLeavesChildren ? [run] : Below(workspace, run).Append(run).ToArray();
        if (state.Settings.JobDeleteRemovesData)
        {
            // The documentation says that the data goes with the job, a public report saw it stay: the careful client must look.
            foreach (var one in gone.Where(r => r.ReusedRunId is null))
            {
                await engine.DeleteUnderAsync(state.Accounts[workspace.StorageAccount], "azureml", $"ExperimentRun/{one.DataContainerId}/", exchange.Aborted);
            }
        }

        var operation = state.Operations.Add(new Operation($"jd:{workspace.WorkspaceId}:{run.RunId}", ["202", "200"], () =>
        {
            foreach (var one in gone)
            {
                workspace.Runs.Remove(one);
            }
        }));
        await AcceptedAsync(exchange, workspace, operation);
    }

    private Task CancelAsync(Exchange exchange)
    {
        var workspace = arm.Workspace(exchange, WorkspaceRole.DataScientist, "jobs/cancel/action");
        var run = Find(workspace, exchange["job"]);
        if (run.Terminal)
        {
            throw ArmErrors.User(400, $"The {(run.Kind == RunKind.Pipeline ? "pipeline " : string.Empty)}run {run.RunId} is in terminal status, it can't be canceled.", "BadArgument", "ArgumentInvalid", "CancelPipelineRunInTerminalStatus");
        }

        run.Status = "CancelRequested";
        workspace.Runs.Keep(run);
        var operation = state.Operations.Add(new Operation($"jc:{workspace.WorkspaceId}:{run.RunId}", ["202", "202", "200"], () =>
        {
            run.Status = "Canceled";
            run.Ended = DateTimeOffset.UtcNow;
        }));
        return AcceptedAsync(exchange, workspace, operation);
    }

    private static IEnumerable<RunRecord> Below(Workspace workspace, RunRecord run) =>
        workspace.Runs.Children(run).SelectMany(c => Below(workspace, c).Prepend(c));

    private Task AcceptedAsync(Exchange exchange, Workspace workspace, Operation operation)
    {
        exchange.Http.Response.Headers.Location = OperationRoutes.Link(state, workspace, "mfeOperationResults", operation.Id, exchange);
        exchange.Http.Response.Headers["x-ms-async-operation-timeout"] = "PT1H";
        return exchange.JsonAsync(null, 202);
    }
}
