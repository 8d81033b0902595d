using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;
using AmlDataTools.Emulator.Storage;

namespace AmlDataTools.Emulator.DataPlane;

/// <summary>Code snapshots as one zip: 202 while it is made, then its signed address.</summary>
/// <param name="service">Finds and guards workspaces.</param>
/// <param name="state">The emulator's state.</param>
internal sealed class SnapshotRoutes(DataPlaneService service, EmulatorState state)
{
    /// <summary>The container the seeds put zips in.</summary>
    public const string Container = "azureml-snapshots";

    private readonly ConcurrentDictionary<string, int> _polls = new();

    /// <summary>Adds the routes.</summary>
    public void Map(RouteTable routes)
    {
        var zip = DataPlaneService.In("content/v2.0") + "/snapshots/{snapshot}/zip";
        routes.Map("POST", zip, ZipAsync);
        routes.Map("GET", zip, ZipAsync);
    }

    private Task ZipAsync(Exchange exchange)
    {
        var workspace = service.Workspace(exchange, WorkspaceRole.Reader);
        var id = exchange["snapshot"];
        if (!workspace.Snapshots.ContainsKey(id))
        {
            throw new ServiceException(404, "UserError", $"Snapshot {id} not found.") { InnerCodes = ["NotFound", "SnapshotNotFound"] };
        }

        // The first two asks find the zip in the making, so that a client must poll.
        if (_polls.AddOrUpdate(id, 1, (_, n) => n + 1) <= 2)
        {
            exchange.Http.Response.Headers.Location = $"https://{exchange.Http.Request.Host}{Exchange.RawTarget(exchange.Http)}";
            return exchange.JsonAsync(new JsonObject { ["zipSasUri"] = null }, 202);
        }

        var account = state.Accounts[workspace.StorageAccount];
        return exchange.JsonAsync(new JsonObject
        {
            ["zipSasUri"] = Sas.BlobUri(state.Blob(account.Name), account, Container, id + ".zip", DateTimeOffset.UtcNow + state.Settings.SignedUrlLifetime),
        });
    }
}
