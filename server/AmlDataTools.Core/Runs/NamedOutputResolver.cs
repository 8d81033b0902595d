using System.Runtime.CompilerServices;
using System.Text.Json;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Data;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.RunHistory;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Storage;

namespace AmlDataTools.Core.Runs;

/// <summary>
/// Finds where the named outputs of a run lie, in the order Microsoft's SDK does: the assets on the run's record, else the
/// job's definition, else the folders <c>azureml/{run}/{name}/</c> and <c>dataset/{run}/{name}/</c> of the default datastore.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="reader">Finds the original of a reused step.</param>
/// <param name="browser">Looks into the default folders.</param>
public sealed class NamedOutputResolver(AzureConnection connection, RunReader reader, IFileBrowser browser)
{
    private const string ArtifactStore = "workspaceartifactstore";
    private const int FolderPage = 200;

    /// <summary>The named outputs, each once. The output <c>default</c> that is the run's own "Outputs + logs" is left out.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="run">The run; for a reused step its original's outputs are given.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async IAsyncEnumerable<NamedOutputLocation> ResolveAsync(
        WorkspaceRef workspace, RunDocument run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var source = (await reader.WithOriginalAsync(workspace, run, cancellationToken).ConfigureAwait(false)).Source;
        var client = connection.Workspace(workspace);
        var given = new HashSet<string>(StringComparer.Ordinal);
        var open = new Dictionary<string, string?>(StringComparer.Ordinal);

        var recorded = await ReadRecordedAsync(client, source, cancellationToken).ConfigureAwait(false);
        var places = await FindAssetsAsync(client, recorded, cancellationToken).ConfigureAwait(false);
        foreach (var output in recorded)
        {
            if (places.TryGetValue(output.AssetId, out var place) && FromUri(workspace, output.Name, place.Uri, place.Type ?? output.Type, output.AssetId, NamedOutputSource.Asset) is { } found)
            {
                if (given.Add(output.Name) && !IsRunsOwnFolder(found))
                {
                    yield return found;
                }
            }
            else
            {
                open.TryAdd(output.Name, output.Type);
            }
        }

        // The job's definition is only asked when the record leaves something open.
        if (recorded.Count == 0 || open.Count > 0)
        {
            foreach (var (name, output) in await ReadJobAsync(client, source.RunId, cancellationToken).ConfigureAwait(false))
            {
                var type = output.Text("jobOutputType");
                if (FromUri(workspace, name, output.Text("uri"), type, null, NamedOutputSource.Job) is { } found)
                {
                    open.Remove(name);
                    if (given.Add(name) && !IsRunsOwnFolder(found))
                    {
                        yield return found;
                    }
                }
                else if (!given.Contains(name))
                {
                    open.TryAdd(name, type);
                }
            }
        }

        open.Remove("default");
        if (open.Count == 0 && given.Count > 0)
        {
            yield break;
        }

