using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.PersonalData;

/// <summary>What can be wrong with a search, in words.</summary>
internal static class SearchProblems
{
    /// <summary>It is not there.</summary>
    public static ProblemException NotFound(string id) => new("search.notFound", "This search is no longer there.") { Target = id };

    /// <summary>It has not ended.</summary>
    public static ProblemException Running(string id) => new("search.running", "This search is still running. Stop it, or wait until it has ended.") { Target = id };

    /// <summary>Another window has it.</summary>
    public static ProblemException Elsewhere(string id) => new("search.elsewhere", "Another window is working on this search. Use that window, or close it first.") { Target = id };

    /// <summary>A result is not there.</summary>
    public static ProblemException BadNode() => new("search.badNodeId", "This line of the results is no longer there. Refresh them and try again.") { Actions = [ProblemAction.Retry] };
}
