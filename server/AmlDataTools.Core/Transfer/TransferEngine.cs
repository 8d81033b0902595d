using System.Runtime.CompilerServices;
using System.Threading.Channels;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Problems;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Transfer;

/// <summary>Brings items to disk: many small files side by side, large ones in ranges, each verified before it gets its name.</summary>
internal sealed class TransferEngine(
    ITransferSources sources, ITransferTarget target, ITransferJournal journal, TransferProgress progress, TransferSettings settings, TimeProvider time, ILogger logger)
{
    /// <summary>Code of the problem that a document does not exist, which is no failure.</summary>
    public const string Absent = "document.absent";

    /// <summary>Brings all items to disk. Items that cannot be fetched are noted as failed and the others go on.</summary>
    /// <param name="items">What is still to be done, in order.</param>
    /// <param name="cancellationToken">Stops; what is verified by then is kept.</param>
    /// <exception cref="ProblemException">Nothing more can be done: no access, no network, no room on the disk.</exception>
    public async Task RunAsync(IAsyncEnumerable<TransferItem> items, CancellationToken cancellationToken)
    {
        var summaries = new List<TransferItem>();
        await RunOnceAsync(HoldBackAsync(items, summaries, cancellationToken), cancellationToken).ConfigureAwait(false);

        // Only now have all others ended, and have their final names.
        if (summaries.Count > 0)
        {
            await RunOnceAsync(summaries.ToAsyncEnumerable(), cancellationToken).ConfigureAwait(false);
        }
    }

    private static async IAsyncEnumerable<TransferItem> HoldBackAsync(
        IAsyncEnumerable<TransferItem> items, List<TransferItem> summaries, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var item in items.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (item.Kind == TransferKind.Summary)
            {
                summaries.Add(item);
            }
            else
            {
                yield return item;
            }
        }
    }

    private async Task RunOnceAsync(IAsyncEnumerable<TransferItem> items, CancellationToken cancellationToken)
    {
        using var governor = new RequestGovernor(settings.Requests, time);
        using var rangedFiles = new SemaphoreSlim(settings.RangedFiles);
        using var committer = new Committer(target, journal, progress);
        var reader = new RangeReader(governor, settings, time, progress, logger);
        var queue = Channel.CreateBounded<TransferItem>(new BoundedChannelOptions(256) { SingleWriter = true });

        // The committer is not stopped with the others: what is verified is kept whatever happens.
        var committing = Task.Run(committer.RunAsync, CancellationToken.None);
        try
        {
            await TaskGroup.RunAsync(Enumerable.Repeat(FetchAsync, settings.Requests).Prepend(ReadItemsAsync), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            committer.Complete();
            await committing.ConfigureAwait(false);
        }

        async Task ReadItemsAsync(CancellationToken token)
        {
            try
            {
                await foreach (var item in items.WithCancellation(token).ConfigureAwait(false))
                {
                    await queue.Writer.WriteAsync(item, token).ConfigureAwait(false);
                }
            }
            finally
            {
                queue.Writer.TryComplete();
            }
        }

        async Task FetchAsync(CancellationToken token)
        {
            using var fetcher = new FileFetcher(reader, rangedFiles, target, journal, settings, progress);
            await foreach (var item in queue.Reader.ReadAllAsync(token).ConfigureAwait(false))
            {
                var (staged, ended) = await HandleAsync(fetcher, item, token).ConfigureAwait(false);
                if (staged is not null)
                {
                    await committer.AddAsync(staged, token).ConfigureAwait(false);
                }

                if (ended is not null)
                {
                    End(ended);
                }
            }
        }
    }

    private async Task<(StagedFile? Staged, ItemResult? Ended)> HandleAsync(FileFetcher fetcher, TransferItem item, CancellationToken cancellationToken)
    {
        if (item.Refused is not null)
        {
            return (null, FileFetcher.Ended(item, item.IsNothing == true ? ItemOutcome.Skipped : ItemOutcome.Failed, item.RefusedCode ?? "name.refused", item.Refused));
        }

        try
        {
            switch (item.Kind)
            {
                case TransferKind.Folder:
                    target.MakeFolder(item.Path);
                    return (null, FileFetcher.Ended(item, ItemOutcome.Done, "folder.made", "A folder."));
                case TransferKind.Document:
                    return (await WriteDocumentAsync(item, cancellationToken).ConfigureAwait(false), null);
                case TransferKind.Summary:
                    var summary = await WriteDocumentAsync(item, cancellationToken).ConfigureAwait(false);
                    return await IsThereAlreadyAsync(summary, cancellationToken).ConfigureAwait(false)
                        ? (null, FileFetcher.Ended(item, ItemOutcome.Skipped, "file.identical", "An identical one is already there."))
                        : (summary, null);
                default:
                    var source = await sources.BlobsAsync(item.Source, cancellationToken).ConfigureAwait(false);
                    var (staged, ended) = await fetcher.FetchAsync(item, source, cancellationToken).ConfigureAwait(false);
                    return staged is not null && await IsThereAlreadyAsync(staged, cancellationToken).ConfigureAwait(false)
                        ? (null, FileFetcher.Ended(item, ItemOutcome.Skipped, "file.identical", "An identical file is already there (compared after fetching: the service has no MD5 of it)."))
                        : (staged, ended);
            }
        }
        catch (AzureServiceException exception) when (exception.HasCode("BlobArchived"))
        {
            var problem = ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Storage, item.Name));
            return (null, FileFetcher.Ended(item, ItemOutcome.Failed, problem.Code, problem.Message));
        }
        catch (ProblemException problem) when (problem.Code == Absent)
        {
            return (null, FileFetcher.Ended(item, ItemOutcome.Skipped, problem.Code, problem.Message));
        }
        catch (ProblemException problem) when (IsOfOneItem(problem, item))
        {
            logger.LogWarning("{Name} failed: {Code} {Message}", item.Name, problem.Code, problem.Message);
            return (null, FileFetcher.Ended(item, ItemOutcome.Failed, problem.Code, problem.Message));
        }
    }

    /// <summary>A bad place on disk or a service that only gives documents fails one item; anything else would fail them all, one by one.</summary>
    private static bool IsOfOneItem(ProblemException problem, TransferItem item) =>
        IsOfAPath(problem)
        || (item.Kind is TransferKind.Document or TransferKind.Summary && !problem.Code.StartsWith("auth.", StringComparison.Ordinal) && !problem.Code.StartsWith("disk.", StringComparison.Ordinal) && !problem.Code.StartsWith("search.", StringComparison.Ordinal));

    /// <summary>Whether a problem is about one place on disk.</summary>
    public static bool IsOfAPath(ProblemException problem) =>
        problem.Code.StartsWith("path.", StringComparison.Ordinal) || problem.Code == "disk.pathTooLong";

    private async Task<bool> IsThereAlreadyAsync(StagedFile staged, CancellationToken cancellationToken)
    {
        if (!target.SkipsIdentical || target.Existing(staged.Item.Path) is not { } existing || existing.Length != staged.Result.Bytes)
        {
            return false;
        }

        var (sha, _) = await Destination.HashAsync(existing.FullName, cancellationToken).ConfigureAwait(false);
        if (sha != staged.Result.Sha256)
        {
            return false;
        }

        staged.Room.Dispose();
        LocalDisk.Try(staged.Room.Path, () => File.Delete(staged.Room.Path));
        return true;
    }

    private async Task<StagedFile> WriteDocumentAsync(TransferItem item, CancellationToken cancellationToken)
    {
        var part = target.PartOf(item.Index);
        var draft = DocumentDraft.Open(part, item.Index, journal);
        await using (draft.ConfigureAwait(false))
        {
            try
            {
                await (item.Kind == TransferKind.Summary
                    ? sources.WriteSummaryAsync(item, ResultsAsync(item, cancellationToken), draft.Content, cancellationToken)
                    : sources.WriteDocumentAsync(item, draft, cancellationToken)).ConfigureAwait(false);
            }
            catch (IOException exception) when (LocalDisk.IsFull(exception))
            {
                throw LocalDisk.Problem(part, exception);
            }
            catch (Exception exception) when (exception is not ProblemException and not OperationCanceledException)
            {
                throw ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Run, item.Name));
            }
        }

        var (sha, _) = await Destination.HashAsync(part, cancellationToken).ConfigureAwait(false);
        var length = LocalDisk.Try(part, () => new FileInfo(part).Length);
        var (room, crc32) = target.TakeIn(item, length);
        progress.Received(length);
        var result = new ItemResult(item.Index, ItemOutcome.Done, item.Name, item.Path, length, sha, null, null, null, null, null, draft.Remark?.Code, draft.Remark?.Reason ?? item.Note);
        return new StagedFile(item, room, target.WantsCrc32 ? result with { Crc32 = crc32 } : result);
    }

    private async IAsyncEnumerable<ItemResult> ResultsAsync(TransferItem summary, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var result in journal.Results(summary.From ?? summary.Index, summary.Index))
        {
            // Of a file that was there already only the MD5 was compared.
            if (result is { Outcome: ItemOutcome.Skipped, Sha256: null } && target.Existing(result.Path) is { } existing)
            {
                var (sha, _) = await Destination.HashAsync(existing.FullName, cancellationToken).ConfigureAwait(false);
                yield return result with { Sha256 = sha, Bytes = existing.Length };
            }
            else
            {
                yield return result;
            }
        }
    }

    private void End(ItemResult result)
    {
        journal.End(result);
        switch (result.Outcome)
        {
            case ItemOutcome.Skipped:
                progress.ItemSkipped();
                break;
            case ItemOutcome.Failed:
                progress.ItemFailed();
                break;
            default:
                progress.ItemDone();
                break;
        }
    }
}
