using System.Threading.Channels;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Changes.Execution;

/// <summary>
/// Goes through an item's list of blobs in batches, several at once, each noted before it is sent and after it was
/// answered. What earlier lives have finished is not sent again; of a batch of which something was left, only that is.
/// </summary>
internal sealed class BlobBatchRunner(OperationStore store, string id, Journal journal, ChangeSettings settings, TransferProgress progress)
{
    /// <summary>Does one batch: gives what became of it.</summary>
    internal delegate Task<BatchResult> DoBatch(BatchMark mark, IReadOnlyList<PlannedBlob> blobs, CancellationToken cancellationToken);

    /// <summary>Does a part of a list.</summary>
    public async Task RunAsync(ChangeItem item, BatchPass pass, DoBatch act, ItemCounts counts, CancellationToken cancellationToken)
    {
        // A directory can only go after those in it, which stand before it.
        var parallel = pass == BatchPass.Directories ? 1 : settings.Parallel;
        var channel = Channel.CreateBounded<(BatchMark Mark, IReadOnlyList<PlannedBlob> Blobs)>(parallel);
        var workers = Enumerable.Range(0, parallel).Select(_ => (Func<CancellationToken, Task>)WorkAsync);
        await TaskGroup.RunAsync([FeedAsync, .. workers], cancellationToken).ConfigureAwait(false);

        async Task FeedAsync(CancellationToken token)
        {
            try
            {
                foreach (var batch in Pending(item, pass, counts))
                {
                    await channel.Writer.WriteAsync(batch, token).ConfigureAwait(false);
                }
            }
            finally
            {
                channel.Writer.TryComplete();
            }
        }

        async Task WorkAsync(CancellationToken token)
        {
            await foreach (var (mark, blobs) in channel.Reader.ReadAllAsync(token).ConfigureAwait(false))
            {
                token.ThrowIfCancellationRequested();
                journal.Begin(mark);

                // A stop does not tear a request in two: its answer is awaited a moment longer and noted.
                using var grace = new CancellationTokenSource();
                await using var stopping = token.Register(() => grace.CancelAfter(settings.Grace)).ConfigureAwait(false);
                var result = await act(mark, blobs, grace.Token).ConfigureAwait(false);
                var before = counts.Of(pass, mark.Number);
                result = result with { Done = result.Done + before.Done, Gone = result.Gone + before.Gone, Bytes = result.Bytes + before.Bytes };
                journal.End(result);
                counts.Put(result);
                progress.Received(blobs.Sum(b => b.L) - result.Left.Sum(l => l.Bytes));
            }
        }
    }

    /// <summary>Whether an earlier life deleted the whole folder.</summary>
    public bool HasDeletedFolder(ChangeItem item) => journal.History.Batches(item.Index).Ended.ContainsKey((BatchPass.Folder, 0));

    /// <summary>Deletes a whole folder with one request, or brings it back; not again if an earlier life did.</summary>
    /// <returns>Whether it is done.</returns>
    public async Task<bool> RunFolderAsync(ChangeItem item, Func<CancellationToken, Task<string?>> act, ItemCounts counts, CancellationToken cancellationToken)
    {
        if (journal.History.Batches(item.Index).Ended.TryGetValue((BatchPass.Folder, 0), out var ended))
        {
            counts.Put(BatchPass.Folder, 0, ended);
            progress.Counted(ended.Bytes);
            return true;
        }

        var blobs = item.Blobs ?? item.Manifest?.Count ?? 0;
        var mark = new BatchMark(item.Index, BatchPass.Folder, 0, (int)Math.Min(blobs, int.MaxValue));
        journal.Begin(mark);
        var result = new BatchResult(mark, blobs, 0, item.Bytes ?? 0, [], await act(cancellationToken).ConfigureAwait(false));
        journal.End(result);
        counts.Put(result);
        progress.Received(result.Bytes);
        return true;
    }

    /// <summary>Deletes versions of blobs that were counted when they were deleted themselves: only what is left counts.</summary>
    public async Task RunAgainAsync(BatchMark mark, IReadOnlyList<PlannedBlob> blobs, DoBatch act, ItemCounts counts, CancellationToken cancellationToken)
    {
        journal.Begin(mark);
        var result = await act(mark, blobs, cancellationToken).ConfigureAwait(false) with { Done = 0, Gone = 0, Bytes = 0 };
        journal.End(result);
        counts.Put(result);
    }

    private IEnumerable<(BatchMark Mark, IReadOnlyList<PlannedBlob> Blobs)> Pending(ChangeItem item, BatchPass pass, ItemCounts counts)
    {
        using var lines = new ReceiptLines(store.JournalOf(id));
        var number = 0;
        foreach (var chunk in Lines(item, pass).Chunk(settings.BatchSize))
        {
            var mark = new BatchMark(item.Index, pass, number++, chunk.Length);
            if (!journal.History.Batches(item.Index).Ended.TryGetValue((pass, mark.Number), out var ended))
            {
                yield return (mark, chunk);
                continue;
            }

            counts.Put(pass, mark.Number, ended);
            if (ended.Left == 0)
            {
                progress.Counted(chunk.Sum(b => b.L));
                continue;
            }

            var left = lines.ReadBatch((ended.Offset, ended.Length)).Left.Select(l => (l.Name, l.Version, l.Snapshot)).ToHashSet();
            var again = chunk.Where(b => left.Contains((b.N, b.V, b.S))).ToList();
            progress.Counted(chunk.Sum(b => b.L) - again.Sum(b => b.L));
            yield return (mark, again);
        }
    }

    private IEnumerable<PlannedBlob> Lines(ChangeItem item, BatchPass pass) => item.Manifest is not { } manifest ? [] : pass switch
    {
        _ when item.Action == ChangeAction.Undelete => store.Blobs(id, manifest),
        BatchPass.Snapshots => store.Blobs(id, manifest).Where(b => b.S is not null),
        BatchPass.Versions => store.Blobs(id, manifest).Where(b => b is { V: not null, S: null }),
        BatchPass.Directories => store.Blobs(id, manifest).Where(b => b.N.EndsWith('/')),
        _ when item.Place?.IsShare == true => store.Blobs(id, manifest).Where(b => !b.N.EndsWith('/')),
        _ => store.Blobs(id, manifest).Where(b => b is { V: null, S: null }),
    };
}
