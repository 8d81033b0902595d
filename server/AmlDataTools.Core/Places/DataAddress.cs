using AmlDataTools.Azure;
using AmlDataTools.Core.Runs;

namespace AmlDataTools.Core.Places;

/// <summary>
/// Reads the addresses in which Azure ML writes where data lies: <c>azureml://</c> in short and long form, a job's outputs,
/// artifacts of runs as MLflow writes them, and addresses of the storage account itself.
/// </summary>
internal static class DataAddress
{
    private const string ArtifactStore = "workspaceartifactstore";

    /// <summary>The workspace and datastore path an address names; null when it is none of a datastore.</summary>
    /// <param name="address">The address.</param>
    /// <param name="workspace">Where it was found.</param>
    public static (WorkspaceRef Workspace, string Datastore, string Path)? InDatastore(string? address, WorkspaceRef workspace)
    {
        if (AssetUri.TryParse(address, out var uri))
        {
            return (uri.In(workspace), uri.Datastore, uri.Path);
        }

        return RunArtifact(address) is { } artifact ? (workspace, ArtifactStore, $"ExperimentRun/dcid.{artifact.RunId}/{artifact.Path}") : null;
    }

    /// <summary>The run and path below its folder of <c>azureml://jobs/{run}/outputs/artifacts/...</c>, <c>azureml://.../runs/{run}/artifacts/...</c> and <c>runs:/{run}/...</c>.</summary>
    public static (string RunId, string Path)? RunArtifact(string? address)
    {
        if (address is null)
        {
            return null;
        }

        if (address.StartsWith("runs:/", StringComparison.OrdinalIgnoreCase))
        {
            var rest = address["runs:/".Length..].TrimStart('/').Split('/', 2);
            return rest[0].Length > 0 ? (rest[0], rest.Length > 1 ? rest[1] : string.Empty) : null;
        }

        if (!address.StartsWith("azureml://", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var parts = address["azureml://".Length..].Split('/');
        for (var at = 0; at + 2 < parts.Length; at++)
        {
            if (parts[at].Equals("runs", StringComparison.OrdinalIgnoreCase) && parts[at + 1].Length > 0 && parts[at + 2].Equals("artifacts", StringComparison.OrdinalIgnoreCase))
            {
                return (parts[at + 1], string.Join('/', parts[(at + 3)..]));
            }

            if (parts[at].Equals("jobs", StringComparison.OrdinalIgnoreCase) && parts[at + 1].Length > 0 && at + 3 < parts.Length
                && parts[at + 2].Equals("outputs", StringComparison.OrdinalIgnoreCase) && parts[at + 3].Equals("artifacts", StringComparison.OrdinalIgnoreCase))
            {
                var from = at + 4 < parts.Length && parts[at + 4].Equals("paths", StringComparison.OrdinalIgnoreCase) ? at + 5 : at + 4;
                return (parts[at + 1], string.Join('/', parts[Math.Min(from, parts.Length)..]));
            }
        }

        return null;
    }

    /// <summary>Run and name of <c>azureml://jobs/{run}/outputs/{name}</c>; null for others and for the run's own artifacts.</summary>
    public static (string RunId, string Output, string Path)? NamedOutput(string? address)
    {
        if (address is null || !address.StartsWith("azureml://jobs/", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var parts = address["azureml://jobs/".Length..].Split('/');
        if (parts.Length < 3 || parts[0].Length == 0 || !parts[1].Equals("outputs", StringComparison.OrdinalIgnoreCase) || parts[2].Length == 0
            || parts[2].Equals("artifacts", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var from = parts.Length > 3 && parts[3].Equals("paths", StringComparison.OrdinalIgnoreCase) ? 4 : 3;
        return (parts[0], parts[2], string.Join('/', parts[from..]));
    }

    /// <summary>
    /// The place of an artifact as SDK v1 writes it: <c>aml://artifact/{origin}/{container}/{path}</c>; null for others. The
    /// artifact store holds <c>ExperimentRun</c> and <c>LocalUpload</c> under just these names.
    /// </summary>
    /// <param name="address">The address.</param>
    public static (string Datastore, string Path)? Artifact(string? address)
    {
        const string Scheme = "aml://artifact/";
        return address?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) == true
            && address[Scheme.Length..].Split('/', 3) is [("ExperimentRun" or "LocalUpload") and var origin, { Length: > 0 } container, { } path]
            ? (ArtifactStore, $"{origin}/{container}/{path}")
            : null;
    }

    /// <summary>The id of <c>aml://asset/{id}</c>, in which SDK v1 keeps the artifacts of a model; null for others.</summary>
    /// <param name="address">The address.</param>
    public static string? AssetId(string? address)
    {
        const string Scheme = "aml://asset/";
        return address?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) == true && address.Length > Scheme.Length ? address[Scheme.Length..] : null;
    }

    /// <summary>Of <c>azureml://registries/{registry}/{models|data}/{name}/versions/{version}</c> (or <c>/labels/latest</c>, whose version is null) its parts, with the path of <c>/paths/...</c> behind; null for others.</summary>
    /// <param name="address">The address.</param>
    public static (string Registry, string Kind, string Name, string? Version, string? Path)? InRegistry(string? address)
    {
        const string Scheme = "azureml://registries/";
        if (address?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) != true
            || address[Scheme.Length..].Split('/', 6) is not [{ Length: > 0 } registry, { } kind, { Length: > 0 } name, { } which, { Length: > 0 } version, .. var rest]
            || !(kind.Equals("models", StringComparison.OrdinalIgnoreCase) || kind.Equals("data", StringComparison.OrdinalIgnoreCase)))
        {
            return null;
        }

        var isLabel = which.Equals("labels", StringComparison.OrdinalIgnoreCase);
        if (!(isLabel ? version.Equals("latest", StringComparison.OrdinalIgnoreCase) : which.Equals("versions", StringComparison.OrdinalIgnoreCase)))
        {
            return null;
        }

        var path = rest is [var below] ? below.StartsWith("paths/", StringComparison.OrdinalIgnoreCase) ? below["paths/".Length..] : below : null;
        return (registry, kind.Equals("models", StringComparison.OrdinalIgnoreCase) ? "models" : "data", name, isLabel ? null : version, string.IsNullOrEmpty(path) ? null : path);
    }

    /// <summary>Of <c>azureml://workspaces/{id}/datastores/...</c>, which names the workspace by its id alone, that id and the short address; null for others.</summary>
    /// <param name="address">The address.</param>
    public static (string WorkspaceId, string Address)? ByWorkspaceId(string? address)
    {
        const string Scheme = "azureml://workspaces/";
        return address?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) == true
            && address[Scheme.Length..].Split('/', 2) is [{ Length: > 0 } id, { } rest] && rest.StartsWith("datastores/", StringComparison.OrdinalIgnoreCase)
            ? (id, "azureml://" + rest)
            : null;
    }

    /// <summary>The place that an address of a storage account names: <c>https://account.blob.../container/path</c>, <c>https://account.file.../share/path</c>, <c>abfss://fs@account...</c>, <c>wasbs://container@account...</c>; null for others.</summary>
    /// <param name="address">The address; a query string (a SAS) is not looked at.</param>
    public static StoragePlace? InAccount(string? address)
    {
        if (address is null || !Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Host.Split('.') is not [{ Length: > 0 } account, ("blob" or "dfs" or "file") and var service, ..])
        {
            return null;
        }

        // The path as written: Uri would clean up ".." and so name another blob.
        var start = address.IndexOf("://", StringComparison.Ordinal) + 3;
        var slash = address.IndexOf('/', start);
        var path = slash < 0 ? string.Empty : address[(slash + 1)..];
        path = Uri.UnescapeDataString(path.Split('?', 2)[0]);
        switch (uri.Scheme.ToUpperInvariant())
        {
            case "ABFSS" or "ABFS" or "WASBS" or "WASB" when uri.UserInfo.Length > 0:
                return StoragePlace.Of(account, uri.UserInfo, path);
            case "HTTPS" or "HTTP" when path.Length > 0:
                var parts = path.Split('/', 2);
                var below = parts.Length > 1 ? parts[1] : string.Empty;
                return parts[0].Length == 0 ? null : service == "file" ? StoragePlace.OfShare(account, parts[0], below) : StoragePlace.Of(account, parts[0], below);
            default:
                return null;
        }
    }

    /// <summary>The folder above the first segment with a wildcard; the path itself when it has none.</summary>
    public static string WithoutWildcards(string path)
    {
        var wild = path.AsSpan().IndexOfAny('*', '?', '[');
        if (wild < 0)
        {
            return path;
        }

        var slash = path.LastIndexOf('/', wild);
        return slash < 0 ? string.Empty : path[..(slash + 1)];
    }
}
