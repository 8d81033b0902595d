using System.Text.Json;
using System.Text.Unicode;

namespace AmlDataTools.Server.Rpc;

/// <summary>The kinds of message.</summary>
internal enum EnvelopeKind
{
    /// <summary>Wants an answer.</summary>
    Request,

    /// <summary>Wants none.</summary>
    Notification,

    /// <summary>Is one.</summary>
    Response,
}

/// <summary>The outside of a message, its inner values still as JSON text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">Its id; null for a notification, and for an answer to something that could not be read.</param>
/// <param name="Method">The method; empty for a response.</param>
/// <param name="Params">The parameters as JSON; empty when there are none.</param>
/// <param name="Result">The result as JSON; empty when there is none.</param>
/// <param name="Error">The error as JSON; empty when there is none.</param>
internal sealed record Envelope(
    EnvelopeKind Kind,
    RequestId? Id,
    string Method,
    ReadOnlyMemory<byte> Params,
    ReadOnlyMemory<byte> Result,
    ReadOnlyMemory<byte> Error)
{
    /// <summary>Reads a message.</summary>
    /// <param name="body">Its bytes; the envelope keeps slices of them.</param>
    /// <param name="id">
    /// The id to answer with when this throws: null when it could not be read, and when the message may have been meant as a
    /// response, whose id is one of ours.
    /// </param>
    /// <returns>The message.</returns>
    /// <exception cref="RpcProtocolException">It is no JSON, or no JSON-RPC 2.0 message.</exception>
    public static Envelope Parse(ReadOnlyMemory<byte> body, out RequestId? id)
    {
        id = null;
        if (!Utf8.IsValid(body.Span))
        {
            throw ParseError("it is not UTF-8");
        }

        var found = new Members();
        try
        {
            var reader = new Utf8JsonReader(body.Span);
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartArray)
            {
                reader.Skip();
                throw Invalid("Batches are not supported; send the messages one by one.");
            }

            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw Invalid("A message must be a JSON object.");
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                found.ReadMember(ref reader, body);
            }

            // The first call past the end throws when something follows the object.
            reader.Read();
        }
        catch (JsonException e)
        {
            throw ParseError($"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
        }
        catch (InvalidOperationException)
        {
            throw ParseError("a text in it has an impossible escape");
        }

        id = found.HasMethod ? found.Id : null;
        return found.ToEnvelope();
    }

    /// <summary>Finds the id in the beginning of a message too large to be read.</summary>
    /// <param name="prefix">The first bytes.</param>
    /// <returns>The id when it stands before the large part, and whether it is a response's.</returns>
    public static (RequestId? Id, bool IsResponse) Peek(ReadOnlySpan<byte> prefix)
    {
        RequestId? id = null;
        var reader = new Utf8JsonReader(prefix, isFinalBlock: false, default);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return (null, false);
            }

            var isResponse = false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                isResponse |= reader.ValueTextEquals("result"u8) || reader.ValueTextEquals("error"u8);
                var isId = reader.ValueTextEquals("id"u8);
                if (!reader.Read())
                {
                    break;
                }

                id = isId ? RequestId.Read(ref reader) : id;
                if (!reader.TrySkip())
                {
                    break;
                }
            }

            return (id, isResponse);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return (null, false);
        }
    }

    private static RpcProtocolException ParseError(string where) =>
        new(RpcErrorCodes.ParseError, "protocol.parseError", $"The message is not JSON ({where}).");

    private static RpcProtocolException Invalid(string message) => new(RpcErrorCodes.InvalidRequest, "protocol.invalidRequest", message);

    private ref struct Members
    {
        private bool _hasVersion;
        private bool _hasId;
        private string? _method;
        private ReadOnlyMemory<byte> _params;
        private ReadOnlyMemory<byte> _result;
        private ReadOnlyMemory<byte> _error;
        private JsonTokenType _paramsType;

        public RequestId? Id { get; private set; }

        public bool HasMethod { get; private set; }

        public void ReadMember(ref Utf8JsonReader reader, ReadOnlyMemory<byte> body)
        {
            if (reader.ValueTextEquals("jsonrpc"u8))
            {
                reader.Read();
                _hasVersion = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("2.0"u8);
                reader.Skip();
            }
            else if (reader.ValueTextEquals("id"u8))
            {
                reader.Read();
                _hasId = true;
                Id = RequestId.Read(ref reader);
                reader.Skip();
            }
            else if (reader.ValueTextEquals("method"u8))
            {
                reader.Read();
                HasMethod = true;
                _method = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("params"u8))
            {
                _params = Value(ref reader, body, out _paramsType);
            }
            else if (reader.ValueTextEquals("result"u8))
            {
                _result = Value(ref reader, body, out _);
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                _error = Value(ref reader, body, out _);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        public readonly Envelope ToEnvelope()
        {
            if (!_hasVersion)
            {
                throw Invalid("A message must have the member \"jsonrpc\" with the value \"2.0\".");
            }

            if (_hasId && Id is null && (HasMethod || _error.IsEmpty))
            {
                throw Invalid("The \"id\" of a message must be a text or a whole number.");
            }

            if (!HasMethod)
            {
                return _hasId && _result.IsEmpty != _error.IsEmpty
                    ? new Envelope(EnvelopeKind.Response, Id, "", default, _result, _error)
                    : throw Invalid("A message must have a \"method\", or an \"id\" and one of \"result\" and \"error\".");
            }

            if (_method is null)
            {
                throw Invalid("The \"method\" of a message must be a text.");
            }

            if (_paramsType is not (JsonTokenType.None or JsonTokenType.Null or JsonTokenType.StartObject or JsonTokenType.StartArray))
            {
                throw Invalid("The \"params\" of a message must be an object.");
            }

            var kind = _hasId ? EnvelopeKind.Request : EnvelopeKind.Notification;
            return new Envelope(kind, Id, _method, _paramsType == JsonTokenType.Null ? default : _params, default, default);
        }

        private static ReadOnlyMemory<byte> Value(ref Utf8JsonReader reader, ReadOnlyMemory<byte> body, out JsonTokenType type)
        {
            reader.Read();
            type = reader.TokenType;
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            return body[start..(int)reader.BytesConsumed];
        }
    }
}
