using System.Text.Json;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Changes.Execution;

/// <summary>Changes one record: looks whether it is as the plan saw it, notes the act, does it, and reads it back.</summary>
internal sealed class RecordChanger(IRecordService records, ChangePace pace, Journal journal, ChangeSettings settings, TimeProvider time, string? salt = null)
{
    /// <summary>The code of a record that was archived, its texts cleared, because its service deletes none.</summary>
    public const string NotDeleted = "erase.archivedInstead";

    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(15);

    /// <summary>Does it.</summary>
    /// <param name="item">The item.</param>
    /// <param name="record">Its record.</param>
    /// <param name="touched">Whether this operation has changed something that belongs to the record.</param>
    /// <param name="cancellationToken">Stops; what was sent is waited for a moment longer.</param>
    /// <exception cref="Problems.ProblemException">Nothing more can be done: signing in is needed.</exception>
    public async Task<ChangeResult> RunAsync(ChangeItem item, ResourceRecord record, bool touched, CancellationToken cancellationToken)
    {
        try
        {
            if (item.Action == ChangeAction.Clear)
            {
                return await ClearAsync(item, record, cancellationToken).ConfigureAwait(false);
            }

            try
            {
                return await ChangeAsync(item, record, touched, cancellationToken).ConfigureAwait(false);
            }
            catch (AzureServiceException refusal) when (item.Clearing is not null && ChangeRefusal.Of(item, refusal).Code == ChangeRefusal.DoesNotDelete)
            {
                var cleared = await ClearAsync(item, record, cancellationToken).ConfigureAwait(false);
                return cleared.Outcome == ItemOutcome.Done ? cleared with { Code = NotDeleted, Reason = $"The service does not delete this: it was archived, and what named the person was taken out. {FieldWords.AuthorStays}" } : cleared;
            }
        }
        catch (AzureServiceException exception) when (exception.Status != 401)
        {
            return ChangeRefusal.Of(item, exception);
        }
        catch (ForeignHostException exception)
        {
            return Failed(item, "security.foreignHost", $"{exception.Message} Whether the change was done is not known: plan again to see.");
        }
        catch (ArgumentException)
        {
            return Failed(item, "name.refused", $"The name of {item.Label} would address something else, so nothing was sent.");
        }
        catch (Exception exception) when (exception is InvalidDataException or JsonException)
        {
            return Failed(item, "service.invalidAnswer", $"The service gave an answer about {item.Label} that could not be understood.");
        }
    }

