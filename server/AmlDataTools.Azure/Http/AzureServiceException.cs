using Azure;

namespace AmlDataTools.Azure.Http;

/// <summary>
/// A service answered with an error. Read from every envelope in use: Resource Manager's, the one with InnerError in
/// <c>additionalInfo</c>, run history's, storage XML and <c>x-ms-error-code</c>, and the empty body. The message never
/// holds a query string.
/// </summary>
public sealed class AzureServiceException : Exception
{
    /// <summary>Makes it.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="code">The service's outermost code.</param>
    /// <param name="message">The service's message; query strings and secrets are taken out.</param>
    public AzureServiceException(int status, string code, string message)
        : base(SafeText.Clean(message))
    {
        Status = status;
        Code = code;
    }

    /// <summary>HTTP status; 200 for an answer that could not be understood.</summary>
    public int Status { get; }

    /// <summary>The service's outermost code: <c>ResourceNotFound</c>, <c>UserError</c>, <c>BlobNotFound</c>; the status's name when the answer had none.</summary>
    public string Code { get; }

    /// <summary>Codes inside, outer first: <c>NotFound</c>, <c>JobNotFound</c>. These tell apart what <see cref="Code"/> does not.</summary>
    public IReadOnlyList<string> InnerCodes { get; init; } = [];

    /// <summary>To be quoted to Microsoft's support.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>The host that answered.</summary>
    public string? Host { get; init; }

    /// <summary>The wait the service asked for.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>True when the request was taken, and the long-running operation it began has failed or was cancelled.</summary>
    public bool OperationFailed { get; init; }

    /// <summary>Whether the same may succeed later: 408, 429, 5xx but 501 and 505.</summary>
    public bool IsRetryable => Status is 408 or 429 or 500 or 502 or 503 or 504 or > 505;

    /// <summary>Whether the outermost or an inner code is the one given, whatever the case.</summary>
    /// <param name="code">The code.</param>
    public bool HasCode(string code)
        => Code.Equals(code, StringComparison.OrdinalIgnoreCase) || InnerCodes.Contains(code, StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads an error answer; at most 64 KB of its body.</summary>
    /// <param name="response">The answer, buffered or not.</param>
    /// <param name="requestUri">What was asked; only its host is kept.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async Task<AzureServiceException> FromAsync(Response response, Uri requestUri, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentNullException.ThrowIfNull(requestUri);
        var body = await ReadBodyAsync(response.ContentStream, cancellationToken).ConfigureAwait(false);
        var envelope = ErrorEnvelope.Parse(body, response.Headers.TryGetValue("x-ms-error-code", out var header) ? header : null);
        var code = envelope.Code ?? NameOf(response.Status);
        return new AzureServiceException(response.Status, code, envelope.Message ?? $"The service answered {response.Status} ({code}).")
        {
            InnerCodes = envelope.InnerCodes,
            CorrelationId = ReadCorrelation(response) ?? envelope.Correlation,
            Host = requestUri.Host,
            RetryAfter = Http.RetryAfter.Read(response),
        };
    }

    private static string? ReadCorrelation(Response response)
        => response.Headers.TryGetValue("x-ms-correlation-request-id", out var correlation) ? correlation
            : response.Headers.TryGetValue("x-ms-request-id", out var request) ? request
            : null;

    private static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(Stream? stream, CancellationToken cancellationToken)
    {
        if (stream is null)
        {
            return ReadOnlyMemory<byte>.Empty;
        }

        if (stream.CanSeek)
        {
            stream.Position = 0;
        }

        var buffer = new byte[64 * 1024];
        try
        {
            var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return buffer.AsMemory(0, read);
        }
        catch (IOException)
        {
            // The connection broke inside the error body: status and headers still tell what happened.
            return ReadOnlyMemory<byte>.Empty;
        }
    }

    private static string NameOf(int status)
        => Enum.IsDefined((System.Net.HttpStatusCode)status) ? ((System.Net.HttpStatusCode)status).ToString() : "Http" + status;
}
