using System.Text.Json;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Blobs;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.RunHistory;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Explorer.Nodes;
using AmlDataTools.Core.Export;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Runs;
using AmlDataTools.Core.Storage;

namespace AmlDataTools.Core.PersonalData.Export;

/// <summary>
/// Adds the files of findings to a plan: outputs and logs of runs and files of model versions where the subject made, changed or
/// owns them (in those of others the subject is only mentioned), folders of users, files that were found. What cannot be listed
/// is said and stops nothing.
/// </summary>
internal sealed class FoundFiles(StorageAccesses accesses, RunReader runs, AssetPlanner assets)
{
    private const string Mentioned = "Its files are not included: the person is only mentioned in it.";

    /// <summary>Whether a finding may have files in it.</summary>
    public static bool HasFiles(Finding finding, NodeTarget target) => target switch
    {
        RunTarget or ResourceTarget { Resource.Kind: ResourceKind.ModelVersion } => finding.Evidence.Any(one => one.IsAuthorship),
        FolderTarget => true,
        _ => false,
    };

    /// <summary>Why files that one might expect are not given; null when there is nothing to say.</summary>
    public static string? WhyNot(NodeTarget target) => target switch
    {
        RunTarget or ResourceTarget { Resource.Kind: ResourceKind.ModelVersion } => Mentioned,
        ResourceTarget { Resource.Kind: ResourceKind.DataAsset or ResourceKind.DataVersion or ResourceKind.Dataset } =>
            "The data it stands for is not included: the record does not tell whether it is about the person.",
        _ => null,
    };

    /// <summary>Begins to ask for what is in a finding, so that the next ones are on their way while this one is written down.</summary>
    /// <param name="target">The finding.</param>
    /// <param name="document">Its document as it was found; null for none.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    public async Task<Listing?> BeginAsync(NodeTarget target, ReadOnlyMemory<byte>? document, CancellationToken cancellationToken)
    {
        switch (target)
        {
            case RunTarget run:
                var known = document is { } bytes ? ReadRun(bytes, run.RunId) : null;
                var found = await runs.WithOriginalAsync(run.Workspace, known ?? await runs.GetAsync(run.Workspace, run.RunId, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
                var folder = new FileLocation(run.Workspace, NodeFactory.ArtifactStore, $"ExperimentRun/{found.ArtifactContainer}/", found.ArtifactContainer);
                return await ListAsync(folder, FoundNames.FolderOfRun(run.Workspace, run.RunId), cancellationToken).ConfigureAwait(false);
            case FolderTarget { Location: var place }:
                return await ListAsync(place, FoundNames.FolderOf(place), cancellationToken).ConfigureAwait(false);
            default:
                return null;
        }
    }

    /// <summary>Adds what is in a finding.</summary>
    /// <param name="planning">The plan.</param>
    /// <param name="root">The folder of all, ending in <c>/</c>.</param>
    /// <param name="target">The finding.</param>
    /// <param name="begun">What was asked for already.</param>
    /// <param name="cancellationToken">Stops listing.</param>
    /// <returns>Why not all is there; null when it is.</returns>
    /// <exception cref="ProblemException">Nothing more can be listed: no access, no network.</exception>
    public async Task<string?> AddAsync(ExportPlanning planning, string root, NodeTarget target, Task<Listing?> begun, CancellationToken cancellationToken)
    {
        try
        {
            if (target is ResourceTarget model)
            {
                var chosen = await assets.FindAsync([model], alone: true, null, cancellationToken).ConfigureAwait(false);
                var into = root + FoundNames.FolderOfModels(model.Resource.Workspace);
                await assets.AddAsync(planning, chosen with { Assets = [.. chosen.Assets.Select(asset => asset with { Root = into + asset.Root })] }, alone: true, cancellationToken).ConfigureAwait(false);
                return null;
            }

            if (await begun.ConfigureAwait(false) is { } listing)
            {
                await planning.Builder.AddFolderAsync(
                    listing.Folder, root + listing.Into, null, isRunFolder: false, cancellationToken, null, Task.FromResult(listing.First)).ConfigureAwait(false);
            }

            return null;
        }
        catch (Exception exception) when (!(exception is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            return WhyOf(exception, target);
        }
    }

    /// <summary>Asks for a file that was found.</summary>
    /// <returns>The file, or why it is not given.</returns>
    /// <exception cref="ProblemException">Nothing more can be asked for: no access, no network.</exception>
    public async Task<(BlobItem? Blob, string? Why)> AskAsync(FileTarget file, CancellationToken cancellationToken)
    {
        try
        {
            var blob = await accesses.Of(file.Location.Workspace, file.Location.Datastore).GetPropertiesAsync(file.Location.Path, cancellationToken).ConfigureAwait(false);
            return blob.IsFolder ? (null, "It is a folder now.") : (blob, null);
        }
        catch (AzureServiceException exception) when (exception.Status == 404)
        {
            return (null, "It was deleted after it was found.");
        }
        catch (Exception exception) when (!(exception is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            return (null, WhyOf(exception, file));
        }
    }

    /// <summary>Where a file goes: to its run's others, or as it lies in its datastore.</summary>
    public static (string Into, string Relative) PlaceOf(FileTarget file)
    {
        var (place, run) = (file.Location, file.RunId);
        return run is not null && place.ArtifactContainer is { } container && place.Path.StartsWith($"ExperimentRun/{container}/", StringComparison.Ordinal)
            ? (FoundNames.FolderOfRun(place.Workspace, run), place.Path[$"ExperimentRun/{container}/".Length..])
            : (FoundNames.FolderOfStore(place.Workspace, place.Datastore), place.Path);
    }

    private async Task<Listing> ListAsync(FileLocation folder, string into, CancellationToken cancellationToken)
    {
        var prefix = Names.FolderPrefix.Normalize(folder.Path);
        return new Listing(folder, into, await accesses.Of(folder.Workspace, folder.Datastore).ListPageAsync(prefix, delimiter: false, null, PlanBuilder.PageSize, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The run as it was found; null when the document is another one on it.</summary>
    private static RunDocument? ReadRun(ReadOnlyMemory<byte> document, string runId)
    {
        try
        {
            using var parsed = JsonDocument.Parse(document);
            var run = new RunDocument(parsed.RootElement.Clone());
            return parsed.RootElement.ValueKind == JsonValueKind.Object && run.RunId == runId ? run : null;
        }
        catch (JsonException)
        {
            // It is read anew.
            return null;
        }
    }

    private static string WhyOf(Exception exception, NodeTarget target)
    {
        if (exception is AzureServiceException { Status: 404 })
        {
            return "It was deleted after it was found, so not all its files are here.";
        }

        var problem = ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Other, target is RunTarget run ? run.RunId : "this"));
        return AssetPlanner.EndsAll(problem) ? throw problem : $"Not all its files are here. {problem.Message}";
    }

    /// <summary>A folder, and the first page of what is in it.</summary>
    /// <param name="Folder">The folder.</param>
    /// <param name="Into">Where it goes.</param>
    /// <param name="First">The page.</param>
    internal sealed record Listing(FileLocation Folder, string Into, BlobListPage First);
}
