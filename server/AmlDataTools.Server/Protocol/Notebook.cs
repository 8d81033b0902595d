using System.Text.Json.Serialization;

namespace AmlDataTools.Server.Protocol;

/// <summary>References to models and data in notebooks and Python files. Offsets and characters are UTF-16 code units, lines count from 0.</summary>
[RpcContract(RpcSide.Server)]
public interface INotebookApi
{
    /// <summary>Begins to follow a document: its Python cells, or the first of them; a Python file is one cell.</summary>
    [RpcRequest("notebook/open")]
    Task<NotebookReferences> OpenAsync(NotebookOpenParams parameters, CancellationToken cancellationToken);

    /// <summary>Takes what changed in a document. One at a time: the next is sent when this is answered.</summary>
    [RpcRequest("notebook/change")]
    Task<NotebookReferences> ChangeAsync(NotebookChangeParams parameters, CancellationToken cancellationToken);

    /// <summary>Forgets a document.</summary>
    [RpcRequest("notebook/close")]
    Task<Empty> CloseAsync(NotebookCloseParams parameters, CancellationToken cancellationToken);

    /// <summary>The workspace that the Azure ML SDK's <c>config.json</c> in a folder or above it names.</summary>
    [RpcRequest("notebook/workspace")]
    Task<NotebookWorkspaceResult> WorkspaceAsync(NotebookWorkspaceParams parameters, CancellationToken cancellationToken);

    /// <summary>The workspaces and registries that have something of a reference's name, for where nothing says which is meant.</summary>
    [RpcRequest("notebook/candidates")]
    Task<NotebookCandidatesResult> CandidatesAsync(NotebookCandidatesParams parameters, CancellationToken cancellationToken);

    /// <summary>Looks references up in a workspace. Fails when the workspace cannot be read: then nothing is known, and nothing is missing.</summary>
    [RpcRequest("notebook/describe")]
    Task<NotebookDescribeResult> DescribeAsync(NotebookDescribeParams parameters, CancellationToken cancellationToken);

    /// <summary>Python that loads what an export wrote, by a path relative to the notebook.</summary>
    [RpcRequest("notebook/loadCode")]
    Task<NotebookLoadCodeResult> LoadCodeAsync(NotebookLoadCodeParams parameters, CancellationToken cancellationToken);
}

/// <summary>A cell with all its text.</summary>
/// <param name="CellId">The client's name of it.</param>
/// <param name="Text">Its text.</param>
public sealed record NotebookCell(string CellId, string Text);

/// <summary>A document to follow.</summary>
/// <param name="DocumentId">The client's name of it.</param>
/// <param name="Version">The client's version of it.</param>
/// <param name="Cells">Its Python cells; what a message cannot hold follows as added cells.</param>
public sealed record NotebookOpenParams(string DocumentId, long Version, IReadOnlyList<NotebookCell> Cells);

/// <summary>One edit.</summary>
/// <param name="Offset">Where.</param>
/// <param name="Length">How much goes.</param>
/// <param name="Text">What comes.</param>
public sealed record NotebookEdit(int Offset, int Length, string Text);

/// <summary>What was typed in a cell.</summary>
/// <param name="CellId">Which.</param>
/// <param name="Edits">In order, each on what the one before left.</param>
/// <param name="Length">The cell's length after them.</param>
public sealed record NotebookCellEdits(string CellId, IReadOnlyList<NotebookEdit> Edits, int Length);

/// <summary>What changed in a document.</summary>
/// <param name="DocumentId">Which.</param>
/// <param name="BaseVersion">The version last sent.</param>
/// <param name="Version">The version it has now.</param>
/// <param name="Added">Cells that came, or changed altogether.</param>
/// <param name="Removed">Cells that went.</param>
/// <param name="Edited">Cells that were typed in.</param>
public sealed record NotebookChangeParams(
    string DocumentId, long BaseVersion, long Version, IReadOnlyList<NotebookCell> Added, IReadOnlyList<string> Removed, IReadOnlyList<NotebookCellEdits> Edited);

/// <summary>Names a document.</summary>
/// <param name="DocumentId">Which.</param>
public sealed record NotebookCloseParams(string DocumentId);

/// <summary>What the cells that were sent refer to.</summary>
/// <param name="Version">The version this is of.</param>
/// <param name="OutOfStep">The document is not known here in the version changed: open it again. Then there are no cells.</param>
/// <param name="Cells">The cells sent; what others refer to is as before.</param>
public sealed record NotebookReferences(long Version, bool OutOfStep, IReadOnlyList<NotebookCellReferences> Cells);

