using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.DataPlane;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.ResourceManager;
using AmlDataTools.Emulator.State;
using static AmlDataTools.Emulator.Seeds.People.PlantedPeople;

namespace AmlDataTools.Emulator.Seeds.People;

/// <summary>Records of Resource Manager and of the first version's services, made and changed by several people.</summary>
/// <param name="seeder">Knows the accounts.</param>
/// <param name="workspace">Where they go.</param>
/// <param name="places">Told of every place.</param>
/// <param name="now">Times are relative to it.</param>
internal sealed class PlantedAssets(Seeder seeder, Workspace workspace, PlantedPlaces places, DateTimeOffset now)
{
    /// <summary>The container of the datastore <c>extra_data</c>.</summary>
    public const string ExtraContainer = "extra";

    /// <summary>The container of the datastore <c>closed_data</c>, which is reached by people's own tokens alone.</summary>
    public const string ClosedContainer = "closed";

    /// <summary>Adds everything.</summary>
    public void Add()
    {
        places.Add("workspace", string.Empty, "systemData.createdBy", Maria.Upn, Maria, authorship: true);
        Datastores();
        Container("models/credit", PeopleDirectory.Ada);
        Put("models/credit/versions/1", "models/versions", Version(new() { ["modelType"] = "custom_model", ["modelUri"] = Uri("models/credit/1"), ["tags"] = new JsonObject { ["owner"] = Maria.Upn } }), Maria, OtherMaria);
        places.Add("asset", "models/credit/versions/1", "properties.tags.owner", Maria.Upn, Maria);
        Container("data/customers", Bob);
        Put("data/customers/versions/1", "data/versions", Version(new() { ["dataType"] = "uri_folder", ["dataUri"] = Uri("UI/customers/"), ["description"] = $"Extract made for {Maria.Name}." }), PeopleDirectory.Ada);
        places.Add("asset", "data/customers/versions/1", "properties.description", Maria.Name, Maria);
        Container("environments/sklearn", PeopleDirectory.Ada);
        Put("environments/sklearn/versions/1", "environments/versions", Version(new() { ["image"] = "mcr.example/base:1", ["osType"] = "Linux" }), Bob);
        Container("components/score", Juergen);
        Put("components/score/versions/1", "components/versions", Version(new() { ["componentSpec"] = new JsonObject { ["name"] = "score", ["type"] = "command", ["command"] = $"python score.py --notify {Bob.Upn}" } }), PeopleDirectory.Ada);
        places.Add("asset", "components/score/versions/1", "properties.componentSpec.command", Bob.Upn, Bob);

        Endpoint("onlineEndpoints/scoring", "onlineEndpoints", Maria);
        Endpoint("onlineEndpoints/scoring/deployments/blue", "onlineEndpoints/deployments", PeopleDirectory.Ada, new() { ["contact"] = Juergen.Upn });
        places.Add("asset", "onlineEndpoints/scoring/deployments/blue", "tags.contact", Juergen.Upn, Juergen);
        Endpoint("batchEndpoints/nightly", "batchEndpoints", Juergen);
        Endpoint("batchEndpoints/nightly/deployments/main", "batchEndpoints/deployments", Bob);
        Put("schedules/weekly", "schedules", new()
        {
            ["description"] = null,
            ["tags"] = new JsonObject(),
            ["properties"] = new JsonObject(),
            ["displayName"] = "weekly",
            ["isEnabled"] = false,
            ["trigger"] = new JsonObject { ["triggerType"] = "Cron", ["expression"] = "15 2 * * 1", ["timeZone"] = "UTC", ["startTime"] = "2024-03-10 02:15:00", ["endTime"] = null },
            ["action"] = new JsonObject { ["actionType"] = "CreateJob", ["jobDefinition"] = new JsonObject { ["jobType"] = "Command", ["experimentName"] = "churn", ["tags"] = new JsonObject { ["for"] = Bob.Upn } } },
            ["provisioningState"] = "Succeeded",
        }, OtherMaria);
        places.Add("asset", "schedules/weekly", "properties.action.jobDefinition.tags.for", Bob.Upn, Bob);
        Compute();

        // An application that is called like a person, and one that the service tells by its id.
        Container("models/robots", PeopleDirectory.Ada);
        Put("models/robots/versions/1", "models/versions", Version(new() { ["modelType"] = "custom_model", ["modelUri"] = Uri("models/robots/1") }), Robot);
        Put("models/robots/versions/2", "models/versions", Version(new() { ["modelType"] = "custom_model", ["modelUri"] = Uri("models/robots/2") }), Bob with { ObjectId = Robot.ObjectId, IsApplication = true });
        places.Decoy("asset", "models/robots/versions/2", "made by an application of that name");

        var dataset = DatasetRoutes.Document("old-customers", "workspaceblobstore", "UI/customers/", "file", now.AddDays(-30), Juergen, seeder.State.TenantId);
        workspace.Classic.Put("datasets/old-customers", dataset);
        Made("datasets/old-customers", "createdBy.userName", Juergen);
        places.Add("asset", "datasets/old-customers", "createdBy.userObjectId", Juergen.ObjectId, Juergen, authorship: true);
    }

