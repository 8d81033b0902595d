using System.Text.Json.Serialization;
using AmlDataTools.Server.Protocol;

namespace AmlDataTools.Server.Rpc;

/// <summary>Shapes of JSON-RPC itself, read leniently: they come from other programs' libraries.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IncomingError))]
[JsonSerializable(typeof(ErrorData))]
internal sealed partial class RpcJsonContext : JsonSerializerContext;

/// <summary>An error the other end answered with.</summary>
/// <param name="Code">The JSON-RPC error code.</param>
/// <param name="Message">Its message.</param>
/// <param name="Data">Whatever it added.</param>
internal sealed record IncomingError(int Code, string? Message, System.Text.Json.JsonElement? Data);
