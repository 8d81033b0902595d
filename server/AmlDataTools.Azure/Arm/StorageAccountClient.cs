using System.Text.Json;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Azure.Arm;

/// <summary>A storage account at Resource Manager: what it keeps of what is deleted.</summary>
public sealed class StorageAccountClient
{
    private const string Provider = "Microsoft.Storage";
    private const string StorageVersion = "2023-05-01";

    private readonly string _path;
    private readonly ArmRequests _requests;

    internal StorageAccountClient(ArmRequests requests, string resourceId)
    {
        _requests = requests;
        _path = Escape(resourceId);
    }

    /// <summary>The account.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="AzureServiceException">Refused (403), or it is not there (404).</exception>
    public async Task<StorageAccountDocument> GetAsync(CancellationToken cancellationToken)
        => new(await GetAsync(string.Empty, cancellationToken).ConfigureAwait(false));

    /// <summary>What its blob service keeps.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="AzureServiceException">Refused (403), or it has none (404).</exception>
    public async Task<BlobServiceDocument> GetBlobServiceAsync(CancellationToken cancellationToken)
        => new(await GetAsync("/blobServices/default", cancellationToken).ConfigureAwait(false));

    /// <summary>The names of its containers, without those that were deleted and are kept.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="AzureServiceException">Refused (403), or it is not there (404).</exception>
    public IAsyncEnumerable<string> ListContainersAsync(CancellationToken cancellationToken)
        => _requests.ScanAsync(_requests.Address(_path + "/blobServices/default/containers", StorageVersion), raw => raw.Text("name") ?? string.Empty, cancellationToken);

    /// <summary>A container: what forbids to delete in it.</summary>
    /// <param name="container">Its name.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="ArgumentException">The name is empty, dots, or holds a slash.</exception>
    /// <exception cref="AzureServiceException">Refused (403), or it is not there (404).</exception>
    public async Task<ContainerDocument> GetContainerAsync(string container, CancellationToken cancellationToken)
        => new(await GetAsync("/blobServices/default" + ResourcePath.Of("containers", container).Escaped, cancellationToken).ConfigureAwait(false));

    // The id is data of a workspace: only that of a storage account is taken.
    private static string Escape(string resourceId)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(resourceId);
        var parts = resourceId.Split('/');
        return parts.Length == 9 && parts[0].Length == 0 && Is(parts[1], "subscriptions") && Is(parts[3], "resourceGroups") && Is(parts[5], "providers")
            && Is(parts[6], Provider) && Is(parts[7], "storageAccounts") && parts.Skip(1).All(part => part.Trim().Length > 0 && part is not ("." or ".."))
            ? string.Join('/', parts.Skip(1).Select(Uri.EscapeDataString))
            : throw new ArgumentException("This is not the Resource Manager id of a storage account.", nameof(resourceId));
    }

    private static bool Is(string part, string name) => part.Equals(name, StringComparison.OrdinalIgnoreCase);

    private Task<JsonElement> GetAsync(string relative, CancellationToken cancellationToken)
        => _requests.Sender.GetAsync(_requests.Address(_path + relative, StorageVersion), cancellationToken);
}

/// <summary>A storage account.</summary>
/// <param name="Raw">As the service gave it.</param>
public sealed record StorageAccountDocument(JsonElement Raw)
{
    /// <summary>Its name.</summary>
    public string Name => Raw.Text("name") ?? string.Empty;

    /// <summary>Its region.</summary>
    public string? Location => Raw.Text("location");

    /// <summary>Whether it has a hierarchical namespace (Data Lake Storage Gen2): directories are real, and deleted at once.</summary>
    public bool IsHierarchical => Properties.Flag("isHnsEnabled") ?? false;

    /// <summary>Replication, such as Standard_LRS, Standard_GRS.</summary>
    public string? Sku => Raw.Child("sku")?.Text("name");

    /// <summary>Whether its keys are accepted; null when not told, which means yes.</summary>
    public bool? AllowSharedKeyAccess => Properties.Flag("allowSharedKeyAccess");

    /// <summary>Whether immutability can be set on versions, account-wide.</summary>
    public bool ImmutableStorageWithVersioning => Properties.Child("immutableStorageWithVersioning")?.Flag("enabled") ?? false;

    private JsonElement Properties => Raw.Child("properties") ?? default;
}

/// <summary>What a blob service keeps of what is deleted.</summary>
/// <param name="Raw">As the service gave it.</param>
public sealed record BlobServiceDocument(JsonElement Raw)
{
    /// <summary>How many days deleted blobs are kept; null when they are not.</summary>
    public int? BlobRetentionDays => Days("deleteRetentionPolicy");

    /// <summary>Whether a soft-deleted blob can be deleted for good before its time.</summary>
    public bool AllowPermanentDelete => Properties.Child("deleteRetentionPolicy")?.Flag("allowPermanentDelete") ?? false;

    /// <summary>How many days deleted containers are kept; null when they are not.</summary>
    public int? ContainerRetentionDays => Days("containerDeleteRetentionPolicy");

    /// <summary>Whether former versions of blobs are kept.</summary>
    public bool IsVersioningEnabled => Properties.Flag("isVersioningEnabled") ?? false;

    /// <summary>For how many days the container's state can be restored; null when it cannot.</summary>
    public int? RestoreDays => Days("restorePolicy");

    /// <summary>Whether the change feed, which holds names of blobs, is kept.</summary>
    public bool IsChangeFeedEnabled => Properties.Child("changeFeed")?.Flag("enabled") ?? false;

    private JsonElement Properties => Raw.Child("properties") ?? default;

    private int? Days(string policy)
        => Properties.Child(policy) is { } found && found.Flag("enabled") == true
            ? found.Child("days") is { ValueKind: JsonValueKind.Number } days && days.TryGetInt32(out var value) ? value : 0
            : null;
}

/// <summary>A container of a storage account.</summary>
/// <param name="Raw">As the service gave it.</param>
public sealed record ContainerDocument(JsonElement Raw)
{
    /// <summary>Its name.</summary>
    public string Name => Raw.Text("name") ?? string.Empty;

    /// <summary>Whether a policy forbids to delete or change blobs for a time.</summary>
    public bool HasImmutabilityPolicy => Properties.Flag("hasImmutabilityPolicy") ?? false;

    /// <summary>For how many days since a blob was made; null when there is no policy.</summary>
    public int? ImmutabilityDays
        => Properties.Child("immutabilityPolicy")?.Child("properties")?.Child("immutabilityPeriodSinceCreationInDays") is { ValueKind: JsonValueKind.Number } days
            && days.TryGetInt32(out var value) ? value : null;

    /// <summary>Whether a legal hold forbids to delete or change blobs until it is taken away.</summary>
    public bool HasLegalHold => Properties.Flag("hasLegalHold") ?? false;

    /// <summary>Whether immutability is set on single versions instead of the container.</summary>
    public bool ImmutableStorageWithVersioning => Properties.Child("immutableStorageWithVersioning")?.Flag("enabled") ?? false;

    private JsonElement Properties => Raw.Child("properties") ?? default;
}
