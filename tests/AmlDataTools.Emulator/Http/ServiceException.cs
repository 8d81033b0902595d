using System.Text.Json.Nodes;

namespace AmlDataTools.Emulator.Http;

/// <summary>An answer other than success. Each service writes it in its own envelope.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="code">The service's error code.</param>
/// <param name="message">The service's message.</param>
internal sealed class ServiceException(int status, string code, string message) : Exception(message)
{
    /// <summary>HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The service's error code.</summary>
    public string Code { get; } = code;

    /// <summary>Codes of the inner errors, outermost first.</summary>
    public IReadOnlyList<string> InnerCodes { get; init; } = [];

    /// <summary>Message format and parameters, where the service tells them.</summary>
    public (string Format, string Name, string Value)? Parameters { get; init; }

    /// <summary>Details of the error, where the service gives any.</summary>
    public JsonArray? Details { get; init; }

    /// <summary>Answered by Resource Manager itself, before the provider saw the request.</summary>
    public bool FromGateway { get; init; }

    /// <summary>The answer has no body.</summary>
    public bool Empty { get; init; }

    /// <summary>Headers besides the usual.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
}