    private async Task<ChangeResult> ChangeAsync(ChangeItem item, ResourceRecord record, bool touched, CancellationToken cancellationToken)
    {
        if (item.Action == ChangeAction.Purge)
        {
            return await WithGraceAsync(token => PurgeAsync(item, record, token), cancellationToken).ConfigureAwait(false);
        }

        RecordState? now;
        try
        {
            now = await AskAsync(() => records.FindAsync(record, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (AzureServiceException refusal) when (refusal.Status == 403 && (EndedWithWorkspace(item, record) || (record.Kind == ResourceKind.Workspace && journal.History.WasActedOn(item.Index))))
        {
            return ChangeRefusal.RightsEnded(item, record.Kind, refusal);
        }

        var archives = item.Action is ChangeAction.Archive or ChangeAction.Restore;
        if (now is null)
        {
            return item.Action == ChangeAction.Restore
                ? Failed(item, "resource.notFound", $"{item.Label} is no longer there and cannot be restored.")
                : new ChangeResult(item.Index, ItemOutcome.Done)
                {
                    GoneAlready = true,
                    Status = 404,
                    Reason = journal.History.WasActedOn(item.Index) ? "It is gone: an earlier attempt of this operation was under way." : "It was gone already.",
                    Verified = "not found (404)",
                };
        }

        if (item.Seen?.Gone == true)
        {
            return Skipped(item, ChangeRefusal.Changed, "It was gone when the plan was made, and something of that name is there now. It was left.");
        }

        if (archives && now.Archived == (item.Action == ChangeAction.Archive))
        {
            return new ChangeResult(item.Index, ItemOutcome.Done) { Code = ChangeTally.Already, Reason = now.Archived ? "It was archived already." : "It was not archived any more.", Verified = "read" };
        }

        if (item.Seen is { } seen && now.Difference(seen, touched || (now.IsGoing && journal.History.WasActedOn(item.Index))) is { } difference)
        {
            return Skipped(item, ChangeRefusal.Changed, $"Changed since the plan: {difference}. It was left.");
        }

        if (record.Kind == ResourceKind.Run && item.Action != ChangeAction.Restore && RecordState.IsUnfinishedRun(now.State))
        {
            return Skipped(item, "run.stillRunning", $"The run is {now.State}. Cancel it, or wait until it has ended, then plan again.");
        }

        return item.Action switch
        {
            ChangeAction.Archive or ChangeAction.Restore => await WithGraceAsync(token => ArchiveAsync(item, record, now, token), cancellationToken).ConfigureAwait(false),
            ChangeAction.DeleteMetrics => await WithGraceAsync(token => DeleteMetricsAsync(item, record, token), cancellationToken).ConfigureAwait(false),
            // A second request would be refused, or begin anew what is under way.
            _ when now.IsGoing => await AwaitGoneAsync(item, record, cancellationToken).ConfigureAwait(false),
            _ => await RemoveAsync(item, record, touched, cancellationToken).ConfigureAwait(false),
        };
    }

    /// <summary>Waits for the end of a deletion that is under way already: an earlier life's, or somebody else's.</summary>
    private async Task<ChangeResult> AwaitGoneAsync(ChangeItem item, ResourceRecord record, CancellationToken cancellationToken) =>
        await IsGoneAsync(record, settings.GoingFor, cancellationToken).ConfigureAwait(false)
            ? new ChangeResult(item.Index, ItemOutcome.Done) { Reason = "Its deletion was under way already and has ended.", Verified = "read back: not found (404)" }
            : Failed(item, "service.operationTimedOut", $"{item.Label} has been in deletion for {settings.GoingFor.TotalMinutes:0} minutes and is still there. The service may still end it: resume later to see.");

    private async Task<ChangeResult> PurgeAsync(ChangeItem item, ResourceRecord record, CancellationToken cancellationToken)
    {
        // What was deleted a moment ago may take another to be shown among the deleted.
        var asked = time.GetTimestamp();
        for (var wait = TimeSpan.FromMilliseconds(250); !await AskAsync(() => records.IsKeptAsync(record, cancellationToken), cancellationToken).ConfigureAwait(false); wait *= 2)
        {
            if (time.GetElapsedTime(asked) + wait > settings.VerifyFor / 4)
            {
                return new ChangeResult(item.Index, ItemOutcome.Done) { GoneAlready = true, Status = 404, Reason = "Nothing of it is kept.", Verified = "not found (404)" };
            }

            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
        }

        await pace.DeleteTurnAsync(cancellationToken).ConfigureAwait(false);
        var answer = await ActAsync(item, () => records.PurgeAsync(record, cancellationToken), cancellationToken).ConfigureAwait(false);
        pace.Remaining(answer.RemainingDeletes);
        if (answer.Running is { } running)
        {
            await records.WaitAsync(running, cancellationToken).ConfigureAwait(false);
        }

        var began = time.GetTimestamp();
        for (var wait = TimeSpan.FromMilliseconds(250); await AskAsync(() => records.IsKeptAsync(record, cancellationToken), cancellationToken).ConfigureAwait(false); wait *= 2)
        {
            if (time.GetElapsedTime(began) + wait > settings.VerifyFor)
            {
                return Failed(item, "delete.stillThere", $"The service accepted the request, but {item.Label} is still kept.", answer);
            }

            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
        }

        return Done(item, answer) with { Verified = "read back: not kept (404)" };
    }

    private async Task<ChangeResult> ArchiveAsync(ChangeItem item, ResourceRecord record, RecordState now, CancellationToken cancellationToken)
    {
        var archived = item.Action == ChangeAction.Archive;
        var answer = await ActAsync(item, () => records.SetArchivedAsync(record, now, archived, cancellationToken), cancellationToken).ConfigureAwait(false);
        if (answer is null)
        {
            return Failed(item, "resource.notWhole", $"The service does not give {item.Label} whole, so it cannot be written back. Archive what it belongs to.");
        }

        var after = await AskAsync(() => records.IsArchivedAsync(record, cancellationToken), cancellationToken).ConfigureAwait(false);
        return after == archived
            ? Done(item, answer) with { Verified = archived ? "read back: archived" : "read back: not archived" }
            : Failed(item, "verify.notArchived", $"The service accepted the change, but {item.Label} is {(after is null ? "not there" : archived ? "still not archived" : "still archived")}.", answer);
    }

    /// <summary>
    /// Takes texts out of a record, each only if it still holds what the plan saw. What is gone of them already counts as taken out,
    /// so that this can be repeated after a kill in the middle.
    /// </summary>
    private async Task<ChangeResult> ClearAsync(ChangeItem item, ResourceRecord record, CancellationToken cancellationToken)
    {
        var clearing = item.Clearing ?? throw new InvalidDataException("A plan does not say what is to be cleared.");
        var now = await AskAsync(() => records.TextsAsync(record, cancellationToken), cancellationToken).ConfigureAwait(false);
        if (now is null)
        {
            return new ChangeResult(item.Index, ItemOutcome.Done) { GoneAlready = true, Status = 404, Reason = "It was gone already, with its texts.", Verified = "not found (404)" };
        }

        if (item.Seen?.CreatedAt is { } created && now.Created is { } made && created != made)
        {
            return Skipped(item, ChangeRefusal.Changed, "Changed since the plan: it was made anew. It was left.");
        }

        var hash = new FieldHash(salt ?? string.Empty);
        var fields = now.Fields.Select(field => (field.Name, Seen: clearing.Fields.FirstOrDefault(seen => seen.Name == hash.OfName(field.Name)), field.Value)).Where(field => field.Seen is not null).ToList();
        var changed = fields.Where(field => field.Seen?.Value != hash.OfValue(field.Name, field.Value)).Select(field => field.Seen?.Label).ToList();
        if (changed.Count > 0)
        {
            return Skipped(item, ChangeRefusal.Changed, $"Changed since the plan: {string.Join(", ", changed)} {(changed.Count == 1 ? "holds" : "hold")} something else now. Nothing of it was cleared: search again.");
        }

        var archives = clearing.Archives && !now.Archived;
        if (fields.Count == 0 && !archives)
        {
            return new ChangeResult(item.Index, ItemOutcome.Done) { Code = ChangeTally.Already, Reason = journal.History.WasActedOn(item.Index) ? "An earlier attempt of this operation had cleared it." : "It was cleared already.", Verified = "read" };
        }

        return await WithGraceAsync(token => ClearNowAsync(item, record, now, [.. fields.Select(field => field.Name)], archives, token), cancellationToken).ConfigureAwait(false);
    }

    private async Task<ChangeResult> ClearNowAsync(ChangeItem item, ResourceRecord record, RecordTexts now, IReadOnlyList<string> fields, bool archives, CancellationToken cancellationToken)
    {
        var answer = await ActAsync(item, () => records.ClearAsync(record, now, fields, archives, cancellationToken), cancellationToken).ConfigureAwait(false);
        if (answer is null)
        {
            return Failed(item, "resource.notWhole", $"The service does not give {item.Label} whole, so it cannot be written back: what names the person in it stays.");
        }

        var after = await AskAsync(() => records.TextsAsync(record, cancellationToken), cancellationToken).ConfigureAwait(false);
        if (after is null)
        {
            return Done(item, answer) with { Reason = "It is gone since, with its texts.", Verified = "not found (404)" };
        }

        var left = fields.Where(name => after.Fields.Any(field => field.Name == name && field.Value == now.ValueOf(name))).Count();
        return left > 0 ? Failed(item, "verify.notCleared", $"The service accepted the change, but of {item.Label} {Sizes.Count(left, "text")} {(left == 1 ? "is" : "are")} still there.", answer)
            : archives && !after.Archived ? Failed(item, "verify.notArchived", $"The service accepted the change, but {item.Label} is still not archived.", answer)
            : Done(item, answer) with { Verified = $"read back: {(fields.Count > 0 ? "the texts are not there" : "archived")}{(fields.Count > 0 && archives ? ", archived" : string.Empty)}" };
    }

    /// <summary>
    /// Run history may count runs for a while that this operation has just deleted, and refuses to delete their experiment: then
    /// it is asked again, as long as a deleted record would be read back.
    /// </summary>
    private async Task<ChangeResult> RemoveAsync(ChangeItem item, ResourceRecord record, bool touched, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        for (var wait = TimeSpan.FromMilliseconds(250); ; wait *= 2)
        {
            await pace.DeleteTurnAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await WithGraceAsync(token => RemoveNowAsync(item, record, token), cancellationToken).ConfigureAwait(false);
            }
            catch (AzureServiceException refusal) when (touched && ChangeRefusal.IsNotEmpty(item, refusal) && time.GetElapsedTime(began) + wait <= settings.VerifyFor)
            {
                await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<ChangeResult> RemoveNowAsync(ChangeItem item, ResourceRecord record, CancellationToken cancellationToken)
    {
        RecordAnswer answer;
        try
        {
            answer = await ActAsync(item, () => records.RemoveAsync(record, item.Action == ChangeAction.Detach, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (AzureServiceException exception) when (exception.Status is 404 or 410)
        {
            return new ChangeResult(item.Index, ItemOutcome.Done) { GoneAlready = true, Status = exception.Status, CorrelationId = exception.CorrelationId, Reason = "It was gone already.", Verified = "not found (404)" };
        }

        pace.Remaining(answer.RemainingDeletes);
        if (answer.Running is { } running)
        {
            await records.WaitAsync(running, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            return await IsGoneAsync(record, settings.VerifyFor, cancellationToken).ConfigureAwait(false)
                ? Done(item, answer) with { Verified = "read back: not found (404)" }
                : Failed(item, "delete.stillThere", $"The service accepted the request, but {item.Label} is still there.", answer);
        }
        catch (AzureServiceException refusal) when (refusal.Status == 403 && (record.Kind == ResourceKind.Workspace || DependentKinds.Is(record.Kind)))
        {
            // Right before the request it could be read. What was given on it goes with it, and Resource Manager looks at rights first.
            return Done(item, answer) with
            {
                Code = "verify.rightsEnded",
                Reason = "The service says that it is deleted. To look was refused (403): the right to read it was given on it and ended with it.",
                Verified = "told by the service; not read back (403)",
            };
        }
    }

    /// <summary>Whether it is something a workspace used, which is asked for only when that is gone; and could be read before.</summary>
    private static bool EndedWithWorkspace(ChangeItem item, ResourceRecord record) => DependentKinds.Is(record.Kind) && item.After.Count > 0;

    private async Task<ChangeResult> DeleteMetricsAsync(ChangeItem item, ResourceRecord record, CancellationToken cancellationToken)
    {
        try
        {
            await ActAsync(
                item,
                async () =>
                {
                    await records.DeleteMetricsAsync(record, cancellationToken).ConfigureAwait(false);
                    return RecordAnswer.Plain;
                },
                cancellationToken).ConfigureAwait(false);
            return new ChangeResult(item.Index, ItemOutcome.Done) { Reason = "The service accepted it; what it keeps of metrics cannot be read back." };
        }
        catch (AzureServiceException exception) when (exception.Status is 404 or 410)
        {
            return new ChangeResult(item.Index, ItemOutcome.Done) { GoneAlready = true, Status = exception.Status, Reason = "There were no metrics any more." };
        }
    }

    /// <summary>Notes the act, then does it.</summary>
    private Task<T> ActAsync<T>(ChangeItem item, Func<Task<T>> act, CancellationToken cancellationToken)
    {
        journal.Act(item.Index);
        return pace.SendAsync(act, repeatable: false, cancellationToken);
    }

    /// <summary>A stop does not tear an act and its verification in two: both are awaited a moment longer, so that the receipt can tell.</summary>
    private async Task<ChangeResult> WithGraceAsync(Func<CancellationToken, Task<ChangeResult>> act, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var grace = new CancellationTokenSource();
        await using var stopping = cancellationToken.Register(() => grace.CancelAfter(settings.Grace)).ConfigureAwait(false);
        return await act(grace.Token).ConfigureAwait(false);
    }

    private Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken) => pace.SendAsync(ask, repeatable: false, cancellationToken);

    private async Task<bool> IsGoneAsync(ResourceRecord record, TimeSpan within, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        for (var wait = TimeSpan.FromMilliseconds(250); ; wait *= 2)
        {
            if (await AskAsync(() => records.FindAsync(record, cancellationToken), cancellationToken).ConfigureAwait(false) is null)
            {
                return true;
            }

            if (time.GetElapsedTime(began) + wait > within)
            {
                return false;
            }

            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
            wait = wait < LongestLook ? wait : LongestLook;
        }
    }

    private static ChangeResult Done(ChangeItem item, RecordAnswer? answer) =>
        new(item.Index, ItemOutcome.Done) { Status = answer?.Status, RequestId = answer?.RequestId, CorrelationId = answer?.CorrelationId };

    private static ChangeResult Skipped(ChangeItem item, string code, string reason) => new(item.Index, ItemOutcome.Skipped) { Code = code, Reason = reason };

    private static ChangeResult Failed(ChangeItem item, string code, string reason, RecordAnswer? answer = null) =>
        new(item.Index, ItemOutcome.Failed) { Code = code, Reason = reason, Status = answer?.Status, RequestId = answer?.RequestId, CorrelationId = answer?.CorrelationId };
}
