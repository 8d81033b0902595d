using System.Globalization;
using AmlDataTools.Core;
using AmlDataTools.Core.Copies;
using AmlDataTools.Core.Export;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Transfer;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Rpc;
using Model = AmlDataTools.Core.Operations;

namespace AmlDataTools.Server.Features.Operations;

/// <summary>The engine on the wire: plan, start, follow, receipt.</summary>
/// <param name="workbench">The product, put together when first asked.</param>
internal sealed class OperationsFeature(Lazy<Workbench> workbench) : IFeature, IOperationsApi
{
    private const int DefaultPage = 500;
    private const int LargestPage = 5000;

    private JsonRpc? _rpc;
    private int _watching;

    /// <inheritdoc/>
    public string Capability => "export";

    /// <inheritdoc/>
    public IReadOnlyList<string> FurtherCapabilities => ["archive", "restore", "unregister", "delete", "undelete", "copy", "erase"];

    private Model.OperationsService Service
    {
        get
        {
            var service = workbench.Value.Operations;
            if (Interlocked.Exchange(ref _watching, 1) == 0)
            {
                service.Changed += view => _rpc?.TryNotifyChanged(OperationMapping.ToSummary(view));
                service.Removed += id => _rpc?.TryNotify("operations/removed", new OperationParams(id), ProtocolJsonContext.Default.OperationParams);
                service.Watch();
            }

            return service;
        }
    }

    /// <inheritdoc/>
    public void Register(JsonRpc rpc)
    {
        _rpc = rpc;
        var context = ProtocolJsonContext.Default;
        rpc.AddLocalMethod("operations/plan", context.PlanParams, context.PlanResult, PlanAsync);
        rpc.AddLocalMethod("operations/planItems", context.PlanItemsParams, context.PlanItemsResult, PlanItemsAsync);
        rpc.AddLocalMethod("operations/review", context.ReviewParams, context.PlanReview, ReviewAsync);
        rpc.AddLocalMethod("operations/savePlan", context.SavePlanParams, context.Empty, SavePlanAsync);
        rpc.AddLocalMethod("operations/start", context.StartParams, context.OperationResult, StartAsync);
        rpc.AddLocalMethod("operations/list", context.Empty, context.OperationsResult, ListAsync);
        rpc.AddLocalMethod("operations/pause", context.OperationParams, context.OperationResult, PauseAsync);
        rpc.AddLocalMethod("operations/resume", context.OperationParams, context.OperationResult, ResumeAsync);
        rpc.AddLocalMethod("operations/cancel", context.OperationParams, context.OperationResult, CancelAsync);
        rpc.AddLocalMethod("operations/discard", context.OperationParams, context.Empty, DiscardAsync);
        rpc.AddLocalMethod("operations/clearFinished", context.Empty, context.OperationsResult, ClearFinishedAsync);
        rpc.AddLocalMethod("operations/receipt", context.OperationParams, context.ReceiptResult, ReceiptAsync);
    }

    /// <inheritdoc/>
    public async Task<PlanResult> PlanAsync(PlanParams parameters, CancellationToken cancellationToken)
    {
        var rpc = _rpc ?? throw new InvalidOperationException("Not registered.");
        var progress = new PlanProgressAdapter(rpc.CreateProgress(parameters.ProgressToken, ProtocolJsonContext.Default.PlanProgress));
        if (parameters.Verb is not (OperationVerb.Export or OperationVerb.Copy))
        {
            var change = await workbench.Value.PlanChangeAsync(ChangeMapping.ToRequest(parameters), progress, cancellationToken).ConfigureAwait(false);
            return OperationMapping.ToPlan(change, ChangeMapping.ToReview(Service.Review(change.Id, [])));
        }

        var choices = parameters.Export is { } export
            ? new ExportChoices(export.IncludeChildren, export.LogsOnly, export.NamedOutputs, export.FullRecord, export.Include, export.Exclude)
            {
                Workspace = export.Workspace is { } whole ? new WorkspaceParts(whole.Models, whole.Runs, whole.Notebooks, whole.Data, whole.Record) : null,
            }
            : ExportChoices.Default;
        if (parameters.Verb == OperationVerb.Copy)
        {
            var request = new CopyRequest(parameters.NodeIds, choices, parameters.Copy?.NodeId, parameters.Copy?.Address);
            return OperationMapping.ToPlan(await workbench.Value.PlanCopyAsync(request, progress, cancellationToken).ConfigureAwait(false), null);
        }

        if (parameters.PersonalData is { } found)
        {
            return OperationMapping.ToPlan(await workbench.Value.PlanFoundAsync(found.SearchId, found.RedactOthers, found.IncludeFiles, progress, cancellationToken).ConfigureAwait(false), null);
        }

        var plan = await workbench.Value.PlanExportAsync(parameters.NodeIds, choices, progress, cancellationToken).ConfigureAwait(false);
        return OperationMapping.ToPlan(plan, null);
    }

