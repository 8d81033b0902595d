using System.Globalization;
using System.Text;
using AmlDataTools.Core.Changes.Review;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Changes.Execution;

/// <summary>The readable receipt, and the numbers of both.</summary>
/// <param name="workspaces">The workspaces of the plan.</param>
internal sealed class ChangeReceiptText(PlanWorkspaces workspaces)
{
    private const int Listed = 1000;

    private readonly StringBuilder _done = new();
    private readonly StringBuilder _troubles = new();
    private readonly StringBuilder _kept = new();
    private readonly StringBuilder _new = new();
    private readonly SortedSet<string> _access = new(StringComparer.Ordinal);
    private long _verified;
    private long _keptItems;
    private long _newNamed;

    public long Found { get; private set; }

    public long Done { get; private set; }

    public long Skipped { get; private set; }

    public long Failed { get; private set; }

    public long GoneAlready { get; private set; }

    public long Blobs { get; private set; }

    public long BlobsGone { get; private set; }

    public long BlobsLeft { get; private set; }

    public long Bytes { get; private set; }

    public long Kept { get; private set; }

    /// <summary>Adds an item that was chosen.</summary>
    public void Add(ChangeItem item, ChangeResult result)
    {
        Found++;
        Blobs += result.Blobs;
        BlobsGone += result.BlobsGone;
        BlobsLeft += result.BlobsLeft;
        Bytes += result.Bytes;
        Kept += result.Kept;
        AddNew(item, result);
        if (result.Access is { } access)
        {
            _access.Add(access);
        }

        switch (result.Outcome)
        {
            case ItemOutcome.Done:
                Done++;
                GoneAlready += result.GoneAlready ? 1 : 0;
                _verified += result.Verified is null ? 0 : 1;
                if (Done <= Listed)
                {
                    _done.Append(CultureInfo.InvariantCulture, $"| {Cell(workspaces.LabelOf(item))} | {What(item, result)} | {Cell(Joined(result.Verified, result.Reason))} |\n");
                }

                break;
            default:
                _ = result.Outcome == ItemOutcome.Skipped ? Skipped++ : Failed++;
                if (Skipped + Failed <= Listed)
                {
                    _troubles.Append(CultureInfo.InvariantCulture, $"| {Cell(workspaces.LabelOf(item))} | {Words(item.Action)} | {ReceiptForm.Camel(result.Outcome.ToString())} | {Cell(result.Reason ?? result.Code ?? string.Empty)} |\n");
                }

                break;
        }
    }

    /// <summary>Names what came since the plan: of an item and of all together a bounded number, with how many more there are.</summary>
    private void AddNew(ChangeItem item, ChangeResult result)
    {
        if (result.BlobsNew == 0)
        {
            return;
        }

        var names = (result.NewNames ?? []).Take((int)Math.Max(0, Listed - _newNamed)).ToList();
        foreach (var name in names)
        {
            _new.Append(CultureInfo.InvariantCulture, $"- {Cell(name)}\n");
        }

        _newNamed += names.Count;
        if (result.BlobsNew > names.Count)
        {
            _new.Append(CultureInfo.InvariantCulture, $"- {result.BlobsNew - names.Count:N0}{(names.Count > 0 ? " more" : string.Empty)} in {Cell(workspaces.LabelOf(item))}\n");
        }
    }

    /// <summary>Adds an item that was not chosen.</summary>
    public void AddKept(ChangeItem item)
    {
        if (++_keptItems <= Listed)
        {
            _kept.Append(CultureInfo.InvariantCulture, $"| {Cell(workspaces.LabelOf(item))} | {Cell(ChangeReceiptWriter.WhyKept(item))} |\n");
        }
    }

