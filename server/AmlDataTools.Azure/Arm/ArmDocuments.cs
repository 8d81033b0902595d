using System.Text.Json;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Azure.Arm;

/// <summary>A tenant the account belongs to.</summary>
/// <param name="Raw">As the service gave it.</param>
public sealed record TenantDocument(JsonElement Raw)
{
    /// <summary>Its id.</summary>
    public string TenantId => Raw.Text("tenantId") ?? string.Empty;

    /// <summary>Its name; null where the account may not read it.</summary>
    public string? DisplayName => Raw.Text("displayName");
}

/// <summary>A subscription.</summary>
/// <param name="Raw">As the service gave it.</param>
public sealed record SubscriptionDocument(JsonElement Raw)
{
    /// <summary>Its id.</summary>
    public string SubscriptionId => Raw.Text("subscriptionId") ?? string.Empty;

    /// <summary>Its name.</summary>
    public string DisplayName => Raw.Text("displayName") ?? SubscriptionId;

    /// <summary>Enabled, Disabled, Warned, PastDue, Deleted.</summary>
    public string State => Raw.Text("state") ?? "Unknown";

    /// <summary>Its home tenant.</summary>
    public string? TenantId => Raw.Text("tenantId");
}

/// <summary>A workspace.</summary>
/// <param name="Raw">As the service gave it.</param>
public sealed record WorkspaceDocument(JsonElement Raw)
{
    /// <summary>Resource Manager id.</summary>
    public string Id => Raw.Text("id") ?? string.Empty;

    /// <summary>Its name.</summary>
    public string Name => Raw.Text("name") ?? string.Empty;

    /// <summary>Its region.</summary>
    public string? Location => Raw.Text("location");

    /// <summary>Default, Hub, Project, FeatureStore.</summary>
    public string? Kind => Raw.Text("kind");

    /// <summary>The service's own id of it (a GUID), part of container names and private hosts.</summary>
    public string? WorkspaceId => Raw.Child("properties")?.Text("workspaceId");

    /// <summary>Where its data plane's hosts are told.</summary>
    public string? DiscoveryUrl => Raw.Child("properties")?.Text("discoveryUrl");

    /// <summary>Resource Manager id of its storage account.</summary>
    public string? StorageAccountId => Raw.Child("properties")?.Text("storageAccount");

    /// <summary>The ids of all it uses: storage account, key vault, container registry, Application Insights; those it has.</summary>
    public IReadOnlyList<string> DependentIds
        => [.. new[] { "storageAccount", "keyVault", "containerRegistry", "applicationInsights" }.Select(name => Raw.Child("properties")?.Text(name)).OfType<string>().Where(id => id.Length > 0)];

    /// <summary>
    /// The ids of the resources it names anywhere in its properties: those it uses, the vault with its own key, storage that was brought
    /// for encryption; of a registry, the accounts behind its regions.
    /// </summary>
    public IReadOnlyList<Dependents.DependentRef> NamedResources => [.. Named(Raw.Child("properties") ?? default).Distinct()];

    /// <summary>Of a project, the id of its hub; null for others.</summary>
    public string? HubId => Raw.Child("properties")?.Text("hubResourceId") is { Length: > 0 } id ? id : null;

    /// <summary>Of a hub, the ids of its projects; empty for others.</summary>
    public IReadOnlyList<string> AssociatedIds
        => Raw.Child("properties")?.Child("associatedWorkspaces") is { ValueKind: JsonValueKind.Array } list
            ? [.. list.EnumerateArray().Where(id => id.ValueKind == JsonValueKind.String).Select(id => id.GetString()).OfType<string>()]
            : [];

    /// <summary>How its making or deletion stands: Succeeded, Deleting, ...</summary>
    public string? ProvisioningState => Raw.Child("properties")?.Text("provisioningState");

    /// <summary>Whether only identities that somebody assigned are used: then a deleted workspace is not kept (Microsoft's documentation of soft deletion).</summary>
    public bool HasOnlyAssignedIdentity => string.Equals(Raw.Child("identity")?.Text("type"), "UserAssigned", StringComparison.OrdinalIgnoreCase);

    /// <summary>When it was made.</summary>
    public DateTimeOffset? CreatedAt => Raw.Child("systemData")?.Moment("createdAt") ?? Raw.Child("properties")?.Moment("creationTime");

    /// <summary>Who made it: a user name.</summary>
    public string? CreatedBy => Raw.Child("systemData")?.Text("createdBy");

    /// <summary>When it was changed last; null when not told.</summary>
    public DateTimeOffset? ModifiedAt => Raw.Child("systemData")?.Moment("lastModifiedAt");

    /// <summary>Its home tenant.</summary>
    public string? TenantId => Raw.Child("properties")?.Text("tenantId") ?? Raw.Child("identity")?.Text("tenantId");

