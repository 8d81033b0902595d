using System.Text.Json;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Azure.Arm.Dependents;

/// <summary>A resource that a workspace uses.</summary>
/// <param name="Ref">Which.</param>
/// <param name="Raw">As its provider gave it.</param>
public sealed record DependentDocument(DependentRef Ref, JsonElement Raw)
{
    /// <summary>Its region.</summary>
    public string? Location => Raw.Text("location");

    /// <summary>Its entity tag; null where the provider gives none.</summary>
    public string? ETag => Raw.Text("etag");

    /// <summary>Its provisioning state; null where the provider tells none.</summary>
    public string? State => Properties.Text("provisioningState");

    /// <summary>Its price level, such as Standard_LRS; null where the provider tells none.</summary>
    public string? Sku => Raw.Child("sku")?.Text("name") ?? Properties.Child("sku")?.Text("name");

    /// <summary>When it was made; null where the provider does not tell.</summary>
    public DateTimeOffset? CreatedAt => Raw.Child("systemData")?.Moment("createdAt") ?? Properties.Moment("creationTime") ?? Properties.Moment("creationDate") ?? Properties.Moment("CreationDate") ?? Properties.Moment("createdDate");

    /// <summary>Its tags.</summary>
    public IReadOnlyDictionary<string, string> Tags => Raw.Texts("tags");

    /// <summary>Of a vault, for how many days it is kept when deleted; null when it is not kept, or for other kinds.</summary>
    public int? KeptDays => Ref.Kind switch
    {
        // Soft delete of vaults cannot be turned off any more; 90 days unless told.
        DependentKind.KeyVault when Properties.Flag("enableSoftDelete") != false => Days("softDeleteRetentionInDays") ?? 90,
        _ => null,
    };

    /// <summary>Of a vault, whether it cannot be purged while it is kept.</summary>
    public bool IsPurgeProtected => Ref.Kind == DependentKind.KeyVault && Properties.Flag("enablePurgeProtection") == true;

    /// <summary>Of Application Insights, the Log Analytics workspace that holds its data; null for none (classic) or other kinds.</summary>
    public DependentRef? LogAnalytics => Ref.Kind == DependentKind.ApplicationInsights ? DependentRef.FromResourceId(Properties.Text("WorkspaceResourceId") ?? Properties.Text("workspaceResourceId")) : null;

    private JsonElement Properties => Raw.Child("properties") ?? default;

    private int? Days(string name) => Properties.Child(name) is { ValueKind: JsonValueKind.Number } days && days.TryGetInt32(out var value) ? value : null;
}
