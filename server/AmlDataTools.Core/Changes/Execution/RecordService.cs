using System.Collections.Concurrent;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Arm.Dependents;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.RunHistory;
using AmlDataTools.Azure.V1;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.Changes.Execution;

/// <summary>How a service answered a change of a record.</summary>
/// <param name="Status">HTTP status; null where the client does not tell.</param>
/// <param name="RequestId">The service's request id.</param>
/// <param name="CorrelationId">Its correlation id.</param>
/// <param name="RemainingDeletes">How many deletes are left for now.</param>
/// <param name="Running">What to follow until it is done; null when it is done.</param>
internal sealed record RecordAnswer(int? Status, string? RequestId, string? CorrelationId, int? RemainingDeletes, ArmAnswer? Running)
{
    /// <summary>It is done, and nothing more is told.</summary>
    public static RecordAnswer Plain { get; } = new(null, null, null, null, null);
}

/// <summary>Reads and changes the records of a workspace, each kind by its own service. Every failure is the service's.</summary>
internal interface IRecordService
{
    /// <summary>A record as it is now; null when it is not there.</summary>
    Task<RecordState?> FindAsync(ResourceRecord record, CancellationToken cancellationToken);

    /// <summary>Whether a record is there and archived; null when it is not there.</summary>
    Task<bool?> IsArchivedAsync(ResourceRecord record, CancellationToken cancellationToken);

    /// <summary>Archives or restores a record.</summary>
    /// <returns>Null when what the service gives of it cannot be written back.</returns>
    Task<RecordAnswer?> SetArchivedAsync(ResourceRecord record, RecordState now, bool archived, CancellationToken cancellationToken);

    /// <summary>The texts of a record as it is now; null when it is not there.</summary>
    Task<RecordTexts?> TextsAsync(ResourceRecord record, CancellationToken cancellationToken);

    /// <summary>Takes texts out of a record, and archives it if asked.</summary>
    /// <param name="record">The record.</param>
    /// <param name="now">As it is now.</param>
    /// <param name="fields">Names of the texts, of those that <paramref name="now"/> has.</param>
    /// <param name="archive">Whether it is archived too.</param>
    /// <param name="cancellationToken">Stops waiting; what was sent may still take effect.</param>
    /// <returns>Null when what the service gives of it cannot be written back.</returns>
    Task<RecordAnswer?> ClearAsync(ResourceRecord record, RecordTexts now, IReadOnlyCollection<string> fields, bool archive, CancellationToken cancellationToken);

    /// <summary>Begins to delete, unregister or detach a record.</summary>
    Task<RecordAnswer> RemoveAsync(ResourceRecord record, bool detach, CancellationToken cancellationToken);

    /// <summary>Deletes the metrics of a run.</summary>
    Task DeleteMetricsAsync(ResourceRecord record, CancellationToken cancellationToken);

    /// <summary>Whether something is kept of a deleted record that can be purged.</summary>
    Task<bool> IsKeptAsync(ResourceRecord record, CancellationToken cancellationToken);

    /// <summary>Begins to purge what is kept of a deleted record.</summary>
    Task<RecordAnswer> PurgeAsync(ResourceRecord record, CancellationToken cancellationToken);

    /// <summary>Waits for the end of what an answer began.</summary>
    Task WaitAsync(ArmAnswer running, CancellationToken cancellationToken);
}

/// <inheritdoc/>
internal sealed class RecordService(AzureConnection connection, WorkspaceRef workspace) : IRecordService
{
    private readonly SharedDatasets _datasets = new(connection, workspace);
    private readonly ResourceLister _lister = new(connection);
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _experiments = new(StringComparer.Ordinal);

    private WorkspaceClient Client => connection.Workspace(workspace);