    /// <summary>The whole text.</summary>
    public string Markdown(OperationPlan plan, OperationStatus status)
    {
        var text = new ReceiptMarkdown(plan.Title, Sentence(status));
        text.Row("Found", string.Create(CultureInfo.InvariantCulture, $"{Sizes.Count(Found, "item")} = {Done:N0} done + {Skipped:N0} skipped + {Failed:N0} failed"));
        if (GoneAlready > 0)
        {
            text.Row("Gone already", $"{Sizes.Count(GoneAlready, "item")} of those done");
        }

        if (Blobs + BlobsGone + BlobsLeft > 0)
        {
            var verb = plan.Verb == OperationVerb.Undelete ? "brought back" : "deleted";
            text.Row("Data", string.Create(CultureInfo.InvariantCulture, $"{Sizes.Text(Bytes)} in {Sizes.Count(Blobs, Retention.PieceIn(plan.Retentions))} {verb}, {BlobsGone:N0} {(plan.Verb == OperationVerb.Undelete ? "there" : "gone")} already, {BlobsLeft:N0} left"));
        }

        text.Row("Verified", $"{Sizes.Count(_verified, "item")} read back or listed again");
        text.Row("Who", plan.Who ?? "not known");
        if (plan.Subject is { } subject)
        {
            text.Row("Whose data", $"{subject.IdentifiedBy}, SHA-256 {subject.Hash}, salt {subject.Salt}");
        }

        var (name, value) = ReceiptForm.WorkspacesRow(workspaces);
        text.Row(name, value);
        if (plan.Rule is { } rule)
        {
            text.Row("Retention rule", Cell(rule.Name));
        }

        text.Row("Planned", Sizes.Moment(plan.CreatedAt));
        text.Row("Started", Sizes.Moment(status.StartedAt));
        text.Row("Finished", status.FinishedAt is { } at ? Sizes.Moment(at) : "not yet");
        if (_access.Count > 0)
        {
            text.Row("Access", string.Join(", ", _access));
        }

        if (status.UndeleteUntil is { } until)
        {
            text.Row(plan.Verb == OperationVerb.Erase ? "Kept by the storage account" : "Can be brought back", $"{Sizes.Count(Kept, "blob")} until {Sizes.Day(DateTimeOffset.FromUnixTimeMilliseconds(until))}");
        }
        else if (status.KeptAsVersions)
        {
            text.Row("Can be brought back", "from former versions, while the storage account keeps them");
        }

        text.Row("Receipt", plan.Id);
        if (status.Message is not null)
        {
            text.Paragraph(Cell(status.Message));
        }

        text.Section("Warnings", string.Concat(plan.Warnings.Select(w => $"- {Cell(w.Message)}\n")));
        text.Section("Skipped and failed", _troubles.Length == 0 ? string.Empty : $"| item | action | outcome | why |\n|---|---|---|---|\n{_troubles}");
        text.Section("Came or changed since the plan, and left", _new.ToString());
        text.Section("Survivors", string.Concat(plan.Survivors.Select(s => $"- {Cell(s)}\n")));
        if (plan.Subject is not null)
        {
            text.Paragraph("Whoever knows the person can check whose data this was: the SHA-256 of salt, a blank, and the identifier in small letters is the hash above. [subject] stands where the person was named.");
        }

        text.Section("Done", _done.Length == 0 ? string.Empty : $"| item | what | verified |\n|---|---|---|\n{_done}");
        text.Section("Kept", _kept.Length == 0 ? string.Empty : $"| item | why |\n|---|---|\n{_kept}");
        if (Done > Listed || Skipped + Failed > Listed || _keptItems > Listed)
        {
            text.Paragraph("More items are listed in the JSON receipt beside this one.");
        }

        return text.ToString();
    }

    /// <summary>An action in words.</summary>
    public static string Words(ChangeAction action) => action switch
    {
        ChangeAction.DeleteMetrics => "delete metrics",
        ChangeAction.DeleteData => "delete data",
        ChangeAction.Clear => "clear texts",
        _ => ReceiptForm.Camel(action.ToString()),
    };

    private static string Sentence(OperationStatus status) => status.State switch
    {
        OperationState.Succeeded => "Everything in the plan is done.",
        OperationState.SucceededWithWarnings => "Done, but not everything: see \"Skipped and failed\".",
        OperationState.Cancelled => "Cancelled. What was done before stays done; the rest was left as it is.",
        OperationState.Failed => "Stopped by a problem. What was done before stays done; it can be resumed.",
        _ => $"State: {ReceiptForm.Camel(status.State.ToString())}.",
    };

    private static string What(ChangeItem item, ChangeResult result) => result.GoneAlready
        ? item.Action == ChangeAction.Undelete ? "was there already" : "was gone already"
        : item.Place is null ? Words(item.Action) : $"{Words(item.Action)}: {Sizes.Count(result.Blobs, item.Place.Piece)}, {Sizes.Text(result.Bytes)}";

    private static string Joined(string? first, string? second) => string.Join(". ", new[] { first, second }.OfType<string>());

    private static string Cell(string text) => ReceiptForm.Escape(text);
}
