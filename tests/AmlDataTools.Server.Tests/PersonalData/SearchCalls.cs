using System.Diagnostics;
using System.Text.Json.Nodes;
using AmlDataTools.Azure;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.PersonalData;

/// <summary>Tests that search share an emulator, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class SearchCollection : ICollectionFixture<EmulatorProcess>
{
    public const string Name = "searches";
}

/// <summary>People of the emulator's tenant.</summary>
internal static class People
{
    public static PersonalDataSubject Nobody { get; } = new(null, null, null, null, null);

    public static PersonalDataSubject AdaById { get; } = Nobody with { ObjectId = "11111111-1111-1111-1111-111111111111" };

    public static PersonalDataSubject BenById { get; } = Nobody with { ObjectId = "11111111-1111-1111-1111-111111111112" };

    public static PersonalDataSubject Ada { get; } = AdaById with { UserPrincipalName = "ada@example.com", DisplayName = "Ada Example" };
}

/// <summary>The calls of searches, as the extension makes them.</summary>
internal static class SearchCalls
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly ProtocolJsonContext Json = ProtocolJsonContext.Default;

    public static string NodeOf(WorkspaceRef workspace) => NodeTargets.Format(new WorkspaceTarget(workspace));

    public static async Task<string> BeginSearchAsync(this ExportSidecar sidecar, PersonalDataSubject subject, bool exhaustive, params WorkspaceRef[] workspaces) => (await sidecar.CallAsync(
        "personalData/search", new SearchParams(subject, [.. workspaces.Select(NodeOf)], exhaustive, false, false, 1 << 20), Json.SearchParams, Json.SearchResult)).Search.SearchId;

    public static async Task<PersonalDataSearch> SearchAsync(this ExportSidecar sidecar, PersonalDataSubject subject, params WorkspaceRef[] workspaces) =>
        await sidecar.EndSearchAsync(await sidecar.BeginSearchAsync(subject, false, workspaces));

    public static async Task<PersonalDataSearch> SearchVerbAsync(this ExportSidecar sidecar, string verb, string id) => (await sidecar.CallAsync(
        $"personalData/{verb}", new SearchIdParams(id), Json.SearchIdParams, Json.SearchResult)).Search;

    public static Task DiscardSearchAsync(this ExportSidecar sidecar, string id) => sidecar.CallAsync("personalData/discard", new SearchIdParams(id), Json.SearchIdParams, Json.Empty);

    public static async Task<IReadOnlyList<PersonalDataSearch>> SearchesAsync(this ExportSidecar sidecar) =>
        (await sidecar.CallAsync("personalData/searches", new Empty(), Json.Empty, Json.SearchesResult)).Searches;

    public static async Task<PersonalDataSearch> FindSearchAsync(this ExportSidecar sidecar, string id) => (await sidecar.SearchesAsync()).Single(search => search.SearchId == id);

    public static Task<PersonalDataSearch> EndSearchAsync(this ExportSidecar sidecar, string id) =>
        sidecar.WaitSearchAsync(id, search => search.State != SearchState.Running);

    public static async Task<PersonalDataSearch> WaitSearchAsync(this ExportSidecar sidecar, string id, Func<PersonalDataSearch, bool> isReady)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var now = await sidecar.FindSearchAsync(id);
            if (isReady(now))
            {
                return now;
            }

            Assert.True(clock.Elapsed < Patience, $"It is still {now.State}: {now.Looked} looked at, {now.Found} found. {now.Message}");
            await Task.Delay(30);
        }
    }

    /// <summary>Waits until a search is off the list.</summary>
    public static async Task WaitSearchGoneAsync(this ExportSidecar sidecar, string id)
    {
        for (var clock = Stopwatch.StartNew(); (await sidecar.SearchesAsync()).Any(search => search.SearchId == id);)
        {
            Assert.True(clock.Elapsed < Patience, "It is still there.");
            await Task.Delay(30);
        }
    }

    /// <summary>All lines below one, through all pages.</summary>
    public static async Task<IReadOnlyList<SearchNode>> ResultsAsync(
        this ExportSidecar sidecar, string id, string? parent = null, int? pageSize = null, IReadOnlyList<MatchGrade>? grades = null, string? name = null)
    {
        var nodes = new List<SearchNode>();
        string? token = null;
        do
        {
            var page = await sidecar.CallAsync("personalData/results", new SearchResultsParams(id, parent, grades ?? [], name, token, pageSize), Json.SearchResultsParams, Json.SearchResultsPage);
            nodes.AddRange(page.Nodes);
            token = page.NextPageToken;
        }
        while (token is not null);
        return nodes;
    }

    /// <summary>All findings of all groups.</summary>
    public static async Task<IReadOnlyList<SearchNode>> FindingsAsync(this ExportSidecar sidecar, string id, IReadOnlyList<MatchGrade>? grades = null, string? name = null)
    {
        var findings = new List<SearchNode>();
        var open = new Queue<SearchNode>((await sidecar.ResultsAsync(id, null, null, grades, name)).Where(node => node.Kind == SearchNodeKind.Group));
        while (open.TryDequeue(out var group))
        {
            foreach (var node in await sidecar.ResultsAsync(id, group.Id, 100, grades, name))
            {
                if (node.Kind == SearchNodeKind.Group)
                {
                    open.Enqueue(node);
                }
                else
                {
                    findings.Add(node);
                }
            }
        }

        return findings;
    }

    public static async Task<PersonalDataSearch> ChooseAsync(
        this ExportSidecar sidecar, string id, bool chosen, IReadOnlyList<string>? nodes = null, IReadOnlyList<MatchGrade>? grades = null, string? name = null) => (await sidecar.CallAsync(
        "personalData/choose", new ChooseParams(id, nodes ?? [], grades ?? [], name, chosen), Json.ChooseParams, Json.SearchResult)).Search;

    /// <summary>All documents of a list of run history or Resource Manager, read by other code than the product's.</summary>
    public static async Task<IReadOnlyList<JsonObject>> AllAsync(this EmulatorProcess emulator, string path, bool isHistory)
    {
        var all = new List<JsonObject>();
        var workspace = emulator.Workspace.ResourceId;
        string? token = null;
        var url = isHistory ? $"{emulator["dataPlane"].TrimEnd('/')}/history/v1.0{workspace}/{path}" : $"{emulator["resourceManager"].TrimEnd('/')}{workspace}/{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}api-version=2024-04-01";
        do
        {
            var page = await emulator.ServiceAsync(isHistory ? HttpMethod.Post : HttpMethod.Get, url, isHistory ? new JsonObject { ["viewType"] = "All", ["continuationToken"] = token } : null);
            all.AddRange((page["value"] as JsonArray ?? []).OfType<JsonObject>());
            token = (string?)page["continuationToken"];
            url = (string?)page["nextLink"] ?? url;
            token ??= isHistory ? null : (string?)page["nextLink"];
        }
        while (token is not null);
        return all;
    }
}
