using AmlDataTools.Azure;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.PersonalData.Matching;
using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.PersonalData;

/// <summary>What a search must be like to begin.</summary>
internal static class SearchRules
{
    private const long LargestFile = 1L << 40;

    // What names a finding's workspace takes a byte.
    private const int MostWorkspaces = 200;

    /// <summary>The search as it will be carried out.</summary>
    /// <exception cref="ProblemException"><c>subject.*</c>, <c>search.noWorkspace</c>, <c>search.tooManyWorkspaces</c>, <c>search.badFileSize</c>.</exception>
    public static SearchRequest Checked(Subject subject, IReadOnlyList<string> workspaceNodes, bool exhaustive, bool fileNames, bool fileContent, long maxFileBytes)
    {
        var workspaces = workspaceNodes.Select(Workspace).Distinct().ToList();
        return workspaces.Count switch
        {
            0 => throw new ProblemException("search.noWorkspace", "Choose at least one workspace to search."),
            > MostWorkspaces => throw new ProblemException("search.tooManyWorkspaces", $"At most {MostWorkspaces} workspaces can be searched at once. Make several searches of it."),
            _ when fileContent && maxFileBytes is <= 0 or > LargestFile => throw new ProblemException("search.badFileSize", "The size up to which files are read must be more than 0 bytes, and at most 1 TiB."),
            _ => new SearchRequest(SubjectRules.Checked(subject), workspaces, exhaustive, fileNames, fileContent, maxFileBytes),
        };
    }

    /// <summary>For people: who, and where.</summary>
    public static string TitleOf(SearchRequest request) =>
        $"{SubjectRules.TitleOf(request.Subject)} in {(request.Workspaces is [var one] ? one.Name : $"{request.Workspaces.Count} workspaces")}";

    private static WorkspaceRef Workspace(string nodeId) => NodeTargets.Parse(nodeId) switch
    {
        WorkspaceTarget { Workspace: { IsRegistry: false } workspace } => workspace,
        _ => throw new ProblemException("search.noWorkspace", "Personal data is searched in workspaces. Choose a workspace."),
    };
}
