using System.Globalization;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Names;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Places;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Storage;

namespace AmlDataTools.Core.Export;

/// <summary>
/// Plans the export of a whole workspace: each part into a folder of its own. What is not there to be had (a model at a public address) or
/// cannot be read is an item of the plan too, so that the receipt names all of it, however much it is.
/// </summary>
internal sealed class WorkspaceExportPlanner(AzureConnection connection, StorageAccesses accesses, ResourceLister lister, AssetPlanner assets)
{
    /// <summary>Adds what was chosen of a workspace.</summary>
    /// <param name="planning">The plan.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="parts">What of it.</param>
    /// <param name="root">Local folder, safe, ending in <c>/</c>.</param>
    /// <param name="progress">Told while reading.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task AddAsync(ExportPlanning planning, WorkspaceRef workspace, WorkspaceParts parts, string root, IProgress<PlanStep>? progress, CancellationToken cancellationToken)
    {
        // Each part is read as it comes: whether there is such a workspace is said now.
        await connection.Workspace(workspace).Arm.GetWorkspaceAsync(cancellationToken).ConfigureAwait(false);
        var lines = new List<string>();
        if (parts.Record)
        {
            var before = planning.Builder.Items;
            WorkspaceDocuments.Add(planning.Builder, workspace, $"{root}record/");
            lines.Add($"record: {Sizes.Count(planning.Builder.Items - before, "list")}");
        }

        if (parts.Models)
        {
            await PartAsync("models", () => assets.AddAllAsync(planning, lister.ListAsync(workspace, ResourceKind.ModelVersion, null, ListView.All, cancellationToken), $"{root}models/", cancellationToken), "version").ConfigureAwait(false);
        }

        if (parts.Data)
        {
            await PartAsync("data assets", () => assets.AddAllAsync(planning, lister.ListAsync(workspace, ResourceKind.DataVersion, null, ListView.All, cancellationToken), $"{root}data/", cancellationToken), "version").ConfigureAwait(false);
            await PartAsync("datasets (v1)", () => assets.AddAllAsync(planning, lister.ListAsync(workspace, ResourceKind.Dataset, null, ListView.All, cancellationToken), $"{root}datasets-v1/", cancellationToken), "dataset").ConfigureAwait(false);
        }

        if (parts.Notebooks)
        {
            await PartAsync("notebooks", async () =>
            {
                await planning.Builder.AddFolderAsync(new FileLocation(workspace, NotebookShare.Datastore, string.Empty, null), $"{root}notebooks/", null, isRunFolder: false, cancellationToken).ConfigureAwait(false);
                return 0;
            }, null).ConfigureAwait(false);
        }

        if (parts.Runs)
        {
            await PartAsync("runs", () => new RunFilesPlanner(connection, accesses).AddAsync(planning, workspace, $"{root}runs/", progress, cancellationToken), "run").ConfigureAwait(false);
        }

        planning.Notes.InsertRange(0, lines.Select(line => new PlanWarning("workspace.part", $"{char.ToUpperInvariant(line[0])}{line[1..]}.", 1)));
        if (parts.Runs || parts.Data)
        {
            planning.Notes.Add(new PlanWarning("workspace.notInParts", "Not in it: named outputs of runs and other files in datastores, unless they are registered as models or data.", 1));
        }

        async Task PartAsync(string what, Func<Task<long>> add, string? noun)
        {
            var (items, bytes) = (planning.Builder.Items, planning.Builder.Bytes);
            try
            {
                var count = await add().ConfigureAwait(false);
                var files = planning.Builder.Items - items;
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"{what}: {(noun is null ? string.Empty : $"{Sizes.Count(count, noun)}, ")}{Sizes.Count(files, "file")}, {Sizes.Text(planning.Builder.Bytes - bytes)}"));
            }
            catch (Exception exception) when (!(exception is OperationCanceledException && cancellationToken.IsCancellationRequested))
            {
                var problem = ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Other, $"the {what} of {workspace.Name}"));
                if (problem.Code == ResourceLister.ServiceAbsent || exception is AzureServiceException { Status: 404 } || problem.Code == "datastore.notFound")
                {
                    lines.Add($"{what}: there are none");
                    return;
                }

                // A part of the files in the plan would look like all of them.
                // Rights differ from list to list: that one may not be read says nothing of the others.
                if ((AssetPlanner.EndsAll(problem) && problem.Code != "auth.forbidden") || problem.Retryable || planning.Builder.Items > items)
                {
                    throw problem;
                }

                planning.Builder.AddLeftOut(workspace, what, $"{root}{LocalNames.Segment(what)}", problem.Code, problem.Message, isNothing: false);
                planning.Notes.Add(new PlanWarning("workspace.partUnread", $"The {what} cannot be read and are not taken. {problem.Message}", 1));
                lines.Add($"{what}: cannot be read");
            }
        }
    }
}
