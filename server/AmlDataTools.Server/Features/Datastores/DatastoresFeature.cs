using AmlDataTools.Core;
using AmlDataTools.Core.Datastores;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Rpc;

namespace AmlDataTools.Server.Features.Datastores;

/// <summary>Files to look at, on the wire.</summary>
/// <param name="workbench">The product, put together when first asked.</param>
internal sealed class DatastoresFeature(Lazy<Workbench> workbench) : IFeature, IDatastoresApi
{
    /// <inheritdoc/>
    public string Capability => "datastores";

    /// <inheritdoc/>
    public void Register(JsonRpc rpc)
    {
        var context = ProtocolJsonContext.Default;
        rpc.AddLocalMethod("datastores/stat", context.FileParams, context.FileStat, StatAsync);
        rpc.AddLocalMethod("datastores/read", context.FileReadParams, context.FileReadResult, ReadAsync);
    }

    /// <inheritdoc/>
    public async Task<FileStat> StatAsync(FileParams parameters, CancellationToken cancellationToken) =>
        StatOf(await workbench.Value.Files.GetAsync(parameters.NodeId, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public async Task<FileReadResult> ReadAsync(FileReadParams parameters, CancellationToken cancellationToken)
    {
        var part = await workbench.Value.Files.ReadAsync(parameters.NodeId, parameters.Offset, parameters.Count, parameters.ETag, cancellationToken).ConfigureAwait(false);
        return new FileReadResult(part.Data, StatOf(part.Facts));
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static FileStat StatOf(FileFacts facts) => new(facts.Bytes, facts.Modified?.ToUnixTimeMilliseconds(), facts.ETag, FileContents.MaxBytes);
}
