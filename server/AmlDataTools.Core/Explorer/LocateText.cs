using System.Text.RegularExpressions;
using AmlDataTools.Azure;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.Explorer;

/// <summary>What a typed text names: a run, an experiment, a thing such as a model, or a workspace alone.</summary>
/// <param name="Workspace">The workspace.</param>
/// <param name="RunId">The run; null for none.</param>
/// <param name="ExperimentName">The experiment by name; null for none.</param>
/// <param name="ExperimentId">The experiment by id; null for none.</param>
/// <param name="Resource">A model, a data asset, a compute, ...; null for none.</param>
internal sealed partial record LocateText(WorkspaceRef Workspace, string? RunId, string? ExperimentName, string? ExperimentId, ResourceAddress? Resource = null)
{
    private const string Help
        = "Give a run id, a Resource Manager id (/subscriptions/.../workspaces/.../jobs/... or .../models/...), or the address of a run, model, data asset, compute, endpoint, ... in Azure ML studio.";

    /// <summary>Reads a text. Nothing is sent to an address in it; it only names things.</summary>
    /// <param name="text">The text.</param>
    /// <param name="atHand">The workspace in which a bare run id is meant; null for none.</param>
    /// <exception cref="ProblemException"><c>locate.notUnderstood</c> or <c>locate.workspaceNeeded</c>.</exception>
    public static LocateText Parse(string? text, WorkspaceRef? atHand)
    {
        var trimmed = (text ?? string.Empty).Trim().Trim('"', '\'', '<', '>');
        if (trimmed.Length is 0 or > 4000)
        {
            throw NotUnderstood();
        }

        // Ids of assets, as jobs and the SDK write them: with or without the provider.
        if (trimmed.StartsWith("azureml:/", StringComparison.OrdinalIgnoreCase))
        {
            trimmed = WithProvider("/" + trimmed["azureml:/".Length..].TrimStart('/'));
        }

        if (trimmed.StartsWith('/'))
        {
            return FromResourceId(trimmed, TenantFor(trimmed, atHand)) ?? throw NotUnderstood();
        }

        if (Uri.TryCreate(trimmed, UriKind.Absolute, out var address) && address.Scheme is "https" or "http")
        {
            return FromAddress(address, atHand) ?? throw NotUnderstood();
        }

        if (!RunIdForm().IsMatch(trimmed))
        {
            throw NotUnderstood();
        }

        return atHand is not null
            ? new LocateText(atHand, trimmed, null, null)
            : throw new ProblemException("locate.workspaceNeeded", "A run id alone does not tell the workspace. Choose a workspace in the view first, or give the whole address.");
    }

    // Resource Manager id, with whatever follows the workspace: jobs/{name}, experiments/{name}/runs/{id}, runs/{id}.
    private static LocateText? FromResourceId(string id, string? tenant)
    {
        if (WorkspaceRef.FromResourceId(id, tenant) is not { } workspace)
        {
            return null;
        }

        return ResourcePlaces.FromResourceId(id.TrimEnd('/'), tenant) is { Kind: not ResourceKind.Run } resource
            ? Named(resource)
            : FromPath(workspace, id.Split('/', StringSplitOptions.RemoveEmptyEntries)[8..]);
    }

    private static LocateText? Named(ResourceAddress resource)
        => ResourcePlaces.CanAddress(resource) ? new LocateText(resource.Workspace, null, null, null, resource) : null;

