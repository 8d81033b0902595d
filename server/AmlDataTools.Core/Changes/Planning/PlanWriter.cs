using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Places;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.Changes.Planning;

/// <summary>Writes records and places as items of a plan: in stages, with what each has to wait for.</summary>
internal sealed class PlanWriter(PlanContext context, ChangeDraft draft, Func<PlannedPlace, Retention?> retentionOf)
{
    /// <summary>Items that count: not those that are only shown.</summary>
    public long Counted { get; private set; }

    /// <summary>Items that would be done, or could be.</summary>
    public long Possible { get; private set; }

    /// <summary>Bytes of the items that count.</summary>
    public long Bytes { get; private set; }

    /// <summary>The first reason why something cannot be done.</summary>
    public string? FirstRefusal { get; private set; }

    /// <summary>Writes everything.</summary>
    public void Write()
    {
        var next = 0L;
        var records = context.Records.Where(record => !record.OnlyData || record.Refused is not null).ToList();
        foreach (var record in records)
        {
            record.Index = next++;
            next += (TakesMetrics(record) || TakesPurge(record) ? 1 : 0) + record.Clearings.Count;
        }

        var stages = new Stages(records);
        foreach (var record in records)
        {
            WriteRecord(record, stages);
        }

        foreach (var place in context.Places)
        {
            WritePlace(place, stages);
        }
    }

    private static bool TakesMetrics(PlannedRecord record) => record is { HasMetrics: true, IsDone: true, Action: ChangeAction.Delete };

    private static bool TakesPurge(PlannedRecord record) => record is { PurgedIn: not null, IsDone: true, Action: ChangeAction.Delete };

    private void WriteRecord(PlannedRecord record, Stages stages)
    {
        var address = record.Address;
        var item = new ResourceRecord(context.Source(address.Workspace, null), address.Kind, address.Name, address.Child, record.ServiceId) { Permanently = record.Permanently ? true : null };
        var ticked = record is { IsDone: true, IsOffered: false };
        Add(new ChangeItem(0, stages.Of(record), record.Action, item, null, record.Label, ticked)
        {
            NeedsName = record.NeedsName,
            After = record.After is { Count: > 0 } after ? [.. after.Where(r => r.Action != ChangeAction.Keep).Select(r => r.Index)] : [],
            CanTick = record.IsDone && record.CanTick,
            Refused = record.Refused,
            Note = record.Note,
            Details = record.Details,
            Seen = record.Seen,
            Clearing = record.Clearing,
            IsOffer = record.IsOffered && context.Hidden is not null ? true : null,
        });
        if (TakesMetrics(record))
        {
            // Before the record: without it the service cannot be asked for the metrics, nor whether they are gone.
            Add(new ChangeItem(0, Stages.Metrics, ChangeAction.DeleteMetrics, item, null, record.Label, Ticked: true) { Parent = record.Index });
        }

        if (TakesPurge(record))
        {
            Add(new ChangeItem(0, stages.Purge, ChangeAction.Purge, item with { Location = record.PurgedIn }, null, record.Label, ticked && record.PurgeRefused is null)
            {
                Parent = record.Index,
                After = [record.Index],
                NeedsName = record.NeedsName,
                Refused = record.PurgeRefused,
                CanTick = record.PurgeRefused is null,
            });
        }

        foreach (var clearing in record.Clearings)
        {
            // After all records: what went with its record has no texts left, and needs no second look.
            Add(new ChangeItem(0, stages.Clearing(clearing.IsOffered), ChangeAction.Clear, item, null, record.Label, Ticked: !clearing.IsOffered)
            {
                Note = clearing.Note,
                Details = [.. clearing.Fields.Fields.Select(field => field.Label)],
                Seen = record.Seen,
                Clearing = clearing.Fields,
                IsOffer = clearing.IsOffered ? true : null,
            });
        }
    }

