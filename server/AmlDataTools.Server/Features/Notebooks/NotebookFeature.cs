using AmlDataTools.Azure;
using AmlDataTools.Core;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Notebooks;
using AmlDataTools.Core.Problems;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Rpc;

namespace AmlDataTools.Server.Features.Notebooks;

/// <summary>References in notebooks and Python files on the wire. Reading code touches nothing of Azure.</summary>
/// <param name="workbench">The product, put together when a reference is first looked up.</param>
internal sealed class NotebookFeature(Lazy<Workbench> workbench) : IFeature, INotebookApi
{
    private readonly NotebookDocuments _documents = new();

    /// <inheritdoc/>
    public string Capability => "notebook";

    /// <inheritdoc/>
    public void Register(JsonRpc rpc)
    {
        var context = ProtocolJsonContext.Default;
        rpc.AddLocalMethod("notebook/open", context.NotebookOpenParams, context.NotebookReferences, OpenAsync);
        rpc.AddLocalMethod("notebook/change", context.NotebookChangeParams, context.NotebookReferences, ChangeAsync);
        rpc.AddLocalMethod("notebook/close", context.NotebookCloseParams, context.Empty, CloseAsync);
        rpc.AddLocalMethod("notebook/workspace", context.NotebookWorkspaceParams, context.NotebookWorkspaceResult, WorkspaceAsync);
        rpc.AddLocalMethod("notebook/candidates", context.NotebookCandidatesParams, context.NotebookCandidatesResult, CandidatesAsync);
        rpc.AddLocalMethod("notebook/describe", context.NotebookDescribeParams, context.NotebookDescribeResult, DescribeAsync);
        rpc.AddLocalMethod("notebook/loadCode", context.NotebookLoadCodeParams, context.NotebookLoadCodeResult, LoadCodeAsync);
    }

    /// <inheritdoc/>
    public Task<NotebookReferences> OpenAsync(NotebookOpenParams parameters, CancellationToken cancellationToken)
    {
        var cells = _documents.Open(parameters.DocumentId, parameters.Version, [.. parameters.Cells.Select(NotebookMapping.Cell)], cancellationToken);
        return Task.FromResult(NotebookMapping.References(parameters.Version, cells));
    }

    /// <inheritdoc/>
    public Task<NotebookReferences> ChangeAsync(NotebookChangeParams parameters, CancellationToken cancellationToken)
    {
        var cells = _documents.Change(
            parameters.DocumentId, parameters.BaseVersion, parameters.Version,
            [.. parameters.Added.Select(NotebookMapping.Cell)], parameters.Removed, [.. parameters.Edited.Select(NotebookMapping.Change)], cancellationToken);
        return Task.FromResult(NotebookMapping.References(parameters.Version, cells));
    }

    /// <inheritdoc/>
    public Task<Empty> CloseAsync(NotebookCloseParams parameters, CancellationToken cancellationToken)
    {
        _documents.Close(parameters.DocumentId);
        return Task.FromResult(Empty.Instance);
    }

    /// <inheritdoc/>
    public async Task<NotebookWorkspaceResult> WorkspaceAsync(NotebookWorkspaceParams parameters, CancellationToken cancellationToken)
    {
        if (await WorkspaceConfig.FindAsync(parameters.Folder, parameters.Boundary, cancellationToken).ConfigureAwait(false) is not { } found)
        {
            return new NotebookWorkspaceResult(null, null, null);
        }

        var (subscription, group, name) = found.Workspace;
        var tenant = parameters.Subscriptions.FirstOrDefault(known => known.SubscriptionId.Equals(subscription, StringComparison.OrdinalIgnoreCase))?.TenantId;
        return new NotebookWorkspaceResult(NodeTargets.Format(new WorkspaceTarget(new WorkspaceRef(subscription, group, name, tenant))), name, found.Path);
    }

    /// <inheritdoc/>
    public async Task<NotebookCandidatesResult> CandidatesAsync(NotebookCandidatesParams parameters, CancellationToken cancellationToken)
    {
        var names = parameters.Subscriptions.DistinctBy(one => one.SubscriptionId).ToDictionary(one => one.SubscriptionId, one => one.Name, StringComparer.OrdinalIgnoreCase);
        var (found, isWhole) = await workbench.Value.Candidates.FindAsync(
            NotebookMapping.Asset(parameters.Asset), [.. parameters.Subscriptions.Select(one => new SubscriptionTarget(one.SubscriptionId, one.TenantId is { Length: > 0 } tenant ? tenant : null))], cancellationToken).ConfigureAwait(false);
        return new NotebookCandidatesResult(
            [.. found.Select(one => new NotebookCandidate(
                NodeTargets.Format(one.IsRegistry ? new RegistryTarget(one) : new WorkspaceTarget(one)), one.Name, names.GetValueOrDefault(one.SubscriptionId, one.SubscriptionId), one.ResourceGroup, one.IsRegistry))],
            !isWhole);
    }

    /// <inheritdoc/>
    public async Task<NotebookDescribeResult> DescribeAsync(NotebookDescribeParams parameters, CancellationToken cancellationToken)
    {
        var workspace = NodeTargets.Parse(parameters.WorkspaceNodeId) switch
        {
            WorkspaceTarget target => target.Workspace,
            RegistryTarget target => target.Registry,
            _ => throw new ProblemException("notebook.notAWorkspace", "References are looked up in a workspace. Choose one."),
        };
        var answers = await workbench.Value.Assets.DescribeAsync(workspace, [.. parameters.Assets.Select(NotebookMapping.Asset)], parameters.Fresh, cancellationToken).ConfigureAwait(false);
        return new NotebookDescribeResult([.. answers.Select(NotebookMapping.Description)]);
    }

    /// <inheritdoc/>
    public Task<NotebookLoadCodeResult> LoadCodeAsync(NotebookLoadCodeParams parameters, CancellationToken cancellationToken)
    {
        if (!Path.IsPathFullyQualified(parameters.Folder))
        {
            throw new ProblemException("notebook.badFolder", "The folder of what was exported must be absolute.") { Target = parameters.Folder };
        }

        if (parameters.Kind != Protocol.NotebookAssetKind.Model)
        {
            return Task.FromResult(new NotebookLoadCodeResult(LoadCode.Data(parameters.Title, parameters.Folder, parameters.From, parameters.InFile), NotebookFlavour.Path));
        }

        var (text, flavour) = LoadCode.Model(parameters.Title, parameters.Folder, parameters.From, parameters.InFile);
        return Task.FromResult(new NotebookLoadCodeResult(text, WireEnum.To<ModelFlavourKind, NotebookFlavour>(flavour)));
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
