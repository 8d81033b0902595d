using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AmlDataTools.Server.Protocol;

namespace AmlDataTools.Server.Rpc;

/// <summary>Writes the bodies of messages.</summary>
internal static class MessageWriter
{
    // Names of files and experiments in any script stay readable and short; the text goes into a pipe, never into a page.
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A request.</summary>
    public static ReadOnlyMemory<byte> Request<T>(RequestId id, string method, T parameters, JsonTypeInfo<T> info) =>
        Message(id, writeId: true, (method, parameters, info), static (writer, x) =>
        {
            writer.WriteString("method"u8, x.method);
            writer.WritePropertyName("params"u8);
            JsonSerializer.Serialize(writer, x.parameters, x.info);
        });

    /// <summary>A notification.</summary>
    public static ReadOnlyMemory<byte> Notification<T>(string method, T parameters, JsonTypeInfo<T> info) =>
        Message(null, writeId: false, (method, parameters, info), static (writer, x) =>
        {
            writer.WriteString("method"u8, x.method);
            writer.WritePropertyName("params"u8);
            JsonSerializer.Serialize(writer, x.parameters, x.info);
        });

    /// <summary>A <c>$/progress</c> notification.</summary>
    public static ReadOnlyMemory<byte> Progress<T>(string token, T value, JsonTypeInfo<T> info) =>
        Message(null, writeId: false, (token, value, info), static (writer, x) =>
        {
            writer.WriteString("method"u8, "$/progress"u8);
            writer.WriteStartObject("params"u8);
            writer.WriteString("token"u8, x.token);
            writer.WritePropertyName("value"u8);
            JsonSerializer.Serialize(writer, x.value, x.info);
            writer.WriteEndObject();
        });

    /// <summary>A <c>$/cancelRequest</c> notification.</summary>
    public static ReadOnlyMemory<byte> Cancel(RequestId id) =>
        Message(null, writeId: false, id, static (writer, x) =>
        {
            writer.WriteString("method"u8, "$/cancelRequest"u8);
            writer.WriteStartObject("params"u8);
            writer.WritePropertyName("id"u8);
            x.WriteTo(writer);
            writer.WriteEndObject();
        });

    /// <summary>The answer to a request.</summary>
    public static ReadOnlyMemory<byte> Result<T>(RequestId id, T result, JsonTypeInfo<T> info) =>
        Message(id, writeId: true, (result, info), static (writer, x) =>
        {
            writer.WritePropertyName("result"u8);
            JsonSerializer.Serialize(writer, x.result, x.info);
        });

    /// <summary>The answer to a request that failed; without an id when it could not be read.</summary>
    public static ReadOnlyMemory<byte> Error(RequestId? id, RpcError error) =>
        Message(id, writeId: true, error, static (writer, x) =>
        {
            writer.WriteStartObject("error"u8);
            writer.WriteNumber("code"u8, x.Code);
            writer.WriteString("message"u8, x.Message);
            writer.WritePropertyName("data"u8);
            JsonSerializer.Serialize(writer, x.Data, ProtocolJsonContext.Default.ErrorData);
            writer.WriteEndObject();
        });

    private static ReadOnlyMemory<byte> Message<TState>(RequestId? id, bool writeId, TState state, Action<Utf8JsonWriter, TState> rest)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, s_options))
        {
            writer.WriteStartObject();
            writer.WriteString("jsonrpc"u8, "2.0"u8);
            if (id is { } known)
            {
                writer.WritePropertyName("id"u8);
                known.WriteTo(writer);
            }
            else if (writeId)
            {
                writer.WriteNull("id"u8);
            }

            rest(writer, state);
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
