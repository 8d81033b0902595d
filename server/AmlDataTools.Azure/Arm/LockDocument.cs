using System.Text.Json;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Azure.Arm;

/// <summary>A management lock (<c>Microsoft.Authorization/locks</c>). It holds for its scope and everything below, for requests to Resource Manager only.</summary>
/// <param name="Raw">As the service gave it.</param>
public sealed record LockDocument(JsonElement Raw)
{
    private const string Provider = "/providers/Microsoft.Authorization/locks/";

    /// <summary>Its Resource Manager id.</summary>
    public string Id => Raw.Text("id") ?? string.Empty;

    /// <summary>Its name.</summary>
    public string Name => Raw.Text("name") ?? Id[(Id.LastIndexOf('/') + 1)..];

    /// <summary>The id of what it lies on, as the service spells it; null when its own id does not tell.</summary>
    public string? Scope => Id.LastIndexOf(Provider, StringComparison.OrdinalIgnoreCase) is > 0 and var end ? Id[..end] : null;

    /// <summary><c>CanNotDelete</c>, <c>ReadOnly</c>, <c>NotSpecified</c>.</summary>
    public string? Level => Raw.Child("properties")?.Text("level");

    /// <summary>Whether it forbids to delete.</summary>
    public bool ForbidsDelete => ForbidsWrite || string.Equals(Level, "CanNotDelete", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it forbids to change: every request but reading ones.</summary>
    public bool ForbidsWrite => string.Equals(Level, "ReadOnly", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it holds for a resource; case of ids does not count.</summary>
    /// <param name="resourceId">The resource's id.</param>
    public bool Covers(string resourceId)
    {
        ArgumentNullException.ThrowIfNull(resourceId);
        return Scope is { } scope && resourceId.StartsWith(scope, StringComparison.OrdinalIgnoreCase) && (resourceId.Length == scope.Length || resourceId[scope.Length] == '/');
    }
}
