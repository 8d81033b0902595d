using System.Text.Json;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.RunHistory;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Export;

/// <summary>
/// Everything that Resource Manager and run history say about a workspace: a file for each list, a line of JSON for each thing, as
/// the service gave it, without secrets. Lists are read page by page, and a line is forgotten when it is written.
/// </summary>
internal sealed class WorkspaceDocuments(AzureConnection connection)
{
    /// <summary>What the names of these documents begin with.</summary>
    public const string Kind = "workspace";

    private const int PageSize = 500;

    /// <summary>The lists of things, by file, in the order written.</summary>
    private static readonly (string File, ResourceKind Kind)[] Lists =
    [
        ("models.jsonl", ResourceKind.Model), ("model-versions.jsonl", ResourceKind.ModelVersion),
        ("data-assets.jsonl", ResourceKind.DataAsset), ("data-versions.jsonl", ResourceKind.DataVersion), ("datasets-v1.jsonl", ResourceKind.Dataset),
        ("computes.jsonl", ResourceKind.Compute),
        ("online-endpoints.jsonl", ResourceKind.OnlineEndpoint), ("online-deployments.jsonl", ResourceKind.OnlineDeployment),
        ("batch-endpoints.jsonl", ResourceKind.BatchEndpoint), ("batch-deployments.jsonl", ResourceKind.BatchDeployment), ("web-services-v1.jsonl", ResourceKind.WebService),
        ("schedules.jsonl", ResourceKind.Schedule), ("pipeline-endpoints-v1.jsonl", ResourceKind.PipelineEndpoint), ("published-pipelines-v1.jsonl", ResourceKind.PublishedPipeline),
        ("environments.jsonl", ResourceKind.Environment), ("environment-versions.jsonl", ResourceKind.EnvironmentVersion),
        ("components.jsonl", ResourceKind.Component), ("component-versions.jsonl", ResourceKind.ComponentVersion),
        ("datastores.jsonl", ResourceKind.Datastore),
    ];

    private readonly ResourceLister _lister = new(connection);

    /// <summary>Adds them to a plan.</summary>
    /// <param name="builder">The plan.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="into">Local folder, safe, ending in <c>/</c>.</param>
    public static void Add(PlanBuilder builder, WorkspaceRef workspace, string into)
    {
        foreach (var file in Lists.Select(list => list.File).Prepend("jobs.jsonl").Prepend("runs.jsonl").Prepend("experiments.jsonl").Prepend("workspace.json"))
        {
            builder.AddDocument(workspace, $"{Kind}:{file}", into, file);
        }
    }

    /// <summary>Writes one of them, from where an earlier life left off where it can.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="file">Which.</param>
    /// <param name="draft">Where to.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="ProblemException"><c>document.absent</c>: the workspace has no such service; <c>document.forbidden</c>: this one may not be read.</exception>
    /// <exception cref="AzureServiceException">The service refused.</exception>
    public async Task WriteAsync(WorkspaceRef workspace, string file, DocumentDraft draft, CancellationToken cancellationToken)
    {
        try
        {
            try
            {
                await WriteAnyAsync(workspace, file, draft, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (draft.IsWhereItWas && IsPlaceRefused(exception))
            {
                draft.BeginAnew("list.begunAnew", "The service did not know any more where the list was left off, so all of it was read anew.");
                await WriteAnyAsync(workspace, file, draft, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (AzureServiceException exception) when (exception.Status == 403)
        {
            // Rights differ from list to list: that one may not be read says nothing of the others.
            throw new ProblemException("document.forbidden", ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Other, file)).Message, exception);
        }
    }

    private static bool IsPlaceRefused(Exception exception) => exception is PlaceLostException or AzureServiceException { Status: 400 or 404 or 410 or 412 } or ForeignHostException;

    private async Task WriteAnyAsync(WorkspaceRef workspace, string file, DocumentDraft draft, CancellationToken cancellationToken)
    {
        var client = connection.Workspace(workspace);
        var list = new ListWriter(draft);
        await using (list.ConfigureAwait(false))
        {
            switch (file)
            {
                case "workspace.json":
                    await list.WriteAsync((await client.Arm.GetWorkspaceAsync(cancellationToken).ConfigureAwait(false)).Raw, cancellationToken).ConfigureAwait(false);
                    break;
                case "experiments.jsonl":
                    await list.WriteAllAsync(token => ExperimentsAsync(client, token, cancellationToken), experiment => experiment.Raw, cancellationToken).ConfigureAwait(false);
                    break;
                case "runs.jsonl":
                    await list.WriteNestedAsync(
                        token => ExperimentsAsync(client, token, cancellationToken),
                        experiment => experiment.Name,
                        (experiment, token, passed) => client.RunHistory.ScanRunsAsync(experiment, null, null, PageSize, token, passed, cancellationToken).Select(run => run.Raw),
                        cancellationToken).ConfigureAwait(false);
                    break;
                case "jobs.jsonl":
                    await foreach (var job in client.Arm.ScanJobsAsync(ListView.All, list.Place?.Outer, link => list.Keep(new ListPlace(link, null, null)), cancellationToken).ConfigureAwait(false))
                    {
                        await list.WriteAsync(job.Raw, cancellationToken).ConfigureAwait(false);
                    }

                    break;
                default:
                    await WriteListAsync(workspace, file, list, cancellationToken).ConfigureAwait(false);
                    break;
            }
        }
    }

    private static async Task<(IReadOnlyList<ExperimentDocument> Items, string? Next)> ExperimentsAsync(WorkspaceClient client, string? token, CancellationToken cancellationToken)
    {
        var page = await client.RunHistory.QueryExperimentsAsync(ExperimentView.All, null, null, PageSize, token, cancellationToken).ConfigureAwait(false);
        return (page.Items, page.ContinuationToken);
    }

    private async Task WriteListAsync(WorkspaceRef workspace, string file, ListWriter list, CancellationToken cancellationToken)
    {
        var found = Array.FindIndex(Lists, one => one.File == file);
        if (found < 0)
        {
            throw new ProblemException("document.unknown", $"This version does not know the document {file}. Plan again.") { Actions = [ProblemAction.PlanAgain] };
        }

        var kind = Lists[found].Kind;
        try
        {
            await (ResourcePlaces.ContainerOf(kind) is { } container
                ? list.WriteNestedAsync(
                    token => PageAsync(container, null, token),
                    one => ResourcePlaces.CanAddress(one.Address) ? one.Address.Name : null,
                    (name, token, passed) => InnerAsync(name, token, passed),
                    cancellationToken)
                : list.WriteAllAsync(token => PageAsync(kind, null, token), item => item.Raw, cancellationToken)).ConfigureAwait(false);
        }
        catch (ProblemException problem) when (problem.Code == ResourceLister.ServiceAbsent)
        {
            throw new ProblemException(TransferEngine.Absent, problem.Message, problem);
        }

        async Task<(IReadOnlyList<ListedResource> Items, string? Next)> PageAsync(ResourceKind what, string? of, string? token)
        {
            var page = await _lister.PageAsync(workspace, what, of, ListView.All, token, cancellationToken).ConfigureAwait(false);
            return (page.Items, page.Next);
        }

        async IAsyncEnumerable<JsonElement> InnerAsync(string of, string? token, Action<string> passed)
        {
            await foreach (var page in ListWriter.PagesAsync(next => PageAsync(kind, of, next), token).ConfigureAwait(false))
            {
                foreach (var item in page.Items)
                {
                    yield return item.Raw;
                }

                if (page.Next is { } next)
                {
                    passed(next);
                }
            }
        }
    }
}
