using System.Diagnostics.CodeAnalysis;
using AmlDataTools.Azure;
using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.Runs;

/// <summary>
/// A place in a datastore as Azure ML writes it: short, <c>azureml://datastores/{store}/paths/{path}</c>, or long, with
/// <c>subscriptions/../resourcegroups/../[providers/../]workspaces/../</c> in front. Some services leave <c>paths/</c> out.
/// The path is taken as it stands: Microsoft's clients do not unescape it either.
/// </summary>
/// <param name="SubscriptionId">Subscription of the workspace; null in the short form.</param>
/// <param name="ResourceGroup">Resource group of the workspace; null in the short form.</param>
/// <param name="WorkspaceName">The workspace; null in the short form, which means the one at hand.</param>
/// <param name="Datastore">The datastore.</param>
/// <param name="Path">The path in it, without a slash in front; empty for its root.</param>
public sealed record AssetUri(string? SubscriptionId, string? ResourceGroup, string? WorkspaceName, string Datastore, string Path)
{
    private const string Scheme = "azureml://";

    /// <summary>The workspace whose datastore it is: the one named, else the one at hand.</summary>
    /// <param name="atHand">The workspace in which the address was found.</param>
    public WorkspaceRef In(WorkspaceRef atHand)
    {
        ArgumentNullException.ThrowIfNull(atHand);
        return SubscriptionId is { } subscription && ResourceGroup is { } group && WorkspaceName is { } name
            && !(Same(subscription, atHand.SubscriptionId) && Same(group, atHand.ResourceGroup) && Same(name, atHand.Name))
            ? new WorkspaceRef(subscription, group, name, atHand.TenantId)
            : atHand;
    }

    /// <summary>Reads an address.</summary>
    /// <param name="text">The address.</param>
    /// <exception cref="ProblemException"><c>asset.invalidUri</c>: it is none.</exception>
    public static AssetUri Parse(string? text)
        => TryParse(text, out var uri) ? uri : throw new ProblemException(
            "asset.invalidUri", "The service gave an address that is no place in a datastore (azureml://.../datastores/.../paths/...).");

    /// <summary>Reads an address; false when it is none.</summary>
    /// <param name="text">The address.</param>
    /// <param name="uri">The place.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out AssetUri? uri)
    {
        uri = null;
        if (text is null || !text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var rest = text.AsSpan(Scheme.Length);
        string? subscription = null;
        string? group = null;
        string? workspace = null;
        if (TryTake(ref rest, "subscriptions", out subscription))
        {
            if (!TryTake(ref rest, "resourcegroups", out group))
            {
                return false;
            }

            if (TryTake(ref rest, "providers", out var provider) && !Same(provider, "Microsoft.MachineLearningServices"))
            {
                return false;
            }

            if (!TryTake(ref rest, "workspaces", out workspace))
            {
                return false;
            }
        }

        if (!TryTake(ref rest, "datastores", out var datastore))
        {
            return false;
        }

        if (rest.Equals("paths", StringComparison.OrdinalIgnoreCase))
        {
            rest = [];
        }
        else if (rest.StartsWith("paths/", StringComparison.OrdinalIgnoreCase))
        {
            rest = rest["paths/".Length..];
        }

        uri = new AssetUri(subscription, group, workspace, datastore, rest.TrimStart('/').ToString());
        return true;
    }

    /// <summary>The address, with <c>paths/</c>.</summary>
    public override string ToString()
        => Scheme + (WorkspaceName is null ? string.Empty : $"subscriptions/{SubscriptionId}/resourcegroups/{ResourceGroup}/workspaces/{WorkspaceName}/")
            + $"datastores/{Datastore}/paths/{Path}";

    // Takes "name/value/" or "name/value" off the front.
    private static bool TryTake(ref ReadOnlySpan<char> rest, string name, [NotNullWhen(true)] out string? value)
    {
        value = null;
        if (rest.Length <= name.Length || rest[name.Length] != '/' || !rest.StartsWith(name, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var after = rest[(name.Length + 1)..];
        var slash = after.IndexOf('/');
        var taken = slash < 0 ? after : after[..slash];
        if (taken.IsEmpty)
        {
            return false;
        }

        value = taken.ToString();
        rest = slash < 0 ? [] : after[(slash + 1)..];
        return true;
    }

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);
}
