using System.Text;
using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.ResourceManager;
using AmlDataTools.Emulator.State;
using AmlDataTools.Emulator.Storage;

namespace AmlDataTools.Emulator.Seeds;

/// <summary>A file to put into a run or container.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Seed">What its bytes are computed from, unless it has bytes of its own.</param>
/// <param name="Bytes">Its own bytes.</param>
/// <param name="Append">An append blob, as logs are.</param>
internal sealed record SeedFile(string Path, long Size, ulong Seed, ReadOnlyMemory<byte>? Bytes = null, bool Append = false)
{
    /// <summary>From here on a blob is written in blocks.</summary>
    public const long BlocksFrom = 16 * 1024 * 1024;

    /// <summary>A text file.</summary>
    public static SeedFile Text(string path, string text) => Encoding.UTF8.GetBytes(text) is var bytes ? new(path, bytes.Length, 0, bytes) : throw new InvalidOperationException();

    /// <summary>A log.</summary>
    public static SeedFile Log(string path, string text) => Text(path, text) with { Append = true };

    /// <summary>Computed bytes.</summary>
    public static SeedFile Binary(string path, long size, string seed) => new(path, size, Content.SeedOf(seed));

    /// <summary>A page blob of zeros, of which only the size is stored; a multiple of 512.</summary>
    public bool Sparse { get; init; }

    /// <summary>The whole content.</summary>
    public ReadOnlyMemory<byte> Whole() => Bytes ?? Content.Bytes(Seed, checked((int)Size));
}

/// <summary>How a workspace differs from the usual.</summary>
/// <param name="Kind">Default, Hub, Project, FeatureStore.</param>
/// <param name="Hub">Of a project, the id of its hub.</param>
/// <param name="Shares">Whose storage account, vault, insights and registry it uses; null for its own.</param>
/// <param name="PurgeProtection">Its vault cannot be purged.</param>
internal sealed record WorkspaceShape(string Kind, string? Hub, Workspace? Shares, bool PurgeProtection)
{
    /// <summary>Who made it.</summary>
    public Access.Person CreatedBy { get; init; } = PeopleDirectory.Ada;
}

/// <summary>Fills workspaces: blobs into the engine, records into the state.</summary>
/// <remarks>Records come first and blobs are written when the engine runs: it wants to know all accounts at its start.</remarks>
/// <param name="state">The emulator's state.</param>
internal sealed class Seeder(EmulatorState state)
{
    private BlobEngine? _engine;
    private readonly List<(StorageAccount Account, string Container, SeedFile File, Action<string>? Written)> _later = [];

    /// <summary>The state being filled.</summary>
    public EmulatorState State { get; } = state;

    /// <summary>Where blobs go; set once it runs.</summary>
    public BlobEngine Engine
    {
        get => _engine ?? throw new InvalidOperationException("The blob engine does not run yet.");
        set => _engine = value;
    }

    /// <summary>Makes a workspace with its dependents and its four standard datastores.</summary>
    public Workspace AddWorkspace(string subscription, string group, string name, string workspaceId, string location, DateTimeOffset created, bool hierarchical = false, bool registry = true, WorkspaceShape? shape = null)
    {
        var plain = name.Replace("-", string.Empty, StringComparison.Ordinal);
        var shared = shape?.Shares;
        var account = shared is not null ? State.Accounts[shared.StorageAccount]
            : shape is not null && State.SpareAccounts.TryDequeue(out var spare) ? AddAccount(spare with { SubscriptionId = subscription, ResourceGroup = group }, location)
            : AddAccount(StorageAccount.Create(subscription, group, plain + "storage", hierarchical), location);
        string Id(string provider, string last) => $"/subscriptions/{subscription}/resourceGroups/{group}/providers/{provider}/{last}";
        var workspace = new Workspace
        {
            SubscriptionId = subscription,
            ResourceGroup = group,
            Name = name,
            WorkspaceId = workspaceId,
            Location = location,
            StorageAccount = account.Name,
            StorageGroup = shared?.ResourceGroup,
            Kind = shape?.Kind ?? "Default",
            Hub = shape?.Hub,
            Dependents = shared?.Dependents ?? (Id("Microsoft.Keyvault", $"vaults/{name}-kv"), Id("Microsoft.insights", $"components/{name}-insights"), registry ? Id("Microsoft.ContainerRegistry", $"registries/{plain}acr") : null),
            Created = created,
            CreatedBy = shape?.CreatedBy ?? PeopleDirectory.Ada,
        };
        State.Add(workspace);
        if (shared is null)
        {
            AddDependents(workspace, shape?.PurgeProtection == true);
        }

        AddDatastore(workspace, "workspaceblobstore", account.Name, workspace.BlobStoreContainer, "AccountKey", isDefault: true);
        AddDatastore(workspace, "workspaceartifactstore", account.Name, "azureml", "AccountKey");
        AddShareDatastore(workspace, "workspaceworkingdirectory", account.Name, workspace.CodeShare, "AccountKey");
        AddShareDatastore(workspace, "workspacefilestore", account.Name, workspace.FileStoreShare, "AccountKey");
        return workspace;
    }

