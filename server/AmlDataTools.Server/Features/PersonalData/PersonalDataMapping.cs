using AmlDataTools.Server.Protocol;
using Model = AmlDataTools.Core.PersonalData;

namespace AmlDataTools.Server.Features.PersonalData;

/// <summary>Searches as the wire has them.</summary>
internal static class PersonalDataMapping
{
    public static Model.Subject FromSubject(PersonalDataSubject subject) =>
        new(subject.ObjectId, subject.TenantId, subject.UserPrincipalName, subject.Email, subject.DisplayName);

    public static PersonalDataSubject ToSubject(Model.Subject subject) =>
        new(subject.ObjectId, subject.TenantId, subject.UserPrincipalName, subject.Email, subject.DisplayName);

    public static SearchResult ToResult(Model.SearchView view) => new(ToSearch(view));

    public static PersonalDataSearch ToSearch(Model.SearchView view) => new(
        view.Id,
        view.Title,
        WireEnum.To<Model.SearchState, SearchState>(view.Status.State),
        view.Status.StartedAt,
        view.Status.FinishedAt,
        view.Status.Looked,
        view.Status.Found,
        view.Status.Chosen,
        view.Status.NotSearched + view.Status.Left.Count,
        view.Status.CanGoOn,
        view.Status.Message);

    public static Model.ResultFilter ToFilter(IReadOnlyList<MatchGrade> grades, string? name) =>
        new([.. grades.Select(WireEnum.To<MatchGrade, Model.MatchGrade>)], name);

    public static SearchNode ToNode(Model.ResultNode node) => new(
        node.Id,
        WireEnum.To<Model.ResultKind, SearchNodeKind>(node.Kind),
        node.Label,
        node.Description,
        node.Tooltip,
        node.Icon,
        null,
        node.HasChildren,
        WireEnum.To<Model.ResultTick, SearchTick>(node.Tick),
        node.Grade is { } grade ? WireEnum.To<Model.MatchGrade, MatchGrade>(grade) : null,
        node.NodeId,
        node.StudioUrl);
}