    private static JsonObject Version(JsonObject more)
    {
        var version = new JsonObject { ["description"] = null, ["tags"] = new JsonObject(), ["properties"] = new JsonObject(), ["isArchived"] = false, ["isAnonymous"] = false };
        foreach (var (key, value) in more)
        {
            version[key] = value?.DeepClone();
        }

        return version;
    }

    private string Uri(string path) =>
        $"azureml://subscriptions/{workspace.SubscriptionId}/resourceGroups/{workspace.ResourceGroup}/workspaces/{workspace.Name}/datastores/workspaceblobstore/paths/{path}";

    private void Datastores()
    {
        seeder.AddDatastore(workspace, "extra_data", workspace.StorageAccount, ExtraContainer, "AccountKey");
        seeder.AddDatastore(workspace, "closed_data", workspace.StorageAccount, ClosedContainer, "None");
        var extra = workspace.Resources.Get("datastores/extra_data") ?? throw new InvalidOperationException("No datastore 'extra_data'.");
        if (extra["properties"] is JsonObject properties && extra["systemData"] is JsonObject system)
        {
            properties["description"] = $"Ask {Bob.Upn}";
            (system["createdBy"], system["lastModifiedBy"]) = (Juergen.Name, Juergen.Name);
        }

        workspace.Resources.Put("datastores/extra_data", extra);
        places.Add("asset", "datastores/extra_data", "properties.description", Bob.Upn, Bob);
        Made("datastores/extra_data", "systemData.createdBy", Juergen);
        Made("datastores/extra_data", "systemData.lastModifiedBy", Juergen);
    }

    private void Container(string path, Person by) => Put(path, path.Split('/')[0], new JsonObject
    {
        ["description"] = null,
        ["tags"] = new JsonObject(),
        ["properties"] = new JsonObject(),
        ["isArchived"] = false,
        ["latestVersion"] = "1",
        ["nextVersion"] = "2",
        ["dataType"] = path.StartsWith("data/", StringComparison.Ordinal) ? "uri_folder" : null,
    }, by);

    private void Endpoint(string path, string type, Person by, JsonObject? tags = null) =>
        Put(path, type, new JsonObject { ["description"] = null, ["properties"] = new JsonObject(), ["provisioningState"] = "Succeeded", ["traffic"] = new JsonObject() }, by, more: new JsonObject { ["tags"] = tags ?? [], ["location"] = workspace.Location });

    private void Compute()
    {
        var document = ResourceRoutes.Envelope(workspace, "computes/dev-box", "computes", SampleAssets.Compute("ComputeInstance", workspace.Location, now.AddDays(-20), new JsonObject
        {
            ["vmSize"] = "STANDARD_DS3_V2",
            ["state"] = "Stopped",
            ["createdBy"] = new JsonObject { ["userName"] = Maria.Name, ["userOrgId"] = seeder.State.TenantId, ["userId"] = Maria.ObjectId },
            ["personalComputeInstanceSettings"] = new JsonObject { ["assignedUser"] = new JsonObject { ["objectId"] = Bob.ObjectId, ["tenantId"] = seeder.State.TenantId } },
        }), string.Empty, now.AddDays(-20));
        document["location"] = workspace.Location;
        document["tags"] = new JsonObject();
        document.Remove("systemData");
        workspace.Resources.Put("computes/dev-box", document);
        const string within = "properties.properties.";
        places.Add("asset", "computes/dev-box", within + "createdBy.userId", Maria.ObjectId, Maria, authorship: true);
        Made("computes/dev-box", within + "createdBy.userName", Maria);
        places.Add("asset", "computes/dev-box", within + "personalComputeInstanceSettings.assignedUser.objectId", Bob.ObjectId, Bob, authorship: true);
    }

    private void Put(string path, string type, JsonObject properties, Person by, Person? changed = null, JsonObject? more = null)
    {
        var document = ResourceRoutes.Envelope(workspace, path, type, properties, by.Name, now.AddDays(-20));
        foreach (var (key, value) in more ?? [])
        {
            document[key] = value?.DeepClone();
        }

        if (document["systemData"] is JsonObject system)
        {
            var last = changed ?? by;
            system["lastModifiedBy"] = last.Name;
            system["createdByType"] = by.IsApplication ? "Application" : "User";
            system["lastModifiedByType"] = last.IsApplication ? "Application" : "User";
            Made(path, "systemData.createdBy", by);
            Made(path, "systemData.lastModifiedBy", last);
        }

        workspace.Resources.Put(path, document);
    }

    /// <summary>Of applications nothing is listed: their name in a record is nobody's.</summary>
    private void Made(string path, string field, Person by)
    {
        if (by != PeopleDirectory.Ada && !by.IsApplication)
        {
            places.Add("asset", path, field, by.Name, by, authorship: true);
        }
    }
}