    /// <summary>Makes a storage account, with what Resource Manager tells of it.</summary>
    public StorageAccount AddAccount(string subscription, string group, string name, string location, bool hierarchical) =>
        AddAccount(StorageAccount.Create(subscription, group, name, hierarchical), location);

    private StorageAccount AddAccount(StorageAccount account, string location)
    {
        var (subscription, group, name, hierarchical) = (account.SubscriptionId, account.ResourceGroup, account.Name, account.Hierarchical);
        State.Accounts[name] = account;
        var id = $"/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Storage/storageAccounts/{name}";
        State.Dependents[id] = new JsonObject
        {
            ["id"] = id,
            ["name"] = name,
            ["type"] = "Microsoft.Storage/storageAccounts",
            ["location"] = location,
            ["tags"] = new JsonObject(),
            ["properties"] = new JsonObject
            {
                ["provisioningState"] = "Succeeded",
                ["isHnsEnabled"] = hierarchical,
                ["primaryEndpoints"] = new JsonObject { ["blob"] = State.Blob(name) + "/", ["dfs"] = $"https://{name}.dfs.{State.StorageSuffix}/", ["file"] = $"https://{name}.file.{State.StorageSuffix}/" },
            },
        };
        return account;
    }

    /// <summary>Makes a datastore: of Data Lake Storage when the account is hierarchical and access is by identity, else of blobs, as a workspace's own are.</summary>
    public void AddDatastore(Workspace workspace, string name, string account, string container, string credentials, bool isDefault = false)
    {
        var lake = State.Accounts[account].Hierarchical && credentials == "None";
        workspace.Resources.Put("datastores/" + name, ResourceRoutes.Envelope(workspace, "datastores/" + name, "datastores", new JsonObject
        {
            ["description"] = null,
            ["tags"] = null,
            ["properties"] = null,
            ["isDefault"] = isDefault,
            ["credentials"] = new JsonObject { ["credentialsType"] = credentials },
            ["datastoreType"] = lake ? "AzureDataLakeGen2" : "AzureBlob",
            ["accountName"] = account,
            [lake ? "filesystem" : "containerName"] = container,
            ["endpoint"] = State.StorageSuffix,
            ["protocol"] = "https",
            ["serviceDataAccessAuthIdentity"] = isDefault ? "WorkspaceSystemAssignedIdentity" : "None",
        }, "33333333-3333-3333-3333-333333333333", workspace.Created));
    }

    /// <summary>Makes a datastore of a file share, and the share.</summary>
    public void AddShareDatastore(Workspace workspace, string name, string account, string share, string credentials)
    {
        State.Shares.Ensure(account, share);
        workspace.Resources.Put("datastores/" + name, ResourceRoutes.Envelope(workspace, "datastores/" + name, "datastores", new JsonObject
        {
            ["description"] = null,
            ["tags"] = null,
            ["properties"] = null,
            ["isDefault"] = false,
            ["credentials"] = new JsonObject { ["credentialsType"] = credentials },
            ["datastoreType"] = "AzureFile",
            ["accountName"] = account,
            ["fileShareName"] = share,
            ["endpoint"] = State.StorageSuffix,
            ["protocol"] = "https",
            ["serviceDataAccessAuthIdentity"] = "None",
        }, "33333333-3333-3333-3333-333333333333", workspace.Created));
    }

    /// <summary>Puts or replaces a file of a share, with the directories it lies in.</summary>
    public static ShareFile PutFile(FileShareState share, SeedFile file)
    {
        lock (share.Gate)
        {
            var slash = file.Path.LastIndexOf('/');
            var directory = share.Ensure(slash < 0 ? string.Empty : file.Path[..slash]);
            var name = file.Path[(slash + 1)..];
            var made = new ShareFile { Name = name };
            if (file.Bytes is { } bytes)
            {
                made.Set(bytes.Span);
            }
            else
            {
                made.Set(file.Seed, file.Size);
            }

            directory.Nodes[name] = made;
            return made;
        }
    }

    /// <summary>Makes an experiment.</summary>
    public static Experiment AddExperiment(Workspace workspace, string name, DateTimeOffset created, DateTimeOffset? archived = null, GeneratedRuns? generated = null) =>
        workspace.Runs.Add(new Experiment { Id = GuidOf(workspace.WorkspaceId + name), Name = name, Created = created, Archived = archived, Generated = generated });

