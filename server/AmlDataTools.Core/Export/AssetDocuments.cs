using System.Text.Json;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.V1;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Export;

/// <summary>
/// The document beside the files of a model or data asset (<c>model.json</c>, <c>data.json</c>): what its record says, and the
/// hashes of the files. The same record and files give the same bytes.
/// </summary>
internal sealed class AssetDocuments(AzureConnection connection)
{
    private static readonly JsonWriterOptions Readable = new() { Indented = true, SkipValidation = true };

    private readonly ResourceLister _lister = new(connection);

    /// <summary>The document's name in a plan.</summary>
    public static string NameOf(ResourceAddress address) => $"{address.Kind}:{address.Text}";

    /// <summary>Writes a document.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="item">The item, with its name in the plan.</param>
    /// <param name="results">How the files ended.</param>
    /// <param name="to">Where to.</param>
    /// <param name="cancellationToken">Stops writing.</param>
    public async Task WriteAsync(WorkspaceRef workspace, TransferItem item, IAsyncEnumerable<ItemResult> results, Stream to, CancellationToken cancellationToken)
    {
        var address = AddressOf(workspace, item.Name);
        ListedResource asset;
        try
        {
            asset = await _lister.GetAsync(address, null, cancellationToken).ConfigureAwait(false);
        }
        catch (AzureServiceException exception)
        {
            throw ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Other, ChosenAsset.InWordsOf(address)));
        }

        using var writer = new Utf8JsonWriter(to, Readable);
        writer.WriteStartObject();
        WriteRecord(writer, asset);
        var root = item.Path[..(item.Path.LastIndexOf('/') + 1)];
        var missing = 0;
        writer.WriteStartArray("files");
        await foreach (var result in results.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (result.Sha256 is null)
            {
                // Folders are made, not fetched.
                missing += result.Outcome == ItemOutcome.Done ? 0 : 1;
                continue;
            }

            writer.WriteStartObject();
            writer.WriteString("path", result.Path.StartsWith(root, StringComparison.Ordinal) ? result.Path[root.Length..] : result.Path);
            writer.WriteNumber("bytes", result.Bytes);
            writer.WriteString("sha256", result.Sha256);
            writer.WriteEndObject();
            if (writer.BytesPending > 64 << 10)
            {
                await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        writer.WriteEndArray();
        writer.WriteNumber("filesMissing", missing);
        writer.WriteEndObject();
        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private static ResourceAddress AddressOf(WorkspaceRef workspace, string name)
    {
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !Enum.TryParse<ResourceKind>(name[..colon], out var kind) || !AssetPlanner.Takes(kind))
        {
            throw new ProblemException("document.unknown", $"This version does not know the document {name}. Plan again.") { Actions = [ProblemAction.PlanAgain] };
        }

        var text = name[(colon + 1)..];
        var last = kind == ResourceKind.Dataset ? -1 : text.LastIndexOf(':');
        return new ResourceAddress(workspace, kind, last < 0 ? text : text[..last], last < 0 ? null : text[(last + 1)..]);
    }

    private static void WriteRecord(Utf8JsonWriter writer, ListedResource asset)
    {
        var properties = asset.Properties;
        var dataset = asset.Address.Kind == ResourceKind.Dataset ? new DatasetDocument(asset.Raw) : null;
        writer.WriteString("name", asset.Address.Name);
        writer.WriteString("version", asset.Address.Child ?? dataset?.LatestVersion);
        writer.WriteString("description", dataset is null ? properties.Text("description") : dataset.Description);
        writer.WriteString("type", dataset is null ? properties.Text("modelType") ?? properties.Text("dataType") : dataset.Type);
        if (asset.Address.Kind == ResourceKind.ModelVersion)
        {
            writer.WriteString("stage", properties.Text("stage"));
        }

        if (dataset is null)
        {
            writer.WriteString("sourceRun", AssetLocator.RunOf(asset));
            writer.WriteString("uri", WithoutSignature(properties.Text("modelUri") ?? properties.Text("dataUri")));
        }
        else
        {
            writer.WriteStartArray("paths");
            foreach (var path in dataset.DataPaths)
            {
                writer.WriteStringValue($"azureml://datastores/{path.Datastore}/paths/{path.Path}");
            }

            writer.WriteEndArray();
        }

        writer.WriteString(asset.Address.Workspace.IsRegistry ? "registry" : "workspace", asset.Address.Workspace.ResourceId);
        writer.WriteString("created", asset.Created?.ToUniversalTime().ToString("O", System.Globalization.CultureInfo.InvariantCulture));
        Write(writer, "tags", properties.Child("tags"));
        Write(writer, "properties", dataset is null ? properties.Child("properties") : null);
        if (asset.Address.Kind == ResourceKind.ModelVersion)
        {
            Write(writer, "flavors", properties.Child("flavors"));
        }
    }

    private static void Write(Utf8JsonWriter writer, string name, JsonElement? value)
    {
        if (value is not { ValueKind: JsonValueKind.Object } given)
        {
            writer.WriteStartObject(name);
            writer.WriteEndObject();
            return;
        }

        writer.WritePropertyName(name);
        RunDocuments.WithoutSignatures(given).WriteTo(writer);
    }

    /// <summary>What follows the question mark of an address in a storage account may be a signature; in a datastore it is a part of the name.</summary>
    private static string? WithoutSignature(string? address) =>
        address is not null && (address.StartsWith("http", StringComparison.OrdinalIgnoreCase) || address.Contains("sig=", StringComparison.OrdinalIgnoreCase)) ? address.Split('?')[0] : address;
}
