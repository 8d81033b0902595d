using AmlDataTools.Core.Changes.Execution;
using AmlDataTools.Core.Copies;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Transfer;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Operations;

/// <summary>Knows which verb is carried out by what.</summary>
internal sealed class ExecutionFactory(
    OperationStore store, ISourceFactory sources, TransferSettings settings, IChangeServices services, ChangeSettings changes, TimeProvider time, ILogger logger, CopyExecutions? copies = null, LogMask? mask = null) : IExecutionFactory
{
    /// <inheritdoc/>
    public IOperationExecution For(OperationPlan plan, OperationDestination? destination) =>
        plan.Verb switch
        {
            OperationVerb.Export => new ExportExecution(store, plan, destination ?? throw Damaged(), OutputOf(plan, destination), sources.For(plan), settings, time, logger),
            OperationVerb.Copy => (copies ?? throw Damaged()).For(store, plan, plan.Copy ?? throw Damaged(), (destination ?? throw Damaged()).Existing, time, logger),
            _ => ChangeOf(plan),
        };

    private ChangeExecution ChangeOf(OperationPlan plan)
    {
        if (plan.Subject is { } subject)
        {
            mask?.Add(subject);
        }

        return new ChangeExecution(store, plan, services, changes, time, logger);
    }

    private IExportOutput OutputOf(OperationPlan plan, OperationDestination destination) =>
        destination.Format is ExportFormat.Zip or ExportFormat.BagZip
            ? new Zips.ZipOutput(store, plan, destination, time, logger)
            : new FolderOutput(store, plan, destination, time);

    private static ProblemException Damaged() =>
        new("operation.damaged", "The record of this operation is incomplete. Discard it and plan again.") { Actions = [ProblemAction.PlanAgain] };
}
