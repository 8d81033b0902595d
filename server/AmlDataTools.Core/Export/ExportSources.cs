using AmlDataTools.Azure;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Storage;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Export;

/// <summary>Opens the sources that a plan names.</summary>
internal sealed class ExportSourceFactory(AzureConnection connection, StorageAccesses accesses) : ISourceFactory
{
    /// <inheritdoc/>
    public ITransferSources For(OperationPlan plan) => new Sources(plan, accesses, new RunDocuments(connection), new AssetDocuments(connection), new WorkspaceDocuments(connection));

    private sealed class Sources(OperationPlan plan, StorageAccesses accesses, RunDocuments documents, AssetDocuments assets, WorkspaceDocuments workspaces) : ITransferSources
    {
        public ValueTask<IBlobSource> BlobsAsync(string key, CancellationToken cancellationToken)
        {
            var info = Info(key);
            return ValueTask.FromResult<IBlobSource>(accesses.Of(info.Place, info.Datastore ?? throw Damaged()));
        }

        public Task WriteDocumentAsync(TransferItem item, DocumentDraft draft, CancellationToken cancellationToken) => item.Name.StartsWith(WorkspaceDocuments.Kind + ":", StringComparison.Ordinal)
            ? workspaces.WriteAsync(Info(item.Source).Place, item.Name[(WorkspaceDocuments.Kind.Length + 1)..], draft, cancellationToken)
            : documents.WriteAsync(Info(item.Source).Place, item.Name, draft.Content, cancellationToken);

        public Task WriteSummaryAsync(TransferItem item, IAsyncEnumerable<ItemResult> results, Stream destination, CancellationToken cancellationToken) =>
            assets.WriteAsync(Info(item.Source).Place, item, results, destination, cancellationToken);

        private SourceInfo Info(string key) => plan.Sources.TryGetValue(key, out var info) ? info : throw Damaged();

        private static ProblemException Damaged() =>
            new("operation.damaged", "The record of this operation is incomplete. Discard it and plan again.") { Actions = [ProblemAction.PlanAgain] };
    }
}
