using System.Globalization;
using System.Text.Json;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Resources;
using static AmlDataTools.Core.Explorer.Nodes.NodeText;

namespace AmlDataTools.Core.Explorer.Nodes;

/// <summary>What stands behind a thing's name, and in its tooltip, beside what all things have.</summary>
internal static class ResourceText
{
    /// <summary>What a person calls it.</summary>
    public static string Label(ListedResource item)
        => item.Address.Kind == ResourceKind.Schedule && item.Properties.Text("displayName") is { } shown && !string.IsNullOrWhiteSpace(shown) ? shown : item.Label;

    /// <summary>What tells it apart from its neighbours.</summary>
    /// <param name="item">The thing.</param>
    /// <param name="endpoint">The <c>properties</c> of the endpoint of a deployment; null when not known.</param>
    public static string? Description(ListedResource item, JsonElement? endpoint)
    {
        var p = item.Properties;
        return item.Address.Kind switch
        {
            ResourceKind.Model or ResourceKind.Environment or ResourceKind.Component => Latest(p),
            ResourceKind.ModelVersion => Join(item.State, p.Text("modelType")),
            ResourceKind.DataAsset => Join(p.Text("dataType"), Latest(p)),
            ResourceKind.DataVersion => p.Text("dataType"),
            ResourceKind.Dataset => Join("v1", p.Text("datasetType")),
            ResourceKind.Compute => Join(ComputeType(p), Size(p), Unusual(item.State)),
            ResourceKind.OnlineEndpoint => Join("online", Traffic(p), Unusual(item.State)),
            ResourceKind.BatchEndpoint => Join("batch", p.Child("defaults")?.Text("deploymentName") is { Length: > 0 } name ? "default " + name : null, Unusual(item.State)),
            ResourceKind.OnlineDeployment => Join(Share(endpoint, item.Address.Child), p.Text("instanceType"), Unusual(item.State)),
            ResourceKind.BatchDeployment => Join(endpoint?.Child("defaults")?.Text("deploymentName") == item.Address.Child ? "default" : null, LastPart(p.Text("compute")), Unusual(item.State)),
            ResourceKind.WebService => Join("web service v1", p.Text("computeType"), item.State),
            ResourceKind.PipelineEndpoint => Join("pipeline endpoint v1", item.IsArchived ? null : Unusual(item.State)),
            ResourceKind.PublishedPipeline => Join("published pipeline v1", Either(p, "Version"), item.IsArchived ? null : Unusual(item.State)),
            ResourceKind.Schedule => Join(item.State?.ToLowerInvariant(), TriggerText.Of(p.Child("trigger"))),
            ResourceKind.ComponentVersion => p.Child("componentSpec")?.Text("type"),
            ResourceKind.Datastore => Join(item.IsDefault ? "default" : null, StoreType(p), StorePlace(p)),
            _ => null,
        };
    }

    /// <summary>Further lines of the tooltip; those without a value are left out.</summary>
    public static IReadOnlyList<(string? Name, string? Value)> Details(ListedResource item, JsonElement? endpoint)
    {
        var p = item.Properties;
        return item.Address.Kind switch
        {
            ResourceKind.Model or ResourceKind.Environment or ResourceKind.Component => [("Latest version", p.Text("latestVersion"))],
            ResourceKind.ModelVersion => [("Stage", item.State), ("Type", p.Text("modelType")), ("Path", Address(p.Text("modelUri"))), ("Run", p.Text("jobName"))],
            ResourceKind.DataAsset => [("Type", p.Text("dataType")), ("Latest version", p.Text("latestVersion"))],
            ResourceKind.DataVersion => [("Type", p.Text("dataType")), ("Path", Address(p.Text("dataUri")))],
            ResourceKind.Dataset => [("Type", p.Text("datasetType")), ("Made with", "SDK v1")],
            ResourceKind.Compute =>
            [
                ("Type", ComputeType(p)), ("Size", Inner(p).Text("vmSize")), ("Nodes", Nodes(p)), ("State", item.State),
                ("Attached from", item.IsAttached ? p.Text("resourceId") : null),
            ],
            ResourceKind.OnlineEndpoint => [("State", item.State), ("Traffic", Traffic(p)), ("Address", Address(p.Text("scoringUri"))), ("Sign-in", p.Text("authMode"))],
            ResourceKind.BatchEndpoint => [("State", item.State), ("Default deployment", p.Child("defaults")?.Text("deploymentName")), ("Address", Address(p.Text("scoringUri")))],
            ResourceKind.OnlineDeployment => [("State", item.State), ("Traffic", Share(endpoint, item.Address.Child)), ("Model", Asset(p.Text("model"))), ("Instance type", p.Text("instanceType"))],
            ResourceKind.BatchDeployment => [("State", item.State), ("Model", Asset(p.Child("model")?.Text("assetId"))), ("Compute", LastPart(p.Text("compute")))],
            ResourceKind.WebService => [("State", item.State), ("Compute", p.Text("computeType")), ("Address", Address(p.Text("scoringUri"))), ("Made with", "SDK v1")],
            ResourceKind.PipelineEndpoint or ResourceKind.PublishedPipeline => [("Id", item.ServiceId), ("State", item.State), ("Version", Either(p, "Version") ?? Either(p, "DefaultVersion")), ("Made with", "SDK v1")],
            ResourceKind.Schedule => [("State", item.State), ("Runs", TriggerText.Of(p.Child("trigger"))), ("Until", p.Child("trigger")?.Text("endTime")), ("Does", p.Child("action")?.Text("actionType"))],
            ResourceKind.EnvironmentVersion => [("Image", p.Text("image")), ("System", p.Text("osType")), ("Type", p.Text("environmentType"))],
            ResourceKind.ComponentVersion => [("Name shown", p.Child("componentSpec")?.Text("display_name")), ("Type", p.Child("componentSpec")?.Text("type"))],
            ResourceKind.Datastore => [("Type", StoreType(p)), ("Place", StorePlace(p)), ("Default", item.IsDefault ? "yes" : null)],
            _ => [],
        };
    }

