using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace AmlDataTools.Azure.Http;

/// <summary>Sends JSON requests and gives the raw JSON of the answers, which outlives the answer.</summary>
internal sealed class JsonSender(HttpPipeline pipeline)
{
    // As often as the pipeline sends a request that fails for a passing reason.
    private const int MaxReadings = 4;

    /// <summary>GET.</summary>
    public async Task<JsonElement> GetAsync(Uri address, CancellationToken cancellationToken)
        => (await SendAsync(RequestMethod.Get, address, null, cancellationToken).ConfigureAwait(false)).Body;

    /// <summary>POST with a body; null sends none.</summary>
    public async Task<JsonElement> PostAsync(Uri address, Action<Utf8JsonWriter>? body, CancellationToken cancellationToken)
        => (await SendAsync(RequestMethod.Post, address, body, cancellationToken).ConfigureAwait(false)).Body;

    /// <summary>Any request; answers of 400 and above, redirects, and bodies that are no JSON are thrown.</summary>
    /// <exception cref="AzureServiceException">The service refused, failed, or answered something else than JSON.</exception>
    public Task<JsonAnswer> SendAsync(RequestMethod method, Uri address, Action<Utf8JsonWriter>? body, CancellationToken cancellationToken)
        => SendAsync(method, address, body is null ? null : Write(body), SendOptions.None, cancellationToken);

    /// <summary>Any request with a body that is JSON already, sent byte for byte.</summary>
    /// <exception cref="AzureServiceException">The service refused, failed, or answered something else than JSON.</exception>
    public async Task<JsonAnswer> SendAsync(
        RequestMethod method, Uri address, BinaryData? json, SendOptions options, CancellationToken cancellationToken)
    {
        using var message = pipeline.CreateMessage();
        Fill(message, method, address, json);
        if (options.IfMatch is not null)
        {
            message.Request.Headers.SetValue("If-Match", options.IfMatch);
        }

        if (options.ThrottlingIsForTheCaller)
        {
            message.ResponseClassifier = ThrottlingSurfaces.Instance;
        }

        await pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
        var response = message.Response;
        if (response.Status is < 200 or >= 300)
        {
            throw await AzureServiceException.FromAsync(response, address, cancellationToken).ConfigureAwait(false);
        }

        return new JsonAnswer(response.Status, response.Headers, Parse(response, address));
    }

    /// <summary>GET of what is looked at once and left; see <see cref="SendPassingAsync"/>.</summary>
    public Task<JsonDocument> GetPassingAsync(Uri address, CancellationToken cancellationToken) => SendPassingAsync(RequestMethod.Get, address, null, cancellationToken);

    /// <summary>
    /// Reading of what is looked at once and left: the document lies in lent memory and gives it back when disposed. A long list
    /// read so neither fills the heap nor has it cleared for every page.
    /// </summary>
    /// <exception cref="AzureServiceException">The service refused, failed, or answered something else than JSON.</exception>
    /// <exception cref="IOException">The answer broke off again and again.</exception>
    public Task<JsonDocument> SendPassingAsync(RequestMethod method, Uri address, Action<Utf8JsonWriter>? body, CancellationToken cancellationToken)
        => SendPassingAsync(method, address, body, (stream, stop) => JsonDocument.ParseAsync(stream, cancellationToken: stop), cancellationToken);

    /// <summary>The same, of a list that is to be looked through undecoded.</summary>
    /// <exception cref="AzureServiceException">The service refused, failed, or answered something else than JSON.</exception>
    /// <exception cref="IOException">The answer broke off again and again.</exception>
    public Task<RawPage> SendForPageAsync(RequestMethod method, Uri address, Action<Utf8JsonWriter>? body, CancellationToken cancellationToken)
        => SendPassingAsync(method, address, body, RawPage.ReadAsync, cancellationToken);

    private async Task<T> SendPassingAsync<T>(
        RequestMethod method, Uri address, Action<Utf8JsonWriter>? body, Func<Stream, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        var json = body is null ? null : Write(body);
        for (var attempt = 1; ; attempt++)
        {
            using var message = pipeline.CreateMessage();
            Fill(message, method, address, json);
            message.BufferResponse = false;
            await pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
            var response = message.Response;
            if (response.Status is < 200 or >= 300)
            {
                throw await AzureServiceException.FromAsync(response, address, cancellationToken).ConfigureAwait(false);
            }

            try
            {
                return await read(response.ContentStream ?? Stream.Null, cancellationToken).ConfigureAwait(false);
            }
            catch (JsonException)
            {
                throw NotJson(response, address);
            }
            catch (IOException) when (attempt < MaxReadings)
            {
                // The pipeline repeats what fails before the answer's body; the body is read here.
            }
        }
    }

    private static void Fill(HttpMessage message, RequestMethod method, Uri address, BinaryData? json)
    {
        message.Request.Method = method;
        message.Request.Uri.Reset(address);
        message.Request.Headers.SetValue("Accept", "application/json");
        if (json is not null)
        {
            message.Request.Headers.SetValue("Content-Type", "application/json");
            message.Request.Content = RequestContent.Create(json);
        }
    }

    private static BinaryData Write(Action<Utf8JsonWriter> body)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            body(writer);
        }

        return BinaryData.FromBytes(buffer.WrittenMemory);
    }

    private static JsonElement Parse(Response response, Uri address)
    {
        var content = response.Content.ToMemory();
        if (content.IsEmpty)
        {
            return default;
        }

        try
        {
            using var document = JsonDocument.Parse(content);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw NotJson(response, address);
        }
    }

    // Typically the page of a proxy or of a sign-in portal in between.
    private static AzureServiceException NotJson(Response response, Uri address)
        => new(response.Status, "InvalidResponse", $"{address.Host} answered something that is not JSON; a proxy may be in between.") { Host = address.Host };
}

/// <summary>An answer: status, headers, and the body, of kind Undefined when it was empty.</summary>
internal sealed record JsonAnswer(int Status, ResponseHeaders Headers, JsonElement Body);

/// <summary>How a request differs from the usual.</summary>
/// <param name="IfMatch">The entity tag the resource must have; null for any.</param>
/// <param name="ThrottlingIsForTheCaller">Whether 429 goes to the caller at once, who paces many requests better than each of them could.</param>
internal readonly record struct SendOptions(string? IfMatch, bool ThrottlingIsForTheCaller)
{
    /// <summary>As usual.</summary>
    public static SendOptions None => default;

    /// <summary>Of a delete, of which there may be thousands.</summary>
    public static SendOptions Delete => new(null, true);
}

/// <summary>Has 429 not repeated by the pipeline.</summary>
internal sealed class ThrottlingSurfaces : ResponseClassifier
{
    /// <summary>The only one needed: it holds nothing.</summary>
    public static ThrottlingSurfaces Instance { get; } = new();

    /// <inheritdoc/>
    public override bool IsRetriableResponse(HttpMessage message) => message.Response.Status != 429 && base.IsRetriableResponse(message);
}
