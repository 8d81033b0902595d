namespace AmlDataTools.Emulator.Http;

/// <summary>Methods and path templates with their handlers. Literals match without case, as Azure's do; the first fitting route wins.</summary>
internal sealed class RouteTable
{
    private readonly List<(string Method, string[] Segments, Func<Exchange, Task> Handler)> _routes = [];

    /// <summary>Adds a route; <c>{name}</c> stands for one segment, <c>{*name}</c> for all that follow.</summary>
    public void Map(string method, string template, Func<Exchange, Task> handler) =>
        _routes.Add((method, template.Split('/', StringSplitOptions.RemoveEmptyEntries), handler));

    /// <summary>Finds the handler of a request.</summary>
    /// <param name="http">The request.</param>
    /// <param name="exchange">The request with its route's values.</param>
    /// <param name="otherMethod">The path exists with another method.</param>
    public Func<Exchange, Task>? Find(HttpContext http, out Exchange exchange, out bool otherMethod)
    {
        var target = Exchange.RawTarget(http);
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var segments = (query < 0 ? target : target[..query]).Split('/', StringSplitOptions.RemoveEmptyEntries);
        otherMethod = false;
        foreach (var (method, template, handler) in _routes)
        {
            if (Match(template, segments) is not { } values)
            {
                continue;
            }

            if (string.Equals(method, http.Request.Method, StringComparison.OrdinalIgnoreCase))
            {
                exchange = new Exchange(http, values);
                return handler;
            }

            otherMethod = true;
        }

        exchange = new Exchange(http, new Dictionary<string, string>());
        return null;
    }

    private static Dictionary<string, string>? Match(string[] template, string[] segments)
    {
        var open = template.Length > 0 && template[^1].StartsWith("{*", StringComparison.Ordinal);
        if (open ? segments.Length < template.Length - 1 : segments.Length != template.Length)
        {
            return null;
        }

        var values = new Dictionary<string, string>();
        for (var i = 0; i < template.Length; i++)
        {
            var part = template[i];
            if (part.StartsWith("{*", StringComparison.Ordinal))
            {
                values[part[2..^1]] = string.Join('/', segments[i..].Select(Uri.UnescapeDataString));
            }
            else if (part[0] == '{')
            {
                values[part[1..^1]] = Uri.UnescapeDataString(segments[i]);
            }
            else if (!string.Equals(part, Uri.UnescapeDataString(segments[i]), StringComparison.OrdinalIgnoreCase))
            {
                return null;
            }
        }

        return values;
    }
}
