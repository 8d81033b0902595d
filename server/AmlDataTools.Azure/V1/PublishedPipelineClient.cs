using System.Text.Json;
using Azure.Core;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Azure.V1;

/// <summary>Which of both a document is.</summary>
public enum PipelineKind
{
    /// <summary>A published pipeline.</summary>
    Pipeline,

    /// <summary>A pipeline endpoint: a name that leads to one of several published pipelines.</summary>
    Endpoint,
}

/// <summary>
/// Published pipelines and pipeline endpoints of SDK v1: the pipeline service, version 1.0. It is not published, so optional:
/// paths and verbs are those that azureml-pipeline-core's service caller names (<c>Pipelines</c>, <c>Pipelines/{id}/Status</c>,
/// <c>PipelineEndpoints</c>), and a workspace whose service does not know them is told by a null result.
/// </summary>
public sealed class PublishedPipelineClient
{
    private const string Service = "pipelines/v1.0";
    private const int MaxPages = 10_000;

    private readonly WorkspaceEndpoints _endpoints;
    private readonly JsonSender _sender;

    internal PublishedPipelineClient(WorkspaceEndpoints endpoints, JsonSender sender)
    {
        _endpoints = endpoints;
        _sender = sender;
    }

    /// <summary>All of one kind; null when the service is not there (404, 405, 410, 501).</summary>
    /// <param name="kind">Which.</param>
    /// <param name="activeOnly">Whether to leave out those disabled or deprecated.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="AzureServiceException">The service refused.</exception>
    public async Task<IReadOnlyList<PipelineDocument>?> ListAsync(PipelineKind kind, bool activeOnly, CancellationToken cancellationToken)
    {
        var found = new List<PipelineDocument>();
        string? token = null;
        for (var count = 0; count < MaxPages; count++)
        {
            var query = DataPlanePages.Query(("activeOnly", activeOnly ? "true" : "false"), ("continuationToken", token));
            var address = await _endpoints.AddressAsync(Service, $"/{Collection(kind)}{query}", cancellationToken).ConfigureAwait(false);
            JsonElement body;
            try
            {
                body = await _sender.GetAsync(address, cancellationToken).ConfigureAwait(false);
            }
            catch (AzureServiceException exception) when (count == 0 && exception.Status is 404 or 405 or 410 or 501)
            {
                return null;
            }

            // A plain array as the SDK's client reads it, or a page as the other services give it.
            var items = body.ValueKind == JsonValueKind.Array ? body.EnumerateArray() : body.Items("value");
            found.AddRange(items.Select(raw => new PipelineDocument(kind, raw)));
            var next = body.Text("continuationToken");
            token = DataPlanePages.Advance(token, string.IsNullOrEmpty(next) ? null : next);
            if (token is null)
            {
                return found;
            }
        }

        throw new AzureServiceException(200, "TooManyPages", $"The service's list did not end within {MaxPages} pages.");
    }

