namespace AmlDataTools.Core.Notebooks;

/// <summary>What a reference in code is to.</summary>
public enum NotebookAssetKind
{
    /// <summary>A registered model.</summary>
    Model,

    /// <summary>A data asset, or a dataset of SDK v1.</summary>
    Data,

    /// <summary><c>azureml:name:1</c> where the code does not say of what: whatever has this name.</summary>
    Any,

    /// <summary>A place in a datastore or an output of a run; the name is the whole address.</summary>
    Place,
}

/// <summary>What a reference in code names.</summary>
/// <param name="Kind">What it is to.</param>
/// <param name="Name">Its name; of a place the whole address.</param>
/// <param name="Version">Its version; null when a label says which.</param>
/// <param name="Label"><c>latest</c>, or a stage of a model such as <c>Production</c>; null when a version is given, and of a place.</param>
/// <param name="Registry">The registry it is in; null for a workspace.</param>
/// <param name="Workspace">The workspace the code names; null when it names none.</param>
public sealed record NotebookAsset(NotebookAssetKind Kind, string Name, string? Version, string? Label, string? Registry, NotebookWorkspaceName? Workspace)
{
    /// <summary>The label of the newest version.</summary>
    public const string Latest = "latest";

    /// <summary>For people: <c>name:3</c>, <c>name@latest</c>, or the address of a place.</summary>
    public string Text => Version is not null ? $"{Name}:{Version}" : Label is not null ? $"{Name}@{Label}" : Name;
}

/// <summary>A workspace as code and configuration files name it: without the tenant.</summary>
/// <param name="SubscriptionId">Its subscription.</param>
/// <param name="ResourceGroup">Its resource group.</param>
/// <param name="Name">Its name.</param>
public sealed record NotebookWorkspaceName(string SubscriptionId, string ResourceGroup, string Name);

/// <summary>A part of a text. Lines and characters count from 0, characters in UTF-16 code units, as editors count them.</summary>
/// <param name="StartLine">Line of the first character.</param>
/// <param name="StartCharacter">The first character.</param>
/// <param name="EndLine">Line of the first character behind it.</param>
/// <param name="EndCharacter">The first character behind it.</param>
public readonly record struct CodeRange(int StartLine, int StartCharacter, int EndLine, int EndCharacter)
{
    /// <summary>The same part when lines stand in front.</summary>
    /// <param name="lines">How many.</param>
    public CodeRange Below(int lines) => new(StartLine + lines, StartCharacter, EndLine + lines, EndCharacter);
}

/// <summary>A reference in code.</summary>
/// <param name="Range">Where: the text literal, or in a call from the first of its telling arguments to the last.</param>
/// <param name="Asset">What it names.</param>
/// <param name="VersionRange">Where the version alone stands, without quotes, to be replaced; null when it stands nowhere, or not plainly.</param>
/// <param name="VersionIsNumber">Whether the version is written as a number, so that only another number can replace it.</param>
public sealed record CodeReference(CodeRange Range, NotebookAsset Asset, CodeRange? VersionRange, bool VersionIsNumber)
{
    /// <summary>The name of the client that is asked, which may be a registry's; null when the code does not ask by one.</summary>
    internal string? Client { get; init; }
}
