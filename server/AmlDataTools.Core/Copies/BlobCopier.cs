using AmlDataTools.Azure.Blobs;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Copies;

/// <summary>Copies one blob and verifies it. A copy gets its name at once whole, by the service, or not at all.</summary>
internal sealed class BlobCopier(
    CopyTarget place, ICopyTarget target, CopyAttempts attempts, BlockCopier blocks, ITransferJournal journal, CopySettings settings, ExistingFilePolicy existing, TransferProgress progress)
{
    private const int MostNames = 1000;
    private const string Gone = "It was deleted after the plan was made.";

    /// <summary>Copies it.</summary>
    /// <exception cref="ProblemException">The whole operation cannot go on: no access, no container, no network.</exception>
    public async Task<ItemResult> CopyAsync(TransferItem item, ICopySources source, CancellationToken cancellationToken)
    {
        if (item.Refused is not null)
        {
            return FileFetcher.Ended(item, ItemOutcome.Failed, "name.refused", item.Refused);
        }

        if (item.There is { IsIdentical: true } there && existing == ExistingFilePolicy.SkipIdentical
            && await ThereAsync(item.Path, cancellationToken).ConfigureAwait(false) is { } now && now.ETag == there.ETag)
        {
            progress.Counted(item.Length ?? 0);
            return Identical(item);
        }

        var earlier = journal.Partial(item.Index) is { } partial && partial.ETag == item.ETag;
        if (!earlier)
        {
            // Before the act: what is found under the name after a kill may then be known as our own.
            journal.Begin(item.Index, item.ETag, item.Length ?? 0, item.Md5, null);
        }

        var bytes = new ItemBytes(progress);
        try
        {
            return await CopyToFreeNameAsync(item, source, earlier, bytes, cancellationToken).ConfigureAwait(false);
        }
        catch (CopyRefusedException refusal)
        {
            bytes.TakeBack();
            return refusal is { OfSource: true, Answer.Status: 412 } && await IsGoneAsync(item, source, cancellationToken).ConfigureAwait(false)
                ? FileFetcher.Ended(item, ItemOutcome.Failed, "file.gone", Gone)
                : Refused(item, refusal);
        }
    }

    private async Task<ItemResult> CopyToFreeNameAsync(TransferItem item, ICopySources source, bool earlier, ItemBytes bytes, CancellationToken cancellationToken)
    {
        var isLarge = item.Length > settings.WholeBytes;
        for (var number = 0; number <= MostNames; number++)
        {
            var name = number == 0 ? item.Path : Numbered(item.Path, number);
            var replaced = existing == ExistingFilePolicy.Replace && number == 0 ? item.There?.ETag : null;

            // A large one is not copied for hours to a name that is taken.
            var taken = isLarge || earlier ? await ThereAsync(name, cancellationToken).ConfigureAwait(false) : null;
            if (taken is { } found && (replaced is null || found.ETag != replaced))
            {
                if (Settle(item, name, found, earlier, number, bytes, source) is { } ended)
                {
                    return ended;
                }

                continue;
            }

            try
            {
                var state = new CopyTargetState(replaced);
                var copied = isLarge
                    ? await blocks.CopyAsync(item, name, source, state, bytes, cancellationToken).ConfigureAwait(false)
                    : await CopyWholeAsync(item, name, source, state, bytes, cancellationToken).ConfigureAwait(false);
                return await VerifyAsync(item, name, copied, source, bytes, cancellationToken).ConfigureAwait(false);
            }
            catch (CopyRefusedException refusal) when (refusal.IsTaken || (refusal.LacksBlocks && refusal.Unsure))
            {
                var ours = refusal.Unsure || earlier;
                if (await ThereAsync(name, cancellationToken).ConfigureAwait(false) is { } other)
                {
                    if (Settle(item, name, other, ours, number, bytes, source) is { } ended)
                    {
                        return ended;
                    }
                }
                else if (replaced is not null)
                {
                    return Changed(item);
                }
                else if (refusal.LacksBlocks)
                {
                    throw;
                }
            }
        }

        return FileFetcher.Ended(item, ItemOutcome.Failed, "copy.noName", $"A thousand names like {item.Path} are taken. Choose another folder.");
    }

    /// <summary>How an item ends under whose name something is; null when it takes another name.</summary>
    private ItemResult? Settle(TransferItem item, string name, BlobItem there, bool ours, int number, ItemBytes bytes, ICopySources source)
    {
        var same = there.Length == item.Length && (item.Md5 is null || there.Md5() is null || there.Md5() == item.Md5);
        if (same && ours && (item.There is null || number > 0 || there.ETag != item.There.ETag))
        {
            // Made by an attempt whose answer did not come, in this life or an earlier one.
            bytes.TakeBack();
            bytes.Kept(item.Length ?? 0);
            return Done(item, name, there, null, source);
        }

        if (number == 0 && existing == ExistingFilePolicy.SkipIdentical && item.Md5 is not null && there.Length == item.Length && there.Md5() == item.Md5)
        {
            bytes.TakeBack();
            progress.Counted(item.Length ?? 0);
            return Identical(item);
        }

        return existing == ExistingFilePolicy.Replace ? Changed(item) : null;
    }

    private async Task<BlobCopied> CopyWholeAsync(
        TransferItem item, string name, ICopySources source, CopyTargetState state, ItemBytes bytes, CancellationToken cancellationToken)
    {
        for (var again = false; ; again = true)
        {
            try
            {
                var (copied, _) = await attempts.DoAsync(
                    name,
                    token => source.CopyFromAsync(item.Name, from => target.UseAsync(c => c.PutBlobFromUrlAsync(name, from, item.ETag, item.Md5, state, token), token), token),
                    cancellationToken).ConfigureAwait(false);
                bytes.Received(item.Length ?? 0);
                return copied;
            }
            catch (CopyRefusedException refusal) when (refusal.Answer.Code == "Md5Mismatch" && !again)
            {
                // What storage read was not what it has on record: once more, then it is said.
            }
        }
    }

    /// <summary>Compares the copy with the source as it was planned, which its entity tag held throughout.</summary>
    private async Task<ItemResult> VerifyAsync(TransferItem item, string name, BlobCopied copied, ICopySources source, ItemBytes bytes, CancellationToken cancellationToken)
    {
        if (await ThereAsync(name, cancellationToken).ConfigureAwait(false) is not { } made)
        {
            bytes.TakeBack();
            return FileFetcher.Ended(item, ItemOutcome.Failed, "copy.gone", "The copy was made, and was gone when it was looked at.");
        }

        if (made.Length == item.Length && (item.Md5 is null || made.Md5() is null || made.Md5() == item.Md5))
        {
            return Done(item, name, made, copied, source);
        }

        bytes.TakeBack();
        if (made.ETag == copied.ETag)
        {
            var request = new BlobDeleteRequest(name, made.ETag, null, null, false);
            await attempts.DoAsync(name, token => target.UseAsync(c => c.DeleteAsync(request, token), token), cancellationToken).ConfigureAwait(false);
        }

        return FileFetcher.Ended(item, ItemOutcome.Failed, "file.wrongBytes", "The copy did not have the length or the MD5 of the source, and was deleted.");
    }

    /// <summary>A condition on a blob that is not there is not met either.</summary>
    private async Task<bool> IsGoneAsync(TransferItem item, ICopySources source, CancellationToken cancellationToken)
    {
        try
        {
            await attempts.DoAsync(item.Name, token => source.GetForCopyAsync(item.Name, token), cancellationToken).ConfigureAwait(false);
            return false;
        }
        catch (CopyRefusedException refusal) when (refusal.Answer.Status == 404)
        {
            return true;
        }
    }

    private async Task<BlobItem?> ThereAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return (await attempts.DoAsync(name, token => target.UseAsync(c => c.GetPropertiesAsync(name, token), token), cancellationToken).ConfigureAwait(false)).Answer;
        }
        catch (CopyRefusedException refusal) when (refusal.Answer.Status == 404)
        {
            return null;
        }
    }

    private ItemResult Refused(TransferItem item, CopyRefusedException refusal)
    {
        var answer = refusal.Answer;
        if (refusal.OfSource)
        {
            return answer.Status switch
            {
                404 => Failed("file.gone", Gone),
                412 => Failed("file.changed", "It changed after the plan was made, and was not copied. Plan it again."),
                _ => Failed("copy.sourceRefused", $"The target's storage could not read it ({answer.Status} {answer.Code}): {answer.Message} It reads the source by itself: the source's firewall must let it."),
            };
        }

        return answer switch
        {
            { Code: "ContainerNotFound" or "FilesystemNotFound" or "ContainerBeingDeleted" } => throw CopyProblems.NoContainer(place),
            { Code: "BlobImmutableDueToPolicy" } => Failed("copy.targetProtected", $"What is at {item.Path} is protected by a policy or legal hold and cannot be replaced."),
            { Code: "LeaseIdMissing" } => Failed("copy.targetLeased", $"What is at {item.Path} is leased by somebody and cannot be replaced."),
            { Code: "Md5Mismatch" } => Failed("file.wrongBytes", "Twice the bytes that storage read did not match the MD5 it has on record. Nothing was kept of it."),
            { Code: "BlobArchived" } => Failed("copy.sourceArchived", "It is in the archive tier and must be rehydrated first."),
            { Code: "InvalidBlobOrBlock" } => Failed("copy.targetBusy", $"Somebody else has begun to write {item.Path} in blocks. Try again when that is done, or in a week, when storage drops what was begun."),
            _ => Failed("copy.refused", $"Storage refused the copy ({answer.Status} {answer.Code}): {answer.Message}"),
        };

        ItemResult Failed(string code, string reason) => FileFetcher.Ended(item, ItemOutcome.Failed, code, reason) with { Status = answer.Status, RequestId = answer.CorrelationId };
    }

    private ItemResult Done(TransferItem item, string name, BlobItem made, BlobCopied? copied, ICopySources source)
    {
        var moved = name == item.Path ? item.Note : $"Something else is at {item.Path}: copied to this name.";
        var reason = item.There is not null && name == item.Path && existing == ExistingFilePolicy.Replace ? "It replaced what was there." : moved;
        return new ItemResult(
            item.Index, ItemOutcome.Done, item.Name, name, item.Length ?? 0, null, item.Md5 is not null && made.Md5() == item.Md5 ? item.Md5 : null, made.ETag,
            $"{source.Access}, into the target: {target.Access}", copied?.Status, copied?.RequestId, null, reason);
    }

    private static ItemResult Identical(TransferItem item) => FileFetcher.Ended(item, ItemOutcome.Skipped, "file.identical", "An identical blob is already there.") with { Md5 = item.Md5 };

    private static ItemResult Changed(TransferItem item) =>
        FileFetcher.Ended(item, ItemOutcome.Failed, "copy.targetChanged", $"What is at {item.Path} changed after the plan was made, and was not replaced. Plan it again.");

    private static string Numbered(string path, int number)
    {
        var name = path.LastIndexOf('/') + 1;
        var dot = path.LastIndexOf('.');
        return dot > name ? $"{path[..dot]} ({number}){path[dot..]}" : $"{path} ({number})";
    }
}
