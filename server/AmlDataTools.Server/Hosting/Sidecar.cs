using AmlDataTools.Azure.Http.Network;
using AmlDataTools.Core.Operations;
using AmlDataTools.Server.Credentials;
using AmlDataTools.Server.Features;
using AmlDataTools.Server.Features.Lifecycle;
using AmlDataTools.Server.Features.Network;
using AmlDataTools.Server.Logging;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Rpc;
using AmlDataTools.Server.Texts;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Server.Hosting;

/// <summary>
/// The composition root: one sidecar for one client. Composed by hand, and lazily, because a person waits for it: a
/// container and everything behind Azure's libraries would cost more than all else at the start.
/// </summary>
internal sealed class Sidecar : ILogApi, IAsyncDisposable
{
    /// <summary>The input closed, the client ended or asked to end.</summary>
    public const int ExitOk = 0;

    /// <summary>Something unexpected ended the connection.</summary>
    public const int ExitFailed = 1;

    /// <summary>What came in was no protocol.</summary>
    public const int ExitProtocolBroken = 2;

    // A feature that does not come to a safe point in this time is left; its journal shows it as interrupted.
    private static readonly TimeSpan s_stopTimeout = TimeSpan.FromSeconds(5);

    private readonly LogMask _logMask = new();
    private readonly LogPipeline _logPipeline;
    private readonly LoggerFactory _logs;
    private readonly ILogger _log;
    private readonly JsonRpc _rpc;
    private readonly DateTimeOffset _started = TimeProvider.System.GetUtcNow();
    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _stopLock = new();
    private IReadOnlyList<IFeature> _features = [];
    private Task? _stopping;

    /// <summary>Composes a sidecar.</summary>
    /// <param name="input">Where the client's messages come from.</param>
    /// <param name="output">Where messages to the client go.</param>
    /// <param name="options">Limits of the connection.</param>
    public Sidecar(Stream input, Stream output, JsonRpcOptions options)
    {
        _logPipeline = new LogPipeline(TimeProvider.System) { Mask = _logMask };
        _logs = new LoggerFactory([_logPipeline], new LoggerFilterOptions { MinLevel = LogLevel.Trace });
        _log = _logs.CreateLogger<Sidecar>();
        _rpc = new JsonRpc(output, input, options, _logs.CreateLogger<JsonRpc>());
        new LifecycleHandlers(StartAsync, StopFeaturesAsync).Register(_rpc);
        _rpc.AddLocalNotification("log/setLevel", ProtocolJsonContext.Default.SetLogLevelParams, SetLevelAsync);
        _logPipeline.Start(new ClientLogSink(_rpc));
    }

    /// <summary>The wire names of all methods answered now, to compare with the contract.</summary>
    public IReadOnlyCollection<string> Methods => _rpc.LocalMethods;

    /// <summary>Works until the input closes, the parent process ends or <see cref="Stop"/> is called.</summary>
    /// <returns>The exit code of the process.</returns>
    public async Task<int> RunAsync()
    {
        _rpc.StartListening();
        var exitCode = ExitOk;
        try
        {
            await _rpc.Completion.ConfigureAwait(false);
            _log.LogInformation("The connection has ended.");
        }
        catch (FramingException e)
        {
            exitCode = ExitProtocolBroken;
            await Console.Error.WriteLineAsync($"aml-data-tools: {e.Message}").ConfigureAwait(false);
        }
        catch (Exception e)
        {
            exitCode = ExitFailed;
            _log.LogCritical(e, "The connection has failed.");
            await Console.Error.WriteLineAsync($"aml-data-tools: the connection has failed ({e.GetType().Name}).").ConfigureAwait(false);
        }

        await StopFeaturesAsync(CancellationToken.None).ConfigureAwait(false);
        return exitCode;
    }

    /// <summary>Ends the connection as if the input had closed.</summary>
    /// <param name="reason">For the log.</param>
    public void Stop(string reason)
    {
        _log.LogInformation("Stopping: {Reason}", reason);
        _rpc.Close();
    }

    /// <inheritdoc/>
    public Task SetLevelAsync(SetLogLevelParams parameters, CancellationToken cancellationToken)
    {
        _logPipeline.Level = LogLevels.ToLibrary(parameters.Level);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync().ConfigureAwait(false);
        await _rpc.DisposeAsync().ConfigureAwait(false);
        foreach (var feature in _features)
        {
            await feature.DisposeAsync().ConfigureAwait(false);
        }

        await _logPipeline.DisposeAsync().ConfigureAwait(false);
        _logs.Dispose();
    }

    private Task<IReadOnlyList<string>> StartAsync(InitializeParams settings, CancellationToken cancellationToken)
    {
        _rpc.Texts = PersonTexts.For(settings.Locale) is { } texts ? new WireTexts(texts) : null;
        if (settings.Cloud.Name == CloudName.Custom)
        {
            // Typed by hand, so it is checked while the person is there to see.
            CloudReader.Read(settings.Cloud);
        }

        _logPipeline.Level = LogLevels.ToLibrary(settings.LogLevel);
        if (settings.LogFolder is { } folder)
        {
            _logPipeline.Start(new FileLogSink(folder, _started, Environment.ProcessId, FileLogLimits.Default));
        }

        if (settings.ParentProcessId is { } parent)
        {
            _ = WatchAsync(parent);
        }

        _ = IdleMemory.WatchAsync(_ended.Token);

        var credentials = new CredentialClient(_rpc);
        var context = new FeatureContext(
            settings, _rpc, _logs, credentials, new Lazy<ClientTokens>(() => new ClientTokens(credentials, TimeProvider.System)), _logMask,
            new NetworkRules(NetworkFeature.Read(settings.Network)));
        _features = FeatureCatalog.Create(context);
        foreach (var feature in _features)
        {
            feature.Register(_rpc);
        }

        _log.LogInformation(
            "Version {Version} for {Client} {ClientVersion}, cloud {Cloud}, signing in with {Credential}.",
            ServerVersion.Product, settings.ClientName, settings.ClientVersion, settings.Cloud.Name, settings.Credential.Kind);
        return Task.FromResult<IReadOnlyList<string>>([.. _features.SelectMany(feature => feature.FurtherCapabilities.Prepend(feature.Capability))]);
    }

    private async Task WatchAsync(int parentProcessId)
    {
        try
        {
            await ParentWatch.WaitForEndAsync(parentProcessId, _ended.Token).ConfigureAwait(false);
            Stop($"the parent process {parentProcessId} has ended.");
        }
        catch (OperationCanceledException)
        {
            _log.LogDebug("The parent process is not watched any more.");
        }
    }

    // Once, whoever asks first: shutdown, or the end of the connection.
    private Task StopFeaturesAsync(CancellationToken cancellationToken)
    {
        lock (_stopLock)
        {
            _stopping ??= StopEachAsync();
            return _stopping.WaitAsync(cancellationToken);
        }
    }

    private async Task StopEachAsync()
    {
        using var timeout = new CancellationTokenSource(s_stopTimeout);
        await Task.WhenAll(_features.Select(feature => StopAsync(feature, timeout.Token))).ConfigureAwait(false);
    }

    private async Task StopAsync(IFeature feature, CancellationToken cancellationToken)
    {
        try
        {
            await feature.StopAsync(cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _log.LogError(e, "{Feature} did not stop cleanly.", feature.Capability);
        }
    }
}
