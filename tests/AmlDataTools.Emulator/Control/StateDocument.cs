using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;
using AmlDataTools.Emulator.Storage;

namespace AmlDataTools.Emulator.Control;

/// <summary>The whole state as one document in a stable order, to be compared before and after.</summary>
/// <param name="state">The emulator's state.</param>
/// <param name="engine">Azurite.</param>
internal sealed class StateDocument(EmulatorState state, BlobEngine engine)
{
    /// <summary>Answers <c>GET /state</c>; <c>workspace</c> narrows it to one workspace and the accounts of its datastores.</summary>
    public async Task HandleAsync(Exchange exchange)
    {
        var name = exchange.Query("workspace");
        var workspaces = state.Workspaces.Values.Where(w => name is null || w.Name == name).OrderBy(w => w.ArmId, StringComparer.Ordinal).ToArray();
        if (name is not null && workspaces.Length == 0)
        {
            throw new ServiceException(404, "NotFound", $"There is no workspace '{name}'.");
        }

        var accounts = name is null ? state.Accounts.Keys : workspaces.SelectMany(AccountsOf).Distinct(StringComparer.OrdinalIgnoreCase);
        var storage = new JsonObject();
        foreach (var account in accounts.Order(StringComparer.Ordinal))
        {
            storage[account] = await AccountAsync(state.Accounts[account], exchange.Aborted);
        }

        await exchange.JsonAsync(new JsonObject
        {
            ["workspaces"] = new JsonObject(workspaces.Select(w => KeyValuePair.Create(w.Name, (JsonNode?)Document(w)))),
            ["dependents"] = new JsonObject(state.Dependents.Where(d => name is null || workspaces.Any(w => IsOf(w, d.Key)))
                .OrderBy(d => d.Key, StringComparer.Ordinal).Select(d => KeyValuePair.Create(d.Key, (JsonNode?)Hash(d.Value)))),
            ["deletedVaults"] = new JsonObject(state.DeletedVaults.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => KeyValuePair.Create(v.Key, (JsonNode?)v.Value.Days))),
            ["deletedWorkspaces"] = new JsonObject(state.DeletedWorkspaces.OrderBy(w => w.Key, StringComparer.Ordinal).Select(w => KeyValuePair.Create(w.Key, (JsonNode?)true))),
            ["storage"] = storage,
        });
    }

    private IEnumerable<string> AccountsOf(Workspace workspace) => workspace.Resources.List("datastores")
        .Select(d => (d["properties"] as JsonObject)?.Text("accountName")).OfType<string>().Append(workspace.StorageAccount).Where(state.Accounts.ContainsKey);

    private bool IsOf(Workspace workspace, string id) =>
        new[] { workspace.Dependents.KeyVault, workspace.Dependents.Insights, workspace.Dependents.Registry }.Contains(id, StringComparer.OrdinalIgnoreCase)
        || AccountsOf(workspace).Any(a => id.EndsWith("/storageAccounts/" + a, StringComparison.OrdinalIgnoreCase));

    private static JsonObject Document(Workspace workspace) => new()
    {
        ["id"] = workspace.ArmId,
        ["resources"] = Resources(workspace.Resources),
        ["classic"] = Resources(workspace.Classic),
        ["experiments"] = new JsonObject(workspace.Runs.Experiments.OrderBy(e => e.Name, StringComparer.Ordinal)
            .Select(e => KeyValuePair.Create(e.Name, (JsonNode?)new JsonObject { ["id"] = e.Id, ["archived"] = e.Archived is not null, ["texts"] = Texts(e.Description, e.Tags) }))),
        ["runs"] = Runs(workspace),
        ["snapshots"] = new JsonObject(workspace.Snapshots.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => KeyValuePair.Create(s.Key, (JsonNode?)s.Value))),
    };

    /// <summary>Times and people of a change are left out of the hash: something archived and restored is what it was.</summary>
    private static JsonObject Resources(ResourceStore store)
    {
        var all = new JsonObject();
        foreach (var (path, resource) in store.All)
        {
            var properties = resource["properties"] as JsonObject ?? resource;
            all[path] = new JsonObject { ["archived"] = properties.Truth("isArchived") ?? (resource.Text("entityStatus") is { } status && status != "Active"), ["etag"] = resource.Text("etag"), ["hash"] = Hash(resource) };
        }

        return all;
    }

    /// <summary>Stored runs; of computed ones the changed, and null for the deleted.</summary>
    private static JsonObject Runs(Workspace workspace)
    {
        var runs = workspace.Runs.Stored.Select(r => KeyValuePair.Create(r.RunId, (RunRecord?)r)).Concat(workspace.Runs.Experiments.SelectMany(e => e.Changed));
        return new JsonObject(runs.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => KeyValuePair.Create(r.Key, r.Value is not { } run ? null : (JsonNode?)new JsonObject
        {
            ["experiment"] = run.ExperimentName,
            ["archived"] = run.Hidden,
            ["status"] = run.Status,
            ["metrics"] = run.Metrics.Count,
            ["artifacts"] = run.Files.Count,
            ["texts"] = Texts(run.Description, run.Tags, run.DisplayName),
        })));
    }

    /// <summary>What people wrote; an empty description is none.</summary>
    private static string Texts(string? description, IReadOnlyDictionary<string, string> tags, string? displayName = null) => Hash(new JsonObject
    {
        ["description"] = string.IsNullOrEmpty(description) ? null : description,
        ["displayName"] = displayName,
        ["tags"] = JsonShape.Map(tags.OrderBy(tag => tag.Key, StringComparer.Ordinal)),
    });

    private static string Hash(JsonObject resource)
    {
        var copy = (JsonObject)resource.DeepClone();
        copy.Remove("systemData");
        copy.Remove("lastModifiedDate");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(copy.ToJsonString())))[..16];
    }

    private async Task<JsonObject> AccountAsync(StorageAccount account, CancellationToken cancellationToken)
    {
        var containers = new JsonObject();
        foreach (var container in await ContainersAsync(account, cancellationToken))
        {
            containers[container] = await ContainerAsync(account, container, cancellationToken);
        }

        return new JsonObject { ["hierarchical"] = account.Hierarchical, ["containers"] = containers, ["shares"] = new JsonObject(state.Shares.Of(account.Name).Select(s => KeyValuePair.Create(s.Name, (JsonNode?)Share(s)))) };
    }

    /// <summary>Files with length and tag, directories by name alone: what is done in one changes nothing of it.</summary>
    private static JsonObject Share(FileShareState share)
    {
        var (files, directories) = (new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal), new SortedSet<string>(StringComparer.Ordinal));
        lock (share.Gate)
        {
            var open = new Stack<(string Path, ShareDirectory Directory)>([(string.Empty, share.Root)]);
            while (open.TryPop(out var at))
            {
                foreach (var node in at.Directory.Nodes.Values)
                {
                    var path = at.Path + node.Name;
                    switch (node)
                    {
                        case ShareDirectory inner:
                            directories.Add(path);
                            open.Push((path + "/", inner));
                            break;
                        case ShareFile file:
                            files[path] = new JsonObject { ["length"] = file.Length, ["etag"] = file.ETag };
                            break;
                    }
                }
            }

            return new JsonObject { ["files"] = new JsonObject(files), ["directories"] = new JsonObject(directories.Select(d => KeyValuePair.Create(d, (JsonNode?)true))), ["snapshots"] = share.Snapshots.Count };
        }
    }

    private async Task<IReadOnlyList<string>> ContainersAsync(StorageAccount account, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await PagesAsync(account, "/?comp=list", _ => { }, names, cancellationToken);
        return [.. names.Where(n => n != KeptBlobs.Shadow).Order(StringComparer.Ordinal)];
    }

    private async Task<JsonObject> ContainerAsync(StorageAccount account, string container, CancellationToken cancellationToken)
    {
        var (live, deleted, versions, snapshots) = (new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal), new JsonObject(), new JsonObject(), new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal));
        await PagesAsync(account, $"/{container}?restype=container&comp=list&include=snapshots%2Cmetadata", blob =>
        {
            var document = new JsonObject { ["length"] = long.Parse(blob.GetValueOrDefault("Content-Length", "0"), CultureInfo.InvariantCulture), ["etag"] = blob.GetValueOrDefault("Etag", string.Empty) };
            if (blob.GetValueOrDefault(HierarchicalListing.Mark) == "true")
            {
                document["directory"] = true;
            }

            if (blob.TryGetValue("Snapshot", out var snapshot) && snapshot.Length > 0)
            {
                snapshots[$"{blob["Name"]}@{snapshot}"] = document;
            }
            else
            {
                if (state.Kept.Current(account.Name, container, blob["Name"]) is { } version)
                {
                    document["version"] = version;
                }

                live[blob["Name"]] = document;
            }
        }, [], cancellationToken);
        foreach (var kept in state.Kept.Under(account.Name, container, string.Empty))
        {
            var document = new JsonObject { ["length"] = kept.Length, ["etag"] = kept.ETag };
            var key = kept.Order.Length > 0 ? $"{kept.Name}@{kept.Order}" : $"{kept.Name}@{kept.ETag}";
            if (kept.Deleted is null && kept.VersionId is null)
            {
                snapshots[key] = document;
            }
            else
            {
                (kept.Deleted is null ? versions : deleted)[key] = document;
            }
        }

        var answer = new JsonObject { ["blobs"] = new JsonObject(live), ["deleted"] = deleted, ["versions"] = versions, ["snapshots"] = new JsonObject(snapshots) };
        if (state.Virtual.Removed(account.Name, container) is { Count: > 0 } removed)
        {
            answer["removedComputed"] = JsonShape.List(removed);
        }

        return answer;
    }

    /// <summary>Reads all pages of a listing: containers' names, or each blob's elements by name.</summary>
    private async Task PagesAsync(StorageAccount account, string target, Action<IReadOnlyDictionary<string, string>> blob, List<string> containers, CancellationToken cancellationToken)
    {
        var marker = string.Empty;
        do
        {
            using var answer = await engine.CallAsync(account, HttpMethod.Get, target + (marker.Length > 0 ? "&marker=" + Uri.EscapeDataString(marker) : string.Empty), null, [], cancellationToken);
            await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
            using var xml = XmlReader.Create(stream, new XmlReaderSettings { Async = true });
            marker = string.Empty;
            Dictionary<string, string>? open = null;
            string? container = null;
            var element = string.Empty;
            while (await xml.ReadAsync())
            {
                switch (xml.NodeType)
                {
                    case XmlNodeType.Element:
                        element = xml.IsEmptyElement ? string.Empty : xml.Name;
                        open = xml.Name == "Blob" ? [] : open;
                        container = xml.Name == "Container" ? string.Empty : container;
                        break;
                    case XmlNodeType.Text or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace or XmlNodeType.CDATA when open is not null && element.Length > 0:
                        open[element] = open.GetValueOrDefault(element, string.Empty) + xml.Value;
                        break;
                    case XmlNodeType.Text when element == "NextMarker":
                        marker = xml.Value;
                        break;
                    case XmlNodeType.Text when element == "Name" && container is not null:
                        containers.Add(xml.Value);
                        container = null;
                        break;
                    case XmlNodeType.EndElement:
                        element = string.Empty;
                        if (xml.Name == "Blob" && open is not null)
                        {
                            blob(open);
                            open = null;
                        }

                        break;
                }
            }
        }
        while (marker.Length > 0);
    }
}
