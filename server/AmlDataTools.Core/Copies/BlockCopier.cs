using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AmlDataTools.Azure.Blobs;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Transfer;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Copies;

/// <summary>
/// Copies large blobs in blocks. A block's id tells operation, blob and version, so that after a kill the service's own list of staged blocks says
/// what need not be copied again.
/// </summary>
internal sealed class BlockCopier(string operationId, ICopyTarget target, CopyAttempts attempts, CopySettings settings, ILogger logger) : IDisposable
{
    private const long Mebibyte = 1 << 20;

    private readonly SemaphoreSlim _blobs = new(settings.BlobsInBlocks);

    /// <summary>Copies it to a name.</summary>
    /// <exception cref="CopyRefusedException">The service refused, or the source is another blob now.</exception>
    public async Task<BlobCopied> CopyAsync(TransferItem item, string name, ICopySources source, CopyTargetState state, ItemBytes bytes, CancellationToken cancellationToken)
    {
        await _blobs.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await CopyBlocksAsync(item, name, source, state, bytes, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _blobs.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _blobs.Dispose();

    /// <summary>Bytes of a block: so many that a blob has no more blocks than the service takes.</summary>
    public static long BlockBytes(long length, long least) =>
        Math.Max(least, ((length + BlobContainer.MaxBlocks - 1) / BlobContainer.MaxBlocks + Mebibyte - 1) / Mebibyte * Mebibyte);

    /// <summary>The ids of a blob's blocks have one form and length, and differ in their last digits.</summary>
    public static string BlockId(string operationId, long index, string? etag, long blockBytes, long number)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{operationId}\n{index}\n{etag}\n{blockBytes}")));
        return Convert.ToBase64String(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"amldt-{Convert.ToHexStringLower(hash.AsSpan(0, 16))}-{number:D6}")));
    }

    private async Task<BlobCopied> CopyBlocksAsync(TransferItem item, string name, ICopySources source, CopyTargetState state, ItemBytes bytes, CancellationToken cancellationToken)
    {
        BlobForCopy now;
        try
        {
            (now, _) = await attempts.DoAsync(item.Name, token => source.GetForCopyAsync(item.Name, token), cancellationToken).ConfigureAwait(false);
        }
        catch (CopyRefusedException refusal)
        {
            throw new CopyRefusedException(refusal.Answer, ofSource: true, unsure: false);
        }

        var length = item.Length ?? 0;
        if (now.Blob.Length != length || (item.ETag is not null && now.Blob.ETag != item.ETag))
        {
            throw new CopyRefusedException(new AzureServiceException(412, "SourceConditionNotMet", "The source is another blob than the one planned."), ofSource: true, unsure: false);
        }

        var size = BlockBytes(length, settings.BlockBytes);
        var count = (length + size - 1) / size;
        var ids = new string[count];
        for (var number = 0L; number < count; number++)
        {
            ids[number] = BlockId(operationId, item.Index, now.Blob.ETag, size, number);
        }

        for (var again = false; ; again = true)
        {
            await StageAsync(item, name, ids, size, now.Blob.ETag, source, bytes, cancellationToken).ConfigureAwait(false);
            try
            {
                var (made, _) = await attempts.DoAsync(
                    name, token => target.UseAsync(c => c.PutBlockListAsync(name, ids, now.ContentHeaders, state, token), token), cancellationToken).ConfigureAwait(false);
                return made;
            }
            catch (CopyRefusedException refusal) when (refusal.LacksBlocks && !refusal.Unsure && !again)
            {
                logger.LogWarning("Blocks of {Name} were gone when it was put together; they are copied again.", name);
                bytes.TakeBack();
            }
        }
    }

    private async Task StageAsync(
        TransferItem item, string name, string[] ids, long size, string? etag, ICopySources source, ItemBytes bytes, CancellationToken cancellationToken)
    {
        var length = item.Length ?? 0;
        long CountOf(long number) => Math.Min(size, length - (number * size));
        var (list, _) = await attempts.DoAsync(name, token => target.UseAsync(c => c.GetStagedBlocksAsync(name, token), token), cancellationToken).ConfigureAwait(false);
        var staged = list.ToDictionary(block => block.Id, block => block.Length, StringComparer.Ordinal);
        var next = -1L;
        await TaskGroup.RunAsync(Enumerable.Repeat(StageNextAsync, (int)Math.Min(settings.BlocksOfABlob, ids.Length)), cancellationToken).ConfigureAwait(false);

        async Task StageNextAsync(CancellationToken token)
        {
            for (var number = Interlocked.Increment(ref next); number < ids.Length; number = Interlocked.Increment(ref next))
            {
                var (id, count, offset) = (ids[number], CountOf(number), number * size);
                if (staged.TryGetValue(id, out var has) && has == count)
                {
                    bytes.Kept(count);
                    continue;
                }

                await attempts.DoAsync(
                    name,
                    inner => source.CopyFromAsync(item.Name, from => target.UseAsync(c => c.PutBlockFromUrlAsync(name, id, from, (offset, count), etag, inner), inner), inner),
                    token).ConfigureAwait(false);
                bytes.Received(count);
            }
        }
    }
}
