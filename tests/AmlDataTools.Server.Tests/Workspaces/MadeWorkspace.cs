using System.Text.Json.Nodes;
using AmlDataTools.Azure;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Resources;
using AmlDataTools.Server.Tests.Changes;

namespace AmlDataTools.Server.Tests.Workspaces;

/// <summary>A workspace made for a test, with the ids of what it uses.</summary>
internal sealed class MadeWorkspace
{
    private readonly JsonObject _json;

    private MadeWorkspace(JsonObject json)
    {
        _json = json;
        Ref = WorkspaceRef.FromResourceId(Id("id"), null) ?? throw new InvalidOperationException("The emulator gave no id.");
    }

    public WorkspaceRef Ref { get; }

    public string Name => Ref.Name;

    public string Storage => Id("storageAccount");

    public string Vault => Id("keyVault");

    public string Insights => Id("applicationInsights");

    public string Registry => Id("containerRegistry");

    public string Logs => Id("logAnalytics");

    /// <summary>All it uses but the Log Analytics workspace.</summary>
    public IReadOnlyList<string> Used => [Storage, Vault, Insights, Registry];

    public string Node => NodeTargets.Format(new WorkspaceTarget(Ref));

    public static async Task<MadeWorkspace> MakeAsync(ChangeEmulator emulator, JsonObject? shape = null, string? name = null)
    {
        shape ??= [];
        shape["name"] = name ?? emulator.NewName("team-ws");
        return new MadeWorkspace(await emulator.ControlAsync(HttpMethod.Post, "workspaces", shape));
    }

    public string NodeOf(ResourceKind kind, string resourceId) =>
        NodeTargets.Format(new ResourceTarget(new ResourceAddress(Ref, kind, resourceId[(resourceId.LastIndexOf('/') + 1)..], null), resourceId));

    /// <summary>Keys of what goes with the workspace itself.</summary>
    public IReadOnlyList<string> Keys(World before) => [$"workspace:{Name}", .. before.Entries.Keys.Where(k => k.StartsWith(Name + "!", StringComparison.Ordinal))];

    /// <summary>Keys of resources it uses; with the account go its blobs and file shares.</summary>
    public static IReadOnlyList<string> Keys(World before, params IReadOnlyList<string> resourceIds) =>
        [.. resourceIds.Select(id => "dependent:" + id), .. before.Entries.Keys.Where(k => resourceIds.Any(id => id.Contains("/storageAccounts/", StringComparison.Ordinal) && IsIn(k, id[(id.LastIndexOf('/') + 1)..])))];

    private static bool IsIn(string key, string account) =>
        new[] { "blob:", "share:", "file:", "directory:" }.Any(kind => key.StartsWith($"{kind}{account}/", StringComparison.Ordinal));

    private string Id(string name) => (string?)_json[name] ?? throw new InvalidOperationException($"The emulator gave no {name}.");
}
