using System.Text;
using System.Text.Json;
using AmlDataTools.Azure.RunHistory;

namespace AmlDataTools.Azure.Http;

/// <summary>What the lists of the data plane have in common: <c>{value, continuationToken, nextLink}</c>.</summary>
internal static class DataPlanePages
{
    /// <summary>Reads a page. The token is used, not the link: a link would have to be checked, and both say the same.</summary>
    public static HistoryPage<T> Read<T>(JsonElement body, Func<JsonElement, T> make)
    {
        var token = body.Text("continuationToken");
        return new HistoryPage<T>([.. body.Items("value").Select(make)], string.IsNullOrEmpty(token) ? null : token);
    }

    /// <summary>The next token; a list that gives the same one again would never end.</summary>
    /// <exception cref="AzureServiceException">It is the one just used.</exception>
    public static string? Advance(string? used, string? given)
        => given is not null && given == used
            ? throw new AzureServiceException(200, "InvalidContinuationToken", "The service's list does not move on: it gave the same continuation token again.")
            : given;

    /// <summary>The items of all pages.</summary>
    /// <param name="read">Reads the page of a continuation token; null for the first.</param>
    /// <exception cref="AzureServiceException">The list does not move on.</exception>
    public static async IAsyncEnumerable<T> AllAsync<T>(Func<string?, Task<HistoryPage<T>>> read)
    {
        string? token = null;
        do
        {
            var page = await read(token).ConfigureAwait(false);
            foreach (var item in page.Items)
            {
                yield return item;
            }

            token = Advance(token, page.ContinuationToken);
        }
        while (token is not null);
    }

    /// <summary>A query string with its question mark; parameters without a value are left out.</summary>
    public static string Query(params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in parameters)
        {
            if (value is not null)
            {
                text.Append(text.Length == 0 ? '?' : '&').Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
            }
        }

        return text.ToString();
    }

    /// <summary>One part of a path, escaped.</summary>
    /// <exception cref="ArgumentException">Empty or dots, which would make another address of it.</exception>
    public static string Segment(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return name is "." or ".." ? throw new ArgumentException("Nothing has such a name.", nameof(name)) : Uri.EscapeDataString(name);
    }
}
