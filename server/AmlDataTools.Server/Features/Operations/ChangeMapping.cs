using AmlDataTools.Core.Changes;
using AmlDataTools.Server.Protocol;
using Review = AmlDataTools.Core.Changes.Review;

namespace AmlDataTools.Server.Features.Operations;

/// <summary>Changes of the product as they stand on the wire.</summary>
internal static class ChangeMapping
{
    /// <summary>What is to be planned.</summary>
    public static ChangeRequest ToRequest(PlanParams parameters) => OfPerson(parameters.PersonalData, new(
        WireEnum.To<OperationVerb, Core.Operations.OperationVerb>(parameters.Verb),
        parameters.NodeIds,
        parameters.Change is { } choices
            ? new ChangeChoices(choices.IncludeData, choices.IncludeChildren, choices.IncludeVersionsAndSnapshots, choices.TypeNames, choices.TypeAboveBytes) { IncludeDependents = choices.IncludeDependents, Permanently = choices.Permanently }
            : ChangeChoices.Default,
        parameters.Filter is { } filter ? ToFilter(filter) : null,
        parameters.OperationId));

    /// <summary>The files of what a person made go with it when they are asked for with the search's findings.</summary>
    private static ChangeRequest OfPerson(PersonalDataSelection? found, ChangeRequest request) => found is null
        ? request
        : request with { SearchId = found.SearchId, Choices = request.Choices with { IncludeData = request.Choices.IncludeData || found.IncludeFiles } };

    /// <summary>A filter.</summary>
    public static Core.Changes.BulkFilter ToFilter(Protocol.BulkFilter filter) =>
        new(filter.OlderThanDays, filter.Statuses, filter.Name, filter.Tag, filter.CreatedBy, filter.Unreferenced, filter.WithoutModel);

    /// <summary>A review.</summary>
    public static PlanReview ToReview(Review.ChangeReview review) => new(
        review.Records,
        review.Blobs,
        review.Bytes,
        review.NotDone,
        WireEnum.To<Review.ConfirmationKind, ConfirmationKind>(review.Confirmation),
        review.ConfirmationText,
        review.Question,
        review.Detail,
        review.Button,
        [.. review.Warnings.Select(OperationMapping.ToWarning)],
        review.Survivors);

    /// <summary>An item of the plan of a change.</summary>
    public static PlanItem ToItem(Review.PlannedChange item) => new(
        item.Id,
        item.Kind,
        item.Name,
        item.Label,
        string.Empty,
        Enum.Parse<PlanItemAction>(item.Action),
        item.Parent,
        item.Bytes,
        item.Blobs,
        item.Created,
        item.State,
        item.Ticked,
        item.CanTick,
        item.NeedsName,
        item.Note,
        item.Details,
        item.KindName);
}
