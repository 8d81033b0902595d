using AmlDataTools.Emulator.DataPlane;
using AmlDataTools.Emulator.ResourceManager;
using AmlDataTools.Emulator.Storage;
using AmlDataTools.Emulator.Storage.Shares;

namespace AmlDataTools.Emulator.Hosting;

/// <summary>One TLS port for every service: the host name says which.</summary>
/// <param name="arm">Resource Manager.</param>
/// <param name="dataPlane">The workspace services.</param>
/// <param name="blobs">Blob storage.</param>
/// <param name="dfs">Data Lake storage.</param>
/// <param name="files">File shares.</param>
internal sealed class HostDispatcher(ArmService arm, DataPlaneService dataPlane, StorageFront blobs, DataLakeFront dfs, FileFront files)
{
    /// <summary>Answers a request.</summary>
    public Task HandleAsync(HttpContext http)
    {
        var labels = http.Request.Host.Host.Split('.');
        return labels switch
        {
            ["localhost"] or ["127", "0", "0", "1"] or ["[::1]"] => arm.HandleAsync(http),
            [var account, "blob", "localhost"] => blobs.HandleAsync(http, account),
            [var account, "dfs", "localhost"] => dfs.HandleAsync(http, account),
            [var account, "file", "localhost"] => files.HandleAsync(http, account),
            [.., var region, _, "azureml", "localhost"] => dataPlane.HandleAsync(http, region),
            _ => UnknownAsync(http),
        };
    }

    private static Task UnknownAsync(HttpContext http)
    {
        http.Response.StatusCode = 421;
        return http.Response.WriteAsync($"No service is named '{http.Request.Host.Host}' here.", http.RequestAborted);
    }
}
