using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Explorer.Nodes;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.PersonalData;

/// <summary>The words and icons of results.</summary>
internal static class ResultText
{
    /// <summary>Name and icon of a group.</summary>
    public static (string Label, string Icon) Of(FindingGroup group) => group switch
    {
        { Kind: FindingKind.Workspace } => ("Workspace", "azure"),
        { Kind: FindingKind.Experiment } => ("Experiments", "folder-library"),
        { Kind: FindingKind.Run } => ("Runs", "play-circle"),
        { Kind: FindingKind.UserFolder } => ("User folders", "folder"),
        { Kind: FindingKind.File } => ("Files", "file"),
        { Resource: { } kind } => (Capital(ResourceCatalog.Of(kind).Plural), Icon(kind)),
        _ => ("Other assets", "symbol-misc"),
    };

    /// <summary>What stands behind a finding.</summary>
    public static string Description(Finding finding) => string.Join(", ", Parts(finding));

    /// <summary>What a finding says when pointed at.</summary>
    public static string Tooltip(Finding finding) =>
        string.Join('\n', finding.Evidence.Take(8).Select(one => $"{one.Field}: {Description(one)}").Prepend(finding.Name).Concat(finding.Evidence.Count > 8 ? [$"and {finding.Evidence.Count - 8} more"] : []));

    /// <summary>What stands behind evidence.</summary>
    public static string Description(Evidence evidence)
    {
        var words = Words(evidence.Grade) + (evidence.IsAuthorship ? ", says who made, changed or owns it" : ", mention");
        return evidence.OtherId is { } other ? $"{words}; it stands beside object id {other}, which may be another person's" : words;
    }

    /// <summary>The page of a finding in Azure ML studio; null where none is known.</summary>
    public static string? StudioUrl(Finding finding, StudioLinks studio) => NodeTargets.TryParse(finding.NodeId, out var target)
        ? target switch
        {
            WorkspaceTarget it => studio.Workspace(it.Workspace),
            RunTarget it => studio.Run(it.Workspace, it.RunId),
            ResourceTarget it => studio.Resource(it.Resource, it.ServiceId, null),
            _ => null,
        }
        : null;

    private static IEnumerable<string> Parts(Finding finding)
    {
        if (finding.Within is { Length: > 0 } within)
        {
            yield return within;
        }

        if (finding.Bytes is { } bytes)
        {
            yield return Sizes.Text(bytes);
        }

        yield return Words(finding.Grade);
    }

    private static string Words(MatchGrade grade) => grade switch
    {
        MatchGrade.ExactId => "object id",
        MatchGrade.SignInName => "sign-in name or e-mail",
        _ => "name only",
    };

    private static string Icon(ResourceKind kind) => kind switch
    {
        ResourceKind.Model or ResourceKind.ModelVersion => "package",
        ResourceKind.DataAsset or ResourceKind.DataVersion or ResourceKind.Dataset => "table",
        ResourceKind.Compute => "server-environment",
        ResourceKind.OnlineEndpoint or ResourceKind.OnlineDeployment => "broadcast",
        ResourceKind.BatchEndpoint or ResourceKind.BatchDeployment => "inbox",
        ResourceKind.WebService => "globe",
        ResourceKind.PipelineEndpoint or ResourceKind.PublishedPipeline => "type-hierarchy",
        ResourceKind.Schedule => "watch",
        ResourceKind.Environment or ResourceKind.EnvironmentVersion => "layers",
        ResourceKind.Component or ResourceKind.ComponentVersion => "extensions",
        ResourceKind.Datastore => "database",
        _ => "symbol-misc",
    };

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
