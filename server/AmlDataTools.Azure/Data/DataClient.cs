using System.Text.Json;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Azure.Data;

/// <summary>Where an asset lies.</summary>
/// <param name="Uri">Such as <c>azureml://subscriptions/.../datastores/x/paths/...</c>.</param>
/// <param name="Type">UriFolder, uri_file, ...; spelling varies.</param>
public sealed record ResolvedAsset(string Uri, string? Type);

/// <summary>The data and model registries, version 1.0: where assets lie.</summary>
public sealed class DataClient
{
    private const int BatchSize = 100;

    private readonly WorkspaceEndpoints _endpoints;
    private readonly JsonSender _sender;

    internal DataClient(WorkspaceEndpoints endpoints, JsonSender sender)
    {
        _endpoints = endpoints;
        _sender = sender;
    }

    /// <summary>Where data assets lie; those the service does not know are missing in the result.</summary>
    /// <param name="assetIds">Their ids: <c>azureml://locations/.../data/.../versions/1</c>.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public Task<IReadOnlyDictionary<string, ResolvedAsset>> BatchGetResolvedUrisAsync(IReadOnlyList<string> assetIds, CancellationToken cancellationToken)
        => ResolveAsync("data/v1.0", "/dataversion/batchGetResolvedUris", assetIds, cancellationToken);

    /// <summary>Where models lie; those the service does not know are missing in the result.</summary>
    /// <param name="assetIds">Their ids: <c>azureml://locations/.../models/.../versions/1</c>.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public Task<IReadOnlyDictionary<string, ResolvedAsset>> BatchGetResolvedModelUrisAsync(IReadOnlyList<string> assetIds, CancellationToken cancellationToken)
        => ResolveAsync("modelregistry/v1.0", "/models/batchGetResolvedUris", assetIds, cancellationToken);

    private async Task<IReadOnlyDictionary<string, ResolvedAsset>> ResolveAsync(
        string service, string relative, IReadOnlyList<string> assetIds, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(assetIds);
        var result = new Dictionary<string, ResolvedAsset>(StringComparer.OrdinalIgnoreCase);
        if (assetIds.Count == 0)
        {
            return result;
        }

        var address = await _endpoints.AddressAsync(service, relative, cancellationToken).ConfigureAwait(false);
        foreach (var batch in assetIds.Distinct(StringComparer.OrdinalIgnoreCase).Chunk(BatchSize))
        {
            var body = await _sender.PostAsync(address, writer => Write(writer, batch), cancellationToken).ConfigureAwait(false);
            if (body.Child("values") is not { ValueKind: JsonValueKind.Object } values)
            {
                continue;
            }

            foreach (var member in values.EnumerateObject())
            {
                if (member.Value.Text("uri") is { Length: > 0 } uri)
                {
                    result[member.Name] = new ResolvedAsset(uri, member.Value.Text("type"));
                }
            }
        }

        return result;
    }

    private static void Write(Utf8JsonWriter writer, IReadOnlyList<string> assetIds)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("values");
        foreach (var id in assetIds)
        {
            writer.WriteStringValue(id);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
