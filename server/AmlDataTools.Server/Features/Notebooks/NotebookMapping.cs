using AmlDataTools.Server.Protocol;
using Model = AmlDataTools.Core.Notebooks;

namespace AmlDataTools.Server.Features.Notebooks;

/// <summary>Between the contract's records and Core's.</summary>
internal static class NotebookMapping
{
    public static Model.CellContent Cell(NotebookCell cell) => new(cell.CellId, cell.Text);

    public static Model.CellChange Change(NotebookCellEdits cell) => new(cell.CellId, [.. cell.Edits.Select(edit => new Model.CodeEdit(edit.Offset, edit.Length, edit.Text))], cell.Length);

    public static Model.NotebookAsset Asset(NotebookAsset asset) => new(
        WireEnum.To<NotebookAssetKind, Model.NotebookAssetKind>(asset.Kind), asset.Name, asset.Version, asset.Label, asset.Registry,
        asset.Workspace is { } workspace ? new Model.NotebookWorkspaceName(workspace.SubscriptionId, workspace.ResourceGroup, workspace.Name) : null);

    public static NotebookReferences References(long version, IReadOnlyList<Model.CellReferences>? cells)
        => new(version, cells is null, [.. (cells ?? []).Select(cell => new NotebookCellReferences(cell.CellId, [.. cell.References.Select(Reference)], cell.IsTooLarge))]);

    public static NotebookDescription Description(Model.AssetDescription answer)
        => new(WireEnum.To<Model.AssetState, NotebookAssetState>(answer.State), [.. answer.Found.Select(Found)], answer.Versions, answer.Reason);

    private static NotebookReference Reference(Model.CodeReference reference) => new(
        Range(reference.Range), Asset(reference.Asset), reference.VersionRange is { } version ? Range(version) : null, reference.VersionIsNumber);

    private static NotebookRange Range(Model.CodeRange range) => new(range.StartLine, range.StartCharacter, range.EndLine, range.EndCharacter);

    private static NotebookAsset Asset(Model.NotebookAsset asset) => new(
        WireEnum.To<Model.NotebookAssetKind, NotebookAssetKind>(asset.Kind), asset.Name, asset.Version, asset.Label, asset.Registry,
        asset.Workspace is { } workspace ? new NotebookWorkspace(workspace.SubscriptionId, workspace.ResourceGroup, workspace.Name) : null);

    private static NotebookFoundAsset Found(Model.FoundAsset found) => new(
        WireEnum.To<Model.NotebookAssetKind, NotebookAssetKind>(found.Kind), found.Name, found.Version, found.NodeId, found.Type, found.Stage, found.Description, found.Bytes,
        [.. found.Tags.Select(tag => new NotebookTag(tag.Key, tag.Value))], found.SourceRun, found.Created?.ToUnixTimeMilliseconds(), found.CreatedBy, found.IsArchived, found.StudioUrl, found.Files, found.HasMore);
}
