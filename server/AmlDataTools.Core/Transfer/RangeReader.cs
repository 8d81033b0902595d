using System.Buffers;
using AmlDataTools.Azure.Blobs;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Problems;
using Azure;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Transfer;

/// <summary>The blob is not the one it was.</summary>
internal sealed class BlobChangedException(string name) : Exception($"{name} changed while it was read.");

/// <summary>The blob is no longer there.</summary>
internal sealed class BlobGoneException(string name) : Exception($"{name} is no longer there.");

/// <summary>Takes the bytes of a range as they come.</summary>
internal abstract class RangeSink
{
    /// <summary>Bytes that stand at an offset of the blob; offsets come in order and without gap.</summary>
    public abstract void Write(ReadOnlySpan<byte> bytes, long offset);
}

/// <summary>What an answer said of itself, for the receipt.</summary>
internal sealed record ReadAnswer(BlobItem Blob, int Status, string? RequestId);

/// <summary>
/// Reads ranges to their end whatever happens on the way: a cut connection goes on at the byte it had reached, a
/// throttling service is waited for, and a blob that is no longer the same is told apart from all that.
/// </summary>
internal sealed class RangeReader(
    RequestGovernor governor, TransferSettings settings, TimeProvider time, TransferProgress progress, ILogger logger)
{
    private const int CopyBytes = 128 << 10;

    private readonly Patience _patience = new("read", governor, settings, progress, time, logger);

    /// <summary>Reads <paramref name="count"/> bytes from <paramref name="offset"/> into the sink.</summary>
    /// <param name="source">Where from.</param>
    /// <param name="name">The blob.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="count">How many; with <paramref name="whole"/> all that the blob has.</param>
    /// <param name="whole">Ask without a range: one request fewer for small blobs, and the only way to read an empty one.</param>
    /// <param name="etag">The tag the blob must have; null takes the first answer's.</param>
    /// <param name="sink">Where to.</param>
    /// <param name="bytes">Counts what comes.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="BlobChangedException">The blob has another tag or length.</exception>
    /// <exception cref="BlobGoneException">There is no such blob any more.</exception>
    /// <exception cref="ProblemException">Access was refused, or the service could not be reached after several attempts.</exception>
    public async Task<ReadAnswer> ReadAsync(
        IBlobSource source, string name, long offset, long count, bool whole, string? etag, RangeSink sink, ItemBytes bytes, CancellationToken cancellationToken)
    {
        long got = 0;
        var attempt = 0;
        while (true)
        {
            var before = got;
            Exception failure;
            try
            {
                using var place = await governor.EnterAsync(cancellationToken).ConfigureAwait(false);
                using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                silence.CancelAfter(settings.Silence);
                (long, long)? range = whole && got == 0 ? null : (offset + got, count - got);
                using var download = await source.ReadAsync(name, range, etag, silence.Token).ConfigureAwait(false);
                if (download.Length != count - got)
                {
                    throw new BlobChangedException(name);
                }

                // From here on every further request must be answered by the same blob, even if the plan knew no tag.
                etag ??= download.Blob.ETag;
                var answer = new ReadAnswer(download.Blob, download.Status, download.RequestId);
                if (progress.Waiting is not null && governor.HeldUntil <= time.GetUtcNow())
                {
                    // Answers to requests from before the refusal do not end the wait.
                    progress.Waiting = null;
                }

                var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(CopyBytes, Math.Max(1, count - got)));
                try
                {
                    // TLS gives 16 KiB at a time: gathered, so that the disk and the hashes get fewer, larger pieces.
                    for (var ended = false; got < count && !ended;)
                    {
                        silence.CancelAfter(settings.Silence);
                        var piece = (int)Math.Min(buffer.Length, count - got);
                        var filled = 0;
                        try
                        {
                            while (filled < piece && !ended)
                            {
                                var read = await download.Content.ReadAsync(buffer.AsMemory(filled, piece - filled), silence.Token).ConfigureAwait(false);
                                filled += read;
                                ended = read == 0;
                            }
                        }
                        finally
                        {
                            // Also what came before a cut: the next attempt goes on behind it.
                            sink.Write(buffer.AsSpan(0, filled), offset + got);
                            got += filled;
                            bytes.Received(filled);
                        }
                    }
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }

                if (got == count)
                {
                    governor.Answered();
                    return answer;
                }

                failure = new EndOfStreamException("The connection ended in the middle of the data.");
            }
            catch (AzureServiceException exception) when (exception.Status == 412)
            {
                throw new BlobChangedException(name);
            }
            catch (AzureServiceException exception) when (exception.Status == 416)
            {
                throw new BlobChangedException(name);
            }
            catch (AzureServiceException exception) when (exception.Status == 404)
            {
                throw new BlobGoneException(name);
            }
            catch (Exception exception) when (Patience.IsPassing(exception, cancellationToken))
            {
                failure = exception;
            }

            attempt = got > before ? 1 : attempt + 1;
            await _patience.WaitAsync(name, attempt, failure, cancellationToken).ConfigureAwait(false);
        }
    }
}
