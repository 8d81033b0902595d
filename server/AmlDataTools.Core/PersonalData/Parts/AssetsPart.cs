using System.Runtime.CompilerServices;
using System.Text.Json;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.PersonalData.Matching;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.PersonalData.Parts;

/// <summary>
/// Searches the workspace's own document and the records of Resource Manager and of the v1 services, archived ones and all
/// versions included. A list that cannot be read is a gap, and the next is read.
/// </summary>
internal sealed class AssetsPart(AzureConnection connection, ResourceLister lister) : ISearchPart
{
    private static readonly ResourceKind[] Kinds =
    [
        ResourceKind.Model, ResourceKind.DataAsset, ResourceKind.Environment, ResourceKind.Component, ResourceKind.Compute, ResourceKind.Datastore,
        ResourceKind.OnlineEndpoint, ResourceKind.BatchEndpoint, ResourceKind.Schedule, ResourceKind.Dataset, ResourceKind.WebService,
        ResourceKind.PipelineEndpoint, ResourceKind.PublishedPipeline,
    ];

    /// <inheritdoc/>
    public string Name => "assets";

    /// <inheritdoc/>
    public string Title => "the workspace, models, data and other assets";

    /// <inheritdoc/>
    public bool IsAskedFor(SearchRequest request) => true;

    /// <inheritdoc/>
    public async IAsyncEnumerable<SearchBatch> SearchAsync(
        SearchRequest request, WorkspaceRef workspace, string? checkpoint, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var matcher = new DocumentMatcher(request.Subject);
        var at = PartCheckpoint.Read(checkpoint, PartJson.Default.AssetsCheckpoint);
        if (at is null)
        {
            // Who may not read the workspace may not read its lists: then this fails as a whole, with one reason.
            var document = await connection.Workspace(workspace).Arm.GetWorkspaceAsync(cancellationToken).ConfigureAwait(false);
            at = new AssetsCheckpoint(Kinds[0], null, [], null, false);
            yield return Batch(1, Found(matcher, workspace, document.Raw) is { } found ? [found] : [], [], at);
        }

        for (var index = Math.Max(0, Array.IndexOf(Kinds, at.Kind)); index < Kinds.Length; index++)
        {
            at = at.Kind == Kinds[index] ? at : new AssetsCheckpoint(Kinds[index], null, [], null, false);
            var scope = JsonSerializer.Serialize(new AssetsCheckpoint(Kinds[index], null, [], null, false) { IsAlone = true }, PartJson.Default.AssetsCheckpoint);
            await foreach (var batch in KindAsync(matcher, workspace, at, cancellationToken).ConfigureAwait(false))
            {
                yield return batch with { Scope = scope };
            }

            if (at.IsAlone)
            {
                yield break;
            }
        }
    }

    // Pages of a kind; behind each page of containers the versions of those on it.
    private async IAsyncEnumerable<SearchBatch> KindAsync(DocumentMatcher matcher, WorkspaceRef workspace, AssetsCheckpoint at, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var content = ResourcePlaces.ContentOf(at.Kind);
        while (true)
        {
            while (content is { } inner && at.Left is [var container, .. var others])
            {
                var (read, gap) = await PageAsync(workspace, inner, container, at.Inner, cancellationToken).ConfigureAwait(false);
                var next = read?.Next is { } token && token != at.Inner ? token : null;
                at = next is null ? at with { Left = others, Inner = null } : at with { Inner = next };
                yield return Batch(matcher, workspace, inner, read, gap, at);
            }

            if (at.IsLast)
            {
                yield break;
            }

            var (page, failure) = await PageAsync(workspace, at.Kind, null, at.Next, cancellationToken).ConfigureAwait(false);
            var following = page?.Next is { } link && link != at.Next ? link : null;
            var containers = content is null || page is null ? [] : page.Items.Where(one => ResourcePlaces.CanAddress(one.Address)).Select(one => one.Address.Name).ToArray();
            at = at with { Next = following, Left = containers, Inner = null, IsLast = following is null };
            yield return Batch(matcher, workspace, at.Kind, page, failure, at);
        }
    }

