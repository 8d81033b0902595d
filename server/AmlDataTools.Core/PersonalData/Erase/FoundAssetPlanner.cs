using System.Text.Json;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Changes;
using AmlDataTools.Core.Changes.Planning;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.PersonalData.Erase;

/// <summary>Plans what becomes of a found asset: deleted where its service does that and nobody else loses by it, else archived, else kept.</summary>
internal sealed class FoundAssetPlanner(ResourceLister lister, PlanContext context)
{
    /// <summary>Finds the data of assets.</summary>
    public AssetPlaces Places { get; } = new();

    /// <summary>Whether something holds others, that may not be the person's.</summary>
    public static bool IsHolder(NodeTarget target) => target is ResourceTarget { Resource.Kind: var kind } && ResourcePlaces.ContentOf(kind) is not null;

    /// <summary>
    /// Whether tags and description of a kind can be written back as the service gives them. Not those of datastores, whose secrets
    /// the service keeps to itself, of computes and deployments, which would be set up anew, nor of what SDK v1 made.
    /// </summary>
    public static bool HasTexts(ResourceKind kind) => kind is ResourceKind.Model or ResourceKind.ModelVersion or ResourceKind.DataAsset or ResourceKind.DataVersion
        or ResourceKind.Environment or ResourceKind.EnvironmentVersion or ResourceKind.Component or ResourceKind.ComponentVersion
        or ResourceKind.Schedule or ResourceKind.OnlineEndpoint or ResourceKind.BatchEndpoint;

    /// <summary>Has everything that came into a plan with something offered only be offered too.</summary>
    /// <param name="context">The plan.</param>
    /// <param name="before">How many records were there before.</param>
    /// <param name="isOffered">Whether it is only offered.</param>
    public static void OfferNew(PlanContext context, int before, bool isOffered)
    {
        foreach (var record in context.Records.Skip(before).Where(_ => isOffered))
        {
            record.IsOffered = true;
        }
    }

    /// <summary>Adds an asset.</summary>
    /// <param name="item">The asset as its service gives it.</param>
    /// <param name="verdict">What was found of the person in it.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<PlannedRecord> AddAsync(ListedResource item, FindingVerdict verdict, CancellationToken cancellationToken)
    {
        if (IsHolder(new ResourceTarget(item.Address, item.ServiceId)) && verdict.Made is null)
        {
            return Keep(item, "What it holds may be that of others: it is not deleted for being named in it.");
        }

        if (item.Address.Kind == ResourceKind.DataAsset)
        {
            return await AddDataAssetAsync(item, verdict, cancellationToken).ConfigureAwait(false);
        }

        var before = context.Records.Count;
        var known = context.Find(item.Address);
        var record = await new ResourcesPlanner(lister, Places).AddAsync(context, item, cancellationToken).ConfigureAwait(false);
        record.IsOffered = (known is null || known.IsOffered) && !verdict.IsSurelyMade;
        if (LivesOn(item) is { } why && record.IsDone)
        {
            (record.IsOffered, record.IsInUse) = (true, true);
            record.Note = record.Note is { } note ? $"{why} {note}" : why;
        }

        OfferForOthers(record, before);
        Instead(record, verdict, item);
        return record;
    }

    /// <summary>What works on, whoever made it, and what others would miss; null for the rest.</summary>
    private static string? LivesOn(ListedResource item) => item.Address.Kind switch
    {
        ResourceKind.OnlineEndpoint when HasTraffic(item.Properties) => "Calls to it are answered: tick it only if that may end.",
        ResourceKind.BatchEndpoint when item.Properties.Child("defaults")?.Text("deploymentName") is { Length: > 0 } => "It has a deployment that takes jobs: tick it only if that may end.",
        ResourceKind.BatchDeployment => "It is a part of an endpoint that may be in use: tick it only if that may end.",
        ResourceKind.WebService => "It may be in use: tick it only if that may end.",
        ResourceKind.PipelineEndpoint or ResourceKind.PublishedPipeline => "Others may start it: tick it only if that may end.",
        ResourceKind.Compute => "Others may work with it: tick it only if it may go.",
        ResourceKind.Datastore => "The data of others may be reached through it: tick it only if it may go.",
        _ => null,
    };