    /// <summary>One of them.</summary>
    /// <param name="kind">Which kind.</param>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="AzureServiceException">Status 404: it is not there, or the service is not.</exception>
    public async Task<PipelineDocument> GetAsync(PipelineKind kind, string id, CancellationToken cancellationToken)
        => new(kind, await _sender.GetAsync(await AddressAsync(kind, id, string.Empty, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false));

    /// <summary>
    /// Archives one (<c>Disabled</c>) or takes it back (<c>Active</c>); neither can be deleted. Of a pipeline the status alone is
    /// put; of an endpoint, for which there is no such call, the whole of it is written back with its status changed.
    /// </summary>
    /// <param name="kind">Which kind.</param>
    /// <param name="id">Its id.</param>
    /// <param name="archived">True to disable it, false to activate it.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <exception cref="AzureServiceException">Refused; 404 or 405 when it, or the service, is not there.</exception>
    public async Task SetArchivedAsync(PipelineKind kind, string id, bool archived, CancellationToken cancellationToken)
    {
        var status = archived ? "Disabled" : "Active";
        if (kind == PipelineKind.Pipeline)
        {
            var address = await AddressAsync(kind, id, "/Status", cancellationToken).ConfigureAwait(false);
            await _sender.SendAsync(RequestMethod.Put, address, writer => writer.WriteStringValue(status), cancellationToken).ConfigureAwait(false);
            return;
        }

        var current = await GetAsync(kind, id, cancellationToken).ConfigureAwait(false);
        var target = await AddressAsync(kind, id, string.Empty, cancellationToken).ConfigureAwait(false);
        await _sender.SendAsync(RequestMethod.Put, target, writer => WriteWithStatus(writer, current, status), cancellationToken).ConfigureAwait(false);
    }

    private static void WriteWithStatus(Utf8JsonWriter writer, PipelineDocument current, string status)
    {
        writer.WriteStartObject();
        var name = current.StatusMember ?? "EntityStatus";
        foreach (var member in current.Raw.EnumerateObject().Where(member => member.Name != name))
        {
            member.WriteTo(writer);
        }

        // A service that gives the status as a number takes it so.
        if (current.Raw.Child(name) is { ValueKind: JsonValueKind.Number })
        {
            writer.WriteNumber(name, status == "Active" ? 0 : 2);
        }
        else
        {
            writer.WriteString(name, status);
        }

        writer.WriteEndObject();
    }

    private static string Collection(PipelineKind kind) => kind == PipelineKind.Pipeline ? "Pipelines" : "PipelineEndpoints";

    private Task<Uri> AddressAsync(PipelineKind kind, string id, string suffix, CancellationToken cancellationToken)
        => _endpoints.AddressAsync(Service, $"/{Collection(kind)}/{V1Name.Segment(id)}{suffix}", cancellationToken);
}

/// <summary>A published pipeline or a pipeline endpoint. Members are named <c>Id</c> or <c>id</c> as the service pleases.</summary>
/// <param name="Kind">Which of both.</param>
/// <param name="Raw">As the service gave it.</param>
public sealed record PipelineDocument(PipelineKind Kind, JsonElement Raw)
{
    /// <summary>Its id.</summary>
    public string Id => Either("Id") ?? string.Empty;

    /// <summary>Its name.</summary>
    public string Name => Either("Name") ?? Id;

    /// <summary>What it is for.</summary>
    public string? Description => Either("Description");

    /// <summary>Its version, or an endpoint's default version.</summary>
    public string? Version => Either("Version") ?? Either("DefaultVersion");

    /// <summary>Active, Deprecated or Disabled; Unknown when not told.</summary>
    public string Status => StatusMember is not { } name ? "Unknown" : Raw.Child(name) switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString() switch
        {
            "0" => "Active",
            "1" => "Deprecated",
            "2" => "Disabled",
            { } word => word,
            null => "Unknown",
        },
        { ValueKind: JsonValueKind.Number } number => number.GetRawText() switch
        {
            "0" => "Active",
            "1" => "Deprecated",
            "2" => "Disabled",
            _ => "Unknown",
        },
        _ => "Unknown",
    };

    /// <summary>Whether it is disabled, which is what archiving one means.</summary>
    public bool IsArchived => Status.Equals("Disabled", StringComparison.OrdinalIgnoreCase);

    /// <summary>When it was made.</summary>
    public DateTimeOffset? CreatedTime => Raw.Moment("CreatedDate") ?? Raw.Moment("createdDate");

    /// <summary>When it was changed last.</summary>
    public DateTimeOffset? ModifiedTime => Raw.Moment("LastModifiedDate") ?? Raw.Moment("lastModifiedDate");

    internal string? StatusMember
    {
        get
        {
            foreach (var name in (ReadOnlySpan<string>)["EntityStatus", "entityStatus", "Status", "status"])
            {
                if (Raw.Child(name) is not null)
                {
                    return name;
                }
            }

            return null;
        }
    }

    private string? Either(string name) => Raw.Text(name) ?? Raw.Text(char.ToLowerInvariant(name[0]) + name[1..]);
}
