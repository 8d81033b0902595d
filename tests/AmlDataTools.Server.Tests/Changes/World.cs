using System.Text.Json.Nodes;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.Changes;

/// <summary>Everything the emulator holds, flat: one key for each record, run, experiment, blob. Compared before and after a change.</summary>
internal sealed class World
{
    private readonly SortedDictionary<string, string> _entries = new(StringComparer.Ordinal);

    private World()
    {
    }

    /// <summary>Keys: <c>resource:models/x/versions/1</c>, <c>classic:datasets/x</c>, <c>run:id</c>, <c>experiment:name</c>, <c>blob:account/container/name</c>, <c>deleted:...</c>, ...</summary>
    public IReadOnlyDictionary<string, string> Entries => _entries;

    /// <summary>Reads it.</summary>
    public static async Task<World> ReadAsync(EmulatorProcess emulator)
    {
        var state = await emulator.ControlAsync(HttpMethod.Get, "state", null);
        var world = new World();
        foreach (var (name, workspace) in state["workspaces"] as JsonObject ?? [])
        {
            // Names of the workspace tests work in stand alone; anything in another one says which.
            var prefix = name == emulator.Workspace.Name ? string.Empty : name + "!";
            world._entries["workspace:" + name] = (string?)workspace?["id"] ?? string.Empty;
            world.Take(workspace?["resources"], $"{prefix}resource:");
            world.Take(workspace?["classic"], $"{prefix}classic:");
            world.Take(workspace?["experiments"], $"{prefix}experiment:");
            world.Take(workspace?["runs"], $"{prefix}run:");
            world.Take(workspace?["snapshots"], $"{prefix}snapshot:");
        }

        world.Take(state["dependents"], "dependent:");
        world.Take(state["deletedVaults"], "keptVault:");
        world.Take(state["deletedWorkspaces"], "keptWorkspace:");
        foreach (var (account, storage) in state["storage"] as JsonObject ?? [])
        {
            foreach (var (container, content) in storage?["containers"] as JsonObject ?? [])
            {
                world.Take(content?["blobs"], $"blob:{account}/{container}/");
                world.Take(content?["deleted"], $"deleted:{account}/{container}/");
                world.Take(content?["versions"], $"version:{account}/{container}/");
                world.Take(content?["snapshots"], $"blobSnapshot:{account}/{container}/");
            }
        }

        return world;
    }

    /// <summary>Keys of blobs below a folder of the artifact store.</summary>
    public IReadOnlyList<string> BlobsBelow(string folder) => [.. _entries.Keys.Where(k => k.StartsWith("blob:", StringComparison.Ordinal) && k.Contains("/azureml/" + folder, StringComparison.Ordinal))];

    /// <summary>Keys that contain a text.</summary>
    public IReadOnlyList<string> Keys(string text) => [.. _entries.Keys.Where(k => k.Contains(text, StringComparison.Ordinal))];

    /// <summary>
    /// That between this and a later state exactly these keys went and exactly these changed, and nothing else came, went or
    /// changed. What a storage account keeps of deleted blobs does not count unless asked for.
    /// </summary>
    public void AssertBecame(World after, IEnumerable<string> gone, IEnumerable<string>? changed = null, IEnumerable<string>? came = null, bool countKept = false)
    {
        bool Counts(string key) => countKept || !(key.StartsWith("deleted:", StringComparison.Ordinal) || key.StartsWith("version:", StringComparison.Ordinal));
        var difference = new
        {
            Gone = _entries.Keys.Where(k => Counts(k) && !after._entries.ContainsKey(k)).Order(StringComparer.Ordinal).ToList(),
            Came = after._entries.Keys.Where(k => Counts(k) && !_entries.ContainsKey(k)).Order(StringComparer.Ordinal).ToList(),
            Changed = _entries.Where(e => Counts(e.Key) && after._entries.TryGetValue(e.Key, out var now) && now != e.Value).Select(e => e.Key).Order(StringComparer.Ordinal).ToList(),
        };
        Assert.Equal(gone.Distinct().Order(StringComparer.Ordinal), difference.Gone);
        Assert.Equal((changed ?? []).Distinct().Order(StringComparer.Ordinal), difference.Changed);
        Assert.Equal((came ?? []).Distinct().Order(StringComparer.Ordinal), difference.Came);
    }

    private void Take(JsonNode? from, string prefix)
    {
        foreach (var (key, value) in from as JsonObject ?? [])
        {
            // A deleted computed run stands as null: it is not there.
            if (value is not null)
            {
                _entries[prefix + key] = value.ToJsonString();
            }
        }
    }
}
