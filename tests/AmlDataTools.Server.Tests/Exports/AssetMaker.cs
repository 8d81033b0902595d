using System.Text.Json.Nodes;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Server.Tests.Exports;

/// <summary>Makes models and data with files of known bytes.</summary>
internal sealed class AssetMaker(EmulatorProcess emulator)
{
    private JsonObject? _store;

    /// <summary>A name nothing else has.</summary>
    public static string NewName(string stem) => $"{stem}-{Guid.NewGuid():N}"[..(stem.Length + 9)];

    public string Node(ResourceKind kind, string name, string? child = null) =>
        NodeTargets.Format(new ResourceTarget(new ResourceAddress(emulator.Workspace, kind, name, child), null));

    public string Long(string datastore, string path) =>
        $"azureml://subscriptions/{emulator.Workspace.SubscriptionId}/resourceGroups/{emulator.Workspace.ResourceGroup}/workspaces/{emulator.Workspace.Name}/datastores/{datastore}/paths/{path}";

    /// <summary>The address of a blob of <c>workspaceblobstore</c> in its account.</summary>
    public async Task<string> DirectAsync(string path, string endpoint = "blob")
    {
        var (account, container) = await StoreAsync();
        return $"https://{account}.{endpoint}.{emulator["storageSuffix"]}/{container}/{path}";
    }

    public async Task<(string Account, string Container)> StoreAsync()
    {
        _store ??= await emulator.ServiceAsync(HttpMethod.Get, $"{emulator["resourceManager"].TrimEnd('/')}{emulator.Workspace.ResourceId}/datastores/workspaceblobstore?api-version=2025-12-01", null);
        return ((string?)_store["properties"]?["accountName"] ?? string.Empty, (string?)_store["properties"]?["containerName"] ?? string.Empty);
    }

    /// <summary>Writes blobs below a folder; gives them with their paths below it.</summary>
    public async Task<IReadOnlyList<MadeFile>> FilesAsync(string folder, params (string Path, long Size)[] files)
    {
        var (account, container) = await StoreAsync();
        return await FilesInAsync(account, container, folder, files);
    }

    public async Task<IReadOnlyList<MadeFile>> FilesInAsync(string account, string container, string folder, params (string Path, long Size)[] files)
    {
        var made = new List<MadeFile>();
        foreach (var (path, size) in files)
        {
            made.Add(MadeFile.Of(await emulator.ControlAsync(HttpMethod.Post, "blobs", new JsonObject
            {
                ["account"] = account,
                ["container"] = container,
                ["name"] = folder + path,
                ["size"] = size,
                ["seed"] = folder + path,
            })) with
            { Path = path });
        }

        return made;
    }

    public async Task TextAsync(string path, string text)
    {
        var (account, container) = await StoreAsync();
        await emulator.ControlAsync(HttpMethod.Post, "blobs", new JsonObject { ["account"] = account, ["container"] = container, ["name"] = path, ["text"] = text });
    }

    public async Task DeleteAsync(string path)
    {
        var (account, container) = await StoreAsync();
        await emulator.ControlAsync(HttpMethod.Post, "blobs", new JsonObject { ["account"] = account, ["container"] = container, ["name"] = path, ["delete"] = true });
    }

    /// <summary>A model version; the container tells it as the latest.</summary>
    public Task ModelAsync(string name, string version, string uri, JsonObject? more = null, string? created = null) => VersionAsync(
        "models", name, version, With(new JsonObject { ["modelType"] = "custom_model", ["modelUri"] = uri, ["jobName"] = null, ["flavors"] = new JsonObject() }, more), created);

    public Task DataAsync(string name, string version, string type, string uri) =>
        VersionAsync("data", name, version, new JsonObject { ["dataType"] = type, ["dataUri"] = uri }, null);

    private async Task VersionAsync(string kind, string name, string version, JsonObject properties, string? created)
    {
        await ResourceAsync($"{kind}/{name}", new JsonObject { ["isArchived"] = false, ["latestVersion"] = version, ["nextVersion"] = "99" }, null);
        await ResourceAsync($"{kind}/{name}/versions/{version}", With(new JsonObject { ["description"] = null, ["tags"] = new JsonObject(), ["properties"] = new JsonObject(), ["isArchived"] = false }, properties), created);
    }

    private Task ResourceAsync(string path, JsonObject properties, string? created)
    {
        var json = new JsonObject { ["path"] = path, ["body"] = new JsonObject { ["properties"] = properties } };
        if (created is not null)
        {
            json["created"] = created;
        }

        return emulator.ControlAsync(HttpMethod.Post, "resources", json);
    }

    private static JsonObject With(JsonObject document, JsonObject? more)
    {
        foreach (var (key, value) in more ?? [])
        {
            document[key] = value?.DeepClone();
        }

        return document;
    }
}
