using System.Globalization;
using System.Text.Json;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Blobs;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.RunHistory;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Export;

/// <summary>The full record of a run: what the services hold on it besides its files, as they gave it.</summary>
internal sealed class RunDocuments(AzureConnection connection)
{
    private static readonly JsonWriterOptions Readable = new() { Indented = true, SkipValidation = true };

    /// <summary>Adds a run's documents to a plan.</summary>
    public static void Add(PlanBuilder builder, WorkspaceRef workspace, RunDocument run, string into)
    {
        foreach (var (kind, file) in new[] { ("run", "run.json"), ("details", "details.json"), ("job", "job.json"), ("tags", "tags.json"), ("children", "children.json"), ("metrics-json", "metrics.json"), ("metrics-csv", "metrics.csv") })
        {
            builder.AddDocument(workspace, $"{kind}:{run.RunId}", into, file);
        }

        if (run.ContentSnapshotId is { } snapshot)
        {
            builder.AddDocument(workspace, $"code:{snapshot}", into, "code.zip");
        }
    }

    /// <summary>Writes a document.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="name">Its name in the plan: kind and id.</param>
    /// <param name="to">Where to.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="ProblemException"><c>document.absent</c>: the service has none.</exception>
    public async Task WriteAsync(WorkspaceRef workspace, string name, Stream to, CancellationToken cancellationToken)
    {
        var client = connection.Workspace(workspace);
        var (kind, id) = (name[..name.IndexOf(':', StringComparison.Ordinal)], name[(name.IndexOf(':', StringComparison.Ordinal) + 1)..]);
        switch (kind)
        {
            case "run":
                await WriteAsync(await client.RunHistory.GetRunDataAsync(id, definition: true, specification: true, cancellationToken).ConfigureAwait(false), to, cancellationToken).ConfigureAwait(false);
                break;
            case "details":
                // Its log addresses are signed: a secret has no place on disk.
                await WriteAsync(WithoutSignatures(await client.RunHistory.GetRunDetailsAsync(id, cancellationToken).ConfigureAwait(false)), to, cancellationToken).ConfigureAwait(false);
                break;
            case "job":
                await WriteAsync(await JobAsync(client, id, cancellationToken).ConfigureAwait(false), to, cancellationToken).ConfigureAwait(false);
                break;
            case "tags":
                var run = await client.RunHistory.GetRunAsync(id, cancellationToken).ConfigureAwait(false);
                await WriteAsync(run.Raw.TryGetProperty("tags", out var tags) ? tags : default, to, cancellationToken).ConfigureAwait(false);
                break;
            case "children":
                await WriteChildrenAsync(client, id, to, cancellationToken).ConfigureAwait(false);
                break;
            case "metrics-json":
                await WriteMetricsAsync(client, id, to, cancellationToken).ConfigureAwait(false);
                break;
            case "metrics-csv":
                await MetricsCsv.WriteAsync(client, id, to, cancellationToken).ConfigureAwait(false);
                break;
            case "code":
                await WriteCodeAsync(client, id, to, cancellationToken).ConfigureAwait(false);
                break;
            default:
                throw new ProblemException("document.unknown", $"This version does not know the document {kind}. Plan again.") { Actions = [ProblemAction.PlanAgain] };
        }
    }

    /// <summary>A copy of a document in which addresses have lost their query strings.</summary>
    internal static JsonElement WithoutSignatures(JsonElement document)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Copy(document, writer);
        }

        return JsonDocument.Parse(buffer.ToArray()).RootElement;

        static void Copy(JsonElement element, Utf8JsonWriter writer)
        {
            switch (element.ValueKind)
            {
                case JsonValueKind.Object:
                    writer.WriteStartObject();
                    foreach (var member in element.EnumerateObject())
                    {
                        writer.WritePropertyName(member.Name);
                        Copy(member.Value, writer);
                    }

                    writer.WriteEndObject();
                    break;
                case JsonValueKind.Array:
                    writer.WriteStartArray();
                    foreach (var item in element.EnumerateArray())
                    {
                        Copy(item, writer);
                    }

                    writer.WriteEndArray();
                    break;
                case JsonValueKind.String when element.GetString() is { } text && text.Contains("sig=", StringComparison.OrdinalIgnoreCase) && text.IndexOf('?', StringComparison.Ordinal) is var query and > 0:
                    writer.WriteStringValue(text[..query]);
                    break;
                default:
                    element.WriteTo(writer);
                    break;
            }
        }
    }

    private static async Task<JsonElement> JobAsync(Azure.Arm.WorkspaceClient client, string id, CancellationToken cancellationToken)
    {
        try
        {
            return (await client.Arm.GetJobAsync(id, cancellationToken).ConfigureAwait(false)).Raw;
        }
        catch (AzureServiceException exception) when (exception.Status == 404)
        {
            throw new ProblemException(TransferEngine.Absent, "Resource Manager has no job of this run: it is a run of the first SDK, or a step.", exception);
        }
    }

    private static async Task WriteChildrenAsync(Azure.Arm.WorkspaceClient client, string id, Stream to, CancellationToken cancellationToken)
    {
        using var writer = new Utf8JsonWriter(to, Readable);
        writer.WriteStartArray();
        await foreach (var child in client.RunHistory.GetChildrenAsync(id, cancellationToken).ConfigureAwait(false))
        {
            child.Raw.WriteTo(writer);
            await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        writer.WriteEndArray();
    }

    private static async Task WriteMetricsAsync(Azure.Arm.WorkspaceClient client, string id, Stream to, CancellationToken cancellationToken)
    {
        using var writer = new Utf8JsonWriter(to, Readable);
        writer.WriteStartArray();
        await foreach (var page in MetricsCsv.PagesAsync(client, id, cancellationToken).ConfigureAwait(false))
        {
            page.WriteTo(writer);
            await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        writer.WriteEndArray();
    }

    private async Task WriteCodeAsync(Azure.Arm.WorkspaceClient client, string snapshot, Stream to, CancellationToken cancellationToken)
    {
        var address = await client.Content.GetZipAsync(snapshot, cancellationToken).ConfigureAwait(false)
            ?? throw new ProblemException(TransferEngine.Absent, "The service does not give out the code snapshot of this run.");
        if (!connection.Cloud.IsStorageHost(address))
        {
            throw new ForeignHostException(address);
        }

        var container = new BlobContainer(connection.Pipelines, new Uri(address.GetLeftPart(UriPartial.Authority)), BlobAuthorization.None);
        using var download = await container.ReadAsync("code.zip", address, null, null, cancellationToken).ConfigureAwait(false);
        var before = to.Position;
        await download.Content.CopyToAsync(to, cancellationToken).ConfigureAwait(false);
        if (to.Position - before != download.Length)
        {
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"The code snapshot ended after {to.Position - before} of {download.Length} bytes."));
        }
    }

    private static async Task WriteAsync(JsonElement document, Stream to, CancellationToken cancellationToken)
    {
        using var writer = new Utf8JsonWriter(to, Readable);
        if (document.ValueKind == JsonValueKind.Undefined)
        {
            writer.WriteNullValue();
        }
        else
        {
            document.WriteTo(writer);
        }

        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
    }
}
