using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace AmlDataTools.Core.Audit;

/// <summary>What a line of the log tells.</summary>
internal static class AuditEvents
{
    /// <summary>The log was begun: its first line.</summary>
    public const string Begun = "begun";

    /// <summary>An operation was started.</summary>
    public const string Started = "started";

    /// <summary>An operation was gone on with.</summary>
    public const string Resumed = "resumed";

    /// <summary>An operation ended, and has its receipt.</summary>
    public const string Ended = "ended";

    /// <summary>The log was found not to be as it was left.</summary>
    public const string Damaged = "damaged";

    /// <summary>First line of an exported log; no link of the chain itself.</summary>
    public const string Opened = "opened";

    /// <summary>Last line of an exported log: how many lines, and the hash of the last one.</summary>
    public const string Closed = "closed";
}

/// <summary>How well a line stands by itself.</summary>
internal enum LineState
{
    /// <summary>As it was written.</summary>
    Sound,

    /// <summary>A line of an audit log whose content does not fit its hash.</summary>
    Changed,

    /// <summary>Its hash fits, but its form is not the canonical one: nothing of this product wrote it.</summary>
    Foreign,

    /// <summary>No line of an audit log.</summary>
    Unreadable,
}

/// <summary>
/// A line of the audit log: a JSON object in canonical form (RFC 8785) without <c>hash</c>, and behind its last member
/// <c>"hash"</c>, the SHA-256 of the object without it, in lower-case hexadecimal. <c>previous</c> is the hash of the line before.
/// </summary>
/// <param name="Event">What it tells: <see cref="AuditEvents"/>.</param>
/// <param name="Sequence">Its number in the chain, from 1.</param>
/// <param name="Previous">The hash of the line before; zeros for none.</param>
/// <param name="Hash">Its own.</param>
/// <param name="At">When it was written.</param>
internal sealed record AuditLine(string Event, long Sequence, string Previous, string Hash, DateTimeOffset At)
{
    /// <summary>What the first line of a log names itself.</summary>
    public const string Format = "aml-data-tools-audit/1";

    private const int HashLength = 64;
    private static ReadOnlySpan<byte> Head => ",\"hash\":\""u8;

    /// <summary>What stands for the hash of a line before the first.</summary>
    public static string NoHash { get; } = new('0', HashLength);

    /// <summary>The operation it speaks of; null for none.</summary>
    public string? Operation { get; init; }

    /// <summary>Of an end: when the operation ended.</summary>
    public string? Finished { get; init; }

    /// <summary>Of an end: SHA-256 of the complete receipt.</summary>
    public string? Receipt { get; init; }

    /// <summary>What was done, in a few words.</summary>
    public string? Title { get; init; }

    /// <summary>Of a first line: which chain it is.</summary>
    public string? Chain { get; init; }

    /// <summary>Of a first line: how the log is written.</summary>
    public string? Version { get; init; }

    /// <summary>Of a damage: what was found.</summary>
    public string? Message { get; init; }

    /// <summary>Of a closing line: how many lines there are between it and the opening one.</summary>
    public long? Count { get; init; }

    /// <summary>Of a closing line: the number of the last line before it.</summary>
    public long? Last { get; init; }

    /// <summary>Of a closing line: the hash of the opening one.</summary>
    public string? Opening { get; init; }

    /// <summary>A moment as lines have it: UTC, to the millisecond.</summary>
    public static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>The line of an object, without line break.</summary>
    /// <param name="body">The object, with everything but its hash.</param>
    public static (byte[] Bytes, string Hash) Write(CanonicalJson body)
    {
        var text = Encoding.UTF8.GetBytes(body.ToString());
        var hash = Convert.ToHexStringLower(SHA256.HashData(text));
        return ([.. text.AsSpan(..^1), .. Head, .. Encoding.ASCII.GetBytes(hash), .. "\"}"u8], hash);
    }

    /// <summary>Reads a line.</summary>
    /// <param name="bytes">The line without line break.</param>
    /// <returns>How it stands, and what it tells; null when that cannot be read.</returns>
    public static (LineState State, AuditLine? Line) Read(ReadOnlyMemory<byte> bytes)
    {
        var tail = Head.Length + HashLength + 2;
        var line = bytes.Span;
        if (line.Length <= tail + 1 || !line[^tail..].StartsWith(Head) || !line.EndsWith("\"}"u8))
        {
            return (LineState.Unreadable, null);
        }

        var written = line[^(HashLength + 2)..^2];
        if (written.ContainsAnyExcept("0123456789abcdef"u8))
        {
            return (LineState.Unreadable, null);
        }

        byte[] body = [.. line[..^tail], (byte)'}'];
        var hash = Encoding.ASCII.GetString(written);
        try
        {
            using var document = JsonDocument.Parse(body);
            if (Of(document.RootElement, hash) is not { } read)
            {
                return (LineState.Unreadable, null);
            }

            if (Convert.ToHexStringLower(SHA256.HashData(body)) != hash)
            {
                return (LineState.Changed, read);
            }

            return (CanonicalJson.Of(document.RootElement) is { } form && Encoding.UTF8.GetBytes(form).AsSpan().SequenceEqual(body) ? LineState.Sound : LineState.Foreign, read);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // A text that is no UTF-8 is only noticed when it is asked for.
            return (LineState.Unreadable, null);
        }
    }

    private static AuditLine? Of(JsonElement body, string hash)
    {
        return body.ValueKind == JsonValueKind.Object
            && Text("event") is { } what && Number("sequence") is { } sequence && Text("previous") is { Length: HashLength } previous
            && DateTimeOffset.TryParseExact(Text("at"), "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? new AuditLine(what, sequence, previous, hash, at)
            {
                Operation = Text("operation"),
                Finished = Text("finished"),
                Receipt = Text("receipt"),
                Title = Text("title"),
                Chain = Text("chain"),
                Version = Text("format"),
                Message = Text("message"),
                Count = Number("count"),
                Last = Number("last"),
                Opening = Text("opening"),
            }
            : null;

        string? Text(string name) => body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

        long? Number(string name) => body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;
    }
}
