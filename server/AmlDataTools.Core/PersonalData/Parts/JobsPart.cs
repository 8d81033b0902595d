using System.Runtime.CompilerServices;
using System.Text.Json;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.PersonalData.Matching;

namespace AmlDataTools.Core.PersonalData.Parts;

/// <summary>
/// Searches the jobs of Resource Manager, when everything is to be read: each is a run that run history has too, and says more
/// only in its command, its inputs and its environment variables.
/// </summary>
internal sealed class JobsPart(AzureConnection connection) : ISearchPart
{
    /// <inheritdoc/>
    public string Name => "jobs";

    /// <inheritdoc/>
    public string Title => "commands and inputs of jobs";

    /// <inheritdoc/>
    public bool IsAskedFor(SearchRequest request) => request.Exhaustive;

    /// <inheritdoc/>
    public async IAsyncEnumerable<SearchBatch> SearchAsync(
        SearchRequest request, WorkspaceRef workspace, string? checkpoint, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var matcher = new DocumentMatcher(request.Subject);
        var at = PartCheckpoint.Read(checkpoint, PartJson.Default.JobsCheckpoint) ?? new JobsCheckpoint(null, false);
        while (!at.IsLast)
        {
            var page = await connection.Workspace(workspace).Resources.ListPageAsync(ResourcePath.Of("jobs"), [("listViewType", "All")], at.Next, cancellationToken).ConfigureAwait(false);
            var next = page.NextLink is { Length: > 0 } link && link != at.Next ? link : null;
            at = new JobsCheckpoint(next, next is null);
            yield return new SearchBatch(
                page.Items.Count, [.. page.Items.Select(job => Found(matcher, workspace, job)).OfType<(Finding, JsonElement?)>()], [], JsonSerializer.Serialize(at, PartJson.Default.JobsCheckpoint));
        }
    }

    private static (Finding, JsonElement?)? Found(DocumentMatcher matcher, WorkspaceRef workspace, ArmResource job)
    {
        var name = job.Name.Length > 0 ? job.Name : job.Id[(job.Id.LastIndexOf('/') + 1)..];
        if (name.Length == 0 || matcher.Match(job.Raw) is not { Count: > 0 } evidence)
        {
            return null;
        }

        var shown = job.Properties?.Text("displayName") is { Length: > 0 } text ? text : name;
        return (new Finding(FindingKind.Run, NodeTargets.Format(new RunTarget(workspace, name)), workspace.ResourceId, shown, job.Properties?.Text("experimentName"), evidence, job.SystemData.CreatedAt, null), job.Raw);
    }
}

/// <summary>Where the search of jobs goes on.</summary>
/// <param name="Next">The next page; null for the first, or when there is none.</param>
/// <param name="IsLast">Whether there is no further page.</param>
internal sealed record JobsCheckpoint(string? Next, bool IsLast);