    /// <summary>A sentence about what it is for, if its maker wrote one.</summary>
    public static string? About(ListedResource item) => Either(item.Properties, "Description");

    // What goes without saying is not said.
    private static string? Unusual(string? state) => state is "Succeeded" or "Active" ? null : state;

    private static string? Latest(JsonElement p) => p.Text("latestVersion") is { Length: > 0 } latest ? "latest " + latest : null;

    private static JsonElement Inner(JsonElement p) => p.Child("properties") ?? default;

    private static string? ComputeType(JsonElement p) => p.Text("computeType") switch
    {
        "AmlCompute" => "cluster",
        "ComputeInstance" => "instance",
        "VirtualMachine" => "attached virtual machine",
        "SynapseSpark" => "attached Synapse Spark",
        { } other => ComputeKinds.IsAttached(p) ? "attached " + other : other,
        null => null,
    };

    private static string? Size(JsonElement p) => Join(Inner(p).Text("vmSize"), Nodes(p));

    private static string? Nodes(JsonElement p)
        => Inner(p).Child("scaleSettings")?.Child("maxNodeCount") is { ValueKind: JsonValueKind.Number } most
            ? Inner(p).Child("currentNodeCount") is { ValueKind: JsonValueKind.Number } now ? $"{now.GetRawText()} of {most.GetRawText()} nodes" : $"up to {most.GetRawText()} nodes"
            : null;

    // Live traffic is what makes deleting an endpoint hurt.
    private static string? Traffic(JsonElement p)
    {
        var shares = new List<string>();
        foreach (var (name, share) in Shares(p))
        {
            shares.Add(string.Create(CultureInfo.InvariantCulture, $"{name} {share} %"));
        }

        return shares.Count == 0 ? "no traffic" : shares.Count > 3 ? string.Join(", ", shares.Take(3)) + ", ..." : string.Join(", ", shares);
    }

    private static string? Share(JsonElement? endpoint, string? deployment)
    {
        if (endpoint is not { } properties)
        {
            return null;
        }

        var share = Shares(properties).Where(one => one.Name.Equals(deployment, StringComparison.OrdinalIgnoreCase)).Sum(one => one.Share);
        return string.Create(CultureInfo.InvariantCulture, $"{share} % of traffic");
    }

    private static IEnumerable<(string Name, int Share)> Shares(JsonElement p)
    {
        if (p.Child("traffic") is { ValueKind: JsonValueKind.Object } traffic)
        {
            foreach (var member in traffic.EnumerateObject())
            {
                if (member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetInt32(out var share) && share > 0)
                {
                    yield return (member.Name, share);
                }
            }
        }
    }

    private static string? StoreType(JsonElement p) => p.Text("datastoreType") switch
    {
        "AzureBlob" => "blob container",
        "AzureFile" => "file share",
        "AzureDataLakeGen1" => "Data Lake Gen1",
        "AzureDataLakeGen2" => "Data Lake Gen2",
        var other => other,
    };

    private static string? StorePlace(JsonElement p)
    {
        var container = p.Text("containerName") ?? p.Text("fileShareName") ?? p.Text("filesystem");
        return p.Text("accountName") is not { Length: > 0 } account ? p.Text("storeName") ?? container : container is null ? account : $"{account}/{container}";
    }

    /// <summary>The name and version in an asset's id: <c>my-model:3</c>; an id of another form as it is.</summary>
    private static string? Asset(string? id)
    {
        var parts = (id ?? string.Empty).Split('/');
        return parts is [.., var name, "versions", var version] ? $"{name}:{version}" : Null(id);
    }

    private static string? LastPart(string? id) => Null(id?[(id.LastIndexOf('/') + 1)..]);

    // The pipeline service spells its members Name and name.
    private static string? Either(JsonElement p, string name) => Null(p.Text(name)) ?? Null(p.Text(char.ToLowerInvariant(name[0]) + name[1..]));
}
