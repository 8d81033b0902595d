using System.Text.Json.Nodes;
using AmlDataTools.Azure;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Resources;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.Changes;

/// <summary>Tests that change things share an emulator of their own, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class ChangeCollection : ICollectionFixture<ChangeEmulator>
{
    public const string Name = "changes";
}

/// <summary>The emulator for tests that change things, with makers of things to change.</summary>
public sealed class ChangeEmulator : EmulatorProcess
{
    private int _made;
    private string? _blobContainer;

    /// <summary>A name nothing else has.</summary>
    internal string NewName(string stem) => $"{stem}-{Interlocked.Increment(ref _made):000}";

    /// <summary>The node of a thing.</summary>
    internal string NodeOf(ResourceKind kind, string name, string? child = null) =>
        NodeTargets.Format(new ResourceTarget(new ResourceAddress(Workspace, kind, name, child), null));

    internal string ExperimentNode(string name) => NodeTargets.Format(new ExperimentTarget(Workspace, name));

    internal string GroupNode(ResourceGroupKind group) => NodeTargets.Format(new ResourceGroupTarget(Workspace, group));

    /// <summary>A workspace by its name.</summary>
    internal async Task<WorkspaceRef> WorkspaceAsync(string name)
    {
        var state = await ControlAsync(HttpMethod.Get, $"state?workspace={name}", null);
        return WorkspaceRef.FromResourceId((string?)state["workspaces"]?[name]?["id"], null) ?? throw new InvalidOperationException($"There is no {name}.");
    }

    /// <summary>A resource as Resource Manager would hold it.</summary>
    internal Task ResourceAsync(string path, JsonObject properties, string? created = null)
    {
        var json = new JsonObject { ["path"] = path, ["body"] = new JsonObject { ["properties"] = properties } };
        if (created is not null)
        {
            json["created"] = created;
        }

        return ControlAsync(HttpMethod.Post, "resources", json);
    }

    /// <summary>A model with versions, each with two blobs of its own in <c>workspaceblobstore</c>.</summary>
    internal async Task<string> ModelAsync(int versions = 1, string? name = null, string? folder = null)
    {
        name ??= NewName("model");
        await ContainerAsync("models", name, versions);
        for (var v = 1; v <= versions; v++)
        {
            var place = folder ?? $"LocalUpload/{name}-{v}/model";
            await BlobAsync($"{place}/model.pkl", 3000 + v);
            await BlobAsync($"{place}/MLmodel", 40);
            await VersionAsync("models", name, v, new JsonObject { ["modelType"] = "custom_model", ["modelUri"] = Uri("workspaceblobstore", place), ["jobName"] = null, ["flavors"] = new JsonObject() });
        }

        return name;
    }

    /// <summary>A data asset of one version over a folder or a file.</summary>
    internal async Task<string> DataAsync(string type, string path, string? name = null)
    {
        name ??= NewName("data");
        await ContainerAsync("data", name, 1, new JsonObject { ["dataType"] = type });
        await VersionAsync("data", name, 1, new JsonObject { ["dataType"] = type, ["dataUri"] = Uri("workspaceblobstore", path) });
        return name;
    }

    /// <summary>A model or data asset of one version, at a place that exists or not.</summary>
    internal async Task AssetAtAsync(string kind, string name, JsonObject version)
    {
        await ContainerAsync(kind, name, 1, kind == "data" ? new JsonObject { ["dataType"] = version["dataType"]?.DeepClone() } : null);
        await VersionAsync(kind, name, 1, version);
    }

    /// <summary>An environment or a component.</summary>
    internal async Task<string> AssetAsync(string kind, JsonObject version, int versions = 1)
    {
        var name = NewName(kind.TrimEnd('s'));
        await ContainerAsync(kind, name, versions);
        for (var v = 1; v <= versions; v++)
        {
            await VersionAsync(kind, name, v, (JsonObject)version.DeepClone());
        }

        return name;
    }

    internal Task DatasetAsync(string name, string path) =>
        ControlAsync(HttpMethod.Post, "datasets", new JsonObject { ["name"] = name, ["path"] = path });

    /// <summary>Writes a blob of <c>workspaceblobstore</c>.</summary>
    internal async Task BlobAsync(string name, int size, string seed = "") =>
        await ControlAsync(HttpMethod.Post, "blobs", new JsonObject { ["container"] = await BlobContainerAsync(), ["name"] = name, ["size"] = size, ["seed"] = name + seed });

    /// <summary>Key of a blob of <c>workspaceblobstore</c> in a <see cref="World"/>.</summary>
    internal async Task<string> BlobKeyAsync(World world, string name)
    {
        var end = $"/{await BlobContainerAsync()}/{name}";
        return world.Entries.Keys.Single(k => k.StartsWith("blob:", StringComparison.Ordinal) && k.EndsWith(end, StringComparison.Ordinal));
    }

    internal Task LockAsync(string scope, string level = "CanNotDelete") =>
        ControlAsync(HttpMethod.Post, "locks", new JsonObject { ["scope"] = scope, ["level"] = level });

    internal Task UnlockAsync(string scope) => ControlAsync(HttpMethod.Delete, "locks?scope=" + System.Uri.EscapeDataString(scope), null);

    internal Task StorageRulesAsync(JsonObject rules) => ControlAsync(HttpMethod.Post, "storage", rules);

    internal Task SetAsync(JsonObject settings) => ControlAsync(HttpMethod.Post, "settings", settings);

    /// <summary>An address in a datastore of the workspace.</summary>
    internal string Uri(string datastore, string path) =>
        $"azureml://subscriptions/{Workspace.SubscriptionId}/resourceGroups/{Workspace.ResourceGroup}/workspaces/{Workspace.Name}/datastores/{datastore}/paths/{path}";

    internal async Task<string> BlobContainerAsync()
    {
        if (_blobContainer is null)
        {
            var store = await ServiceAsync(HttpMethod.Get, $"{this["resourceManager"].TrimEnd('/')}{Workspace.ResourceId}/datastores/workspaceblobstore?api-version=2025-12-01", null);
            _blobContainer = (string?)store["properties"]?["containerName"] ?? throw new InvalidOperationException("No container.");
        }

        return _blobContainer;
    }

    private Task ContainerAsync(string kind, string name, int versions, JsonObject? more = null)
    {
        var properties = new JsonObject
        {
            ["description"] = null,
            ["tags"] = new JsonObject(),
            ["properties"] = new JsonObject(),
            ["isArchived"] = false,
            ["latestVersion"] = $"{versions}",
            ["nextVersion"] = $"{versions + 1}",
        };
        foreach (var (key, value) in more ?? [])
        {
            properties[key] = value?.DeepClone();
        }

        return ResourceAsync($"{kind}/{name}", properties);
    }

    private Task VersionAsync(string kind, string name, int version, JsonObject more)
    {
        var properties = new JsonObject
        {
            ["description"] = null,
            ["tags"] = new JsonObject(),
            ["properties"] = new JsonObject(),
            ["isArchived"] = false,
            ["isAnonymous"] = false,
            ["futureField"] = "kept",
        };
        foreach (var (key, value) in more)
        {
            properties[key] = value?.DeepClone();
        }

        return ResourceAsync($"{kind}/{name}/versions/{version}", properties);
    }
}
