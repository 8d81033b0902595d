using AmlDataTools.Core.Storage;

namespace AmlDataTools.Core.Runs;

/// <summary>What a named output is.</summary>
public enum NamedOutputKind
{
    /// <summary>One file.</summary>
    UriFile,

    /// <summary>A folder; tables and MLflow models are folders too.</summary>
    UriFolder,

    /// <summary>A file or a folder: the record does not tell, the storage does.</summary>
    Unknown,
}

/// <summary>How the place of a named output was found.</summary>
public enum NamedOutputSource
{
    /// <summary>The asset registered for it.</summary>
    Asset,

    /// <summary>The job's definition.</summary>
    Job,

    /// <summary>The folder in which the service puts outputs by default; something is there.</summary>
    DefaultFolder,

    /// <summary>The same folder; nothing is there.</summary>
    Assumed,
}

/// <summary>Where a named output of a run lies.</summary>
/// <param name="Name">Its name in the run.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Location">Where: of a folder the prefix ending in <c>/</c>. Its workspace may be another than the run's.</param>
/// <param name="AssetId">The asset registered for it; null for none.</param>
/// <param name="Source">How the place was found.</param>
public sealed record NamedOutputLocation(string Name, NamedOutputKind Kind, FileLocation Location, string? AssetId, NamedOutputSource Source)
{
    /// <summary>The datastore.</summary>
    public string Datastore => Location.Datastore;

    /// <summary>The path in the datastore.</summary>
    public string Path => Location.Path;

    /// <summary>Reads a type; <c>UriFolder</c> and <c>uri_folder</c> both occur, so case and underscores do not count.</summary>
    /// <param name="type">The type as a service wrote it.</param>
    public static NamedOutputKind ReadKind(string? type)
        => (type ?? string.Empty).Replace("_", string.Empty, StringComparison.Ordinal).ToUpperInvariant() switch
        {
            "URIFILE" => NamedOutputKind.UriFile,
            "URIFOLDER" or "MLTABLE" or "MLFLOWMODEL" or "TRITONMODEL" => NamedOutputKind.UriFolder,
            _ => NamedOutputKind.Unknown,
        };
}
