using System.Globalization;
using AmlDataTools.Azure.Blobs;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.PersonalData.Matching;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Storage;
using AmlDataTools.Core.Transfer;
using Microsoft.Extensions.Logging.Abstractions;

namespace AmlDataTools.Core.PersonalData.Content;

/// <summary>What the text of a file told.</summary>
/// <param name="Evidence">Where it names the subject.</param>
/// <param name="Gap">Why it was not searched, or not all of it; null when it was.</param>
internal readonly record struct FileText(IReadOnlyList<Evidence> Evidence, FileGap? Gap)
{
    /// <summary>Nothing is in it.</summary>
    public static FileText Nothing => new([], null);
}

/// <summary>Why a file was not searched.</summary>
/// <param name="Code">Stable.</param>
/// <param name="Message">For people, a sentence that goes for many files.</param>
internal sealed record FileGap(string Code, string Message);

/// <summary>
/// Reads files of datastores piece by piece and searches their text: a cut connection goes on at the byte it had reached, what asks for
/// fewer requests is waited for, and a file that is no text is left after its first bytes. Never logs a name.
/// </summary>
/// <param name="settings">How many requests at once, and how patient.</param>
/// <param name="time">The time.</param>
internal sealed class FileTexts(TransferSettings settings, TimeProvider time) : IDisposable
{
    private const int WholeUpTo = 1 << 20;
    private const int FirstBytes = 64 << 10;

    private readonly RequestGovernor _governor = new(settings.Requests, time);

    /// <summary>How many files are read at once.</summary>
    public int AtOnce => settings.Requests;

    /// <summary>Searches one.</summary>
    /// <param name="store">The datastore.</param>
    /// <param name="file">As it was listed.</param>
    /// <param name="terms">The words.</param>
    /// <param name="maxBytes">Larger ones are not read.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="ProblemException">The service cannot be reached, or throttles beyond all patience: it may pass.</exception>
    public async Task<FileText> SearchAsync(IBlobSource store, BlobItem file, TextTerms terms, long maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                if (file.Length > maxBytes)
                {
                    return new FileText([], new FileGap(SearchGaps.TooLarge, $"Larger than {Sizes.Text(maxBytes)}: not read. Raise the size up to which files are read, or look into it yourself."));
                }

                try
                {
                    return file.Length == 0 ? FileText.Nothing : await ReadAsync(store, file, terms, cancellationToken).ConfigureAwait(false);
                }
                catch (BlobChangedException) when (attempt < settings.Restarts)
                {
                    // A log that is being written: as it is now.
                    file = await store.GetPropertiesAsync(file.Name, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (BlobChangedException)
        {
            return new FileText([], new FileGap("changed", "Being written to: changed again and again while it was read. Search again later."));
        }
        catch (BlobGoneException)
        {
            return FileText.Nothing;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            var problem = ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Storage));
            return problem.Code == "storage.notFound" ? FileText.Nothing : Gaps.Passes(problem) ? throw problem : new FileText([], new FileGap(Gaps.CodeOf(problem), problem.Message));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _governor.Dispose();

    private async Task<FileText> ReadAsync(IBlobSource store, BlobItem file, TextTerms terms, CancellationToken cancellationToken)
    {
        if (NotebookText.IsNotebook(file.Name) && file.Length <= NotebookText.MaxBytes)
        {
            var whole = new WholeFile((int)file.Length);
            await RangeAsync(store, file, 0, file.Length, whole, cancellationToken).ConfigureAwait(false);
            if (NotebookText.Search(whole.Bytes, terms) is { } found)
            {
                return new FileText(found, null);
            }

            var asText = new TextSearch(terms, isJson: true);
            asText.Add(whole.Bytes.Span);
            return Ended(asText);
        }

        var search = new TextSearch(terms, IsJson(file.Name));
        for (long at = 0; at < file.Length && !search.IsBinary;)
        {
            var count = file.Length <= WholeUpTo ? file.Length : at == 0 ? FirstBytes : Math.Min(settings.RangeBytes, file.Length - at);
            await RangeAsync(store, file, at, count, search, cancellationToken).ConfigureAwait(false);
            at += count;
        }

        return Ended(search);
    }

    private static FileText Ended(TextSearch search)
    {
        search.End();
        return search.IsBinary
            ? new FileText([], new FileGap(SearchGaps.Binary, "No text: zero bytes at the beginning, and not UTF-16."))
            : new FileText([.. search.Hits.Select(hit => new Evidence(string.Create(CultureInfo.InvariantCulture, $"line {hit.Line}"), hit.Grade, false))], null);
    }

    private Task RangeAsync(IBlobSource store, BlobItem file, long offset, long count, RangeSink sink, CancellationToken cancellationToken)
    {
        // The reader's log names files, which may be called like people: it is not for here.
        var progress = new TransferProgress();
        var reader = new RangeReader(_governor, settings, time, progress, NullLogger.Instance);
        return reader.ReadAsync(store, file.Name, offset, count, whole: offset == 0 && count == file.Length, file.ETag, sink, new ItemBytes(progress), cancellationToken);
    }

    private static bool IsJson(string name) => name[(name.LastIndexOf('.') + 1)..].ToUpperInvariant() is "JSON" or "JSONL" or "NDJSON" or "GEOJSON" or "IPYNB";

    private sealed class WholeFile(int length) : RangeSink
    {
        private readonly byte[] _bytes = new byte[length];

        public ReadOnlyMemory<byte> Bytes => _bytes;

        public override void Write(ReadOnlySpan<byte> bytes, long offset) => bytes.CopyTo(_bytes.AsSpan((int)offset));
    }
}
