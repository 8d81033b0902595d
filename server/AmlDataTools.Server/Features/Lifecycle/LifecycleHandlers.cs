using System.Text.Json;
using AmlDataTools.Core.Problems;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Rpc;

namespace AmlDataTools.Server.Features.Lifecycle;

/// <summary>
/// Start and end of a connection: <c>initialize</c> comes first and once, nothing comes after <c>shutdown</c>.
/// </summary>
/// <param name="start">Makes the sidecar ready for the client, and answers what it can do.</param>
/// <param name="stop">Brings everything to a safe point.</param>
internal sealed class LifecycleHandlers(
    Func<InitializeParams, CancellationToken, Task<IReadOnlyList<string>>> start,
    Func<CancellationToken, Task> stop) : ILifecycleApi
{
    private const int New = 0;
    private const int Initializing = 1;
    private const int Ready = 2;
    private const int Stopping = 3;
    private int _state;

    /// <summary>Registers the methods, and puts itself before all others.</summary>
    /// <param name="rpc">The connection.</param>
    public void Register(JsonRpc rpc)
    {
        var context = ProtocolJsonContext.Default;
        var initialize = LocalRequest.Create(context.InitializeParams, context.InitializeResult, InitializeAsync);
        rpc.AddLocalMethod("initialize", new LocalRequest((id, json, cancellationToken) =>
        {
            // The version comes first: a client built for another one may send members this one does not know, and should
            // hear of the version, not of them.
            CheckVersion(ReadVersion(json));
            return initialize.Invoke(id, json, cancellationToken);
        }));
        rpc.AddLocalMethod("shutdown", context.Empty, context.Empty, ShutdownAsync);
        rpc.Gate = Check;
    }

    /// <inheritdoc/>
    public async Task<InitializeResult> InitializeAsync(InitializeParams parameters, CancellationToken cancellationToken)
    {
        CheckVersion(parameters.ProtocolVersion);
        if (Interlocked.CompareExchange(ref _state, Initializing, New) != New)
        {
            throw new RpcProtocolException(RpcErrorCodes.InvalidRequest, "protocol.alreadyInitialized", "initialize may be sent only once.");
        }

        try
        {
            MakeFolder(parameters.StorageFolder);
            var capabilities = await start(parameters, cancellationToken).ConfigureAwait(false);
            Interlocked.CompareExchange(ref _state, Ready, Initializing);
            return new InitializeResult(ProtocolVersions.Current, ServerVersion.Product, Environment.ProcessId, capabilities);
        }
        catch (ProblemException)
        {
            // The client may correct itself and try again.
            Interlocked.CompareExchange(ref _state, New, Initializing);
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<Empty> ShutdownAsync(Empty parameters, CancellationToken cancellationToken)
    {
        Interlocked.Exchange(ref _state, Stopping);
        await stop(cancellationToken).ConfigureAwait(false);
        return Empty.Instance;
    }

    private Exception? Check(string method) => Volatile.Read(ref _state) switch
    {
        Ready => null,
        Stopping => new RpcProtocolException(RpcErrorCodes.InvalidRequest, "protocol.shuttingDown", "The sidecar is shutting down and takes no more requests."),
        _ when method == "initialize" => null,
        _ => new RpcProtocolException(
            RpcErrorCodes.ServerNotInitialized, "protocol.notInitialized", $"initialize must be answered before {(method.Length > 100 ? "this" : method)} is sent."),
    };

    private static void CheckVersion(int? version)
    {
        if (version is { } other && other != ProtocolVersions.Current)
        {
            throw new ProblemException(
                "protocol.versionMismatch",
                $"The extension speaks version {other} of the protocol and the sidecar version {ProtocolVersions.Current}. Reload the window; if that does not help, install the extension again.");
        }
    }

    // Null when it is missing or no number: reading the parameters as a whole then says so.
    private static int? ReadVersion(ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty)
        {
            return null;
        }

        var reader = new Utf8JsonReader(json.Span);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isVersion = reader.ValueTextEquals("protocolVersion"u8);
            reader.Read();
            if (isVersion)
            {
                return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var version) ? version : null;
            }

            reader.Skip();
        }

        return null;
    }

    private static void MakeFolder(string folder)
    {
        if (!Path.IsPathFullyQualified(folder))
        {
            throw FolderProblem(folder, "it is not an absolute path", null);
        }

        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw FolderProblem(folder, "it cannot be made", e);
        }
    }

    private static ProblemException FolderProblem(string folder, string reason, Exception? cause) =>
        new("storage.folderUnusable", $"The folder for plans and receipts cannot be used: {reason}. Choose another one.", cause)
        {
            Target = folder,
            Actions = [ProblemAction.OpenSettings, ProblemAction.ShowLog],
        };
}