    /// <inheritdoc/>
    public async Task<RecordState?> FindAsync(ResourceRecord record, CancellationToken cancellationToken)
    {
        switch (record.Kind)
        {
            case ResourceKind.Run:
                return await OrNullAsync(() => Client.Resources.GetAsync(PathOf(record), cancellationToken)).ConfigureAwait(false) is { } job
                    ? RecordState.Of(job, await OrNullAsync(() => Client.RunHistory.GetRunAsync(record.Name, cancellationToken)).ConfigureAwait(false))
                    : null;
            case ResourceKind.Experiment:
                return await ExperimentAsync(record, cancellationToken).ConfigureAwait(false) is { } experiment ? RecordState.Of(experiment) : null;
            case ResourceKind.Dataset:
                return await _datasets.FindAsync(record.Name, cancellationToken).ConfigureAwait(false) is { } dataset && ListedResource.From(workspace, dataset) is { } listed
                    ? RecordState.Of(listed)
                    : null;
            default:
                return await OrNullAsync(() => _lister.GetAsync(AddressOf(record), record.ServiceId, cancellationToken)).ConfigureAwait(false) is { } found
                    ? RecordState.Of(found)
                    : null;
        }
    }

    /// <inheritdoc/>
    public async Task<bool?> IsArchivedAsync(ResourceRecord record, CancellationToken cancellationToken)
    {
        if (record.Kind != ResourceKind.Run)
        {
            return (await FindAsync(record, cancellationToken).ConfigureAwait(false))?.Archived;
        }

        return await OrNullAsync(() => Client.Resources.GetAsync(PathOf(record), cancellationToken)).ConfigureAwait(false) switch
        {
            null => null,
            { Properties: null } => (await OrNullAsync(() => Client.RunHistory.GetRunAsync(record.Name, cancellationToken)).ConfigureAwait(false))?.Hidden,
            var job => job.IsArchived,
        };
    }

    /// <inheritdoc/>
    public async Task<RecordAnswer?> SetArchivedAsync(ResourceRecord record, RecordState now, bool archived, CancellationToken cancellationToken)
    {
        switch (record.Kind)
        {
            case ResourceKind.Experiment:
                var experiment = await ExperimentAsync(record, cancellationToken).ConfigureAwait(false) ?? throw NotThere(record);
                await Client.RunHistory.SetExperimentArchivedAsync(experiment.ExperimentId, archived, cancellationToken).ConfigureAwait(false);
                return RecordAnswer.Plain;
            case ResourceKind.PipelineEndpoint or ResourceKind.PublishedPipeline:
                var kind = record.Kind == ResourceKind.PublishedPipeline ? PipelineKind.Pipeline : PipelineKind.Endpoint;
                await Client.Pipelines.SetArchivedAsync(kind, record.ServiceId ?? record.Name, archived, cancellationToken).ConfigureAwait(false);
                return RecordAnswer.Plain;
            case ResourceKind.Run when now.Raw.Child("properties") is null:
                // A step of a pipeline, which Resource Manager does not give whole: run history has the same flag.
                await Client.RunHistory.SetRunHiddenAsync(record.Name, archived, cancellationToken).ConfigureAwait(false);
                return RecordAnswer.Plain;
            default:
                return PropertyFlag.Set(now.Raw, PropertyFlag.Archived, archived) is { } body
                    ? Answer(await Client.Resources.PutAsync(PathOf(record), body, now.ETag, cancellationToken).ConfigureAwait(false))
                    : null;
        }
    }

    /// <inheritdoc/>
    public async Task<RecordTexts?> TextsAsync(ResourceRecord record, CancellationToken cancellationToken)
    {
        switch (record.Kind)
        {
            case ResourceKind.Run:
                return await OrNullAsync(() => Client.RunHistory.GetRunAsync(record.Name, cancellationToken)).ConfigureAwait(false) is { } run
                    ? RecordTexts.OfHistory(run.Raw, run.CreatedTime, run.Hidden)
                    : null;
            case ResourceKind.Experiment:
                return await ExperimentAsync(record, cancellationToken).ConfigureAwait(false) is { } experiment
                    ? RecordTexts.OfHistory(experiment.Raw, experiment.CreatedTime, experiment.ArchivedTime is not null)
                    : null;
            default:
                return await OrNullAsync(() => _lister.GetAsync(AddressOf(record), record.ServiceId, cancellationToken)).ConfigureAwait(false) is { } found
                    ? RecordTexts.Of(found)
                    : null;
        }
    }

