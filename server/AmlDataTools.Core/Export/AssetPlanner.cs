using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.V1;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Names;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Places;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Runs;
using AmlDataTools.Core.Storage;

namespace AmlDataTools.Core.Export;

/// <summary>
/// Plans the export of models, data assets and datasets: which version, where its files lie, and the document beside them.
/// Of several, what cannot be taken is left out and said; of one it is the error.
/// </summary>
internal sealed class AssetPlanner(AzureConnection connection, StorageAccesses accesses, ResourceLister lister, RunReader runs, NamedOutputResolver outputs)
{
    /// <summary>Whether a kind of thing has files that can be taken.</summary>
    public static bool Takes(ResourceKind kind) =>
        kind is ResourceKind.Model or ResourceKind.ModelVersion or ResourceKind.DataAsset or ResourceKind.DataVersion or ResourceKind.Dataset;

    /// <summary>Reads the records of what was chosen; of a container that of its latest version.</summary>
    /// <param name="targets">What was chosen.</param>
    /// <param name="alone">Whether it is all that was chosen, so that a refusal is the error.</param>
    /// <param name="progress">Told while reading.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<AssetSelection> FindAsync(IReadOnlyList<ResourceTarget> targets, bool alone, IProgress<PlanStep>? progress, CancellationToken cancellationToken)
    {
        var assets = new List<ChosenAsset>();
        var leftOut = new List<PlanWarning>();
        ProblemException? first = null;
        var seen = new HashSet<ResourceAddress>();
        var roots = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var target in targets)
        {
            progress?.Report(new PlanStep($"Reading {target.Resource.Text}", 0, 0));
            try
            {
                var item = await ReadAsync(target.Resource, cancellationToken).ConfigureAwait(false);
                if (seen.Add(item.Address))
                {
                    assets.Add(new ChosenAsset(item, RootOf(item, roots)));
                }
            }
            catch (Exception exception) when (!(exception is OperationCanceledException && cancellationToken.IsCancellationRequested))
            {
                var problem = ProblemMapper.From(exception, ContextOf(target.Resource, exception));
                if (alone || EndsAll(problem))
                {
                    throw problem;
                }

                first ??= problem;
                leftOut.Add(LeftOut(target.Resource, problem));
            }
        }