    /// <summary>Adds a run whose files are written when <see cref="WriteAsync"/> runs.</summary>
    public void AddRun(Workspace workspace, RunRecord run, IReadOnlyList<SeedFile> files)
    {
        if (run.ReusedRunId is null)
        {
            var registered = files.Select(f => new RunFile(f.Path, f.Size, run.Ended ?? run.Created, string.Empty)).ToArray();
            run.Files = registered;
            foreach (var (file, i) in files.Select((f, i) => (f, i)))
            {
                // The artifact service tells the blob's ETag of the time it was registered.
                AddBlob(workspace.StorageAccount, "azureml", file with { Path = $"ExperimentRun/{run.DataContainerId}/{file.Path}" }, etag => registered[i] = registered[i] with { ETag = etag });
            }
        }

        workspace.Runs.Add(run);
    }

    /// <summary>Adds a blob that is written when <see cref="WriteAsync"/> runs.</summary>
    public void AddBlob(string account, string container, SeedFile file, Action<string>? written = null) => _later.Add((State.Accounts[account], container, file, written));

    /// <summary>Writes all blobs and makes their containers first.</summary>
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        var containers = State.Workspaces.Values.SelectMany(w => new[] { (w.StorageAccount, "azureml"), (w.StorageAccount, w.BlobStoreContainer) })
            .Concat(_later.Select(l => (l.Account.Name, l.Container))).Distinct();
        foreach (var (account, container) in containers)
        {
            await Engine.CreateContainerAsync(State.Accounts[account], container, cancellationToken);
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(_later, options, async (item, token) =>
        {
            var etag = await WriteAsync(item.Account, item.Container, item.File, token);
            item.Written?.Invoke(etag);
        });
        _later.Clear();
    }

    /// <summary>Writes one blob at once.</summary>
    /// <returns>Its ETag.</returns>
    public async Task<string> WriteAsync(StorageAccount account, string container, SeedFile file, CancellationToken cancellationToken)
    {
        if (account.Hierarchical)
        {
            await HierarchicalListing.EnsureParentsAsync(Engine, account, container, file.Path, cancellationToken);
        }

        return file.Sparse ? await Engine.PutSparseAsync(account, container, file.Path, file.Size, cancellationToken)
            : file.Append ? await Engine.AppendAsync(account, container, file.Path, file.Whole(), cancellationToken)
            : file.Bytes is null && file.Size >= SeedFile.BlocksFrom
                ? await Engine.PutBlocksAsync(account, container, file.Path, file.Size, (at, span) => Content.Fill(file.Seed, at, span), cancellationToken)
                : await Engine.PutAsync(account, container, file.Path, file.Whole(), [], cancellationToken);
    }

    /// <summary>A GUID from a text, the same in every run.</summary>
    public static string GuidOf(string text) => new Guid(Content.Bytes(Content.SeedOf(text), 16)).ToString();

    private void AddDependents(Workspace workspace, bool purgeProtection)
    {
        void Add(string id, string type, JsonObject properties) => State.Dependents[id] = new JsonObject
        {
            ["id"] = id,
            ["name"] = id[(id.LastIndexOf('/') + 1)..],
            ["type"] = type,
            ["location"] = workspace.Location,
            ["tags"] = new JsonObject(),
            ["properties"] = properties,
        };
        var vault = new JsonObject { ["enableSoftDelete"] = true, ["softDeleteRetentionInDays"] = 90, ["provisioningState"] = "Succeeded" };
        if (purgeProtection)
        {
            // The service tells it only where it is on.
            vault["enablePurgeProtection"] = true;
        }

        Add(workspace.Dependents.KeyVault, "Microsoft.KeyVault/vaults", vault);
        var logs = $"/subscriptions/{workspace.SubscriptionId}/resourceGroups/{workspace.ResourceGroup}/providers/Microsoft.OperationalInsights/workspaces/{workspace.Name}-logs";
        Add(logs, "Microsoft.OperationalInsights/workspaces", new JsonObject { ["provisioningState"] = "Succeeded", ["retentionInDays"] = 30, ["sku"] = new JsonObject { ["name"] = "PerGB2018" } });
        Add(workspace.Dependents.Insights, "microsoft.insights/components", new JsonObject
        {
            ["Application_Type"] = "web",
            ["provisioningState"] = "Succeeded",
            ["WorkspaceResourceId"] = logs,
        });
        if (workspace.Dependents.Registry is { } registry)
        {
            Add(registry, "Microsoft.ContainerRegistry/registries", new JsonObject { ["loginServer"] = registry[(registry.LastIndexOf('/') + 1)..] + ".azurecr.io", ["provisioningState"] = "Succeeded" });
        }
    }
}
