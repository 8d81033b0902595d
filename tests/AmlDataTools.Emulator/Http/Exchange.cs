using System.Text.Json;
using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using Microsoft.AspNetCore.Http.Features;

namespace AmlDataTools.Emulator.Http;

/// <summary>A request with its route's values, and the ways to answer it.</summary>
/// <param name="http">The request.</param>
/// <param name="values">Values of the route's variables, decoded.</param>
internal sealed class Exchange(HttpContext http, IReadOnlyDictionary<string, string> values)
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The request and response.</summary>
    public HttpContext Http { get; } = http;

    /// <summary>Ends with the request.</summary>
    public CancellationToken Aborted => Http.RequestAborted;

    /// <summary>Who asks; set once the token was checked.</summary>
    public Caller Caller { get; set; } = Caller.Nobody;

    /// <summary>A variable of the route.</summary>
    public string this[string name] => values[name];

    /// <summary>A variable of the route, or null when the route has none of that name.</summary>
    public string? Value(string name) => values.GetValueOrDefault(name);

    /// <summary>A query parameter, or null.</summary>
    public string? Query(string name) => Http.Request.Query.TryGetValue(name, out var value) ? value.ToString() : null;

    /// <summary>The request's target exactly as sent.</summary>
    public static string RawTarget(HttpContext http) =>
        http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? http.Request.Path + http.Request.QueryString.ToString();

    /// <summary>The body as a JSON object; empty when there is none.</summary>
    /// <exception cref="ServiceException">The body is not a JSON object.</exception>
    public async Task<JsonObject> ReadObjectAsync() => await ReadNodeAsync() is var node && node is null ? []
        : node as JsonObject ?? throw new ServiceException(400, "BadRequest", "The request body must be a JSON object.");

    /// <summary>The body as any JSON; null when it is empty.</summary>
    /// <exception cref="ServiceException">400 when it is no JSON.</exception>
    public async Task<JsonNode?> ReadNodeAsync()
    {
        using var reader = new StreamReader(Http.Request.Body);
        var text = await reader.ReadToEndAsync(Aborted);
        try
        {
            return string.IsNullOrWhiteSpace(text) ? null : JsonNode.Parse(text);
        }
        catch (JsonException e)
        {
            throw new ServiceException(400, "BadRequest", "The request body is not JSON: " + e.Message);
        }
    }

    /// <summary>Answers with JSON.</summary>
    public async Task JsonAsync(JsonNode? body, int status = 200)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, Plain);
        Http.Response.StatusCode = status;
        Http.Response.ContentType = "application/json; charset=utf-8";
        Http.Response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(Http.Request.Method))
        {
            await Http.Response.Body.WriteAsync(bytes, Aborted);
        }
    }

    /// <summary>Answers without a body.</summary>
    public Task EmptyAsync(int status)
    {
        Http.Response.StatusCode = status;
        if (status != 204)
        {
            Http.Response.ContentLength = 0;
        }

        return Task.CompletedTask;
    }
}
