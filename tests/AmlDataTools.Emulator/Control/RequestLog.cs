using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.Storage;

namespace AmlDataTools.Emulator.Control;

/// <summary>What was asked of the emulator, the newest ten thousand requests: enough to prove what was fetched twice, without secrets.</summary>
internal sealed class RequestLog
{
    private const int Most = 10_000;
    private static readonly HashSet<string> Secret = new(StringComparer.OrdinalIgnoreCase) { "sig", "skoid", "sktid", "skt", "ske", "sks", "skv", "se", "st", "sp", "sv", "sr", "spr" };
    private readonly Lock _lock = new();
    private readonly Queue<(long Id, JsonObject Entry)> _entries = new();
    private readonly Queue<(long Id, JsonObject Entry)> _parts = new();
    private long _last;

    /// <summary>Writes down a finished request.</summary>
    /// <param name="http">The request.</param>
    /// <param name="bytes">Bytes of the answer's body that were handed to the connection.</param>
    /// <param name="started">When it arrived.</param>
    /// <param name="fault">The kind of the fault it met, or null.</param>
    public void Add(HttpContext http, long bytes, DateTimeOffset started, string? fault)
    {
        var target = Exchange.RawTarget(http);
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var range = http.Request.Headers["x-ms-range"].ToString() is { Length: > 0 } r ? r : http.Request.Headers.Range.ToString();
        var entry = new JsonObject
        {
            ["time"] = JsonShape.Time(started),
            ["milliseconds"] = (long)(DateTimeOffset.UtcNow - started).TotalMilliseconds,
            ["method"] = http.Request.Method,
            ["host"] = http.Request.Host.Host,
            ["path"] = query < 0 ? target : target[..query],
            ["query"] = query < 0 ? string.Empty : string.Join('&', target[(query + 1)..].Split('&').Where(p => !Secret.Contains(p.Split('=')[0]))),
            ["range"] = range.Length > 0 ? range : null,
            ["ifMatch"] = http.Request.Headers.IfMatch.ToString() is { Length: > 0 } match ? match : null,
            ["access"] = http.Request.Headers.Authorization.ToString() is { Length: > 0 } access ? access.Split(' ')[0] : http.Request.Query.ContainsKey("sig") ? "Sas" : null,
            ["userAgent"] = http.Request.Headers.UserAgent.ToString(),
            ["batch"] = http.Items.ContainsKey(BatchFront.Mark),
            ["status"] = http.Response.StatusCode,
            ["bytes"] = bytes,
            ["fault"] = fault,
        };
        lock (_lock)
        {
            // Parts of batches have a queue of their own: they are many, and must not push the requests out.
            var queue = http.Items.ContainsKey(BatchFront.Mark) ? _parts : _entries;
            entry["id"] = ++_last;
            queue.Enqueue((_last, entry));
            if (queue.Count > Most)
            {
                queue.Dequeue();
            }
        }
    }

    /// <summary>Requests after an id, oldest first, and the id of the last.</summary>
    public JsonObject Since(long id)
    {
        lock (_lock)
        {
            return new JsonObject { ["last"] = _last, ["requests"] = JsonShape.List(_entries.Concat(_parts).Where(e => e.Id > id).OrderBy(e => e.Id).Select(e => (JsonObject)e.Entry.DeepClone())) };
        }
    }

    /// <summary>Forgets all requests; ids go on.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _entries.Clear();
            _parts.Clear();
        }
    }
}