    // The pages of studio, as StudioLinks writes them and people find them in the browser.
    private static ResourceAddress? FromPage(WorkspaceRef workspace, string[] parts)
    {
        ResourceAddress Of(ResourceKind kind, string name, string? child = null) => new(workspace, kind, name, child);
        return parts switch
        {
            ["model", var name, ..] when name is not ("list" or "catalog") => name.LastIndexOf(':') is > 0 and var cut && cut + 1 < name.Length
                ? Of(ResourceKind.ModelVersion, name[..cut], name[(cut + 1)..])
                : Of(ResourceKind.Model, name.TrimEnd(':')),
            ["data", "datastore", var name, ..] => Of(ResourceKind.Datastore, name),
            ["data", var name, "latest" or "versions", ..] => Of(ResourceKind.DataAsset, name),
            ["data", var name, var version, ..] => Of(ResourceKind.DataVersion, name, version),
            ["dataset", var name, ..] => Of(ResourceKind.Dataset, name),
            ["compute", var name, "details", ..] => Of(ResourceKind.Compute, name),
            ["endpoints", "realtime", var name, ..] => Of(ResourceKind.OnlineEndpoint, name),
            ["endpoints", "batch", var name, ..] => Of(ResourceKind.BatchEndpoint, name),
            ["environments", var name, "version", var version, ..] => Of(ResourceKind.EnvironmentVersion, name, version),
            ["schedule", var name, ..] => Of(ResourceKind.Schedule, name),
            ["pipelines", var id] when Guid.TryParse(id, out _) => Of(ResourceKind.PublishedPipeline, id),
            _ => null,
        };
    }

    private static LocateText? FromAddress(Uri address, WorkspaceRef? atHand)
    {
        var query = ReadQuery(address);
        var path = Uri.UnescapeDataString(address.AbsolutePath);
        var inPath = path.IndexOf("/subscriptions/", StringComparison.OrdinalIgnoreCase);
        if (!query.TryGetValue("wsid", out var wsid))
        {
            // The former portal and Azure portal have the whole id in the path or the fragment.
            var fragment = Uri.UnescapeDataString(address.Fragment);
            var inFragment = fragment.IndexOf("/subscriptions/", StringComparison.OrdinalIgnoreCase);
            var id = inPath >= 0 ? path[inPath..] : inFragment >= 0 ? fragment[inFragment..] : null;
            return id is null ? null : FromResourceId(id, query.GetValueOrDefault("tid") ?? TenantFor(id, atHand));
        }

        // wsid comes with and without the provider.
        var full = WithProvider(wsid);
        if (WorkspaceRef.FromResourceId(full, query.GetValueOrDefault("tid") ?? TenantFor(full, atHand)) is not { } workspace)
        {
            return null;
        }

        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return FromPage(workspace, parts) is { } resource ? Named(resource) : FromPath(workspace, parts);
    }

    private static string WithProvider(string id)
        => id.Contains("/providers/", StringComparison.OrdinalIgnoreCase) ? id : WithoutProvider().Replace(id, "$1/providers/Microsoft.MachineLearningServices/workspaces/");

    private static LocateText? FromPath(WorkspaceRef workspace, ReadOnlySpan<string> parts)
    {
        string? run = null;
        string? experiment = null;
        string? experimentId = null;
        for (var index = 0; index + 1 < parts.Length; index++)
        {
            switch (parts[index].ToLowerInvariant())
            {
                case "runs" or "jobs":
                    run = parts[++index];
                    break;
                case "experiments" when parts[index + 1] == "id" && index + 2 < parts.Length:
                    experimentId = parts[index + 2];
                    index += 2;
                    break;
                case "experiments":
                    experiment = parts[++index];
                    break;
                default:
                    break;
            }
        }

        return run is null || RunIdForm().IsMatch(run) ? new LocateText(workspace, run, experiment, experimentId) : null;
    }

    // The tenant through which the person already sees this subscription, if it is the one at hand.
    private static string? TenantFor(string id, WorkspaceRef? atHand)
        => atHand is not null && id.Contains("/" + atHand.SubscriptionId + "/", StringComparison.OrdinalIgnoreCase) ? atHand.TenantId : null;

    private static Dictionary<string, string> ReadQuery(Uri address)
    {
        var result = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                result[part[..equals]] = Uri.UnescapeDataString(part[(equals + 1)..]);
            }
        }

        return result;
    }

    private static ProblemException NotUnderstood() => new("locate.notUnderstood", "This names nothing that can be shown. " + Help);

    // Published: fewer than 256 characters, letters, digits, dashes and underscores; dots occur too.
    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}$", RegexOptions.CultureInvariant)]
    private static partial Regex RunIdForm();

    [GeneratedRegex("(/resourcegroups/[^/]+)/workspaces/", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex WithoutProvider();
}
