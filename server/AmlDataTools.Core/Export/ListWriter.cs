using System.Runtime.InteropServices;
using System.Text.Json;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Export;

/// <summary>Writes a list into a document, each thing on a line of its own; a signed address loses its signature. After each page it notes where the list goes on.</summary>
internal sealed class ListWriter(DocumentDraft draft) : IAsyncDisposable
{
    private static readonly byte[] End = "\n"u8.ToArray();

    private readonly Utf8JsonWriter _writer = new(draft.Content);

    /// <summary>Where an earlier life left off; null to begin.</summary>
    public ListPlace? Place { get; } = ListPlace.Parse(draft.Next);

    /// <summary>Notes where the list goes on. A place that might be a secret is not noted: then the place before stays the last.</summary>
    public void Keep(ListPlace place)
    {
        if (place.Text is { } text)
        {
            draft.Keep(text);
        }
    }

    /// <summary>Writes a plain list.</summary>
    public async Task WriteAllAsync<T>(Func<string?, Task<(IReadOnlyList<T> Items, string? Next)>> read, Func<T, JsonElement> raw, CancellationToken cancellationToken)
    {
        await foreach (var page in PagesAsync(read, Place?.Outer).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            foreach (var item in page.Items)
            {
                await WriteAsync(raw(item), cancellationToken).ConfigureAwait(false);
            }

            if (page.Next is { } next)
            {
                Keep(new ListPlace(next, null, null));
            }
        }
    }

    /// <summary>Writes the lists of all things of a list.</summary>
    /// <param name="outer">A page of these things.</param>
    /// <param name="nameOf">What one is called; null for one whose list cannot be asked for.</param>
    /// <param name="inner">Its list, from a page on; told where the next page is when one was taken.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="PlaceLostException">The thing whose list was left off is not where it was.</exception>
    public async Task WriteNestedAsync<T>(
        Func<string?, Task<(IReadOnlyList<T> Items, string? Next)>> outer, Func<T, string?> nameOf, Func<string, string?, Action<string>, IAsyncEnumerable<JsonElement>> inner, CancellationToken cancellationToken)
    {
        var (at, token) = (Place?.Name, Place?.Inner);
        var here = Place?.Outer;
        await foreach (var page in PagesAsync(outer, here).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            foreach (var name in page.Items.Select(nameOf).OfType<string>())
            {
                if (at is not null)
                {
                    // What comes before the thing that was left off is in the document, and so is that thing when its list was at its end.
                    var isAt = name == at;
                    at = isAt ? null : at;
                    if (!isAt || token is null)
                    {
                        continue;
                    }
                }

                var place = new ListPlace(here, name, null);
                await foreach (var raw in inner(name, token, next => Keep(place with { Inner = next })).WithCancellation(cancellationToken).ConfigureAwait(false))
                {
                    await WriteAsync(raw, cancellationToken).ConfigureAwait(false);
                }

                token = null;
                Keep(place);
            }

            if (at is not null)
            {
                throw new PlaceLostException(at);
            }

            here = page.Next;
        }
    }

    /// <summary>The pages of a list, from one on.</summary>
    /// <exception cref="ProblemException">The list does not move on.</exception>
    public static async IAsyncEnumerable<(IReadOnlyList<T> Items, string? Next)> PagesAsync<T>(Func<string?, Task<(IReadOnlyList<T> Items, string? Next)>> read, string? from)
    {
        var token = from;
        do
        {
            var page = await read(token).ConfigureAwait(false);
            yield return page;
            if (page.Next is not null && page.Next == token)
            {
                throw new ProblemException("service.invalidAnswer", "The service gave the same page of this list again and again. Try again later.") { Retryable = true, Actions = [ProblemAction.Retry] };
            }

            token = page.Next;
        }
        while (token is not null);
    }

    /// <summary>Writes one thing.</summary>
    public async ValueTask WriteAsync(JsonElement document, CancellationToken cancellationToken)
    {
        if (MaybeSigned(document))
        {
            RunDocuments.WithoutSignatures(document).WriteTo(_writer);
        }
        else
        {
            document.WriteTo(_writer);
        }

        await _writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        _writer.Reset();
        await draft.Content.WriteAsync(End, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    private static bool MaybeSigned(JsonElement document) => JsonMarshal.GetRawUtf8Value(document).IndexOf("sig="u8) >= 0 || JsonMarshal.GetRawUtf8Value(document).IndexOf("SIG="u8) >= 0;
}

/// <summary>The thing in a list where its reading was left off is not there any more.</summary>
internal sealed class PlaceLostException(string name) : Exception($"{name} is not where it was in the list.");
