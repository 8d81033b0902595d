using System.Globalization;
using AmlDataTools.Core.Explorer.Nodes;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.PersonalData;

/// <summary>
/// The results of a search as a tree, page by page: workspaces when there are several, kinds, findings, what speaks for each; and
/// what was not searched. Ids: <c>w1</c> a workspace, <c>g1.2</c> a kind in it, <c>f7</c> a finding, <c>e7.0</c> its evidence.
/// </summary>
internal sealed class ResultPages(SearchFiles files, SearchStatus status, StudioLinks studio)
{
    private const string GapsId = "gaps";

    private readonly SearchRequest _request = files.Request;

    /// <summary>What is left to be tried again is not searched either.</summary>
    public static IEnumerable<SearchGap> Left(SearchRequest request, SearchStatus status) => status.Left
        .Where(left => left.Place.Workspace < request.Workspaces.Count)
        .Select(left => new SearchGap(request.Workspaces[left.Place.Workspace].ResourceId, left.What, left.Code, left.Message));

    /// <summary>A page.</summary>
    /// <exception cref="ProblemException"><c>search.badNodeId</c>, <c>request.badPageToken</c>.</exception>
    public (IReadOnlyList<ResultNode> Nodes, string? Next) Page(string? parentId, ResultFilter filter, string? pageToken, int pageSize)
    {
        var first = pageToken is null ? 0
            : int.TryParse(pageToken, NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given
            : throw new ProblemException("request.badPageToken", "The page token does not belong to these results. Begin with the first page.");
        return parentId switch
        {
            null when _request.Workspaces.Count > 1 => ([.. Workspaces(filter), .. GapsNode()], null),
            null => ([.. Groups(0, filter), .. GapsNode()], null),
            GapsId => GapNodes(first, pageSize),
            ['w', ..] when Numbers(parentId, 1) is [var workspace] => (Groups(workspace, filter), null),
            ['g', ..] when Numbers(parentId, 2) is [var workspace, var group] => Findings(workspace, group, filter, first, pageSize),
            ['f', ..] when Numbers(parentId, 1) is [var number] => (Evidence(number), null),
            _ => throw SearchProblems.BadNode(),
        };
    }

    /// <summary>The findings that lines of the results stand for.</summary>
    /// <param name="nodeIds">Groups or findings; empty for all.</param>
    /// <param name="filter">Which of them.</param>
    /// <exception cref="ProblemException"><c>search.badNodeId</c>.</exception>
    public IEnumerable<FoundEntry> Chosen(IReadOnlyList<string> nodeIds, ResultFilter filter)
    {
        if (nodeIds.Count == 0)
        {
            return Matching(files.Index.From(0), filter);
        }

        var chosen = new List<FoundEntry>();
        var groups = new HashSet<(int Workspace, int? Group)>();
        foreach (var id in nodeIds)
        {
            switch (id)
            {
                case ['w', ..] when Numbers(id, 1) is [var workspace]:
                    groups.Add((workspace, null));
                    break;
                case ['g', ..] when Numbers(id, 2) is [var workspace, var group]:
                    groups.Add((workspace, group));
                    break;
                case ['f', ..] when Numbers(id, 1) is [var number] && files.Index.At(number) is { } entry:
                    chosen.Add(entry);
                    break;
                default:
                    throw SearchProblems.BadNode();
            }
        }

        var grouped = groups.Count == 0 ? [] : files.Index.From(0).Where(entry => groups.Contains((entry.Workspace, null)) || groups.Contains((entry.Workspace, entry.Group.Code)));
        return Matching(chosen, filter).Concat(Matching(grouped, filter)).DistinctBy(entry => entry.Number);
    }

    private IEnumerable<ResultNode> Workspaces(ResultFilter filter) =>
        Counted(Matching(files.Index.From(0), filter), entry => entry.Workspace).Select(group => new ResultNode(
            Id('w', group.Key), ResultKind.Group, _request.Workspaces[group.Key].Name, Sizes.Count(group.Count, "finding"), null, "azure", true, group.Tick, null, null, studio.Workspace(_request.Workspaces[group.Key])));

    private List<ResultNode> Groups(int workspace, ResultFilter filter) =>
        [.. Counted(Matching(files.Index.From(0).Where(entry => entry.Workspace == workspace), filter), entry => entry.Group.Code).Select(group =>
        {
            var (label, icon) = ResultText.Of(FindingGroup.Of(group.Key));
            return new ResultNode(Id('g', workspace, group.Key), ResultKind.Group, label, group.Count.ToString("N0", CultureInfo.InvariantCulture), null, icon, true, group.Tick, null, null, null);
        })];

    private (IReadOnlyList<ResultNode> Nodes, string? Next) Findings(int workspace, int group, ResultFilter filter, int first, int pageSize)
    {
        var nodes = new List<ResultNode>();
        var entries = files.Index.From(first).Where(entry => entry.Workspace == workspace && entry.Group.Code == group && IsGraded(entry, filter));
        if (files.Index.Count == 0)
        {
            return (nodes, null);
        }

        foreach (var (entry, finding) in files.Index.Read(entries))
        {
            if (!IsNamed(finding, filter))
            {
                continue;
            }

            if (nodes.Count == pageSize)
            {
                return (nodes, entry.Number.ToString(CultureInfo.InvariantCulture));
            }

            nodes.Add(new ResultNode(
                Id('f', entry.Number), ResultKind.Finding, finding.Name, ResultText.Description(finding), ResultText.Tooltip(finding), ResultText.Of(entry.Group).Icon, true,
                files.IsTicked(entry) ? ResultTick.Ticked : ResultTick.Unticked, finding.Grade, finding.NodeId, ResultText.StudioUrl(finding, studio)));
        }

        return (nodes, null);
    }

    private List<ResultNode> Evidence(int number)
    {
        if (files.Index.At(number) is not { } entry)
        {
            throw SearchProblems.BadNode();
        }

        var finding = files.Index.Read([entry]).Single().Finding;
        return [.. finding.Evidence.Select((one, index) => new ResultNode(
            Id('e', number, index), ResultKind.Evidence, one.Field, ResultText.Description(one), null, one.IsAuthorship ? "person" : "quote", false, ResultTick.None, one.Grade, null, null))];
    }

    private IEnumerable<ResultNode> GapsNode()
    {
        var (real, all) = (0, 0);
        foreach (var gap in AllGaps())
        {
            all++;
            real += SearchGaps.IsReal(gap) ? 1 : 0;
        }

        return all == 0 ? [] : [new ResultNode(GapsId, ResultKind.Gaps, "Not searched", all.ToString("N0", CultureInfo.InvariantCulture), null, real > 0 ? "warning" : "info", true, ResultTick.None, null, null, null)];
    }

    private (IReadOnlyList<ResultNode> Nodes, string? Next) GapNodes(int first, int pageSize)
    {
        var page = AllGaps().Skip(first).Take(pageSize + 1).Select((gap, index) =>
        {
            var name = _request.Workspaces.Count > 1 ? gap.Workspace[(gap.Workspace.LastIndexOf('/') + 1)..] + ": " : string.Empty;
            return new ResultNode($"{GapsId}.{first + index}", ResultKind.Gap, name + gap.What, gap.Message, gap.Message, SearchGaps.IsReal(gap) ? "warning" : "info", false, ResultTick.None, null, null, null);
        }).ToList();
        return page.Count > pageSize ? (page[..pageSize], (first + pageSize).ToString(CultureInfo.InvariantCulture)) : (page, null);
    }

    private IEnumerable<SearchGap> AllGaps() => Left(_request, status).Concat(files.Gaps());

    private IEnumerable<FoundEntry> Matching(IEnumerable<FoundEntry> entries, ResultFilter filter)
    {
        var graded = entries.Where(entry => IsGraded(entry, filter));
        return string.IsNullOrEmpty(filter.Name) || files.Index.Count == 0 ? graded : files.Index.Read(graded).Where(one => IsNamed(one.Finding, filter)).Select(one => one.Entry);
    }

    private IEnumerable<(int Key, int Count, ResultTick Tick)> Counted(IEnumerable<FoundEntry> entries, Func<FoundEntry, int> keyOf)
    {
        var counts = new SortedDictionary<int, (int All, int Ticked)>();
        foreach (var entry in entries)
        {
            var key = keyOf(entry);
            var (all, ticked) = counts.GetValueOrDefault(key);
            counts[key] = (all + 1, ticked + (files.IsTicked(entry) ? 1 : 0));
        }

        return counts.Select(pair => (pair.Key, pair.Value.All, pair.Value.Ticked == 0 ? ResultTick.Unticked : pair.Value.Ticked == pair.Value.All ? ResultTick.Ticked : ResultTick.Some));
    }

    private static bool IsGraded(FoundEntry entry, ResultFilter filter) => filter.Grades.Count == 0 || filter.Grades.Contains(entry.Grade);

    private static bool IsNamed(Finding finding, ResultFilter filter) => string.IsNullOrEmpty(filter.Name) || finding.Name.Contains(filter.Name, StringComparison.OrdinalIgnoreCase);

    private static string Id(char kind, params ReadOnlySpan<int> numbers)
    {
        var parts = new List<string>();
        foreach (var number in numbers)
        {
            parts.Add(number.ToString(CultureInfo.InvariantCulture));
        }

        return kind + string.Join('.', parts);
    }

    private static List<int> Numbers(string id, int count)
    {
        var numbers = new List<int>();
        foreach (var part in id[1..].Split('.'))
        {
            numbers.Add(int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1);
        }

        return numbers.Count == count && !numbers.Contains(-1) ? numbers : [];
    }
}
