using System.Runtime.CompilerServices;
using System.Text.Json;

namespace AmlDataTools.Azure.Http;

/// <summary>Reads lists that come in pages: each page is asked for as soon as the one before has told where it is.</summary>
internal static class PageWalk
{
    // A service that never ends its pages must not keep us for ever.
    private const int MaxPages = 100_000;

    /// <summary>The elements of all pages' <c>value</c>, each valid until the next is asked for where the pages are lent.</summary>
    /// <typeparam name="TPlace">What tells where a page is.</typeparam>
    /// <param name="first">Where the first page is.</param>
    /// <param name="read">Reads a page.</param>
    /// <param name="next">Where the page after a page is; null after the last.</param>
    /// <param name="passed">Told, when all elements of a page were taken, where the page after it is; null for nobody.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="AzureServiceException">The list does not end.</exception>
    public static async IAsyncEnumerable<JsonElement> ReadAsync<TPlace>(
        TPlace first, Func<TPlace, CancellationToken, Task<PageBody>> read, Func<TPlace, JsonElement, TPlace?> next, Action<TPlace>? passed, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TPlace : class
    {
        TPlace? following = null;
        await foreach (var page in PagesAsync(first, read, (place, page) => following = next(place, page.Json), cancellationToken).ConfigureAwait(false))
        {
            foreach (var item in page.Json.Items("value"))
            {
                yield return item;
            }

            if (following is not null)
            {
                passed?.Invoke(following);
            }
        }
    }

    /// <summary>The pages, each disposed of when the next is asked for.</summary>
    /// <typeparam name="TPlace">What tells where a page is.</typeparam>
    /// <typeparam name="TPage">A page.</typeparam>
    /// <param name="first">Where the first page is.</param>
    /// <param name="read">Reads a page.</param>
    /// <param name="next">Where the page after a page is; null after the last.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="AzureServiceException">The list does not end.</exception>
    public static async IAsyncEnumerable<TPage> PagesAsync<TPlace, TPage>(
        TPlace first, Func<TPlace, CancellationToken, Task<TPage>> read, Func<TPlace, TPage, TPlace?> next, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TPlace : class
        where TPage : IDisposable
    {
        // Whoever stops early does not wait for the page that is on its way.
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<TPage>? coming = read(first, leaving.Token);
        try
        {
            var place = first;
            for (var count = 0; count < MaxPages; count++)
            {
                using var page = await coming.ConfigureAwait(false);
                coming = null;
                if (next(place, page) is { } following)
                {
                    place = following;
                    coming = read(place, leaving.Token);
                }

                yield return page;
                if (coming is null)
                {
                    yield break;
                }
            }

            throw new AzureServiceException(200, "TooManyPages", $"The service's list did not end within {MaxPages} pages.");
        }
        finally
        {
            if (coming is not null)
            {
                await leaving.CancelAsync().ConfigureAwait(false);
                await ((Task)coming).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (coming.IsCompletedSuccessfully)
                {
                    (await coming.ConfigureAwait(false)).Dispose();
                }
            }
        }
    }
}

/// <summary>A page.</summary>
/// <param name="Json">Its body.</param>
/// <param name="Lender">Whose memory the body lies in, to be given back; null when it is the body's own.</param>
internal readonly record struct PageBody(JsonElement Json, IDisposable? Lender) : IDisposable
{
    /// <summary>A page in lent memory.</summary>
    public static PageBody Of(JsonDocument document) => new(document.RootElement, document);

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => Lender?.Dispose();
}
