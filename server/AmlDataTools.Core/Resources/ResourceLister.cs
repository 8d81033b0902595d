using System.Runtime.CompilerServices;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.V1;
using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.Resources;

/// <summary>
/// Reads the records of every kind but runs and experiments, which run history has. Services of SDK v1 are optional:
/// where one is not there, reading it is the problem <see cref="ServiceAbsent"/>.
/// </summary>
/// <param name="connection">The cloud and the sign-in.</param>
internal sealed class ResourceLister(AzureConnection connection)
{
    /// <summary>The problem's code when the workspace has no such service.</summary>
    public const string ServiceAbsent = "resources.serviceAbsent";

    /// <summary>All things of a kind, page by page.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="kind">The kind; neither run nor experiment.</param>
    /// <param name="container">Of versions and deployments their container or endpoint; null for those of all of them, archived ones included.</param>
    /// <param name="view">Whether archived ones are wanted.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="ProblemException"><see cref="ServiceAbsent"/>; or the service's pages do not end.</exception>
    /// <exception cref="AzureServiceException">The service refused.</exception>
    public async IAsyncEnumerable<ListedResource> ListAsync(
        WorkspaceRef workspace, ResourceKind kind, string? container, ListView view, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (container is null && ResourcePlaces.ContainerOf(kind) is { } outer)
        {
            await foreach (var one in ListAsync(workspace, outer, null, ListView.All, cancellationToken).ConfigureAwait(false))
            {
                if (!ResourcePlaces.CanAddress(one.Address))
                {
                    continue;
                }

                await foreach (var inner in ListAsync(workspace, kind, one.Address.Name, view, cancellationToken).ConfigureAwait(false))
                {
                    yield return inner;
                }
            }

            yield break;
        }

        string? token = null;
        do
        {
            var page = await PageAsync(workspace, kind, container, view, token, cancellationToken).ConfigureAwait(false);
            foreach (var item in page.Items)
            {
                yield return item;
            }

            if (page.Next is not null && page.Next == token)
            {
                throw new ProblemException("service.invalidAnswer", "The service gave the same page of this list again and again. Try again later.") { Retryable = true, Actions = [ProblemAction.Retry] };
            }

            token = page.Next;
        }
        while (token is not null);
    }

