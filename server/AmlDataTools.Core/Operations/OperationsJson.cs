using System.Text.Json;
using System.Text.Json.Serialization;
using AmlDataTools.Core.Changes.Execution;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Operations;

/// <summary>How records of operations are written: one line each, camelCase, nothing that is null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(OperationPlan))]
[JsonSerializable(typeof(OperationDestination))]
[JsonSerializable(typeof(OperationStatus))]
[JsonSerializable(typeof(TransferItem))]
[JsonSerializable(typeof(Changes.ChangeItem))]
[JsonSerializable(typeof(Changes.PlannedBlob))]
[JsonSerializable(typeof(Changes.Review.SelectionRecord))]
[JsonSerializable(typeof(Workspaces.Leftovers.WorkspaceUses))]
[JsonSerializable(typeof(JournalEntry))]
internal sealed partial class OperationsJson : JsonSerializerContext;

/// <summary>What a line of the journal speaks of.</summary>
internal enum JournalEvent
{
    /// <summary>A process took the operation up.</summary>
    Started,

    /// <summary>A file is begun from a blob; what was there of it no longer counts.</summary>
    Begun,

    /// <summary>A range of it is on disk.</summary>
    Range,

    /// <summary>A page of a list is in its document.</summary>
    Page,

    /// <summary>An item ended; for a file, it is verified and on disk and gets its name next.</summary>
    Item,

    /// <summary>The operation ended, for now or for good.</summary>
    Ended,

    /// <summary>What a zip holds of an item no longer counts.</summary>
    Dropped,

    /// <summary>A zip is complete and gets its name next.</summary>
    Zipped,

    /// <summary>A record is about to be changed.</summary>
    Act,

    /// <summary>An item of a change ended.</summary>
    Change,

    /// <summary>A batch of blobs is about to be sent.</summary>
    Batch,

    /// <summary>A batch of blobs was answered.</summary>
    BatchEnd,

    /// <summary>All that the operation did until then was undone by another one.</summary>
    Undone,
}

/// <summary>A line of the journal. Which members are set depends on the event.</summary>
internal sealed record JournalEntry(JournalEvent Event, long At)
{
    public long? Index { get; init; }

    public string? ETag { get; init; }

    public long? Length { get; init; }

    public string? Md5 { get; init; }

    public long? Offset { get; init; }

    public uint? Crc { get; init; }

    public ItemResult? Result { get; init; }

    public OperationState? State { get; init; }

    public string? Code { get; init; }

    public string? Message { get; init; }

    public int? ProcessId { get; init; }

    public ChangeResult? Change { get; init; }

    public BatchMark? Batch { get; init; }

    public BatchResult? BatchEnd { get; init; }

    public OperationVerb? Verb { get; init; }

    public long? Place { get; init; }

    public string? Next { get; init; }

    public long? Modified { get; init; }

    public Zips.ZipMark? Zip { get; init; }
}
