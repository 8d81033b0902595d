using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.Changes.Planning;

/// <summary>What a verb means for a kind of thing: done, done otherwise and said so, or refused with what to do instead.</summary>
internal static class VerbRules
{
    /// <summary>Sets action, note and refusal of a record.</summary>
    /// <returns>The same record.</returns>
    public static PlannedRecord Apply(PlanContext context, PlannedRecord record)
    {
        var traits = ResourceCatalog.Of(record.Address.Kind);
        switch (context.Verb)
        {
            case OperationVerb.Archive:
                Archive(record, traits);
                break;
            case OperationVerb.Restore:
                Restore(record, traits);
                break;
            case OperationVerb.Unregister:
                Unregister(record, traits);
                break;
            case OperationVerb.Delete:
                Delete(record, traits);
                break;
            default:
                Refuse(record, ChangeAction.Keep, $"{context.Verb} is no verb for a {traits.Singular}.");
                break;
        }

        Lock(context, record);
        return record;
    }

    /// <summary>Refuses what a management lock would make the service refuse.</summary>
    /// <param name="context">The plan, with the locks read.</param>
    /// <param name="record">The record, its action set.</param>
    public static void Lock(PlanContext context, PlannedRecord record)
    {
        if (record.IsDone && context.Locks.TryGetValue(record.Address.Workspace, out var locks) && locks.Against(record.Address, record.Action, record.ServiceId) is { } found)
        {
            RefuseFor(record, locks.InWords(found));
        }
    }

    /// <summary>Refuses for a lock.</summary>
    /// <param name="record">The record.</param>
    /// <param name="lockInWords">The lock.</param>
    public static void RefuseFor(PlannedRecord record, string lockInWords)
    {
        record.LockedBy = lockInWords;
        record.Refused = $"It cannot be {Done(record.Action)} because of {lockInWords}. If it may all the same, take the lock away, then plan again.";
    }

    private static string Done(ChangeAction action) => action switch
    {
        ChangeAction.Archive => "archived",
        ChangeAction.Restore => "restored",
        ChangeAction.Unregister => "unregistered",
        ChangeAction.Detach => "detached",
        _ => "deleted",
    };

    private static void Archive(PlannedRecord record, ResourceTraits traits)
    {
        if (!traits.CanArchive)
        {
            Refuse(record, ChangeAction.Archive, $"A {traits.Singular} cannot be archived: {Instead(traits)}");
        }
        else if (record.Seen?.Archived == true)
        {
            Keep(record, IsPipeline(record) ? "It is disabled already." : "It is archived already.");
        }
        else
        {
            record.Action = ChangeAction.Archive;
            record.Note = IsPipeline(record) ? "It is disabled, which is how it is archived." : null;
        }
    }

    private static void Restore(PlannedRecord record, ResourceTraits traits)
    {
        if (!traits.CanArchive)
        {
            Refuse(record, ChangeAction.Restore, $"A {traits.Singular} is never archived, so it cannot be restored.");
        }
        else if (record.Seen?.Archived == false)
        {
            Keep(record, "It is not archived.");
        }
        else
        {
            record.Action = ChangeAction.Restore;
        }
    }

    private static void Unregister(PlannedRecord record, ResourceTraits traits)
    {
        switch (record.Address.Kind)
        {
            case ResourceKind.Dataset:
                record.Action = ChangeAction.Unregister;
                record.Note = "Only the registration goes; the files stay unless their data is ticked too.";
                break;
            case ResourceKind.Datastore:
                record.Action = ChangeAction.Unregister;
                record.Note = "Only the registration goes; the storage behind it and all its data stay.";
                break;
            case ResourceKind.DataAsset or ResourceKind.DataVersion:
                ArchiveInstead(record, "Azure ML has no unregistering of data assets: it is archived instead, and can be restored.");
                break;
            case ResourceKind.Compute:
                record.Action = ChangeAction.Detach;
                break;
            default:
                Refuse(record, ChangeAction.Unregister, $"A {traits.Singular} cannot be unregistered: {Instead(traits)}");
                break;
        }
    }

    private static void Delete(PlannedRecord record, ResourceTraits traits)
    {
        switch (traits.Removal)
        {
            case RecordRemoval.Delete:
                record.Action = ChangeAction.Delete;
                break;
            case RecordRemoval.DeleteMayBeRefused:
                record.Action = ChangeAction.Delete;
                record.Note = "The service may refuse this; then it can be archived instead.";
                break;
            case RecordRemoval.Unregister when record.Address.Kind == ResourceKind.Datastore:
                record.Action = ChangeAction.Unregister;
                record.Note = "A datastore is only unregistered; the storage behind it and all its data stay.";
                break;
            case RecordRemoval.Unregister:
                record.Action = ChangeAction.Unregister;
                record.Note = "Deleting a dataset is unregistering it; its files stay unless their data is ticked too.";
                break;
            case RecordRemoval.ArchiveInstead when IsPipeline(record):
                ArchiveInstead(record, "The service does not delete this: it is disabled instead, and can be enabled again.");
                break;
            case RecordRemoval.ArchiveInstead:
                ArchiveInstead(record, "The service does not delete data assets: it is archived instead. The record stays and can be restored.");
                break;
            default:
                Refuse(record, ChangeAction.Delete, $"A {traits.Singular} cannot be deleted: {Instead(traits)}");
                break;
        }
    }

    private static void ArchiveInstead(PlannedRecord record, string note)
    {
        // Archived already, there is nothing to do with the record; its data may still be meant.
        record.Action = record.Seen?.Archived == true ? ChangeAction.Keep : ChangeAction.Archive;
        record.Note = record.Action == ChangeAction.Keep ? (IsPipeline(record) ? "It is disabled already; the service does not delete it." : "It is archived already; the service does not delete it.") : note;
    }

    private static void Keep(PlannedRecord record, string note)
    {
        record.Action = ChangeAction.Keep;
        record.Note = note;
    }

    private static void Refuse(PlannedRecord record, ChangeAction action, string why)
    {
        record.Action = action;
        record.Refused = why;
    }

    private static bool IsPipeline(PlannedRecord record) => record.Address.Kind is ResourceKind.PipelineEndpoint or ResourceKind.PublishedPipeline;

    private static string Instead(ResourceTraits traits) => traits.Removal switch
    {
        RecordRemoval.Delete when traits.CanArchive => "archive it, or delete it.",
        RecordRemoval.Delete or RecordRemoval.DeleteMayBeRefused => traits.CanArchive ? "archive it, or delete it." : "delete it instead.",
        RecordRemoval.Unregister => "unregister it instead.",
        RecordRemoval.ArchiveInstead => "archive it instead.",
        _ => traits.CanArchive ? "archive it instead." : "the service has no operation for it.",
    };
}