    /// <summary>Enabled or Disabled.</summary>
    public string? PublicNetworkAccess => Raw.Child("properties")?.Text("publicNetworkAccess");

    private static IEnumerable<Dependents.DependentRef> Named(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Named(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Named),
        JsonValueKind.String when Dependents.DependentRef.FromResourceId(element.GetString()) is { } found => [found],
        _ => [],
    };
}

/// <summary>A job as Resource Manager gives it. A step of a pipeline may come without <c>properties</c>.</summary>
/// <param name="Raw">As the service gave it.</param>
public sealed record JobDocument(JsonElement Raw)
{
    /// <summary>Resource Manager id.</summary>
    public string Id => Raw.Text("id") ?? string.Empty;

    /// <summary>Its name, which is the run id.</summary>
    public string Name => Raw.Text("name") ?? string.Empty;

    /// <summary>What people call it.</summary>
    public string? DisplayName => Properties?.Text("displayName");

    /// <summary>Its experiment.</summary>
    public string? ExperimentName => Properties?.Text("experimentName");

    /// <summary>How it stands.</summary>
    public string? Status => Properties?.Text("status");

    /// <summary>Command, Pipeline, Sweep, AutoML, Spark, ...</summary>
    public string? JobType => Properties?.Text("jobType");

    /// <summary>Whether it is archived.</summary>
    public bool IsArchived => Properties?.Flag("isArchived") ?? false;

    /// <summary>When it was made.</summary>
    public DateTimeOffset? CreatedAt => Raw.Child("systemData")?.Moment("createdAt");

    /// <summary>Who made it: a display name.</summary>
    public string? CreatedBy => Raw.Child("systemData")?.Text("createdBy");

    /// <summary>Its tags.</summary>
    public IReadOnlyDictionary<string, string> Tags => Properties?.Texts("tags") ?? System.Collections.Immutable.ImmutableDictionary<string, string>.Empty;

    /// <summary>What it is; null for a step of a pipeline.</summary>
    public JsonElement? Properties => Raw.Child("properties");
}

/// <summary>A datastore.</summary>
/// <param name="Raw">As the service gave it.</param>
public sealed record DatastoreDocument(JsonElement Raw)
{
    /// <summary>Its name.</summary>
    public string Name => Raw.Text("name") ?? string.Empty;

    /// <summary>AzureBlob, AzureDataLakeGen2, AzureFile, AzureDataLakeGen1, OneLake, ...</summary>
    public string DatastoreType => Properties?.Text("datastoreType") ?? string.Empty;

    /// <summary>The storage account.</summary>
    public string? AccountName => Properties?.Text("accountName");

    /// <summary>Blob container, or the filesystem of a Data Lake store.</summary>
    public string? ContainerName => Properties?.Text("containerName") ?? Properties?.Text("filesystem");

    /// <summary>File share of an AzureFile store.</summary>
    public string? FileShareName => Properties?.Text("fileShareName");

    /// <summary>Storage suffix the store was made with, such as <c>core.windows.net</c>: data someone else wrote.</summary>
    public string? Endpoint => Properties?.Text("endpoint");

    /// <summary>https, as a rule.</summary>
    public string? Protocol => Properties?.Text("protocol");

    /// <summary>AccountKey, Sas, ServicePrincipal, Certificate, None.</summary>
    public string CredentialsType => Properties?.Child("credentials")?.Text("credentialsType") ?? "None";

    /// <summary>Whether it is the workspace's default.</summary>
    public bool IsDefault => Properties?.Flag("isDefault") ?? false;

    /// <summary>What it is.</summary>
    public JsonElement? Properties => Raw.Child("properties");
}

/// <summary>A datastore's secrets. They are for the storage client alone and must not be written anywhere.</summary>
public sealed class DatastoreSecrets
{
    internal DatastoreSecrets(JsonElement raw)
    {
        SecretsType = raw.Text("secretsType") ?? string.Empty;
        AccountKey = raw.Text("key");
        SasToken = raw.Text("sasToken");
    }

    /// <summary>AccountKey, Sas, ServicePrincipal, Certificate.</summary>
    public string SecretsType { get; }

    /// <summary>The account key in base64; null for another type.</summary>
    public string? AccountKey { get; }

    /// <summary>The shared access signature, without a question mark as a rule; null for another type.</summary>
    public string? SasToken { get; }

    /// <summary>The type alone, so that no log can take more.</summary>
    public override string ToString() => SecretsType;
}

/// <summary>A page of a Resource Manager list.</summary>
/// <typeparam name="T">What it lists.</typeparam>
/// <param name="Items">In the service's order.</param>
/// <param name="NextLink">The next page's address, to be used unchanged; null when this is the last.</param>
public sealed record ArmPage<T>(IReadOnlyList<T> Items, string? NextLink);
