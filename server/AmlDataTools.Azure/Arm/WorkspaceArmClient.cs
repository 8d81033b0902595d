using System.Text.Json;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Azure.Arm;

/// <summary>Which jobs or assets a list holds.</summary>
public enum ListView
{
    /// <summary>Those not archived.</summary>
    ActiveOnly,

    /// <summary>The archived ones.</summary>
    ArchivedOnly,

    /// <summary>All.</summary>
    All,
}

/// <summary>A workspace's own resources at Resource Manager.</summary>
public sealed class WorkspaceArmClient
{
    private readonly ArmRequests _requests;
    private readonly WorkspaceRef _workspace;

    internal WorkspaceArmClient(ArmRequests requests, WorkspaceRef workspace)
    {
        _requests = requests;
        _workspace = workspace;
    }

    /// <summary>The workspace.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<WorkspaceDocument> GetWorkspaceAsync(CancellationToken cancellationToken)
        => new(await GetAsync(string.Empty, cancellationToken).ConfigureAwait(false));

    /// <summary>
    /// The locks that concern the workspace: on it, above it (resource group, subscription) and on what is in it. To read them takes
    /// <c>Microsoft.Authorization/locks/read</c>, which Reader has and AzureML Data Scientist has not.
    /// </summary>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="AzureServiceException">Refused (403).</exception>
    public IAsyncEnumerable<LockDocument> ListLocksAsync(CancellationToken cancellationToken)
        => _requests.AllAsync(
            _requests.Address(_workspace.EscapedPath + "/providers/Microsoft.Authorization/locks", ArmRequests.LocksVersion), raw => new LockDocument(raw), cancellationToken);

    /// <summary>A page of the jobs, in the service's order (newest first as a rule).</summary>
    /// <param name="view">Which jobs.</param>
    /// <param name="nextLink">The previous page's; null for the first page.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="ForeignHostException">The link leads to another host.</exception>
    public Task<ArmPage<JobDocument>> ListJobsPageAsync(ListView view, string? nextLink, CancellationToken cancellationToken)
        => _requests.PageAsync(
            nextLink is null ? Address("/jobs", ("listViewType", view.ToString())) : _requests.Follow(nextLink),
            raw => new JobDocument(raw),
            cancellationToken);

    /// <summary>All jobs, page by page.</summary>
    /// <param name="view">Which jobs.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public IAsyncEnumerable<JobDocument> ListJobsAsync(ListView view, CancellationToken cancellationToken)
        => _requests.AllAsync(Address("/jobs", ("listViewType", view.ToString())), raw => new JobDocument(raw), cancellationToken);

    /// <summary>All jobs, page by page, for those who look at each once: a job is valid until the next is asked for.</summary>
    /// <param name="view">Which jobs.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public IAsyncEnumerable<JobDocument> ScanJobsAsync(ListView view, CancellationToken cancellationToken) => ScanJobsAsync(view, null, null, cancellationToken);

    /// <summary>The same from some page on, telling how far it has come.</summary>
    /// <param name="view">Which jobs.</param>
    /// <param name="from">Link to the page to begin with, from <paramref name="passed"/>; null for the first.</param>
    /// <param name="passed">Told, when all jobs of a page were taken, the link to the next page; null for nobody.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="ForeignHostException">The link leads to another host.</exception>
    public IAsyncEnumerable<JobDocument> ScanJobsAsync(ListView view, string? from, Action<string>? passed, CancellationToken cancellationToken)
        => _requests.ScanAsync(
            from is null ? Address("/jobs", ("listViewType", view.ToString())) : _requests.Follow(from),
            raw => new JobDocument(raw),
            passed is null ? null : next => passed(next.AbsoluteUri),
            cancellationToken);

    /// <summary>One job; that of a pipeline's step may come without properties.</summary>
    /// <param name="name">Its name, which is the run id.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<JobDocument> GetJobAsync(string name, CancellationToken cancellationToken)
        => new(await GetAsync(Item("jobs", name), cancellationToken).ConfigureAwait(false));

    /// <summary>All datastores.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    public IAsyncEnumerable<DatastoreDocument> ListDatastoresAsync(CancellationToken cancellationToken)
        => _requests.AllAsync(Address("/datastores"), raw => new DatastoreDocument(raw), cancellationToken);

    /// <summary>One datastore.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<DatastoreDocument> GetDatastoreAsync(string name, CancellationToken cancellationToken)
        => new(await GetAsync(Item("datastores", name), cancellationToken).ConfigureAwait(false));

    /// <summary>The default datastore; null when the workspace has none.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<DatastoreDocument?> GetDefaultDatastoreAsync(CancellationToken cancellationToken)
    {
        // The parameter is a hint that not every version of the service heeds, so the answer is looked at too.
        var list = _requests.AllAsync(Address("/datastores", ("isDefault", "true")), raw => new DatastoreDocument(raw), cancellationToken);
        await foreach (var store in list.ConfigureAwait(false))
        {
            if (store.IsDefault)
            {
                return store;
            }
        }

        return null;
    }

    /// <summary>A datastore's secrets. The service times out now and then (504), which the pipeline repeats.</summary>
    /// <param name="name">The datastore.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="AzureServiceException">Refused (403), or the store has none (400).</exception>
    public async Task<DatastoreSecrets> ListSecretsAsync(string name, CancellationToken cancellationToken)
        => new(await _requests.Sender.PostAsync(Address(Item("datastores", name) + "/listSecrets"), null, cancellationToken).ConfigureAwait(false));

    /// <summary>The key of the workspace's storage account, which the workspace gives to who may use its notebooks. A secret; null when the answer holds none.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="AzureServiceException">Refused (403).</exception>
    public async Task<string?> ListStorageAccountKeyAsync(CancellationToken cancellationToken)
        => (await _requests.Sender.PostAsync(Address("/listStorageAccountKeys"), null, cancellationToken).ConfigureAwait(false)).Text("userStorageKey");

    private static string Item(string collection, string name)
    {
        // An empty or dotted name would make another address of it, that of the collection for one.
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return name is "." or ".."
            ? throw new ArgumentException("No resource has such a name.", nameof(name))
            : $"/{collection}/{Uri.EscapeDataString(name)}";
    }

    private Uri Address(string relative, params ReadOnlySpan<(string Name, string? Value)> query)
        => _requests.Address(_workspace.EscapedPath + relative, ArmRequests.MachineLearningVersion, query);

    private Task<JsonElement> GetAsync(string relative, CancellationToken cancellationToken)
        => _requests.Sender.GetAsync(Address(relative), cancellationToken);
}