    private void WritePlace(PlannedPlace place, Stages stages)
    {
        var listing = place.Listing;
        if (place.Refused is null && listing is null or { IsEmpty: true })
        {
            return;
        }

        var owner = place.Owner;
        var isFolder = place.Form == PlaceForm.Folder || listing?.IsFolder == true;
        var path = isFolder && place.Path.Length > 0 ? place.Path + "/" : place.Path;
        var data = new DataPlace(context.Source(place.Workspace, place.Datastore.Length == 0 ? null : place.Datastore), path, retentionOf(place)?.Hierarchical == true) { IsShare = place.Where.IsShare ? true : null };
        var record = owner is null ? null : new ResourceRecord(context.Source(owner.Address.Workspace, null), owner.Address.Kind, owner.Address.Name, owner.Address.Child, owner.ServiceId);
        var item = new ChangeItem(0, stages.Data, ChangeAction.DeleteData, record, data, place.Datastore.Length == 0 ? place.Path : $"{place.Datastore}: {path}", Ticked: false)
        {
            Parent = owner?.Index is >= 0 and var parent ? parent : null,
            After = [.. (owner is null ? place.Others : place.Others.Prepend(owner)).Where(r => r.IsDone).Select(r => r.Index).Distinct()],
            Details = [What(place)],
        };
        if (place.Refused is not null || listing is null)
        {
            Add(item with { Refused = place.Refused, CanTick = false });
            return;
        }

        if (listing.Protected > 0)
        {
            var until = listing.LegalHold ? "until a legal hold is taken away" : listing.ProtectedUntil is { } date ? $"until {Text(date)}" : "by a policy";
            Add(item with
            {
                Refused = $"{Sizes.Count(listing.Protected, "blob")} cannot be deleted: protected {until}. {(listing.Protected == 1 ? "It is" : "They are")} kept.",
                CanTick = false,
                Blobs = listing.Protected,
                Bytes = listing.ProtectedBytes,
            });
        }

        if (listing.Lines == 0)
        {
            return;
        }

        var unread = context.Unread.TryGetValue(place.Workspace, out var what) ? what : null;
        var notes = new List<string>();
        if (place.SharedCount > 0)
        {
            var others = place.SharedCount - 1;
            var who = place.SharedBy?.FirstOrDefault() ?? "another";
            notes.Add($"Kept: {who}{(others > 0 ? $" and {Sizes.Count(others, "other")}" : string.Empty)}, not in this plan, {(others > 0 ? "refer" : "refers")} to it. To delete it all the same, tick it and type the name.");
        }

        if (unread is not null)
        {
            notes.Add($"Kept: whether others refer to it could not be read ({string.Join(", ", unread)}).");
        }

        if (listing.Leased > 0)
        {
            notes.Add($"{Sizes.Count(listing.Leased, "blob")} {(listing.Leased == 1 ? "has a lease" : "have leases")} and cannot be deleted until {(listing.Leased == 1 ? "it is" : "they are")} released.");
        }

        Add(item with
        {
            Ticked = place.SharedCount == 0 && unread is null && !place.IsOffered,
            IsOffer = place.IsOffered ? true : null,
            NeedsName = place.SharedCount > 0 || unread is not null,
            Note = notes.Count == 0 ? null : string.Join(' ', notes),
            Details = Details(place, listing),
            Blobs = listing.Lines - listing.Directories,
            Bytes = listing.Bytes,
            Manifest = new ManifestPart(listing.Offset, listing.Lines),
        });
    }

    /// <summary>What it is; of a run that is no item itself, also whose.</summary>
    private static string What(PlannedPlace place) => place.Owner is { OnlyData: true } run ? $"{place.What} of the run {run.Label}" : place.What;

    private static List<string> Details(PlannedPlace place, PlaceListing listing)
    {
        var lines = new List<string> { What(place) };
        if (listing.Former > 0)
        {
            lines.Add($"{Sizes.Count(listing.Former, "former version")} and snapshots among them.");
        }

        if (listing.Directories > 0)
        {
            lines.Add($"{Sizes.Count(listing.Directories, "folder")} {(listing.Directories == 1 ? "goes" : "go")} too, if nothing else is in {(listing.Directories == 1 ? "it" : "them")} then.");
        }

        lines.AddRange((place.SharedBy ?? []).Select(who => $"Referred to by {who}."));
        if (place.SharedCount > place.SharedBy?.Count)
        {
            lines.Add($"And by {place.SharedCount - place.SharedBy.Count:N0} more.");
        }

        return lines;
    }

    private void Add(ChangeItem item)
    {
        draft.Add(context.Hidden?.InWords(item) ?? item);
        if (item.Action == ChangeAction.Keep)
        {
            FirstRefusal ??= item.Refused ?? (item.Note is null ? null : $"{item.Label}: {item.Note}");
            return;
        }

        Counted++;
        Bytes += item.Bytes ?? 0;
        Possible += item.Refused is null && item.Seen?.Gone != true ? 1 : 0;
        FirstRefusal ??= item.Refused is null ? null : $"{item.Label}: {item.Refused}";
    }

    private static string Text(DateTimeOffset date) => Sizes.Moment(date.ToUnixTimeMilliseconds());
}

/// <summary>When it is an item's turn: what is in something before that, records before their data, datastores at the very end.</summary>
internal sealed class Stages
{
    /// <summary>Metrics, which only a run that is there can be asked for.</summary>
    public const int Metrics = 0;

    private const int Inner = 1;
    private const int FirstRun = 2;
    private readonly int _deepest;

    public Stages(IEnumerable<PlannedRecord> records) =>
        _deepest = records.Where(r => r.Rank == RecordRank.Run).Select(r => r.Depth).DefaultIfEmpty(0).Max();

    /// <summary>Blobs.</summary>
    public int Data => Outer + 2;

    /// <summary>What is kept of deleted vaults.</summary>
    public int Purge => Data + 4;

    /// <summary>Texts of records; what only a person adds comes behind the rest, so that no record is written by two at once.</summary>
    /// <param name="isOffered">Whether it is only offered.</param>
    public int Clearing(bool isOffered) => Data + (isOffered ? 1 : 0);

    private int Outer => FirstRun + _deepest + 1;

    /// <summary>Of a record.</summary>
    public int Of(PlannedRecord record) => record.Rank switch
    {
        RecordRank.Inner => Inner,
        RecordRank.Run => FirstRun + _deepest - record.Depth,
        RecordRank.Outer => Outer,
        RecordRank.AfterOuter => Outer + 1,
        RecordRank.Workspace => Data + 2,
        RecordRank.Dependent => Data + 3,
        _ => Data + 1,
    };
}