    /// <inheritdoc/>
    public Task<PlanItemsResult> PlanItemsAsync(PlanItemsParams parameters, CancellationToken cancellationToken)
    {
        long offset = 0;
        if (parameters.PageToken is { } token && !long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out offset))
        {
            throw new ProblemException("request.badPageToken", "The page token does not belong to this plan. Begin with the first page.");
        }

        var count = Math.Clamp(parameters.PageSize ?? DefaultPage, 1, LargestPage);
        if (!workbench.Value.IsExport(parameters.PlanId))
        {
            var order = WireEnum.To<PlanOrder, Core.Changes.Review.PlanOrder>(parameters.Order);
            var (changes, rest) = workbench.Value.PlannedChanges(parameters.PlanId, order, parameters.Descending, parameters.Search, offset, count);
            return Task.FromResult(new PlanItemsResult([.. changes.Select(ChangeMapping.ToItem)], rest?.ToString(CultureInfo.InvariantCulture)));
        }

        var action = workbench.Value.IsCopy(parameters.PlanId) ? PlanItemAction.Copy : PlanItemAction.Download;
        var (items, next) = workbench.Value.PlanItems(parameters.PlanId, offset, count);
        return Task.FromResult(new PlanItemsResult(
            [.. items.Select(item => OperationMapping.ToItem(item, action))],
            next?.ToString(CultureInfo.InvariantCulture)));
    }

    /// <inheritdoc/>
    public Task<PlanReview> ReviewAsync(ReviewParams parameters, CancellationToken cancellationToken) =>
        Task.FromResult(ChangeMapping.ToReview(Service.Review(parameters.PlanId, parameters.Toggled)));

    /// <inheritdoc/>
    public Task<Empty> SavePlanAsync(SavePlanParams parameters, CancellationToken cancellationToken)
    {
        Service.SavePlan(parameters.PlanId, parameters.Toggled, parameters.Path, parameters.Format == PlanFormat.Markdown);
        return Task.FromResult(Empty.Instance);
    }

    /// <inheritdoc/>
    public async Task<OperationResult> StartAsync(StartParams parameters, CancellationToken cancellationToken)
    {
        var destination = parameters.Destination is { } d
            ? new Model.OperationDestination(d.Folder, WireEnum.To<ExistingFiles, ExistingFilePolicy>(d.Existing)) { Format = WireEnum.To<ExportFormat, Model.ExportFormat>(d.Format) }
            : null;
        return Result(await Service.StartAsync(parameters.PlanId, parameters.Confirmation, destination, parameters.Toggled, cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public Task<OperationsResult> ListAsync(Empty parameters, CancellationToken cancellationToken) => Task.FromResult(Results(Service.List()));

    /// <inheritdoc/>
    public async Task<OperationResult> PauseAsync(OperationParams parameters, CancellationToken cancellationToken) =>
        Result(await Service.PauseAsync(parameters.OperationId, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public async Task<OperationResult> ResumeAsync(OperationParams parameters, CancellationToken cancellationToken) =>
        Result(await Service.ResumeAsync(parameters.OperationId, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public async Task<OperationResult> CancelAsync(OperationParams parameters, CancellationToken cancellationToken) =>
        Result(await Service.CancelAsync(parameters.OperationId, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public async Task<Empty> DiscardAsync(OperationParams parameters, CancellationToken cancellationToken)
    {
        await Service.DiscardAsync(parameters.OperationId, cancellationToken).ConfigureAwait(false);
        return Empty.Instance;
    }

    /// <inheritdoc/>
    public async Task<OperationsResult> ClearFinishedAsync(Empty parameters, CancellationToken cancellationToken) =>
        Results(await Service.ClearFinishedAsync(cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public Task<ReceiptResult> ReceiptAsync(OperationParams parameters, CancellationToken cancellationToken)
    {
        var (markdown, json) = Service.Receipt(parameters.OperationId);
        var destination = Service.List().FirstOrDefault(v => v.Plan.Id == parameters.OperationId) is { Plan.Copy: null } view ? view.Destination?.Folder : null;
        return Task.FromResult(new ReceiptResult(markdown, json, destination));
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (workbench.IsValueCreated)
        {
            await workbench.Value.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static OperationResult Result(Model.OperationView view) => new(OperationMapping.ToSummary(view));

    private static OperationsResult Results(IReadOnlyList<Model.OperationView> views) => new([.. views.Select(OperationMapping.ToSummary)]);
}
