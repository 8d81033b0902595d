using System.Security.Cryptography;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Transfer;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Audit;

/// <summary>
/// Writes operations into the audit log: a line before one is started or gone on with, and one when it has ended and its receipt
/// is written. An end is marked in the operation's folder once its line is on disk; an end without the mark, left by a
/// crash, gets its line when a window starts. No folder of a person's machine goes into the log.
/// </summary>
internal sealed class OperationAudit(AuditLog log, OperationStore store, ILogger logger)
{
    private const int LongestTitle = 2000;

    private readonly SemaphoreSlim _healing = new(1);

    /// <summary>Notes that an operation is taken up. Without this note nothing is begun.</summary>
    /// <param name="plan">The operation.</param>
    /// <param name="resumed">Whether it had been started before.</param>
    /// <param name="cancellationToken">Ends the wait for the lock.</param>
    /// <exception cref="ProblemException"><c>storage.busy</c>, <c>disk.*</c>.</exception>
    public Task StartedAsync(OperationPlan plan, bool resumed, CancellationToken cancellationToken) =>
        log.AppendAsync(resumed ? AuditEvents.Resumed : AuditEvents.Started, line => Describe(line, plan), cancellationToken);

    /// <summary>
    /// Notes how an operation ended, for who holds it. What goes wrong is only told to the log of the process: the end stays
    /// unmarked, and so is noted when a window starts.
    /// </summary>
    /// <param name="plan">The operation.</param>
    /// <param name="status">How it stands.</param>
    public async Task EndedAsync(OperationPlan plan, OperationStatus status)
    {
        if (!status.IsFinished)
        {
            return;
        }

        try
        {
            await AppendEndAsync(plan, status, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is ProblemException or IOException or UnauthorizedAccessException)
        {
            logger.LogError("The end of {Title} could not be written to the audit log yet: {Message}", plan.Title, exception.Message);
        }
    }

    /// <summary>Notes ends that have no line yet: a crash came in between, or they are older than the log.</summary>
    /// <param name="cancellationToken">Ends it; the rest is noted another time.</param>
    public async Task HealAsync(CancellationToken cancellationToken)
    {
        await _healing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            HashSet<(string Operation, string Finished)>? known = null;
            foreach (var id in store.Ids().Order(StringComparer.Ordinal))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (Unmarked(id) is null)
                {
                    continue;
                }

                using var ownership = store.TryLock(id);
                if (ownership is null || Unmarked(id) is not { } found)
                {
                    // Another window is at it.
                    continue;
                }

                known ??= Known(cancellationToken);
                if (known.Contains((id, FinishedOf(found.Status))))
                {
                    Mark(id, found.Status);
                }
                else
                {
                    await AppendEndAsync(found.Plan, found.Status, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            _healing.Release();
        }
    }

    /// <summary>Notes the end of an operation that is about to be taken off the list, if that has not been done.</summary>
    /// <param name="id">The operation.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task BeforeRemovalAsync(string id, CancellationToken cancellationToken) => Unmarked(id) is null ? Task.CompletedTask : HealAsync(cancellationToken);

    private static string FinishedOf(OperationStatus status) => AuditLine.Moment(DateTimeOffset.FromUnixTimeMilliseconds(status.FinishedAt ?? status.StartedAt));

    private static CanonicalJson Describe(CanonicalJson line, OperationPlan plan) => line
        .Set("operation", plan.Id)
        .Set("verb", ReceiptForm.Camel(plan.Verb.ToString()))
        .Set("title", plan.Title.Length > LongestTitle ? plan.Title[..LongestTitle] : plan.Title)
        .Set("who", plan.Who)
        .Set("workspaces", plan.Sources.Values.Select(source => source.Place.ResourceId).Prepend(plan.Workspace).Where(id => id.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase))
        .Set("planned", AuditLine.Moment(DateTimeOffset.FromUnixTimeMilliseconds(plan.CreatedAt)))
        .Set("undoes", plan.Undoes)
        .Set("retentionRule", plan.Rule?.Name)
        .Set("subject", SubjectOf(plan))
        .Set("items", plan.Items);

    /// <summary>Of a person of whom data was given out or erased, what the receipt has: a salted hash.</summary>
    private static CanonicalJson? SubjectOf(OperationPlan plan)
    {
        var (salt, by, hash) = (plan.Subject, plan.PersonalData?.Subject) switch
        {
            ({ } erased, _) => (erased.Salt, erased.IdentifiedBy, erased.Hash),
            (_, { } given) => (given.Salt, given.IdentifiedBy, given.Hash),
            _ => (null, null, null),
        };
        return hash is null ? null : new CanonicalJson().Set("salt", salt).Set("identifiedBy", by).Set("hash", hash);
    }

    private async Task AppendEndAsync(OperationPlan plan, OperationStatus status, CancellationToken cancellationToken)
    {
        var (markdown, json) = store.ReceiptOf(plan.Id);
        var (receipt, readable) = (HashOf(json), HashOf(markdown));
        await log.AppendAsync(
            AuditEvents.Ended,
            line => Describe(line, plan)
                .Set("outcome", ReceiptForm.Camel(status.State.ToString()))
                .Set("errorCode", status.ErrorCode)
                .Set("started", AuditLine.Moment(DateTimeOffset.FromUnixTimeMilliseconds(status.StartedAt)))
                .Set("finished", FinishedOf(status))
                .Set("counts", new CanonicalJson().Set("done", status.Done).Set("skipped", status.Skipped).Set("failed", status.Failed).Set("bytes", status.BytesDone))
                .Set("receipt", receipt)
                .Set("readableReceipt", readable),
            cancellationToken).ConfigureAwait(false);
        Mark(plan.Id, status);
    }

    /// <summary>An operation that has ended and whose end is not marked; null when there is nothing to note.</summary>
    private (OperationPlan Plan, OperationStatus Status)? Unmarked(string id) =>
        store.Find(id) is { Status.IsFinished: true } found && !IsMarked(id, found.Status) ? (found.Plan, found.Status) : null;

    private bool IsMarked(string id, OperationStatus status)
    {
        var path = MarkOf(id);
        return File.Exists(path) && LocalDisk.Try(path, () => File.ReadAllText(path)) == FinishedOf(status);
    }

    private void Mark(string id, OperationStatus status)
    {
        var path = MarkOf(id);
        LocalDisk.Try(path, () => File.WriteAllText(path, FinishedOf(status)));
    }

    private string MarkOf(string id) => Path.ChangeExtension(store.JournalOf(id), ".audited");

    private HashSet<(string Operation, string Finished)> Known(CancellationToken cancellationToken) =>
        !File.Exists(log.Path) ? [] : [.. log.Read(long.MaxValue, cancellationToken).Select(read => read.Line).OfType<AuditLine>()
            .Where(line => line is { Event: AuditEvents.Ended, Operation: not null, Finished: not null }).Select(line => (line.Operation ?? string.Empty, line.Finished ?? string.Empty))];

    private static string? HashOf(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        return LocalDisk.Try(path, () =>
        {
            using var file = File.OpenRead(path);
            return Convert.ToHexStringLower(SHA256.HashData(file));
        });
    }
}