/// <summary>What a cell refers to.</summary>
/// <param name="CellId">Which.</param>
/// <param name="References">In the order of the text, at most 2,000.</param>
/// <param name="TooLarge">It was not looked into: it has more than 8 Mi characters, or the document more than 16 Mi.</param>
public sealed record NotebookCellReferences(string CellId, IReadOnlyList<NotebookReference> References, bool TooLarge);

/// <summary>A part of a cell.</summary>
/// <param name="StartLine">Line of the first character.</param>
/// <param name="StartCharacter">The first character.</param>
/// <param name="EndLine">Line of the first character behind it.</param>
/// <param name="EndCharacter">The first character behind it.</param>
public sealed record NotebookRange(int StartLine, int StartCharacter, int EndLine, int EndCharacter);

/// <summary>What a reference is to.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<NotebookAssetKind>))]
public enum NotebookAssetKind
{
    /// <summary>A registered model.</summary>
    Model,

    /// <summary>A data asset, or a dataset (v1).</summary>
    Data,

    /// <summary>The code does not say of what; whatever has this name.</summary>
    Any,

    /// <summary>A place in a datastore, or an output of a run; the name is the whole address.</summary>
    Place,
}

/// <summary>A workspace as code names it.</summary>
/// <param name="SubscriptionId">Its subscription.</param>
/// <param name="ResourceGroup">Its resource group.</param>
/// <param name="Name">Its name.</param>
public sealed record NotebookWorkspace(string SubscriptionId, string ResourceGroup, string Name);

/// <summary>What code names.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its name; of a place the whole address.</param>
/// <param name="Version">Its version; null when a label says which.</param>
/// <param name="Label"><c>latest</c>, or a stage of a model; null when there is a version, and of a place.</param>
/// <param name="Registry">The registry it is in; null for a workspace.</param>
/// <param name="Workspace">The workspace the code names; null when it names none.</param>
public sealed record NotebookAsset(NotebookAssetKind Kind, string Name, string? Version, string? Label, string? Registry, NotebookWorkspace? Workspace);

/// <summary>A reference in code.</summary>
/// <param name="Range">Where.</param>
/// <param name="Asset">To what.</param>
/// <param name="VersionRange">Where the version alone stands, to be replaced; null when it stands nowhere, or not plainly.</param>
/// <param name="VersionIsNumber">Whether only a number can replace it.</param>
public sealed record NotebookReference(NotebookRange Range, NotebookAsset Asset, NotebookRange? VersionRange, bool VersionIsNumber);

/// <summary>Where to look for the SDK's configuration.</summary>
/// <param name="Folder">Where to begin, absolute.</param>
/// <param name="Boundary">The folder above which is not looked, absolute; null for up to the root.</param>
/// <param name="Subscriptions">Subscriptions the client knows: they tell the tenant.</param>
public sealed record NotebookWorkspaceParams(string Folder, string? Boundary, IReadOnlyList<SubscriptionInfo> Subscriptions);

/// <summary>The workspace of a folder.</summary>
/// <param name="NodeId">Its node in the tree; null when there is no configuration.</param>
/// <param name="Name">Its name; null likewise.</param>
/// <param name="ConfigPath">The file that names it, absolute; null likewise.</param>
public sealed record NotebookWorkspaceResult(string? NodeId, string? Name, string? ConfigPath);

/// <summary>What is looked for in all workspaces.</summary>
/// <param name="Asset">A model, data, or whatever has the name.</param>
/// <param name="Subscriptions">Where.</param>
public sealed record NotebookCandidatesParams(NotebookAsset Asset, IReadOnlyList<SubscriptionInfo> Subscriptions);

/// <summary>A workspace or registry that has something of the name.</summary>
/// <param name="NodeId">Its node in the tree.</param>
/// <param name="Name">Its name.</param>
/// <param name="Subscription">The name of its subscription.</param>
/// <param name="ResourceGroup">Its resource group.</param>
/// <param name="IsRegistry">Whether it is a registry.</param>
public sealed record NotebookCandidate(string NodeId, string Name, string Subscription, string ResourceGroup, bool IsRegistry);

/// <summary>Where the name was found.</summary>
/// <param name="Candidates">By name, workspaces first.</param>
/// <param name="Incomplete">Whether there are workspaces that were not looked into: too many, or they could not be read.</param>
public sealed record NotebookCandidatesResult(IReadOnlyList<NotebookCandidate> Candidates, bool Incomplete);

