using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.Changes;

/// <summary>The calls of archive, restore, unregister, delete and undelete, as the extension makes them.</summary>
internal static class ChangeCalls
{
    /// <summary>Records only, nothing below them.</summary>
    public static ChangeOptions Records { get; } = new(false, false, false, true, 1L << 30, false, false);

    /// <summary>With their data.</summary>
    public static ChangeOptions WithData { get; } = Records with { IncludeData = true };

    public static Task<PlanResult> PlanChangeAsync(
        this ExportSidecar sidecar, OperationVerb verb, IReadOnlyList<string> nodeIds, ChangeOptions? options = null, BulkFilter? filter = null, string? operationId = null, CancellationToken cancellationToken = default) =>
        sidecar.CallAsync(
            "operations/plan",
            new PlanParams(verb, nodeIds, null, options ?? Records, filter, operationId, null),
            ProtocolJsonContext.Default.PlanParams,
            ProtocolJsonContext.Default.PlanResult,
            cancellationToken);

    public static Task<PlanReview> ReviewAsync(this ExportSidecar sidecar, string planId, params IReadOnlyList<long> toggled) => sidecar.CallAsync(
        "operations/review", new ReviewParams(planId, toggled), ProtocolJsonContext.Default.ReviewParams, ProtocolJsonContext.Default.PlanReview);

    /// <summary>All items of a plan, through all its pages.</summary>
    public static async Task<IReadOnlyList<PlanItem>> ItemsAsync(
        this ExportSidecar sidecar, string planId, int? pageSize = null, PlanOrder order = PlanOrder.Plan, bool descending = false, string? search = null)
    {
        var items = new List<PlanItem>();
        string? token = null;
        do
        {
            var page = await sidecar.CallAsync(
                "operations/planItems", new PlanItemsParams(planId, token, pageSize, order, descending, search), ProtocolJsonContext.Default.PlanItemsParams, ProtocolJsonContext.Default.PlanItemsResult);
            items.AddRange(page.Items);
            token = page.NextPageToken;
        }
        while (token is not null);
        return items;
    }

    public static Task SavePlanAsync(this ExportSidecar sidecar, string planId, string path, PlanFormat format, params IReadOnlyList<long> toggled) => sidecar.CallAsync(
        "operations/savePlan", new SavePlanParams(planId, toggled, path, format), ProtocolJsonContext.Default.SavePlanParams, ProtocolJsonContext.Default.Empty);

    public static async Task<OperationSummary> BeginChangeAsync(this ExportSidecar sidecar, string planId, string? confirmation, params IReadOnlyList<long> toggled) => (await sidecar.CallAsync(
        "operations/start", new StartParams(planId, confirmation, null, toggled), ProtocolJsonContext.Default.StartParams, ProtocolJsonContext.Default.OperationResult)).Operation;

    /// <summary>Starts a plan with the confirmation it demands for these ticks.</summary>
    public static async Task<OperationSummary> ConfirmAsync(this ExportSidecar sidecar, string planId, params IReadOnlyList<long> toggled)
    {
        var review = await sidecar.ReviewAsync(planId, toggled);
        var confirmation = review.Confirmation switch
        {
            ConfirmationKind.None => null,
            ConfirmationKind.TypeName => review.ConfirmationText,
            _ => "confirmed",
        };
        return await sidecar.BeginChangeAsync(planId, confirmation, toggled);
    }

    /// <summary>Plans, confirms and follows a change to its end.</summary>
    public static async Task<Changed> ChangeAsync(
        this ExportSidecar sidecar, OperationVerb verb, IReadOnlyList<string> nodeIds, ChangeOptions? options = null, BulkFilter? filter = null, string? operationId = null)
    {
        var plan = await sidecar.PlanChangeAsync(verb, nodeIds, options, filter, operationId);
        var items = await sidecar.ItemsAsync(plan.PlanId);
        await sidecar.ConfirmAsync(plan.PlanId);
        var operation = await sidecar.EndAsync(plan.PlanId);
        return new Changed(plan, items, operation, await sidecar.ReceiptAsync(plan.PlanId));
    }
}

/// <summary>A change that has ended.</summary>
internal sealed record Changed(PlanResult Plan, IReadOnlyList<PlanItem> Items, OperationSummary Operation, Receipt Receipt);
