using AmlDataTools.Server.Protocol;

namespace AmlDataTools.Server.Rpc;

/// <summary>The other end answered a request with an error.</summary>
/// <param name="method">The method called.</param>
/// <param name="code">The JSON-RPC error code.</param>
/// <param name="message">The other end's message.</param>
/// <param name="errorData">Its <c>data</c>, when it is that of this contract.</param>
internal sealed class RemoteRpcException(string method, int code, string message, ErrorData? errorData)
    : Exception($"{method} was answered with error {code}: {message}")
{
    /// <summary>The JSON-RPC error code.</summary>
    public int Code { get; } = code;

    /// <summary>The other end's message.</summary>
    public string RemoteMessage { get; } = message;

    /// <summary>Its <c>data</c>, when it is that of this contract; else null.</summary>
    public ErrorData? ErrorData { get; } = errorData;
}

/// <summary>The connection ended before the answer came.</summary>
internal sealed class ConnectionLostException() : Exception("The connection to the client has ended.");

/// <summary>What came in cannot be cut into messages any more, so the connection has to end.</summary>
/// <param name="message">What was wrong.</param>
internal sealed class FramingException(string message) : Exception(message);

/// <summary>An error on the level of the protocol, with its own JSON-RPC code.</summary>
/// <param name="code">The JSON-RPC error code.</param>
/// <param name="name">The stable code of <see cref="ErrorData"/>.</param>
/// <param name="message">For people.</param>
internal sealed class RpcProtocolException(int code, string name, string message) : Exception(message)
{
    /// <summary>The JSON-RPC error code.</summary>
    public int Code { get; } = code;

    /// <summary>The stable code of <see cref="ErrorData"/>.</summary>
    public string Name { get; } = name;

    /// <summary>Whether the same may succeed later.</summary>
    public bool Retryable { get; init; }
}
