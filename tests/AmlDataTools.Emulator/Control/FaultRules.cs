using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Http;

namespace AmlDataTools.Emulator.Control;

/// <summary>What a fault does.</summary>
internal enum FaultKind
{
    /// <summary>Another status instead of the answer.</summary>
    Status,

    /// <summary>The answer, later.</summary>
    Delay,

    /// <summary>The connection is cut after some bytes of the body.</summary>
    Reset,

    /// <summary>A whole answer, but shorter.</summary>
    Truncate,

    /// <summary>One byte of the body is wrong.</summary>
    Corrupt,

    /// <summary>The ETag is another one.</summary>
    EtagChange,

    /// <summary>The token, key or signature is refused as expired.</summary>
    TokenExpired,

    /// <summary>No answer until the client gives up.</summary>
    Hang,

    /// <summary>What is asked is done, and the connection cut before the answer: only answers without a body.</summary>
    Lost,
}

/// <summary>A rule: which requests meet which fault, and how often.</summary>
internal sealed class FaultRule
{
    private int _seen;
    private int _hits;

    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>What it does.</summary>
    public required FaultKind Kind { get; init; }

    /// <summary>The rule as it was given.</summary>
    public required JsonObject Given { get; init; }

    /// <summary>Text of the host; null fits any.</summary>
    public string? Host { get; init; }

    /// <summary>Method; null fits any.</summary>
    public string? Method { get; init; }

    /// <summary>Text of path and query, decoded; null fits any.</summary>
    public string? PathContains { get; init; }

    /// <summary>The first fitting request that meets it, from 1.</summary>
    public int Nth { get; init; } = 1;

    /// <summary>How many meet it.</summary>
    public int Times { get; init; } = 1;

    /// <summary>Status to answer.</summary>
    public int Status { get; init; } = 503;

    /// <summary>Headers to answer.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Body to answer; null for the service's own envelope.</summary>
    public string? Body { get; init; }

    /// <summary>Error code in the service's own envelope.</summary>
    public string? Code { get; init; }

    /// <summary>Milliseconds of a delay.</summary>
    public int Milliseconds { get; init; } = 1000;

    /// <summary>Bytes before the cut, or the offset of the wrong byte.</summary>
    public long Bytes { get; init; }

    /// <summary>How many requests met it.</summary>
    public int Hits => _hits;

    /// <summary>Whether this request meets the fault; counts it.</summary>
    public bool Take(HttpContext http)
    {
        var target = Exchange.RawTarget(http);
        if ((Host is not null && !http.Request.Host.Host.Contains(Host, StringComparison.OrdinalIgnoreCase))
            || (Method is not null && !http.Request.Method.Equals(Method, StringComparison.OrdinalIgnoreCase))
            || (PathContains is not null && !target.Contains(PathContains, StringComparison.Ordinal) && !Uri.UnescapeDataString(target).Contains(PathContains, StringComparison.Ordinal)))
        {
            return false;
        }

        var seen = Interlocked.Increment(ref _seen);
        if (seen < Nth || seen >= (long)Nth + Times)
        {
            return false;
        }

        Interlocked.Increment(ref _hits);
        return true;
    }

    /// <summary>Reads a rule.</summary>
    /// <exception cref="ServiceException">400: something is missing or unknown.</exception>
    public static FaultRule Parse(JsonObject json)
    {
        var match = json["match"] as JsonObject ?? [];
        var action = json["action"] as JsonObject ?? new JsonObject { ["kind"] = json.Text("action") };
        if (!Enum.TryParse<FaultKind>(action.Text("kind"), ignoreCase: true, out var kind))
        {
            throw new ServiceException(400, "BadRequest", "A fault needs \"action\": {\"kind\": one of status, delay, reset, truncate, corrupt, etagChange, tokenExpired, hang, lost}.");
        }

        return new FaultRule
        {
            Id = Guid.NewGuid().ToString("N"),
            Kind = kind,
            Given = (JsonObject)json.DeepClone(),
            Host = match.Text("host"),
            Method = match.Text("method"),
            PathContains = match.Text("pathContains"),
            Nth = (int)(match.Number("nth") ?? 1),
            Times = (int)(json.Number("times") ?? 1),
            Status = (int)(action.Number("status") ?? 503),
            Headers = action.TextMap("headers"),
            Body = action["body"] switch { null => null, JsonValue v when v.TryGetValue<string>(out var text) => text, var node => node.ToJsonString() },
            Code = action.Text("code"),
            Milliseconds = (int)(action.Number("milliseconds") ?? 1000),
            Bytes = action.Number("bytes") ?? action.Number("offset") ?? 0,
        };
    }
}
