using System.Text.Json.Nodes;
using AmlDataTools.Core.Tests.Explorer;

namespace AmlDataTools.Core.Tests.Resources;

/// <summary>Things of a workspace on the fake network, with pages and views as Resource Manager has them.</summary>
internal static class FakeResources
{
    public const string Workspace = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w";

    /// <summary>A resource as Resource Manager gives it.</summary>
    public static JsonObject Item(string path, JsonObject? properties = null, string? by = "Ada Example", string created = "2026-01-01T10:30:00Z") => new()
    {
        ["id"] = $"{Workspace}/{path}",
        ["name"] = path[(path.LastIndexOf('/') + 1)..],
        ["properties"] = properties ?? [],
        ["systemData"] = new JsonObject { ["createdBy"] = by, ["createdAt"] = created, ["createdByType"] = "User" },
    };

    /// <summary>Serves a collection: pages of <paramref name="pageSize"/> with an opaque link, <c>listViewType</c>, and each item by its path.</summary>
    public static FakeAzure WithCollection(this FakeAzure azure, string collection, IReadOnlyList<JsonObject> items, int pageSize = 100)
    {
        foreach (var item in items.Take(50))
        {
            var id = item["id"]?.GetValue<string>() ?? string.Empty;
            azure.On("GET", $"{Uri.EscapeDataString(id[Workspace.Length..].TrimStart('/')).Replace("%2F", "/", StringComparison.Ordinal)}?", item.ToJsonString());
        }

        return azure.On("GET", $"/workspaces/w/{collection}?", (request, _) =>
        {
            var query = System.Web.HttpUtility.ParseQueryString(request.RequestUri?.Query ?? string.Empty);
            var archived = (JsonObject item) => item["properties"]?["isArchived"]?.GetValue<bool>() == true;
            var shown = items.Where(item => (query["listViewType"] ?? "ActiveOnly") switch { "All" => true, "ArchivedOnly" => archived(item), _ => !archived(item) }).ToList();
            var begin = int.Parse(query["$skipToken"] ?? "0", System.Globalization.CultureInfo.InvariantCulture);
            var page = new JsonObject { ["value"] = new JsonArray([.. shown.Skip(begin).Take(pageSize).Select(item => item.DeepClone())]) };
            if (begin + pageSize < shown.Count)
            {
                page["nextLink"] = $"https://management.azure.com{Workspace}/{collection}?api-version=x&listViewType={query["listViewType"]}&$skipToken={begin + pageSize}";
            }

            return FakeAzure.Json(page.ToJsonString());
        });
    }

    /// <summary>Serves the services of SDK v1.</summary>
    public static FakeAzure WithVersionOne(this FakeAzure azure) => azure
        .On("GET", "/dataset/v1.2/", """
            {"value":[{"datasetId":"d1","name":"loans-v1","datasetType":"tabular","createdTime":"2026-01-01T10:30:00Z","tags":{"team":"red"},"latest":{"versionId":"3","createdBy":{"userName":"Ben Example"}}},{"name":"half"}]}
            """)
        .On("GET", "/modelmanagement/v1.0/", """{"value":[{"id":"scorer","name":"scorer","computeType":"ACI","state":"Healthy","createdTime":"2026-01-01T10:30:00Z","kvTags":{"a":"b"}}]}""")
        .On("GET", "/PipelineEndpoints?", """[{"Id":"e1","Name":"nightly","EntityStatus":"0"}]""")
        .On("GET", "/Pipelines?", """[{"Id":"p1","Name":"train","EntityStatus":"Active","Version":"1.0"},{"Id":"p2","Name":"train","EntityStatus":"Disabled"}]""");
}