    /// <inheritdoc/>
    public async Task<RecordAnswer?> ClearAsync(ResourceRecord record, RecordTexts now, IReadOnlyCollection<string> fields, bool archive, CancellationToken cancellationToken)
    {
        if (record.Kind is not (ResourceKind.Run or ResourceKind.Experiment))
        {
            return now.Without(fields, archive) is { } body
                ? Answer(await Client.Resources.PutAsync(PathOf(record), body, now.ETag, cancellationToken).ConfigureAwait(false))
                : null;
        }

        var tags = fields.Select(RecordTexts.TagOf).OfType<string>().ToList();
        var history = Client.RunHistory;
        var experiment = now.Raw.Text("experimentId") ?? record.ServiceId ?? string.Empty;
        if (tags.Count > 0 && record.Kind == ResourceKind.Experiment)
        {
            await history.DeleteExperimentTagsAsync(experiment, tags, cancellationToken).ConfigureAwait(false);
        }
        else if (tags.Count > 0)
        {
            // Tags of runs are deleted below their experiment's name, which a run does not tell.
            var name = _experiments.GetOrAdd(experiment, id => new Lazy<Task<string>>(() => NameOfAsync(id, cancellationToken)));
            try
            {
                await history.DeleteRunTagsAsync(await name.Value.ConfigureAwait(false), record.Name, tags, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception) when (name.Value.IsFaulted || name.Value.IsCanceled)
            {
                _experiments.TryRemove(experiment, out _);
                throw;
            }
        }

        if (fields.Contains(RecordTexts.Description))
        {
            await (record.Kind == ResourceKind.Experiment
                ? history.SetExperimentDescriptionAsync(experiment, string.Empty, cancellationToken)
                : history.SetRunDescriptionAsync(record.Name, string.Empty, cancellationToken)).ConfigureAwait(false);
        }

        if (fields.Contains(RecordTexts.DisplayName))
        {
            // Resource Manager's: run history has no field for it in its specification. A run without a name is shown by its id.
            var job = await Client.Resources.GetAsync(PathOf(record), cancellationToken).ConfigureAwait(false);
            if (RecordTexts.Renamed(job.Raw, record.Name) is not { } body)
            {
                return null;
            }

            return Answer(await Client.Resources.PutAsync(PathOf(record), body, job.ETag, cancellationToken).ConfigureAwait(false));
        }

        return RecordAnswer.Plain;
    }

    private async Task<string> NameOfAsync(string experimentId, CancellationToken cancellationToken) =>
        (await Client.RunHistory.GetExperimentByIdAsync(experimentId, cancellationToken).ConfigureAwait(false)).Name;

    /// <inheritdoc/>
    public async Task<RecordAnswer> RemoveAsync(ResourceRecord record, bool detach, CancellationToken cancellationToken)
    {
        switch (record.Kind)
        {
            case ResourceKind.Experiment:
                var experiment = await ExperimentAsync(record, cancellationToken).ConfigureAwait(false) ?? throw NotThere(record);
                await Client.RunHistory.DeleteExperimentAsync(experiment.ExperimentId, cancellationToken).ConfigureAwait(false);
                return RecordAnswer.Plain;
            case ResourceKind.Dataset:
                await Client.Datasets.UnregisterAsync(record.Name, cancellationToken).ConfigureAwait(false);
                return RecordAnswer.Plain;
            case ResourceKind.WebService:
                return RecordAnswer.Plain with { Status = await Client.WebServices.DeleteAsync(record.ServiceId ?? record.Name, cancellationToken).ConfigureAwait(false) };
            case ResourceKind.PipelineEndpoint or ResourceKind.PublishedPipeline:
                throw new AzureServiceException(405, "MethodNotAllowed", "Pipelines can be disabled, not deleted.");
            case ResourceKind.Schedule:
                await DisableAsync(record, cancellationToken).ConfigureAwait(false);
                goto default;
            case ResourceKind.Workspace:
                return Answer(await Client.Resources.DeleteWorkspaceAsync(record.Permanently == true, cancellationToken).ConfigureAwait(false));
            case var kind when DependentKinds.Is(kind):
                return Answer(await Dependents.DeleteAsync(RefOf(record), record.Permanently == true, cancellationToken).ConfigureAwait(false));
            default:
                (string, string?)[] query = record.Kind == ResourceKind.Compute ? [("underlyingResourceAction", detach ? "Detach" : "Delete")] : [];
                return Answer(await Client.Resources.DeleteAsync(PathOf(record), query, cancellationToken).ConfigureAwait(false));
        }
    }

    /// <inheritdoc/>
    public Task DeleteMetricsAsync(ResourceRecord record, CancellationToken cancellationToken) => Client.Metrics.DeleteMetricsAsync(record.Name, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> IsKeptAsync(ResourceRecord record, CancellationToken cancellationToken) => Dependents.IsVaultKeptAsync(RefOf(record), record.Location ?? string.Empty, cancellationToken);

    /// <inheritdoc/>
    public async Task<RecordAnswer> PurgeAsync(ResourceRecord record, CancellationToken cancellationToken) =>
        Answer(await Dependents.PurgeVaultAsync(RefOf(record), record.Location ?? string.Empty, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public Task WaitAsync(ArmAnswer running, CancellationToken cancellationToken) => Client.Resources.WaitAsync(running, null, cancellationToken);

    private static RecordAnswer Answer(ArmAnswer answer) =>
        new(answer.Status, answer.RequestId, answer.CorrelationId, answer.RemainingDeletes, answer.IsRunning ? answer : null);

    /// <summary>An enabled schedule is not deleted by the service ("Cannot delete an active trigger", recorded): it is disabled first.</summary>
    private async Task DisableAsync(ResourceRecord record, CancellationToken cancellationToken)
    {
        var schedule = await Client.Resources.GetAsync(PathOf(record), cancellationToken).ConfigureAwait(false);
        if (schedule.Properties?.Flag(PropertyFlag.Enabled) == true && PropertyFlag.Set(schedule.Raw, PropertyFlag.Enabled, false) is { } body)
        {
            await Client.Resources.PutAsync(PathOf(record), body, schedule.ETag, cancellationToken).ConfigureAwait(false);
        }
    }

    private DependentClient Dependents => connection.Dependents(workspace.TenantId);

    /// <exception cref="ArgumentException">The id is not that of such a resource.</exception>
    private static DependentRef RefOf(ResourceRecord record) =>
        DependentKinds.RefOf(record.Kind, record.ServiceId) ?? throw new ArgumentException($"This is no id of a {record.Kind}.", nameof(record));

    private static AzureServiceException NotThere(ResourceRecord record) => new(404, "NotFound", $"{record.Name} is not there.");

    private async Task<ExperimentDocument?> ExperimentAsync(ResourceRecord record, CancellationToken cancellationToken) => await OrNullAsync(() =>
        record.ServiceId is { } id ? Client.RunHistory.GetExperimentByIdAsync(id, cancellationToken) : Client.RunHistory.GetExperimentAsync(record.Name, cancellationToken)).ConfigureAwait(false);

    private ResourceAddress AddressOf(ResourceRecord record) => new(workspace, record.Kind, record.Name, record.Child);

    /// <exception cref="ArgumentException">The name would make another address.</exception>
    private ResourcePath PathOf(ResourceRecord record) =>
        ResourcePlaces.PathOf(AddressOf(record)) ?? throw new ArgumentException($"{record.Kind} is not at Resource Manager.", nameof(record));

    /// <summary>Null for what is not there. That the whole subscription is not found says more of the person's rights than of the record.</summary>
    private static async Task<T?> OrNullAsync<T>(Func<Task<T>> read)
        where T : class
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (AzureServiceException exception) when (exception.Status is 404 or 410 && !exception.HasCode("SubscriptionNotFound"))
        {
            return null;
        }
    }
}
