using System.Buffers;
using System.Text.Json;

namespace AmlDataTools.Azure.Http;

/// <summary>A page of a list of the data plane, as received: where its elements are, none of them decoded. Lies in lent memory, given back when disposed.</summary>
public sealed class RawPage : IDisposable
{
    private readonly List<(int Offset, int Length)> _items;
    private readonly int _length;
    private byte[]? _body;

    private RawPage(byte[] body, int length, List<(int Offset, int Length)> items, string? continuationToken)
    {
        _body = body;
        _length = length;
        _items = items;
        ContinuationToken = continuationToken;
    }

    /// <summary>For the next page; null when this is the last.</summary>
    public string? ContinuationToken { get; }

    /// <summary>How many elements.</summary>
    public int Count => _items.Count;

    /// <summary>All of it, UTF-8; valid until this is disposed.</summary>
    public ReadOnlyMemory<byte> Body => _body.AsMemory(0, _length);

    /// <summary>An element, UTF-8 JSON; valid until this is disposed.</summary>
    /// <param name="index">Which, from 0.</param>
    public ReadOnlyMemory<byte> this[int index] => _body.AsMemory(_items[index].Offset, _items[index].Length);

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _body, null) is { } body)
        {
            ArrayPool<byte>.Shared.Return(body);
        }
    }

    /// <summary>Reads an answer to its end and finds its elements.</summary>
    /// <param name="content">The answer's body.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static async Task<RawPage> ReadAsync(Stream content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        var buffer = ArrayPool<byte>.Shared.Rent(256 << 10);
        try
        {
            var length = 0;
            for (int read; (read = await content.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false)) > 0;)
            {
                length += read;
                if (length == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                    buffer.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
            }

            var items = new List<(int, int)>(512);
            return new RawPage(buffer, length, items, Survey(buffer.AsSpan(0, length), items));
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    private static string? Survey(ReadOnlySpan<byte> body, List<(int Offset, int Length)> items)
    {
        string? token = null;
        var reader = new Utf8JsonReader(body);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("A list is an object.");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isValue, isToken) = (reader.ValueTextEquals("value"u8), reader.ValueTextEquals("continuationToken"u8));
            reader.Read();
            if (isValue && reader.TokenType == JsonTokenType.StartArray)
            {
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    var offset = (int)reader.TokenStartIndex;
                    reader.Skip();
                    items.Add((offset, (int)reader.BytesConsumed - offset));
                }
            }
            else if (isToken && reader.TokenType == JsonTokenType.String)
            {
                token = reader.GetString();
            }
            else
            {
                reader.Skip();
            }
        }

        return string.IsNullOrEmpty(token) ? null : token;
    }
}
