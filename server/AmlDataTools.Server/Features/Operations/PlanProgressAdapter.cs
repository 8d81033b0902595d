using AmlDataTools.Core.Export;
using AmlDataTools.Server.Protocol;

namespace AmlDataTools.Server.Features.Operations;

/// <summary>Tells the client how far a plan has come.</summary>
internal sealed class PlanProgressAdapter(IProgress<PlanProgress> progress) : IProgress<PlanStep>
{
    /// <inheritdoc/>
    public void Report(PlanStep value) => progress.Report(new PlanProgress(value.Message, value.Items, value.Bytes));
}
