using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.RunHistory;

namespace AmlDataTools.Azure.Index;

/// <summary>One condition of a query.</summary>
/// <param name="Field">The field, its parts joined by slashes: <c>properties/creationContext/createdBy/userObjectId</c>.</param>
/// <param name="Values">Any of which it must be.</param>
public sealed record IndexCondition(string Field, IReadOnlyList<string> Values);

/// <summary>
/// The index service, version 1.0: entities of a workspace by their fields. It is not published and so optional; what is sent is
/// what Microsoft's own clients send (prompt flow's SDK, and a recording of azure-ai-ml).
/// </summary>
public sealed class IndexClient
{
    /// <summary>The most entities the service gives in a page, as Microsoft's clients say.</summary>
    public const int MaxPageSize = 100;

    private readonly WorkspaceEndpoints _endpoints;
    private readonly JsonSender _sender;

    internal IndexClient(WorkspaceEndpoints endpoints, JsonSender sender)
    {
        _endpoints = endpoints;
        _sender = sender;
    }

    /// <summary>A page of entities that meet all conditions, archived ones included, newest first.</summary>
    /// <param name="conditions">What they must meet.</param>
    /// <param name="pageSize">How many at most; 1 to <see cref="MaxPageSize"/>.</param>
    /// <param name="continuationToken">The previous page's; null for the first.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The page; null when the workspace has no such service.</returns>
    /// <exception cref="AzureServiceException">The service refused or failed. Status 400: it does not understand the query, or takes the token no longer.</exception>
    public async Task<HistoryPage<IndexEntity>?> QueryAsync(
        IReadOnlyList<IndexCondition> conditions, int pageSize, string? continuationToken, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(conditions);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pageSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pageSize, MaxPageSize);
        var address = await _endpoints.AddressAsync("index/v1.0", "/entities", cancellationToken).ConfigureAwait(false);
        try
        {
            var body = await _sender.PostAsync(
                address,
                writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteStartArray("filters");
                    foreach (var condition in conditions)
                    {
                        writer.WriteStartObject();
                        writer.WriteString("field", condition.Field);
                        writer.WriteString("operator", "eq");
                        writer.WriteStartArray("values");
                        foreach (var value in condition.Values)
                        {
                            writer.WriteStringValue(value);
                        }

                        writer.WriteEndArray();
                        writer.WriteEndObject();
                    }

                    writer.WriteEndArray();
                    writer.WriteStartArray("order");
                    writer.WriteStartObject();
                    writer.WriteString("field", "properties/creationContext/createdTime");
                    writer.WriteString("direction", "Desc");
                    writer.WriteEndObject();
                    writer.WriteEndArray();
                    writer.WriteString("freeTextSearch", string.Empty);
                    writer.WriteNumber("pageSize", pageSize);
                    writer.WriteBoolean("includeTotalResultCount", false);
                    writer.WriteString("searchBuilder", "AppendPrefix");
                    if (continuationToken is not null)
                    {
                        writer.WriteString("continuationToken", continuationToken);
                    }

                    writer.WriteEndObject();
                },
                cancellationToken).ConfigureAwait(false);
            var page = DataPlanePages.Read(body, raw => new IndexEntity(raw));
            return page with { ContinuationToken = DataPlanePages.Advance(continuationToken, page.ContinuationToken) };
        }
        catch (AzureServiceException exception) when (exception.Status is 404 or 405 or 410 or 501 && !exception.HasCode("WorkspaceNotFound"))
        {
            return null;
        }
    }
}
