using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Operations;

/// <summary>What is done when an operation ends: the receipt, and the unfinished files.</summary>
internal static class OperationEnding
{
    /// <summary>Writes the receipt when there is something to answer for, and removes what will not be gone on with.</summary>
    public static void Close(
        OperationStore store, OperationPlan plan, OperationDestination destination, OperationStatus final, ExportExecution execution, TimeProvider time)
    {
        if (!final.IsFinished)
        {
            return;
        }

        var path = store.JournalOf(plan.Id);
        var history = LocalDisk.Try(path, () =>
        {
            using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite);
            return JournalHistory.Read(file);
        });
        new ReceiptWriter(store, time).Write(plan, destination, final, history);
        if (final.State != OperationState.Failed)
        {
            execution.RemoveUnfinished();
        }
    }
}