/// <summary>References to look up.</summary>
/// <param name="WorkspaceNodeId">The workspace, or a registry, for those that name none.</param>
/// <param name="Assets">At most 200.</param>
/// <param name="Fresh">Whether answers of the last minute do not count.</param>
public sealed record NotebookDescribeParams(string WorkspaceNodeId, IReadOnlyList<NotebookAsset> Assets, bool Fresh);

/// <summary>What became of looking a reference up.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<NotebookAssetState>))]
public enum NotebookAssetState
{
    /// <summary>It is there.</summary>
    Found,

    /// <summary>The workspace was read, and it is not there.</summary>
    Missing,

    /// <summary>It was not looked up.</summary>
    Unknown,
}

/// <summary>A name and a value.</summary>
/// <param name="Name">The name.</param>
/// <param name="Value">The value.</param>
public sealed record NotebookTag(string Name, string Value);

/// <summary>Something that has the name and version of a reference.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version; null when it has none.</param>
/// <param name="NodeId">Its node in the tree, by which it is downloaded; null when it cannot be.</param>
/// <param name="Type"><c>mlflow_model</c>, <c>uri_folder</c>, ...; null when not told.</param>
/// <param name="Stage">Stage of a model; null for none.</param>
/// <param name="Description">What its author says; null for nothing.</param>
/// <param name="Bytes">Size of its files, of those counted; null when it was not to be had.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="SourceRun">The run that made it; null when not told.</param>
/// <param name="CreatedAt">When it was made, of a place when the newest file was written: Unix time in milliseconds; null when not told.</param>
/// <param name="CreatedBy">Who made it; null when not told.</param>
/// <param name="IsArchived">Whether it is archived.</param>
/// <param name="StudioUrl">Its page in Azure ML studio; null when there is none.</param>
/// <param name="Files">Files counted; null when they could not be.</param>
/// <param name="HasMore">Whether there are more files than were counted: then the size is that of those counted.</param>
public sealed record NotebookFoundAsset(
    NotebookAssetKind Kind, string Name, string? Version, string? NodeId, string? Type, string? Stage, string? Description, long? Bytes, IReadOnlyList<NotebookTag> Tags,
    string? SourceRun, long? CreatedAt, string? CreatedBy, bool IsArchived, string? StudioUrl, long? Files, bool HasMore);

/// <summary>What is known of a reference.</summary>
/// <param name="State">What became of looking it up.</param>
/// <param name="Found">What has its name and version; a model and data may share one.</param>
/// <param name="Versions">Versions there are, newest first, at most 20 of a kind.</param>
/// <param name="Reason">For people, why it is missing or unknown; null when found.</param>
public sealed record NotebookDescription(NotebookAssetState State, IReadOnlyList<NotebookFoundAsset> Found, IReadOnlyList<string> Versions, string? Reason);

/// <summary>What is known of references.</summary>
/// <param name="Descriptions">In the order asked.</param>
public sealed record NotebookDescribeResult(IReadOnlyList<NotebookDescription> Descriptions);

/// <summary>What code is for.</summary>
/// <param name="Kind">A model, or data.</param>
/// <param name="Title">Name and version, for the comment.</param>
/// <param name="Folder">Where it was written, absolute.</param>
/// <param name="From">The folder of the notebook or file, absolute; null when it is not saved yet.</param>
/// <param name="InFile">For a Python file, whose working folder is not known.</param>
public sealed record NotebookLoadCodeParams(NotebookAssetKind Kind, string Title, string Folder, string? From, bool InFile);

/// <summary>How a model is loaded.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<NotebookFlavour>))]
public enum NotebookFlavour
{
    /// <summary>By mlflow.sklearn.</summary>
    Sklearn,

    /// <summary>By mlflow.onnx.</summary>
    MlflowOnnx,

    /// <summary>By mlflow.pyfunc.</summary>
    Pyfunc,

    /// <summary>By onnxruntime.</summary>
    Onnx,

    /// <summary>Its path is given.</summary>
    Path,
}

/// <summary>Code to insert.</summary>
/// <param name="Text">Python, lines ended by a line feed, without one at the end.</param>
/// <param name="Flavour">How it loads.</param>
public sealed record NotebookLoadCodeResult(string Text, NotebookFlavour Flavour);