    private static bool HasTraffic(JsonElement properties) => properties.Child("traffic") is { ValueKind: JsonValueKind.Object } traffic
        && traffic.EnumerateObject().Any(part => part.Value.ValueKind == JsonValueKind.Number && part.Value.TryGetDouble(out var percent) && percent > 0);

    /// <summary>A container goes only with all in it: where something of that is not the person's, both are left to whoever looks at the plan.</summary>
    private void OfferForOthers(PlannedRecord record, int before)
    {
        var others = context.Records.Skip(before).Concat((record.After ?? []).Where(inside => inside.IsOffered || !inside.IsDone)).Where(inside => !ReferenceEquals(inside, record)).Distinct().ToList();
        if (others.Count > 0 && record is { IsDone: true, IsOffered: false })
        {
            record.IsOffered = true;
            record.Note = $"{(record.Note is { } note ? note + " " : string.Empty)}It holds {Sizes.Count(others.Count, "thing")} that the search did not find as the person's: tick {(others.Count == 1 ? "that" : "those")} too if all of it may go.";
        }

        others.ForEach(inside => inside.IsOffered = true);
    }

    /// <summary>Archiving a data asset hides what everybody put into it: it is only offered unless all its versions are the person's.</summary>
    private async Task<PlannedRecord> AddDataAssetAsync(ListedResource item, FindingVerdict verdict, CancellationToken cancellationToken)
    {
        var record = context.Add(ResourcesPlanner.Make(context, item));
        record.IsOffered = !verdict.IsSurelyMade;
        long others = 0;
        await foreach (var version in lister.ListAsync(item.Address.Workspace, ResourceKind.DataVersion, item.Address.Name, ListView.All, cancellationToken).ConfigureAwait(false))
        {
            others += context.Find(version.Address) is { IsDone: true, IsOffered: false } ? 0 : 1;
        }

        if (others > 0 && record.IsDone)
        {
            record.IsOffered = true;
            record.Note = $"{record.Note} {Sizes.Count(others, "version")} in it {(others == 1 ? "was" : "were")} not found as the person's.";
        }

        Instead(record, verdict, item);
        return record;
    }

    /// <summary>What is done where the service deletes nothing: texts are cleared and the record archived, in one act.</summary>
    private static void Instead(PlannedRecord record, FindingVerdict verdict, ListedResource item)
    {
        if (record.Refused is not null || record.IsGone || !HasTexts(item.Address.Kind))
        {
            return;
        }

        switch (ResourceCatalog.Of(item.Address.Kind).Removal)
        {
            case RecordRemoval.ArchiveInstead when !record.IsOffered && (verdict.Sure.Count > 0 || record.Action == ChangeAction.Archive):
                record.Action = ChangeAction.Clear;
                record.Clearing = new FieldClearing(verdict.Sure, Archives: !item.IsArchived);
                record.Note = $"The service does not delete this: {(item.IsArchived ? "what names the person in it is cleared" : "it is archived, and what names the person in it is cleared")}. What is cleared cannot be brought back.";
                record.Details = [.. record.Details, .. verdict.Sure.Select(field => field.Label)];
                break;
            case RecordRemoval.DeleteMayBeRefused when record is { Action: ChangeAction.Delete, IsOffered: false }:
                record.Clearing = new FieldClearing(verdict.Sure, Archives: !item.IsArchived);
                record.Note = $"The service may refuse this: then it is archived, and what names the person in it is cleared. {FieldWords.AuthorStays}";
                break;
        }
    }

    private PlannedRecord Keep(ListedResource item, string note)
    {
        var record = context.Add(ResourcesPlanner.Make(context, item));
        (record.Action, record.Refused, record.LockedBy, record.Note) = (ChangeAction.Keep, null, null, note);
        return record;
    }
}
