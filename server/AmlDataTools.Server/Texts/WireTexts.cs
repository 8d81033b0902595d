using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Rpc;

namespace AmlDataTools.Server.Texts;

/// <summary>Which members of the contract are texts for people. Names, ids, paths and what the services say are never touched.</summary>
/// <param name="texts">The person's language.</param>
internal sealed class WireTexts(PersonTexts texts) : IOutgoingTexts
{
    /// <inheritdoc/>
    public RpcError Of(RpcError error) => error with { Message = texts.Say(error.Message, error.Data.Code) };

    /// <inheritdoc/>
    public T Of<T>(T value) => value is not null && Localized(value) is T said ? said : value;

    private object? Localized(object value) => value switch
    {
        ChildrenResult it => it with { Nodes = [.. it.Nodes.Select(Node)] },
        LocateResult it => new LocateResult(Node(it.Node)),
        SubscriptionsResult it => it with { Problems = [.. it.Problems.Select(problem => problem with { Message = texts.Say(problem.Message) })] },
        PlanProgress it => it with { Message = texts.Say(it.Message) },
        PlanResult it => it with
        {
            Title = texts.Say(it.Title),
            Warnings = Warnings(it.Warnings),
            Survivors = All(it.Survivors),
            Review = it.Review is { } review ? Review(review) : null,
        },
        PlanReview it => Review(it),
        PlanItemsResult it => it with { Items = [.. it.Items.Select(Item)] },
        OperationResult it => new OperationResult(Operation(it.Operation)),
        OperationChanged it => new OperationChanged(Operation(it.Operation)),
        OperationsResult it => new OperationsResult([.. it.Operations.Select(Operation)]),
        NotebookDescribeResult it => new NotebookDescribeResult([.. it.Descriptions.Select(one => one with { Reason = texts.SayIf(one.Reason) })]),
        AuditExportResult it => it with { Problem = it.Problem is { } problem ? Problem(problem) : null },
        AuditVerdict it => it with { Summary = texts.Say(it.Summary), Problems = [.. it.Problems.Select(Problem)] },
        RetentionRules it => Rules(it),
        RetentionSaved it => it with { All = Rules(it.All) },
        SearchResult it => new SearchResult(Search(it.Search)),
        SearchesResult it => new SearchesResult([.. it.Searches.Select(Search)]),
        SearchResultsPage it => it with { Nodes = [.. it.Nodes.Select(Found)] },
        _ => null,
    };

    private TreeNode Node(TreeNode node) => node with
    {
        // A group, a notice or an error has no resource: its label is ours. What has one is called as its owner called it.
        Label = node.Resource is null && IsOurs(node.Kind) ? texts.Say(node.Label) : node.Label,
        Description = texts.Parts(node.Description),
        Tooltip = texts.Lines(node.Tooltip),
        AccessibilityLabel = node.Resource is null && IsOurs(node.Kind) ? texts.SayIf(node.AccessibilityLabel) : texts.Parts(node.AccessibilityLabel),
    };

    private static bool IsOurs(NodeKind kind) => kind is not (NodeKind.Subscription or NodeKind.Workspace or NodeKind.Registry or NodeKind.Experiment or NodeKind.Run
        or NodeKind.NamedOutput or NodeKind.Folder or NodeKind.File or NodeKind.UserFolder or NodeKind.LeftoverGroup);

    private PlanReview Review(PlanReview review) => review with
    {
        Question = texts.Say(review.Question),
        Detail = texts.Say(review.Detail),
        Button = texts.Say(review.Button),
        Warnings = Warnings(review.Warnings),
        Survivors = All(review.Survivors),
    };

    // The label of a record is its name; that of data says in words whose it is.
    private PlanItem Item(PlanItem item) => item with
    {
        Label = item.Parent is null ? item.Label : texts.Say(item.Label),
        KindName = texts.SayIf(item.KindName),
        Note = texts.SayIf(item.Note),
        Details = All(item.Details),
    };

    private OperationSummary Operation(OperationSummary operation)
        => operation with { Title = texts.Say(operation.Title), Message = texts.SayIf(operation.Message, operation.ErrorCode) };

    private AuditProblem Problem(AuditProblem problem) => problem with { Message = texts.Say(problem.Message) };

    private RetentionRules Rules(RetentionRules rules)
        => new([.. rules.Rules.Select(rule => rule with { Problem = texts.SayIf(rule.Problem) })], texts.SayIf(rules.Notice));

    private PersonalDataSearch Search(PersonalDataSearch search) => search with { Message = texts.SayIf(search.Message) };

    private SearchNode Found(SearchNode node) => node with
    {
        Label = node.NodeId is null && node.StudioUrl is null ? texts.Say(node.Label) : node.Label,
        Description = texts.Parts(node.Description),
        Tooltip = texts.Lines(node.Tooltip),
        AccessibilityLabel = texts.Parts(node.AccessibilityLabel),
    };

    private IReadOnlyList<PlanWarning> Warnings(IReadOnlyList<PlanWarning> warnings)
        => [.. warnings.Select(warning => warning with { Message = texts.Say(warning.Message, warning.Code) })];

    private IReadOnlyList<string> All(IReadOnlyList<string> lines) => [.. lines.Select(line => texts.Say(line))];
}
