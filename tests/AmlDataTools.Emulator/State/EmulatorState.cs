using System.Collections.Concurrent;
using System.Security.Cryptography;
using AmlDataTools.Emulator.Access;

namespace AmlDataTools.Emulator.State;

/// <summary>A subscription.</summary>
/// <param name="Id">Its id.</param>
/// <param name="DisplayName">Its name.</param>
/// <param name="TenantId">Its tenant.</param>
internal sealed record Subscription(string Id, string DisplayName, string TenantId);

/// <summary>A storage account.</summary>
/// <param name="SubscriptionId">Where it is.</param>
/// <param name="ResourceGroup">Where it is.</param>
/// <param name="Name">Its name, the first label of its hosts.</param>
/// <param name="Key">Its key, base64.</param>
/// <param name="Hierarchical">It has a hierarchical namespace.</param>
internal sealed record StorageAccount(string SubscriptionId, string ResourceGroup, string Name, string Key, bool Hierarchical)
{
    /// <summary>It is the service's own, where nobody has a role: read by signatures that the service gives out, and in no other way.</summary>
    public bool Managed { get; init; }

    /// <summary>Makes an account with a fresh key.</summary>
    public static StorageAccount Create(string subscriptionId, string resourceGroup, string name, bool hierarchical) =>
        new(subscriptionId, resourceGroup, name, Convert.ToBase64String(RandomNumberGenerator.GetBytes(64)), hierarchical);
}

/// <summary>A key vault that was deleted and is kept.</summary>
/// <param name="Vault">Its document.</param>
/// <param name="Deleted">When it was deleted.</param>
/// <param name="Days">For how long it is kept.</param>
/// <param name="Protected">It cannot be purged before.</param>
internal sealed record DeletedVault(System.Text.Json.Nodes.JsonObject Vault, DateTimeOffset Deleted, int Days, bool Protected);

/// <summary>Everything the emulator holds besides blobs.</summary>
internal sealed class EmulatorState
{
    /// <summary>The tenant of the sample people.</summary>
    public string TenantId { get; } = "22222222-2222-2222-2222-222222222222";

    /// <summary>All tenants that may issue tokens.</summary>
    public HashSet<string> Tenants { get; } = ["22222222-2222-2222-2222-222222222222"];

    /// <summary>The people and their roles.</summary>
    public PeopleDirectory People { get; } = new();

    /// <summary>The subscriptions.</summary>
    public List<Subscription> Subscriptions { get; } = [];

    /// <summary>The workspaces.</summary>
    public ConcurrentDictionary<string, Workspace> Workspaces { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The registries, by id.</summary>
    public ConcurrentDictionary<string, Registry> Registries { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The storage accounts, by name.</summary>
    public ConcurrentDictionary<string, StorageAccount> Accounts { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Accounts that no workspace has yet: the blob engine must know them from its start.</summary>
    public ConcurrentQueue<StorageAccount> SpareAccounts { get; } = new(Enumerable.Range(1, 64).Select(n => StorageAccount.Create(string.Empty, string.Empty, $"spare{n:00}storage", false)));

    /// <summary>Azure resources besides workspaces (registries, vaults, insights, accounts), by id.</summary>
    public ConcurrentDictionary<string, System.Text.Json.Nodes.JsonObject> Dependents { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>When these were made, by id; for those nobody said it of, when they were first asked about.</summary>
    public ConcurrentDictionary<string, DateTimeOffset> Made { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Containers of storage accounts that Resource Manager tells of and that hold nothing, by the account's id.</summary>
    public ConcurrentDictionary<string, IReadOnlyList<string>> ToldContainers { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Deployments to resource groups, by id.</summary>
    public ConcurrentDictionary<string, System.Text.Json.Nodes.JsonObject> Deployments { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Key vaults that were deleted and are kept, by name.</summary>
    public ConcurrentDictionary<string, DeletedVault> DeletedVaults { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Workspaces that were deleted and are kept, by id, with the end of that.</summary>
    public ConcurrentDictionary<string, DateTimeOffset> DeletedWorkspaces { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Runs whose files are computed when asked for.</summary>
    public VirtualBlobs Virtual { get; } = new();

    /// <summary>What tests may change.</summary>
    public Settings Settings { get; } = new();

    /// <summary>Management locks.</summary>
    public LockStore Locks { get; } = new();

    /// <summary>What storage accounts keep beside live blobs, and their rules.</summary>
    public KeptBlobs Kept { get; } = new();

    /// <summary>File shares and what is in them.</summary>
    public ShareStore Shares { get; } = new();

    /// <summary>Long-running operations.</summary>
    public OperationStore Operations { get; } = new();

    /// <summary>The TLS port, known once the emulator listens.</summary>
    public int Port { get; set; }

    /// <summary>Resource Manager's address.</summary>
    public string ResourceManager => $"https://localhost:{Port}";

    /// <summary>What follows <c>account.blob.</c>.</summary>
    public string StorageSuffix => $"localhost:{Port}";

    /// <summary>The data plane's address for a region.</summary>
    public string DataPlane(string location) => $"https://{location}.api.azureml.localhost:{Port}";

    /// <summary>Run history's own address for a region, as the discovery document tells it.</summary>
    public string History(string location) => $"https://{location}.experiments.azureml.localhost:{Port}";

    /// <summary>An account's blob address.</summary>
    public string Blob(string account) => $"https://{account}.blob.{StorageSuffix}";

    /// <summary>Adds a workspace.</summary>
    public void Add(Workspace workspace) => Workspaces[workspace.ArmId] = workspace;

    /// <summary>Finds a workspace by its place; null when there is none.</summary>
    public Workspace? FindWorkspace(string subscriptionId, string resourceGroup, string name) =>
        Workspaces.GetValueOrDefault(Workspace.IdOf(subscriptionId, resourceGroup, name));
}
