using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.Http;

namespace AmlDataTools.Emulator.Seeds.People;

/// <summary>What must be asked for so that a place is found.</summary>
internal enum PlantedBy
{
    /// <summary>Nothing: records are always read.</summary>
    Records,

    /// <summary>Names of files.</summary>
    FileNames,

    /// <summary>Text of files.</summary>
    FileContent,
}

/// <summary>The list of everything that was planted: what a search must find, and nothing else.</summary>
internal sealed class PlantedPlaces
{
    private readonly JsonArray _places = [];
    private readonly JsonArray _decoys = [];
    private readonly JsonArray _unreadable = [];

    /// <summary>A run's, experiment's, resource's, folder's or file's field that holds an id, a name to sign in with, or a display name.</summary>
    /// <param name="kind"><c>workspace</c>, <c>experiment</c>, <c>run</c>, <c>asset</c>, <c>userFolder</c>, <c>file</c>.</param>
    /// <param name="path">Run id, experiment's name, resource's path, folder; of a file <c>datastore:path</c>.</param>
    /// <param name="field">Where in it.</param>
    /// <param name="value">The person's id, name to sign in with, or display name.</param>
    /// <param name="person">Whose it is.</param>
    /// <param name="authorship">It says who made, changed or owns it.</param>
    /// <param name="by">What must be asked for.</param>
    public void Add(string kind, string path, string field, string value, Person person, bool authorship = false, PlantedBy by = PlantedBy.Records) => _places.Add(new JsonObject
    {
        ["kind"] = kind,
        ["path"] = path,
        ["field"] = field,
        ["value"] = value,
        ["grade"] = value == person.ObjectId ? "exactId" : value == person.Upn ? "signInName" : "displayName",
        ["authorship"] = authorship,
        ["person"] = KeyOf(person),
        ["by"] = by switch { PlantedBy.FileNames => "fileNames", PlantedBy.FileContent => "fileContent", _ => "records" },
    });

    /// <summary>What looks like a person's and is not.</summary>
    public void Decoy(string kind, string path, string why) => _decoys.Add(new JsonObject { ["kind"] = kind, ["path"] = path, ["why"] = why });

    /// <summary>A file that holds somebody's name and cannot be read as text.</summary>
    public void Unreadable(string path, string why) => _unreadable.Add(new JsonObject { ["path"] = path, ["why"] = why });

    /// <summary>The list.</summary>
    /// <param name="tenantId">The tenant of the people.</param>
    public JsonObject ToJson(string tenantId) => new()
    {
        ["people"] = JsonShape.List(PlantedPeople.All.Select(one => new JsonObject
        {
            ["key"] = one.Key,
            ["objectId"] = one.Person.ObjectId,
            ["tenantId"] = tenantId,
            ["displayName"] = one.Person.Name,
            ["upn"] = one.Person.Upn.Length == 0 ? null : one.Person.Upn,
            ["application"] = one.Person.IsApplication,
        })),
        ["places"] = _places,
        ["decoys"] = _decoys,
        ["unreadable"] = _unreadable,
    };

    private static string KeyOf(Person person) => PlantedPeople.All.First(one => one.Person == person).Key;
}