        return new AssetSelection(assets, leftOut, first);
    }

    /// <summary>Adds the files of what was found, and a document for each.</summary>
    /// <returns>The first reason why something was left out; null when nothing was.</returns>
    public async Task<ProblemException?> AddAsync(ExportPlanning planning, AssetSelection chosen, bool alone, CancellationToken cancellationToken)
    {
        var first = chosen.FirstRefusal;
        var locator = Locator();
        foreach (var asset in chosen.Assets)
        {
            var before = planning.Builder.Items;
            try
            {
                await AddAsync(planning, asset, locator, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (!(exception is OperationCanceledException && cancellationToken.IsCancellationRequested))
            {
                var problem = ProblemMapper.From(exception, ContextOf(asset.Item.Address, exception));

                // A part of its files in the plan would look like all of them.
                if (alone || EndsAll(problem) || planning.Builder.Items > before)
                {
                    throw problem;
                }

                first ??= problem;
                planning.Notes.Add(LeftOut(asset.Item.Address, problem));
            }
        }

        return first;
    }

    /// <summary>Adds the files of all that comes, and a document for each; what has none is an item that says so.</summary>
    /// <param name="planning">The plan.</param>
    /// <param name="items">Versions of models or data, or datasets; one is held at a time.</param>
    /// <param name="into">Local folder, safe, ending in <c>/</c>.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>How many came.</returns>
    public async Task<long> AddAllAsync(ExportPlanning planning, IAsyncEnumerable<ListedResource> items, string into, CancellationToken cancellationToken)
    {
        var locator = Locator();
        var (count, nothing, failed) = (0L, 0L, 0L);
        await foreach (var item in items.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            count++;
            var before = planning.Builder.Items;
            var asset = new ChosenAsset(item, $"{into}{LocalNames.Segment(item.Address.Name)}{EndOf(item)}");
            try
            {
                await AddAsync(planning, asset, locator, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (!(exception is OperationCanceledException && cancellationToken.IsCancellationRequested))
            {
                var problem = ProblemMapper.From(exception, ContextOf(item.Address, exception));
                if (EndsAll(problem) || problem.Retryable || planning.Builder.Items > before)
                {
                    throw problem;
                }

                var isNothing = problem.Code.StartsWith("asset.", StringComparison.Ordinal);
                (nothing, failed) = isNothing ? (nothing + 1, failed) : (nothing, failed + 1);
                planning.Builder.AddLeftOut(item.Address.Workspace, asset.InWords, asset.Root, problem.Code, problem.Message, isNothing);
            }
        }

        if (nothing > 0)
        {
            planning.Notes.Add(new PlanWarning("asset.nothingThere", $"Of {Sizes.Count(nothing, "model or data version")} no datastore of the workspace has files; the receipt names {(nothing == 1 ? "it" : "them")}.", nothing));
        }

        if (failed > 0)
        {
            planning.Notes.Add(new PlanWarning("asset.leftOut", $"{Sizes.Count(failed, "model or data version")} cannot be read and {(failed == 1 ? "is" : "are")} not taken; the receipt says why.", failed));
        }

        return count;
    }

    private AssetLocator Locator()
    {
        var stores = new Dictionary<WorkspaceRef, Task<StoreMap>>();
        return new AssetLocator(connection, runs, outputs, (workspace, token) =>
            stores.TryGetValue(workspace, out var known) ? known : stores[workspace] = StoreMap.ReadAsync(connection, workspace, token));
    }

    private async Task<ListedResource> ReadAsync(ResourceAddress address, CancellationToken cancellationToken)
    {
        if (ResourcePlaces.ContentOf(address.Kind) is not { } content)
        {
            return await lister.GetAsync(address, null, cancellationToken).ConfigureAwait(false);
        }

        var container = await lister.GetAsync(address, null, cancellationToken).ConfigureAwait(false);
        if (container.Properties.Text("latestVersion") is { Length: > 0 } told)
        {
            try
            {
                var latest = await lister.GetAsync(new ResourceAddress(address.Workspace, content, address.Name, told), null, cancellationToken).ConfigureAwait(false);
                if (!latest.IsArchived)
                {
                    return latest;
                }
            }
            catch (AzureServiceException exception) when (exception.Status == 404)
            {
                // The service goes on telling of a version that was deleted: the newest that is there is looked for.
            }
        }

        ListedResource? newest = null;
        await foreach (var version in lister.ListAsync(address.Workspace, content, address.Name, ListView.ActiveOnly, cancellationToken).ConfigureAwait(false))
        {
            newest = newest is null || version.Created > newest.Created ? version : newest;
        }

        return newest ?? throw new ProblemException(
            "asset.noVersion", $"There is no version of {ChosenAsset.InWordsOf(address)} that is not archived. Show archived ones and choose one of its versions.")
        { Target = address.Text };
    }

    private async Task AddAsync(ExportPlanning planning, ChosenAsset asset, AssetLocator locator, CancellationToken cancellationToken)
    {
        var builder = planning.Builder;
        var before = builder.Items;
        var root = asset.Root + "/";
        var addresses = AssetAddress.Of(asset.Item);
        if (addresses.Count == 0)
        {
            throw new ProblemException(
                "asset.noAddress", $"The record of {asset.InWords} does not tell a datastore in which its data lies (a query, or a public address), so there is nothing to download.")
            { Target = asset.Item.Address.Text };
        }

        var found = 0L;
        var places = new List<AssetPlace>();
        foreach (var address in addresses)
        {
            var place = address.InStore is { } path
                ? new AssetPlace(asset.Item.Address.Workspace, path.Datastore, path.Path.TrimStart('/'), PlaceForm.Either, IsPattern: path.Path.AsSpan().ContainsAny('*', '?'), null)
                : await locator.FindAsync(asset, address.Address, address.Form, cancellationToken).ConfigureAwait(false);
            places.Add(place);

            // Several places keep their own paths, so that one is told from the other.
            var into = addresses.Count == 1 ? root : $"{root}{place.LocalFolder}";
            var count = await builder.AddPlaceAsync(place, into, cancellationToken).ConfigureAwait(false);
            if (count == 0 && await locator.OriginalAsync(place, cancellationToken).ConfigureAwait(false) is { } original)
            {
                count = await builder.AddPlaceAsync(original, into, cancellationToken).ConfigureAwait(false);
            }

            if (count == 0 && addresses.Count > 1)
            {
                planning.Notes.Add(new PlanWarning("asset.placeEmpty", $"Nothing is at {place.Text}, of which {asset.InWords} speaks.", 1));
            }

            found += count;
        }

        if (found == 0)
        {
            throw await locator.NoFilesAsync(asset, places, cancellationToken).ConfigureAwait(false);
        }

        if (asset.Item.Address.Kind == ResourceKind.DataVersion && AssetAddress.IsTable(asset.Item.Properties.Text("dataType")))
        {
            await new TablePlanner(accesses, locator).AddAsync(planning, asset, places[0], cancellationToken).ConfigureAwait(false);
        }

        if (builder.Items > before && planning.Choices.Once is null)
        {
            var file = asset.Item.Address.Kind == ResourceKind.ModelVersion ? "model.json" : "data.json";
            builder.AddSummary(asset.Item.Address.Workspace, AssetDocuments.NameOf(asset.Item.Address), root, file, before);
        }
    }

    /// <summary>Name and version; what would fall together with another of the selection is told from it by its kind.</summary>
    private static string RootOf(ListedResource item, HashSet<string> roots)
    {
        var end = EndOf(item);
        var name = item.Address.Name;
        for (var attempt = 0; ; attempt++)
        {
            var told = attempt switch
            {
                0 => name,
                1 => $"{name}-{(item.Address.Kind switch { ResourceKind.ModelVersion => "model", ResourceKind.DataVersion => "data", _ => "dataset" })}",
                _ => $"{name}-{attempt}",
            };
            var root = LocalNames.Segment(told) + end;
            if (roots.Add(root))
            {
                return root;
            }
        }
    }

    private static string EndOf(ListedResource item) =>
        (item.Address.Child ?? new DatasetDocument(item.Raw).LatestVersion) is { } version && !string.IsNullOrWhiteSpace(version) ? "/" + LocalNames.Segment(version) : string.Empty;

    // What a role on a workspace would not help with.
    private static ProblemContext ContextOf(ResourceAddress address, Exception exception) =>
        address.Workspace.IsRegistry && exception is AzureServiceException { Status: 401 or 403 }
            ? new ProblemContext(ProblemSubject.Registry, address.Workspace.Name, address.Workspace.ResourceId)
            : new ProblemContext(ProblemSubject.Other, address.Workspace.IsRegistry ? $"{ChosenAsset.InWordsOf(address)} of the registry {address.Workspace.Name}" : ChosenAsset.InWordsOf(address));

    private static PlanWarning LeftOut(ResourceAddress address, ProblemException problem) =>
        new("asset.leftOut", $"Left out is {ChosenAsset.InWordsOf(address)}. {problem.Message}", 1);

    /// <summary>Whether it would be the same with everything else.</summary>
    internal static bool EndsAll(ProblemException problem) =>
        problem.Code.StartsWith("auth.", StringComparison.Ordinal) || problem.Code.StartsWith("disk.", StringComparison.Ordinal)
        || problem.Code.StartsWith("network.", StringComparison.Ordinal) || problem.Code.StartsWith("pattern.", StringComparison.Ordinal);
}