    /// <summary>One page, as large as the service makes it. Versions come newest first, where the service sorts them.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="kind">The kind; neither run nor experiment.</param>
    /// <param name="container">Of versions and deployments their container or endpoint; null otherwise.</param>
    /// <param name="view">Whether archived ones are wanted.</param>
    /// <param name="token">The previous page's <see cref="ListedPage.Next"/>; null for the first page.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="ArgumentException">The kind has no list, or the container's name is missing or would make another address.</exception>
    /// <exception cref="ProblemException"><see cref="ServiceAbsent"/>.</exception>
    /// <exception cref="AzureServiceException">The service refused.</exception>
    public async Task<ListedPage> PageAsync(
        WorkspaceRef workspace, ResourceKind kind, string? container, ListView view, string? token, CancellationToken cancellationToken)
    {
        if (view == ListView.ArchivedOnly && !ResourceCatalog.Of(kind).CanArchive)
        {
            return new ListedPage([], null, 0);
        }

        var client = connection.Workspace(workspace);
        switch (kind)
        {
            case ResourceKind.Run or ResourceKind.Experiment:
                throw new ArgumentException("Runs and experiments are run history's.", nameof(kind));
            case ResourceKind.Dataset:
                var datasets = await OptionalAsync(kind, () => client.Datasets.ListPageAsync(token, cancellationToken)).ConfigureAwait(false);
                return Page(datasets.Items, dataset => ListedResource.From(workspace, dataset), view, datasets.ContinuationToken);
            case ResourceKind.WebService:
                var services = await OptionalAsync(kind, () => AllAsync(client.WebServices.ListAsync(cancellationToken))).ConfigureAwait(false);
                return Page(services, service => ListedResource.From(workspace, service), view, null);
            case ResourceKind.PipelineEndpoint or ResourceKind.PublishedPipeline:
                var pipelines = await client.Pipelines.ListAsync(PipelineKindOf(kind), view == ListView.ActiveOnly, cancellationToken).ConfigureAwait(false) ?? throw Absent(kind, null);
                return Page(pipelines, pipeline => ListedResource.From(workspace, pipeline), view, null);
            default:
                return await FromArmAsync(client, kind, container, view, token, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>One thing, read from its service.</summary>
    /// <param name="address">Which; neither run nor experiment.</param>
    /// <param name="serviceId">What the service calls it where that is not its name; null otherwise.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="ArgumentException">The kind is not read here, or the name would make another address.</exception>
    /// <exception cref="AzureServiceException">Status 404: it is not there.</exception>
    public async Task<ListedResource> GetAsync(ResourceAddress address, string? serviceId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(address);
        var client = connection.Workspace(address.Workspace);
        var found = address.Kind switch
        {
            ResourceKind.Dataset => await FindDatasetAsync(address, cancellationToken).ConfigureAwait(false),
            ResourceKind.WebService => ListedResource.From(address.Workspace, await client.WebServices.GetAsync(serviceId ?? address.Name, cancellationToken).ConfigureAwait(false)),
            ResourceKind.PipelineEndpoint or ResourceKind.PublishedPipeline => ListedResource.From(
                address.Workspace, await client.Pipelines.GetAsync(PipelineKindOf(address.Kind), serviceId ?? address.Name, cancellationToken).ConfigureAwait(false)),
            ResourceKind.Run or ResourceKind.Experiment => throw new ArgumentException("Runs and experiments are run history's.", nameof(address)),
            ResourceKind.Workspace => ListedResource.From(address.Workspace, await client.Arm.GetWorkspaceAsync(cancellationToken).ConfigureAwait(false)),
            var kind when DependentKinds.Is(kind) => ListedResource.From(
                address.Workspace,
                await connection.Dependents(address.Workspace.TenantId).GetAsync(
                    DependentKinds.RefOf(kind, serviceId) ?? throw new ArgumentException("The id is not that of such a resource.", nameof(serviceId)), cancellationToken).ConfigureAwait(false)),
            _ => ResourcePlaces.PathOf(address) is { } path
                ? ListedResource.From(address.Workspace, address.Kind, address.Child is null ? null : address.Name, await client.Resources.GetAsync(path, cancellationToken).ConfigureAwait(false))
                : null,
        };
        return found ?? throw new AzureServiceException(200, "NoName", $"The service gave {address.Text} without a name.");
    }

    private static async Task<ListedPage> FromArmAsync(
        WorkspaceClient client, ResourceKind kind, string? container, ListView view, string? token, CancellationToken cancellationToken)
    {
        var collection = ResourcePlaces.CollectionOf(kind, container) ?? throw new ArgumentException($"Resource Manager has no list of {kind}.", nameof(kind));
        var isVersion = ResourceCatalog.Of(kind) is { ChildCollection: "versions" };
        (string Name, string? Value)[] query = kind switch
        {
            // Of schedules this chooses between enabled and disabled ones, and without it only the enabled ones come.
            ResourceKind.Schedule => [("listViewType", "All")],
            _ when ResourceCatalog.Of(kind).CanArchive => [("listViewType", view.ToString())],
            _ => [],
        };
        ArmPage<ArmResource> page;
        try
        {
            page = await client.Resources.ListPageAsync(
                collection, isVersion ? [.. query, ("$orderBy", "createdtime desc")] : query, token, cancellationToken).ConfigureAwait(false);
        }
        catch (AzureServiceException exception) when (isVersion && token is null && exception.Status == 400)
        {
            // Not every kind of version can be sorted by its service.
            page = await client.Resources.ListPageAsync(collection, query, token, cancellationToken).ConfigureAwait(false);
        }

        return Page(page.Items, resource => ListedResource.From(client.Workspace, kind, ResourceCatalog.Of(kind).ChildCollection is null ? null : container, resource), view, page.NextLink);
    }

    // The registry reads a dataset by name from its list only.
    private async Task<ListedResource> FindDatasetAsync(ResourceAddress address, CancellationToken cancellationToken)
    {
        await foreach (var dataset in connection.Workspace(address.Workspace).Datasets.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            if (dataset.Name == address.Name && ListedResource.From(address.Workspace, dataset) is { } found)
            {
                return found;
            }
        }

        throw new AzureServiceException(404, "DatasetNotFound", $"There is no dataset {address.Name}.");
    }

    // What the service listed against the wish is dropped: not every one heeds it.
    private static ListedPage Page<T>(IReadOnlyList<T> raw, Func<T, ListedResource?> make, ListView view, string? next)
    {
        var kept = new List<ListedResource>(raw.Count);
        var unnamed = 0;
        foreach (var one in raw)
        {
            if (make(one) is not { } item)
            {
                unnamed++;
            }
            else if (view == ListView.All || item.IsArchived == (view == ListView.ArchivedOnly))
            {
                kept.Add(item);
            }
        }

        return new ListedPage(kept, string.IsNullOrEmpty(next) ? null : next, unnamed);
    }

    private static async Task<T> OptionalAsync<T>(ResourceKind kind, Func<Task<T>> read)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (AzureServiceException exception) when (exception.Status is 404 or 405 or 410 or 501 && !IsWorkspaceGone(exception))
        {
            throw Absent(kind, exception);
        }
    }

    // Resource Manager, asked where the services are, answers 404 when the workspace itself is gone.
    private static bool IsWorkspaceGone(AzureServiceException exception)
        => exception.HasCode("ResourceNotFound") || exception.HasCode("ResourceGroupNotFound") || exception.HasCode("SubscriptionNotFound");

    private static ProblemException Absent(ResourceKind kind, Exception? cause)
        => new(ServiceAbsent, $"This workspace has no service for {ResourceCatalog.Of(kind).Plural} (v1), so there are none to show.", cause);

    private static PipelineKind PipelineKindOf(ResourceKind kind) => kind == ResourceKind.PipelineEndpoint ? PipelineKind.Endpoint : PipelineKind.Pipeline;

    private static async Task<IReadOnlyList<T>> AllAsync<T>(IAsyncEnumerable<T> source)
    {
        var all = new List<T>();
        await foreach (var item in source.ConfigureAwait(false))
        {
            all.Add(item);
        }

        return all;
    }
}
