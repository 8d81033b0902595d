using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.DataPlane;

/// <summary>Where data assets and models lie.</summary>
/// <param name="service">Finds and guards workspaces.</param>
internal sealed class AssetRoutes(DataPlaneService service)
{
    /// <summary>Adds the routes.</summary>
    public void Map(RouteTable routes)
    {
        routes.Map("POST", DataPlaneService.In("data/v1.0") + "/dataversion/batchGetResolvedUris", x => ResolveAsync(x, "data", "dataUri", "dataType"));
        routes.Map("POST", DataPlaneService.In("modelregistry/v1.0") + "/models/batchGetResolvedUris", x => ResolveAsync(x, "models", "modelUri", "modelType"));
    }

    private async Task ResolveAsync(Exchange exchange, string kind, string uri, string type)
    {
        var workspace = service.Workspace(exchange, WorkspaceRole.Reader);
        var body = await exchange.ReadObjectAsync();
        var values = new JsonObject();
        foreach (var id in body.Texts("values"))
        {
            // An asset that is not known is left out of the answer [guess].
            if (Resolve(workspace, id, kind, uri, type) is { } found)
            {
                values[id] = found;
            }
        }

        await exchange.JsonAsync(new JsonObject { ["values"] = values });
    }

    private static JsonObject? Resolve(Workspace workspace, string id, string kind, string uri, string type)
    {
        if (workspace.Runs.Outputs.TryGetValue(id, out var output))
        {
            return Document(output.Uri, output.Type);
        }

        var at = id.IndexOf($"/{kind}/", StringComparison.OrdinalIgnoreCase);
        if (at < 0 || workspace.Resources.Get(id[(at + 1)..])?["properties"] is not JsonObject properties || properties.Text(uri) is not { } place)
        {
            return null;
        }

        var name = properties.Text(type) ?? "uri_folder";
        return Document(place, name switch { "uri_folder" => "UriFolder", "uri_file" => "UriFile", "mltable" => "MLTable", _ => name });
    }

    private static JsonObject Document(string uri, string type) => new() { ["uri"] = uri, ["type"] = type, ["legacyDatasetType"] = null };
}
