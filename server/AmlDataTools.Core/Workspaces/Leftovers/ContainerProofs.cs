namespace AmlDataTools.Core.Workspaces.Leftovers;

/// <summary>What the containers of a storage account say of the workspaces that used it.</summary>
/// <param name="WorkspaceIds">The ids of the workspaces whose default store it was: <c>azureml-blobstore-{id}</c>.</param>
/// <param name="ProjectIds">The ids of hubs' projects, or of projects of Foundry, which are no workspaces of Azure ML: <c>{id}-azureml-blobstore</c>, <c>{id}-agents-blobstore</c>.</param>
/// <param name="Others">Containers that Azure ML did not make.</param>
internal sealed record AccountContainers(IReadOnlyList<string> WorkspaceIds, IReadOnlyList<string> ProjectIds, IReadOnlyList<string> Others)
{
    private const string Default = "azureml-blobstore-";

    /// <summary>Containers that the services of a workspace make (Microsoft's documentation, and as seen), or that Azure Monitor does.</summary>
    private static readonly string[] Made = ["azureml", "azureml-metrics", "revisions", "snapshots", "snapshotzips", "$logs", "$web"];

    /// <summary>Sorts names of containers.</summary>
    /// <param name="names">The names.</param>
    public static AccountContainers Of(IEnumerable<string> names)
    {
        var (workspaces, projects, others) = (new List<string>(), new List<string>(), new List<string>());
        foreach (var name in names)
        {
            if (name.StartsWith(Default, StringComparison.Ordinal) && IsId(name.AsSpan(Default.Length)))
            {
                workspaces.Add(name[Default.Length..]);
            }
            else if (name.Length > 37 && name[36] == '-' && IsId(name.AsSpan(0, 36)))
            {
                projects.Add(name[..36]);
            }
            else if (!Made.Contains(name) && !name.StartsWith("insights-", StringComparison.Ordinal))
            {
                others.Add(name);
            }
        }

        return new AccountContainers(workspaces, [.. projects.Distinct(StringComparer.OrdinalIgnoreCase)], others);
    }

    private static bool IsId(ReadOnlySpan<char> text) => Guid.TryParseExact(text, "D", out _);
}
