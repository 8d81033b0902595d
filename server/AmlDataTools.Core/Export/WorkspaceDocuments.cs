using System.Runtime.InteropServices;
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

    /// <summary>Writes one of them.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="file">Which.</param>
    /// <param name="to">Where to.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="ProblemException"><c>document.absent</c>: the workspace has no such service; <c>document.forbidden</c>: this one may not be read.</exception>
    /// <exception cref="AzureServiceException">The service refused.</exception>
    public async Task WriteAsync(WorkspaceRef workspace, string file, Stream to, CancellationToken cancellationToken)
    {
        try
        {
            await WriteAnyAsync(workspace, file, to, cancellationToken).ConfigureAwait(false);
        }
        catch (AzureServiceException exception) when (exception.Status == 403)
        {
            // Rights differ from list to list: that one may not be read says nothing of the others.
            throw new ProblemException("document.forbidden", ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Other, file)).Message, exception);
        }
    }

    private async Task WriteAnyAsync(WorkspaceRef workspace, string file, Stream to, CancellationToken cancellationToken)
    {
        var client = connection.Workspace(workspace);
        var lines = new LineWriter(to);
        await using (lines.ConfigureAwait(false))
        {
            switch (file)
            {
                case "workspace.json":
                    await lines.WriteAsync((await client.Arm.GetWorkspaceAsync(cancellationToken).ConfigureAwait(false)).Raw, cancellationToken).ConfigureAwait(false);
                    break;
                case "experiments.jsonl":
                    await foreach (var experiment in client.RunHistory.ListExperimentsAsync(ExperimentView.All, PageSize, cancellationToken).ConfigureAwait(false))
                    {
                        await lines.WriteAsync(experiment.Raw, cancellationToken).ConfigureAwait(false);
                    }

                    break;
                case "runs.jsonl":
                    await foreach (var experiment in client.RunHistory.ListExperimentsAsync(ExperimentView.All, PageSize, cancellationToken).ConfigureAwait(false))
                    {
                        await foreach (var run in client.RunHistory.ScanRunsAsync(experiment.Name, null, null, PageSize, cancellationToken).ConfigureAwait(false))
                        {
                            await lines.WriteAsync(run.Raw, cancellationToken).ConfigureAwait(false);
                        }
                    }

                    break;
                case "jobs.jsonl":
                    await foreach (var job in client.Arm.ScanJobsAsync(ListView.All, cancellationToken).ConfigureAwait(false))
                    {
                        await lines.WriteAsync(job.Raw, cancellationToken).ConfigureAwait(false);
                    }

                    break;
                default:
                    await WriteListAsync(workspace, file, lines, cancellationToken).ConfigureAwait(false);
                    break;
            }
        }
    }

    private async Task WriteListAsync(WorkspaceRef workspace, string file, LineWriter lines, CancellationToken cancellationToken)
    {
        var found = Array.FindIndex(Lists, list => list.File == file);
        if (found < 0)
        {
            throw new ProblemException("document.unknown", $"This version does not know the document {file}. Plan again.") { Actions = [ProblemAction.PlanAgain] };
        }

        try
        {
            await foreach (var item in _lister.ListAsync(workspace, Lists[found].Kind, null, ListView.All, cancellationToken).ConfigureAwait(false))
            {
                await lines.WriteAsync(item.Raw, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (ProblemException problem) when (problem.Code == ResourceLister.ServiceAbsent)
        {
            throw new ProblemException(TransferEngine.Absent, problem.Message, problem);
        }
    }

    /// <summary>Writes each document on a line of its own; a signed address loses its signature.</summary>
    private sealed class LineWriter(Stream to) : IAsyncDisposable
    {
        private static readonly byte[] End = "\n"u8.ToArray();

        private readonly Utf8JsonWriter _writer = new(to);

        public async ValueTask WriteAsync(JsonElement document, CancellationToken cancellationToken)
        {
            if (MaybeSigned(document))
            {
                RunDocuments.WithoutSignatures(document).WriteTo(_writer);
            }
            else
            {
                document.WriteTo(_writer);
            }

            await _writer.FlushAsync(cancellationToken).ConfigureAwait(false);
            _writer.Reset();
            await to.WriteAsync(End, cancellationToken).ConfigureAwait(false);
        }

        public ValueTask DisposeAsync() => _writer.DisposeAsync();

        private static bool MaybeSigned(JsonElement document) => JsonMarshal.GetRawUtf8Value(document).IndexOf("sig="u8) >= 0 || JsonMarshal.GetRawUtf8Value(document).IndexOf("SIG="u8) >= 0;
    }
}