        await foreach (var found in LookInDefaultStoreAsync(workspace, client, source.RunId, open, cancellationToken).ConfigureAwait(false))
        {
            if (given.Add(found.Name))
            {
                yield return found;
            }
        }
    }

    private static async Task<IReadOnlyList<RunOutput>> ReadRecordedAsync(WorkspaceClient client, RunDocument run, CancellationToken cancellationToken)
    {
        if (run.Outputs is { Count: > 0 } told)
        {
            return told;
        }

        // Lists of runs often come without outputs, this request has them.
        var data = await client.RunHistory.GetRunDataAsync(run.RunId, definition: false, specification: false, cancellationToken).ConfigureAwait(false);
        return data.Child("runMetadata") is { } metadata ? new RunDocument(metadata).Outputs : [];
    }

    private static async Task<IReadOnlyDictionary<string, ResolvedAsset>> FindAssetsAsync(
        WorkspaceClient client, IReadOnlyList<RunOutput> outputs, CancellationToken cancellationToken)
    {
        var result = new Dictionary<string, ResolvedAsset>(StringComparer.OrdinalIgnoreCase);
        foreach (var models in outputs.GroupBy(IsModel))
        {
            string[] ids = [.. models.Select(output => output.AssetId)];
            try
            {
                var found = models.Key
                    ? await client.Data.BatchGetResolvedModelUrisAsync(ids, cancellationToken).ConfigureAwait(false)
                    : await client.Data.BatchGetResolvedUrisAsync(ids, cancellationToken).ConfigureAwait(false);
                foreach (var (id, asset) in found)
                {
                    result[id] = asset;
                }
            }
            catch (AzureServiceException exception) when (exception.Status == 404)
            {
                // An asset that is gone, or a workspace without this service: the job and the default folders tell more.
            }
        }

        return result;
    }

    private static bool IsModel(RunOutput output)
        => output.AssetId.Contains("/models/", StringComparison.OrdinalIgnoreCase)
            || (!output.AssetId.Contains("/data/", StringComparison.OrdinalIgnoreCase) && (output.Type ?? string.Empty).Contains("model", StringComparison.OrdinalIgnoreCase));

    // A step of a pipeline has no job of its own, or one without properties.
    private static async Task<IReadOnlyList<KeyValuePair<string, JsonElement>>> ReadJobAsync(WorkspaceClient client, string runId, CancellationToken cancellationToken)
    {
        try
        {
            var job = await client.Arm.GetJobAsync(runId, cancellationToken).ConfigureAwait(false);
            return job.Properties?.Child("outputs") is { ValueKind: JsonValueKind.Object } outputs
                ? [.. outputs.EnumerateObject().Select(output => KeyValuePair.Create(output.Name, output.Value))]
                : [];
        }
        catch (AzureServiceException exception) when (exception.Status == 404)
        {
            return [];
        }
    }

    private static NamedOutputLocation? FromUri(
        WorkspaceRef workspace, string name, string? text, string? type, string? assetId, NamedOutputSource source)
    {
        if (!AssetUri.TryParse(text, out var uri))
        {
            return null;
        }

        var kind = NamedOutputLocation.ReadKind(type);
        if (kind == NamedOutputKind.Unknown && uri.Path.EndsWith('/'))
        {
            kind = NamedOutputKind.UriFolder;
        }

        var path = kind == NamedOutputKind.UriFolder && uri.Path.Length > 0 && !uri.Path.EndsWith('/') ? uri.Path + "/" : uri.Path;
        return new NamedOutputLocation(name, kind, new FileLocation(uri.In(workspace), uri.Datastore, path, null), assetId, source);
    }

    private static bool IsRunsOwnFolder(NamedOutputLocation output)
        => output.Name == "default" && output.Datastore.Equals(ArtifactStore, StringComparison.OrdinalIgnoreCase)
            && output.Path.StartsWith("ExperimentRun/", StringComparison.OrdinalIgnoreCase);

    private async IAsyncEnumerable<NamedOutputLocation> LookInDefaultStoreAsync(
        WorkspaceRef workspace, WorkspaceClient client, string runId, IReadOnlyDictionary<string, string?> names, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await client.Arm.GetDefaultDatastoreAsync(cancellationToken).ConfigureAwait(false) is not { } store)
        {
            if (names.Count > 0)
            {
                throw new ProblemException("datastore.noDefault", $"The workspace {workspace.Name} has no default datastore, so the outputs of {runId} cannot be found. Set a default datastore in Azure ML studio.") { Target = workspace.ResourceId };
            }

            yield break;
        }

        string[] roots = [$"azureml/{runId}/", $"dataset/{runId}/"];
        foreach (var (name, type) in names)
        {
            var kind = NamedOutputLocation.ReadKind(type);
            var assumed = new NamedOutputLocation(name, kind, new FileLocation(workspace, store.Name, roots[0] + name + "/", null), null, NamedOutputSource.Assumed);
            foreach (var root in roots)
            {
                var folder = new FileLocation(workspace, store.Name, root + name + "/", null);
                if ((await browser.ListFolderAsync(folder, null, 1, cancellationToken).ConfigureAwait(false)).Entries.Count > 0)
                {
                    // Found as a folder, so it is one, even if its single file is what the output means.
                    assumed = new NamedOutputLocation(name, NamedOutputKind.UriFolder, folder, null, NamedOutputSource.DefaultFolder);
                    break;
                }
            }

            yield return assumed;
        }

        if (names.Count > 0)
        {
            yield break;
        }

        foreach (var root in roots)
        {
            string? token = null;
            do
            {
                var page = await browser.ListFolderAsync(new FileLocation(workspace, store.Name, root, null), token, FolderPage, cancellationToken).ConfigureAwait(false);
                foreach (var entry in page.Entries.Where(entry => entry.IsFolder))
                {
                    yield return new NamedOutputLocation(
                        entry.Name, NamedOutputKind.UriFolder, new FileLocation(workspace, store.Name, entry.Path, null), null, NamedOutputSource.DefaultFolder);
                }

                token = page.NextPageToken;
            }
            while (token is not null);
        }
    }
}
