using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Storage;
using AmlDataTools.Core.Transfer;
using AmlDataTools.Azure.Http;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Changes.Execution;

/// <summary>Does an item of data and looks afterwards what is there.</summary>
internal sealed class DataChanger(
    OperationStore store, OperationPlan plan, Journal journal, ChangePace pace, ChangeSettings settings, TransferProgress progress, TimeProvider time, ILogger logger)
{
    private bool WithVersions => plan.Change?.IncludeVersionsAndSnapshots == true;

    /// <summary>Does it.</summary>
    /// <exception cref="ProblemException">Nothing more can be done: the network is away, the disk is full, signing in is needed.</exception>
    public async Task<ChangeResult> RunAsync(ChangeItem item, DataPlace place, IBlobChanges blobs, CancellationToken cancellationToken)
    {
        if (place.Path.Trim('/').Length == 0)
        {
            return Failed(item, "name.refused", "A whole container or share is not deleted here: name a folder.");
        }

        var batches = new BlobBatchRunner(store, plan.Id, journal, settings, progress);
        var counts = new ItemCounts();
        var interrupted = journal.History.Batches(item.Index).HasOpen;
        try
        {
            if (item.Action == ChangeAction.Undelete)
            {
                return await new DataUndeleter(store, plan.Id, blobs, batches, pace).RunAsync(item, place, counts, cancellationToken).ConfigureAwait(false);
            }

            var since = DateTimeOffset.FromUnixTimeMilliseconds(journal.History.StartedAt ?? time.GetUtcNow().ToUnixTimeMilliseconds());
            var deleter = new DataDeleter(blobs, batches, new FolderComparison(store, plan.Id), pace, settings, WithVersions, time, logger);
            await deleter.RunAsync(item, place, counts, cancellationToken).ConfigureAwait(false);
            var verifier = new DataVerifier(store, plan.Id, blobs, WithVersions, plan.Retentions, time);
            var after = await verifier.LookAsync(item, place, since, cancellationToken).ConfigureAwait(false);
            if (place.IsHierarchical && place.Path.EndsWith('/') && !counts.HasFolder)
            {
                await RemoveEmptyFoldersAsync(item.Label, blobs, after.Folders.Append(place.Path.TrimEnd('/')), cancellationToken).ConfigureAwait(false);
            }

            return Result(item, place, counts, after, interrupted) with { Access = blobs.Access };
        }
        catch (Exception exception) when (IsOfThePlace(exception))
        {
            var problem = ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Storage, item.Label));
            var (done, gone, bytes, left) = counts.Sum;
            return Failed(item, problem.Code, problem.Message) with
            {
                Status = (exception as AzureServiceException)?.Status,
                CorrelationId = problem.CorrelationId,
                Blobs = done,
                BlobsGone = gone,
                Bytes = bytes,
                BlobsLeft = left,
                Access = blobs.Access,
            };
        }
    }

    /// <summary>Whether a failure is that of one place: others may lie in accounts that let the person in.</summary>
    private static bool IsOfThePlace(Exception exception) => exception switch
    {
        AzureServiceException service => service.Status != 401,
        ForeignHostException => true,
        ProblemException problem => problem.Code.StartsWith("storage.", StringComparison.Ordinal) || problem.Code.StartsWith("datastore.", StringComparison.Ordinal),
        _ => false,
    };

    private ChangeResult Result(ChangeItem item, DataPlace place, ItemCounts counts, DataAfter after, bool interrupted)
    {
        var (done, gone, bytes, left) = counts.Sum;
        var sentences = new List<string>();
        if (after.Remaining > 0)
        {
            sentences.Add($"{Sizes.Count(after.Remaining, place.Piece)} of the plan {(after.Remaining == 1 ? "is" : "are")} still there.");
        }

        if (left > 0)
        {
            sentences.Add($"{Sizes.Count(left, place.Piece)} {(left == 1 ? "was" : "were")} left{(counts.Changed == left ? ": changed since the plan" : string.Empty)}.");
        }

        if (after.New > 0)
        {
            sentences.Add($"{Sizes.Count(after.New, place.Piece)} came or changed since the plan and {(after.New == 1 ? "was" : "were")} left.");
        }

        if (gone > 0)
        {
            sentences.Add($"{Sizes.Count(gone, place.Piece)} {(gone == 1 ? "was" : "were")} gone already{(interrupted ? ", or went in an earlier attempt that was interrupted" : string.Empty)}.");
        }

        if (place.IsShare == true && after.Folders.Count > 0)
        {
            sentences.Add($"{Sizes.Count(after.Folders.Count, "folder")} {(after.Folders.Count == 1 ? "was" : "were")} left: something is in {(after.Folders.Count == 1 ? "it" : "them")}, or {(after.Folders.Count == 1 ? "it" : "they")} came since the plan.");
        }

        if (item.Record?.Kind == ResourceKind.Run && item.Parent is not null && done > 0)
        {
            sentences.Add("The service had deleted the run's record and left this data: it was deleted here.");
        }

        var ok = after.Remaining == 0 && left == 0;
        var onlyChanged = after.Remaining == 0 && counts.Changed == left;
        return new ChangeResult(item.Index, ok ? ItemOutcome.Done : onlyChanged ? ItemOutcome.Skipped : ItemOutcome.Failed)
        {
            Code = ok ? null : onlyChanged ? ChangeRefusal.Changed : "data.remaining",
            Reason = sentences.Count == 0 ? null : string.Join(' ', sentences),
            GoneAlready = ok && done == 0 && counts.Directories == 0,
            Verified = after.Remaining == 0 && after.New == 0 && left == 0 && (place.IsShare != true || after.Folders.Count == 0) ? "listed again: nothing is there" : "listed again",
            RequestId = counts.RequestId,
            Blobs = done,
            BlobsGone = gone,
            BlobsLeft = Math.Max(left, after.Remaining),
            BlobsNew = after.New,
            NewNames = after.New > 0 ? after.NewNames : null,
            Bytes = bytes,
            Kept = after.KeptFolder && counts.HasFolder ? Math.Max(after.Kept, done) : after.Kept,
            KeptUntil = after.KeptUntil?.ToUnixTimeMilliseconds(),
            KeptAsVersions = after.Versions,
        };
    }

    /// <summary>Folders hold no data, but a listing shows them. Deepest first, and never one that holds something.</summary>
    private async Task RemoveEmptyFoldersAsync(string label, IBlobChanges blobs, IEnumerable<string> folders, CancellationToken cancellationToken)
    {
        foreach (var folder in folders.OrderByDescending(f => f.Count(c => c == '/')))
        {
            try
            {
                await pace.SendAsync(() => blobs.DeleteDirectoryAsync(folder, recursive: false, cancellationToken), repeatable: true, cancellationToken).ConfigureAwait(false);
            }
            catch (AzureServiceException exception) when (exception.Status is 404 or 409 or 412)
            {
                logger.LogDebug("A folder of {Label} was left: {Status} {Code}.", label, exception.Status, exception.Code);
            }
        }
    }

    private static ChangeResult Failed(ChangeItem item, string code, string reason) => new(item.Index, ItemOutcome.Failed) { Code = code, Reason = reason };
}
