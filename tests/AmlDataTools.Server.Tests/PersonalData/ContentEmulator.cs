using System.Text.Json.Nodes;
using AmlDataTools.Azure;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Storage;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.PersonalData;

/// <summary>Tests of planted people share an emulator, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class ContentCollection : ICollectionFixture<ContentEmulator>
{
    public const string Name = "planted people";
}

/// <summary>A planted place.</summary>
internal sealed record Planted(string Node, string Value, MatchGrade Grade, string By, string Path, string Kind);

/// <summary>The emulator with a workspace of planted people, and the list of what was planted.</summary>
public sealed class ContentEmulator : EmulatorProcess
{
    private JsonObject? _planted;
    private WorkspaceRef? _people;

    /// <summary>The planted workspace.</summary>
    internal WorkspaceRef People => _people ?? throw new InvalidOperationException("Nothing is planted yet.");

    /// <summary>The storage account of it.</summary>
    internal string Account => (string?)_planted?["storageAccount"] ?? throw new InvalidOperationException("Nothing is planted yet.");

    /// <summary>Everything that was planted.</summary>
    internal IReadOnlyList<Planted> Places { get; private set; } = [];

    /// <summary>Plants people unless it was done.</summary>
    internal async Task PlantAsync()
    {
        if (_planted is not null)
        {
            return;
        }

        _planted = await ControlAsync(HttpMethod.Post, "people/plant", []);
        _people = WorkspaceRef.FromResourceId((string?)_planted["workspace"], null) ?? throw new InvalidOperationException("No workspace was planted.");
        Places = [.. (_planted["places"] as JsonArray ?? []).OfType<JsonObject>().Select(Place)];
    }

    /// <summary>A person as a subject.</summary>
    internal PersonalDataSubject Subject(string key)
    {
        var person = (_planted?["people"] as JsonArray ?? []).OfType<JsonObject>().Single(one => (string?)one["key"] == key);
        return new PersonalDataSubject((string?)person["objectId"], (string?)person["tenantId"], (string?)person["upn"], null, (string?)person["displayName"]);
    }

    /// <summary>What a search must find: node and surest grade, for what of the subject is given and what is asked for.</summary>
    internal IReadOnlyDictionary<string, MatchGrade> Expected(PersonalDataSubject subject, bool names, bool content, Func<Planted, bool>? where = null)
    {
        string?[] values = [subject.ObjectId, subject.UserPrincipalName, subject.Email, subject.DisplayName];
        return Places.Where(place => values.Contains(place.Value) && place.By switch { "fileNames" => names, "fileContent" => content, _ => true } && where?.Invoke(place) != false)
            .GroupBy(place => place.Node).ToDictionary(group => group.Key, group => group.Min(place => place.Grade));
    }

    internal string FileNode(string datastore, string path) => Node("file", $"{datastore}:{path}");

    private Planted Place(JsonObject place)
    {
        string Text(string name) => (string?)place[name] ?? string.Empty;
        return new Planted(Node(Text("kind"), Text("path")), Text("value"), Enum.Parse<MatchGrade>(Text("grade"), ignoreCase: true), Text("by"), Text("path"), Text("kind"));
    }

    private string Node(string kind, string path)
    {
        var colon = path.IndexOf(':', StringComparison.Ordinal);
        FileLocation File(string? run) => new(People, path[..colon], path[(colon + 1)..], run is null ? null : "dcid." + run);
        var run = kind == "file" && path.Split('/') is ["workspaceartifactstore:ExperimentRun", var folder, ..] ? folder["dcid.".Length..] : null;
        return NodeTargets.Format(kind switch
        {
            "workspace" => new WorkspaceTarget(People),
            "experiment" => new ExperimentTarget(People, path),
            "run" => new RunTarget(People, path),
            "userFolder" => new FolderTarget(new FileLocation(People, "workspaceworkingdirectory", path, null), null),
            "file" => new FileTarget(File(run), run),
            _ => new ResourceTarget(Asset(path.Split('/')), null),
        });
    }

    private ResourceAddress Asset(string[] path)
    {
        var kind = (path[0], path.Length) switch
        {
            ("models", 2) => ResourceKind.Model,
            ("models", _) => ResourceKind.ModelVersion,
            ("data", 2) => ResourceKind.DataAsset,
            ("data", _) => ResourceKind.DataVersion,
            ("environments", 2) => ResourceKind.Environment,
            ("environments", _) => ResourceKind.EnvironmentVersion,
            ("components", 2) => ResourceKind.Component,
            ("components", _) => ResourceKind.ComponentVersion,
            ("onlineEndpoints", 2) => ResourceKind.OnlineEndpoint,
            ("onlineEndpoints", _) => ResourceKind.OnlineDeployment,
            ("batchEndpoints", 2) => ResourceKind.BatchEndpoint,
            ("batchEndpoints", _) => ResourceKind.BatchDeployment,
            ("schedules", _) => ResourceKind.Schedule,
            ("computes", _) => ResourceKind.Compute,
            ("datastores", _) => ResourceKind.Datastore,
            ("datasets", _) => ResourceKind.Dataset,
            _ => throw new InvalidOperationException($"What is {string.Join('/', path)}?"),
        };
        return new ResourceAddress(People, kind, path[1], path.Length > 3 ? path[3] : null);
    }
}
