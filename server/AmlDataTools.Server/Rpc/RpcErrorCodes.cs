namespace AmlDataTools.Server.Rpc;

/// <summary>
/// The numbers in the <c>code</c> member of a JSON-RPC error: those of JSON-RPC 2.0, section 5.1, and those the Language
/// Server Protocol 3.17 adds. What went wrong in the product's terms is in <c>data.code</c>.
/// </summary>
internal static class RpcErrorCodes
{
    /// <summary>The body is no JSON.</summary>
    public const int ParseError = -32700;

    /// <summary>The JSON is no request.</summary>
    public const int InvalidRequest = -32600;

    /// <summary>There is no such method.</summary>
    public const int MethodNotFound = -32601;

    /// <summary>The parameters are not those of the method.</summary>
    public const int InvalidParams = -32602;

    /// <summary>Something unexpected happened in the sidecar.</summary>
    public const int InternalError = -32603;

    /// <summary>The first request was not <c>initialize</c>.</summary>
    public const int ServerNotInitialized = -32002;

    /// <summary>The client cancelled the request.</summary>
    public const int RequestCancelled = -32800;

    /// <summary>The request was right, and could not be carried out.</summary>
    public const int RequestFailed = -32803;
}