    private async Task<(ListedPage? Page, SearchGap? Gap)> PageAsync(WorkspaceRef workspace, ResourceKind kind, string? container, string? token, CancellationToken cancellationToken)
    {
        var what = container is null ? $"{ResourceCatalog.Of(kind).Plural}" : $"{ResourceCatalog.Of(kind).Plural} of {container}";
        try
        {
            return (await lister.PageAsync(workspace, kind, container, ListView.All, token, cancellationToken).ConfigureAwait(false), null);
        }
        catch (ProblemException problem) when (problem.Code == ResourceLister.ServiceAbsent)
        {
            return (null, new SearchGap(workspace.ResourceId, what, SearchGaps.Absent, problem.Message));
        }
        catch (AzureServiceException exception) when (exception.Status == 404 && container is not null)
        {
            // Deleted since it was listed.
            return (null, null);
        }
        catch (AzureServiceException exception) when (!SearchGaps.MayPass(exception))
        {
            return (null, SearchGaps.Of(workspace, what, exception));
        }
    }

    private static SearchBatch Batch(DocumentMatcher matcher, WorkspaceRef workspace, ResourceKind kind, ListedPage? page, SearchGap? gap, AssetsCheckpoint at)
    {
        List<SearchGap> gaps = gap is null ? [] : [gap];
        if (page is { Unnamed: > 0 })
        {
            gaps.Add(new SearchGap(workspace.ResourceId, ResourceCatalog.Of(kind).Plural, SearchGaps.Unnamed, $"{page.Unnamed} of them have no name, so that nothing can be done with them."));
        }

        var found = page?.Items.Select(item => Found(matcher, workspace, item)).OfType<(Finding, JsonElement?)>().ToList() ?? [];
        return Batch((page?.Items.Count ?? 0) + (page?.Unnamed ?? 0), found, gaps, at);
    }

    private static SearchBatch Batch(long looked, IReadOnlyList<(Finding, JsonElement?)> found, IReadOnlyList<SearchGap> gaps, AssetsCheckpoint at) =>
        new(looked, found, gaps, JsonSerializer.Serialize(at, PartJson.Default.AssetsCheckpoint));

    private static (Finding, JsonElement?)? Found(DocumentMatcher matcher, WorkspaceRef workspace, ListedResource item)
    {
        if (matcher.Match(item.Raw) is not { Count: > 0 } evidence)
        {
            return null;
        }

        var within = item.Address.Child is null ? null : item.Address.Name;
        var node = NodeTargets.Format(new ResourceTarget(item.Address, item.ServiceId));
        return (new Finding(FindingKind.Asset, node, workspace.ResourceId, item.Address.Text, within, evidence, item.Created, null), item.Raw);
    }

    private static (Finding, JsonElement?)? Found(DocumentMatcher matcher, WorkspaceRef workspace, JsonElement document) =>
        matcher.Match(document) is { Count: > 0 } evidence
            ? (new Finding(FindingKind.Workspace, NodeTargets.Format(new WorkspaceTarget(workspace)), workspace.ResourceId, workspace.Name, null, evidence, document.Child("systemData")?.Moment("createdAt"), null), document)
            : null;
}

/// <summary>Where the search of assets goes on.</summary>
/// <param name="Kind">The kind of container or asset.</param>
/// <param name="Next">Its next page; null for the first, or when there is none.</param>
/// <param name="Left">Containers of the page at hand whose versions are still to be searched, the present one first.</param>
/// <param name="Inner">The next page of the present one's versions; null for the first.</param>
/// <param name="IsLast">Whether there is no further page of the kind.</param>
internal sealed record AssetsCheckpoint(ResourceKind Kind, string? Next, string[] Left, string? Inner, bool IsLast)
{
    /// <summary>Whether this kind alone is searched.</summary>
    public bool IsAlone { get; init; }
}
