namespace AmlDataTools.Core.Places;

/// <summary>Where the service puts what belongs to a run, and whose a path is therefore.</summary>
internal static class RunFolders
{
    /// <summary>In the artifact store: files, the zip of them, what the compute recorded.</summary>
    /// <param name="runId">The run.</param>
    public static (string Files, string Zip, string Compute) Artifacts(string runId) =>
        ($"ExperimentRun/dcid.{runId}", $"ArtifactZip/ExperimentRun/dcid.{runId}.zip", $"ComputeRecord/dcid.{runId}");

    /// <summary>In the default datastore: the named outputs that were given no place of their own.</summary>
    /// <param name="runId">The run.</param>
    public static (string Outputs, string Datasets) Outputs(string runId) => ($"azureml/{runId}", $"dataset/{runId}");

    /// <summary>The run of which a path is the whole folder (or zip), and not only something in it; null for others.</summary>
    /// <param name="path">The path, without slashes at its ends.</param>
    public static string? WholeOf(string path) => WithoutHistory(path).Split('/') switch
    {
        ["azureml", "ExperimentRun" or "ComputeRecord" or "ArtifactZip"] => null,
        ["ArtifactZip", "ExperimentRun", _] or ["ExperimentRun" or "ComputeRecord" or "azureml" or "dataset", _] => OwnerOf(path),
        _ => null,
    };

    /// <summary>The run to which what lies at a path belongs, also where run history is kept in the default store; null when it is in no run's folder.</summary>
    /// <param name="path">The path, without slashes at its ends.</param>
    public static string? OwnerOf(string path) => RunOf(WithoutHistory(path));

    /// <summary>The run in whose folder a path lies; null when it is in none.</summary>
    /// <param name="path">The path, without slashes at its ends.</param>
    public static string? RunOf(string path)
    {
        var parts = path.Split('/');
        return parts switch
        {
            ["ArtifactZip", "ExperimentRun", { } zip, ..] when zip.StartsWith("dcid.", StringComparison.Ordinal) && zip.EndsWith(".zip", StringComparison.Ordinal) && zip.Length > 9 => zip[5..^4],
            ["ExperimentRun" or "ComputeRecord", { Length: > 5 } folder, ..] when folder.StartsWith("dcid.", StringComparison.Ordinal) => folder[5..],
            ["azureml" or "dataset", { Length: > 0 } run, ..] => run,
            _ => null,
        };
    }

    /// <summary>Some workspaces keep run history in a folder of the default store instead of a container of its own.</summary>
    private static string WithoutHistory(string path) => path.Split('/') switch
    {
        ["azureml", "ExperimentRun" or "ComputeRecord" or "ArtifactZip", _, ..] => path["azureml/".Length..],
        _ => path,
    };
}
