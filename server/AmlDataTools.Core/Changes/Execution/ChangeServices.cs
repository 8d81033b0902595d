using System.Collections.Concurrent;
using AmlDataTools.Azure;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Storage;

namespace AmlDataTools.Core.Changes.Execution;

/// <summary>What a plan's items are done to.</summary>
internal interface IChangeServices
{
    /// <summary>The workspace behind a key of the plan's sources.</summary>
    WorkspaceRef Workspace(OperationPlan plan, string source);

    /// <summary>Reads and changes records.</summary>
    IRecordService Records(WorkspaceRef workspace);

    /// <summary>The container behind a key of the plan's sources.</summary>
    IBlobChanges Blobs(OperationPlan plan, string source);
}

/// <summary>The workspaces and containers themselves.</summary>
internal sealed class ChangeServices(AzureConnection connection, StorageAccesses accesses) : IChangeServices
{
    private readonly ConcurrentDictionary<WorkspaceRef, IRecordService> _records = new();

    /// <inheritdoc/>
    public WorkspaceRef Workspace(OperationPlan plan, string source)
    {
        var info = Info(plan, source);
        return new WorkspaceRef(info.SubscriptionId, info.ResourceGroup, info.Workspace, info.TenantId);
    }

    /// <inheritdoc/>
    public IRecordService Records(WorkspaceRef workspace) => _records.GetOrAdd(workspace, w => new RecordService(connection, w));

    /// <inheritdoc/>
    public IBlobChanges Blobs(OperationPlan plan, string source) => accesses.Of(Workspace(plan, source), Info(plan, source).Datastore ?? throw Damaged());

    private static SourceInfo Info(OperationPlan plan, string source) => plan.Sources.TryGetValue(source, out var info) ? info : throw Damaged();

    private static ProblemException Damaged() =>
        new("operation.damaged", "The record of this operation is incomplete. Discard it and plan again.") { Actions = [ProblemAction.PlanAgain] };
}
