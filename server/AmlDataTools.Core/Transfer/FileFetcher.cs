using AmlDataTools.Azure.Blobs;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.Transfer;

/// <summary>Brings one file to disk and verifies it. One for each worker.</summary>
internal sealed class FileFetcher(
    RangeReader reader, SemaphoreSlim rangedFiles, ITransferTarget target, ITransferJournal journal, TransferSettings settings, TransferProgress progress)
    : IDisposable
{
    private readonly StreamedFile _streamed = new();

    /// <summary>Fetches a blob; gives the verified, still unnamed file, or how it ended without one.</summary>
    /// <exception cref="ProblemException">The whole operation cannot go on: no access, no network, no room.</exception>
    public async Task<(StagedFile? Staged, ItemResult? Ended)> FetchAsync(TransferItem item, IBlobSource source, CancellationToken cancellationToken)
    {
        if (await IdenticalAsync(item, cancellationToken).ConfigureAwait(false))
        {
            progress.Counted(item.Length ?? 0);
            return (null, Ended(item, ItemOutcome.Skipped, "file.identical", "An identical file is already there."));
        }

        var partial = journal.Partial(item.Index);
        var wanted = new BlobItem(item.Name, partial?.Length ?? item.Length ?? -1, partial?.ETag ?? item.ETag, partial is null ? item.Md5 : partial.Md5, null, false);
        var bytes = new ItemBytes(progress);
        var mismatches = 0;
        for (var restart = 0; ; restart++)
        {
            try
            {
                if (wanted.Length < 0)
                {
                    wanted = await source.GetPropertiesAsync(item.Name, cancellationToken).ConfigureAwait(false);
                }

                var (room, result) = wanted.Length > settings.RangeBytes
                    ? await FetchRangedAsync(item, wanted, restart == 0 ? partial : null, source, bytes, cancellationToken).ConfigureAwait(false)
                    : await FetchStreamedAsync(item, wanted, source, bytes, cancellationToken).ConfigureAwait(false);
                if (wanted.Md5() is { } expected && result.Md5 != expected)
                {
                    room.GiveUp();
                    bytes.TakeBack();
                    if (++mismatches > 1)
                    {
                        return (null, Ended(item, ItemOutcome.Failed, "file.wrongBytes", "Twice the bytes received did not match the MD5 the service has on record. Nothing was kept of it."));
                    }

                    continue;
                }

                var changed = wanted.ETag != item.ETag && item.ETag is not null;
                return (new StagedFile(item, room, result with { Md5 = wanted.Md5(), Code = changed ? "file.changed" : null, Reason = changed ? "It changed after the plan; the newer version was taken." : item.Note }), null);
            }
            catch (BlobGoneException)
            {
                bytes.TakeBack();
                return (null, Gone(item));
            }
            catch (BlobChangedException)
            {
                bytes.TakeBack();
                if (restart >= settings.Restarts)
                {
                    return (null, Ended(item, ItemOutcome.Failed, "file.keepsChanging", "It kept changing while it was read. Try again when the run has ended."));
                }

                try
                {
                    wanted = await source.GetPropertiesAsync(item.Name, cancellationToken).ConfigureAwait(false);
                }
                catch (AzureServiceException exception) when (exception.Status == 404)
                {
                    return (null, Gone(item));
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _streamed.Dispose();

    /// <summary>How an item ended without being written.</summary>
    public static ItemResult Ended(TransferItem item, ItemOutcome outcome, string code, string reason) =>
        new(item.Index, outcome, item.Name, item.Path, item.Length ?? 0, null, null, item.ETag, null, null, null, code, reason);

    private static ItemResult Gone(TransferItem item) => Ended(item, ItemOutcome.Failed, "file.gone", "It was deleted after the plan was made.");

    private async Task<bool> IdenticalAsync(TransferItem item, CancellationToken cancellationToken)
    {
        if (!target.SkipsIdentical || item.Md5 is null || target.Existing(item.Path) is not { } existing || existing.Length != item.Length)
        {
            return false;
        }

        var (_, md5) = await Destination.HashAsync(existing.FullName, cancellationToken).ConfigureAwait(false);
        return md5 == item.Md5;
    }

    private async Task<(ItemRoom Room, ItemResult Result)> FetchStreamedAsync(
        TransferItem item, BlobItem wanted, IBlobSource source, ItemBytes bytes, CancellationToken cancellationToken)
    {
        var room = target.Open(item, wanted.Length, ranged: false);
        _streamed.Open(room, target.WantsCrc32);
        try
        {
            var answer = await reader.ReadAsync(source, item.Name, 0, wanted.Length, whole: true, wanted.ETag, _streamed, bytes, cancellationToken).ConfigureAwait(false);
            var (sha, md5, crc32) = _streamed.Close();
            return (room, Done(item, wanted, sha, md5, answer, source) with { Crc32 = target.WantsCrc32 ? crc32 : null, Modified = Modified(answer) });
        }
        catch
        {
            _streamed.Abandon();
            room.GiveUp();
            throw;
        }
    }

    private async Task<(ItemRoom Room, ItemResult Result)> FetchRangedAsync(
        TransferItem item, BlobItem wanted, PartialFile? partial, IBlobSource source, ItemBytes bytes, CancellationToken cancellationToken)
    {
        await rangedFiles.WaitAsync(cancellationToken).ConfigureAwait(false);
        ItemRoom? room = null;
        try
        {
            room = partial is null ? target.Open(item, wanted.Length, ranged: true) : target.Reopen(item, partial);
            var file = new RangedFile(room, wanted.Length, settings.RangeBytes, target.WantsCrc32);
            if (partial is not null)
            {
                bytes.Kept(file.TakeOver(partial.Ranges, cancellationToken));
            }
            else
            {
                journal.Begin(item.Index, wanted.ETag, wanted.Length, wanted.ContentMd5, room.Place is { } place ? (place, room.Start) : null);
            }

            var result = await FetchIntoAsync(file, item, wanted, source, bytes, cancellationToken).ConfigureAwait(false);
            return (room, target.WantsCrc32 ? result with { Modified = result.Modified ?? partial?.Modified } : result);
        }
        catch (Exception exception) when (exception is BlobChangedException or BlobGoneException or AzureServiceException)
        {
            room?.GiveUp();
            throw;
        }
        catch
        {
            // What there is of it counts for the next life.
            room?.Dispose();
            throw;
        }
        finally
        {
            rangedFiles.Release();
        }
    }

    private async Task<ItemResult> FetchIntoAsync(
        RangedFile file, TransferItem item, BlobItem wanted, IBlobSource source, ItemBytes bytes, CancellationToken cancellationToken)
    {
        var sha = string.Empty;
        string? md5 = null;
        ReadAnswer? answer = null;
        var works = Enumerable.Repeat(FetchRangesAsync, settings.RangesOfAFile).Append(async token => sha = await file.Sha256Async(token).ConfigureAwait(false));
        if (wanted.ContentMd5 is not null)
        {
            // Beside the other hash, not after it: MD5 is the slowest of all that is done to a byte.
            works = works.Append(async token => md5 = await file.Md5Async(token).ConfigureAwait(false));
        }

        await TaskGroup.RunAsync(works, cancellationToken).ConfigureAwait(false);
        var result = Done(item, wanted, sha, md5, answer, source);
        return target.WantsCrc32 ? result with { Crc32 = file.Crc32Value(), Modified = Modified(answer) } : result;

        async Task FetchRangesAsync(CancellationToken token)
        {
            while (file.TryTake(out var index))
            {
                var (offset, length) = (file.OffsetOf(index), file.CountOf(index));
                var writer = file.Writer();
                answer = await reader.ReadAsync(source, item.Name, offset, length, whole: false, wanted.ETag, writer, bytes, token).ConfigureAwait(false);
                journal.Range(item.Index, new WrittenRange(offset, length, writer.Crc) { Modified = Modified(answer) });
                file.Written(index, writer.Crc32);
            }
        }
    }

    /// <summary>When the blob was last written, for a target that keeps it with the bytes; Unix time in seconds.</summary>
    private long? Modified(ReadAnswer? answer) => target.WantsCrc32 ? answer?.Blob.LastModified?.ToUnixTimeSeconds() : null;

    private static ItemResult Done(TransferItem item, BlobItem wanted, string sha, string? md5, ReadAnswer? answer, IBlobSource source) =>
        new(item.Index, ItemOutcome.Done, item.Name, item.Path, wanted.Length, sha, md5, wanted.ETag ?? answer?.Blob.ETag, source.Access, answer?.Status, answer?.RequestId, null, null);
}

/// <summary>Helpers on blobs.</summary>
internal static class BlobItemExtensions
{
    /// <summary>The MD5 on record, in canonical base64; null when there is none or it is not one.</summary>
    public static string? Md5(this BlobItem blob)
    {
        Span<byte> bytes = stackalloc byte[24];
        return blob.ContentMd5 is { } text && Convert.TryFromBase64String(text, bytes, out var count) && count == 16
            ? Convert.ToBase64String(bytes[..16])
            : null;
    }
}
