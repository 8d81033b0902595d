using AmlDataTools.Core;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Rpc;
using Model = AmlDataTools.Core.Audit;

namespace AmlDataTools.Server.Features.Audit;

/// <summary>The audit log on the wire.</summary>
/// <param name="workbench">The product, put together when first asked.</param>
internal sealed class AuditFeature(Lazy<Workbench> workbench) : IFeature, IAuditApi
{
    /// <inheritdoc/>
    public string Capability => "audit";

    /// <inheritdoc/>
    public void Register(JsonRpc rpc)
    {
        var context = ProtocolJsonContext.Default;
        rpc.AddLocalMethod("audit/export", context.AuditExportParams, context.AuditExportResult, ExportAsync);
        rpc.AddLocalMethod("audit/verify", context.AuditVerifyParams, context.AuditVerdict, VerifyAsync);
    }

    /// <inheritdoc/>
    public async Task<AuditExportResult> ExportAsync(AuditExportParams parameters, CancellationToken cancellationToken)
    {
        DateTimeOffset? since = parameters.Since is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(at, 0, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())) : null;
        var exported = await workbench.Value.Audit.ExportAsync(parameters.Path, since, cancellationToken).ConfigureAwait(false);
        return new AuditExportResult(
            exported.Path, exported.Lines, exported.First, exported.Last, exported.From, exported.To, exported.LastHash, exported.Problem is { } problem ? ToProblem(problem) : null);
    }

    /// <inheritdoc/>
    public async Task<AuditVerdict> VerifyAsync(AuditVerifyParams parameters, CancellationToken cancellationToken)
    {
        var verdict = await workbench.Value.Audit.VerifyAsync(parameters.Path, cancellationToken).ConfigureAwait(false);
        return new AuditVerdict(
            verdict.Path,
            verdict.IsIntact,
            verdict.Summary,
            verdict.Lines,
            verdict.LastHash,
            [.. verdict.Problems.Select(ToProblem)],
            verdict.ProblemCount,
            verdict.ReceiptsSame,
            verdict.ReceiptsDifferent,
            verdict.ReceiptsAbsent);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static AuditProblem ToProblem(Model.AuditProblem problem) => new(problem.Line, problem.Message);
}
