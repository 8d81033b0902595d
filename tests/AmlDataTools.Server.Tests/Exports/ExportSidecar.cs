using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Rpc;
using AmlDataTools.Server.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace AmlDataTools.Server.Tests.Exports;

/// <summary>The real sidecar in a process of its own, driven as the extension drives it, signed in to the emulator.</summary>
internal sealed class ExportSidecar : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);
    private static readonly ExportOptions Plain = new(false, false, false, false, [], []);

    private readonly Process _process;
    private readonly JsonRpc _rpc;
    private readonly List<OperationSummary> _changes = [];
    private readonly HashSet<string> _removed = [];
    private readonly List<(long At, PersonalDataSearch Search)> _searches = [];
    private readonly System.Text.StringBuilder _errors = new();
    private bool _gone;

    private ExportSidecar(Process process, EmulatorProcess emulator, SignIn signIn)
    {
        _process = process;
        _rpc = new JsonRpc(process.StandardInput.BaseStream, process.StandardOutput.BaseStream, new JsonRpcOptions(), NullLogger.Instance);
        var context = ProtocolJsonContext.Default;
        _rpc.AddLocalMethod("credential/token", context.TokenParams, context.TokenResult, async (wanted, _) =>
        {
            Tokens++;
            var token = await emulator.TokenAsync(wanted.Scopes[0], wanted.TenantId, signIn.User, signIn.LifetimeSeconds);
            return new TokenResult((string?)token["token"] ?? string.Empty, (long?)token["expiresOn"], (string?)token["accountLabel"]);
        });
        _rpc.AddLocalNotification("operations/changed", context.OperationChanged, (change, _) =>
        {
            lock (_changes)
            {
                _changes.Add(change.Operation);
            }

            return Task.CompletedTask;
        });
        _rpc.AddLocalNotification("operations/removed", context.OperationParams, (removed, _) =>
        {
            lock (_changes)
            {
                _removed.Add(removed.OperationId);
            }

            return Task.CompletedTask;
        });
        _rpc.AddLocalNotification("personalData/changed", context.SearchResult, (change, _) =>
        {
            lock (_changes)
            {
                _searches.Add((Stopwatch.GetTimestamp(), change.Search));
            }

            return Task.CompletedTask;
        });
        _rpc.AddLocalNotification("log/message", context.LogMessage, (_, _) => Task.CompletedTask);
        _rpc.StartListening();
    }

    /// <summary>How many tokens were asked for.</summary>
    public int Tokens { get; private set; }

    /// <summary>What was told of an operation so far.</summary>
    public IReadOnlyList<OperationSummary> ChangesOf(string id)
    {
        lock (_changes)
        {
            return [.. _changes.Where(c => c.Id == id)];
        }
    }

    /// <summary>What was told of a search so far, and when.</summary>
    public IReadOnlyList<(long At, PersonalDataSearch Search)> SearchesTold(string id)
    {
        lock (_changes)
        {
            return [.. _searches.Where(told => told.Search.SearchId == id)];
        }
    }

    /// <summary>What it wrote to its standard error so far.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString();
            }
        }
    }

    public bool WasRemoved(string id)
    {
        lock (_changes)
        {
            return _removed.Contains(id);
        }
    }

    public static async Task<ExportSidecar> StartAsync(EmulatorProcess emulator, TestFolder folder, SignIn? signIn = null, CustomCloud? cloud = null, NetworkStart? network = null)
    {
        var start = new ProcessStartInfo("dotnet", [Repository.SidecarDll])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in network?.Environment ?? [])
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        var sidecar = new ExportSidecar(process, emulator, signIn ?? new SignIn());
        process.ErrorDataReceived += (_, line) =>
        {
            lock (sidecar._errors)
            {
                sidecar._errors.AppendLine(line.Data);
            }
        };
        process.BeginErrorReadLine();
        await sidecar.CallAsync(
            "initialize",
            new InitializeParams(
                ProtocolVersions.Current, "tests", "1.0", "en", new CloudSettings(CloudName.Custom, cloud ?? CloudOf(emulator)),
                new CredentialSettings(network?.Credential ?? CredentialKind.VsCode, null, null), folder.Storage, folder.Logs, LogLevelName.Debug, null, network?.Settings),
            ProtocolJsonContext.Default.InitializeParams,
            ProtocolJsonContext.Default.InitializeResult);
        return sidecar;
    }

    public static CustomCloud CloudOf(EmulatorProcess emulator) => new(
        emulator["resourceManager"], null, "https://management.azure.com", null, null, emulator["storageSuffix"], emulator.DataPlaneSuffixes, emulator["caCertificate"], null);

    public Task<PlanResult> PlanAsync(string nodeId, ExportOptions? options = null) => PlanAsync([nodeId], options);

    public Task<PlanResult> PlanAsync(IReadOnlyList<string> nodeIds, ExportOptions? options, CancellationToken cancellationToken = default) => CallAsync(
        "operations/plan", new PlanParams(OperationVerb.Export, nodeIds, options ?? Plain, null, null, null, null), ProtocolJsonContext.Default.PlanParams, ProtocolJsonContext.Default.PlanResult, cancellationToken);

    public async Task<OperationSummary> BeginAsync(string planId, string folder, ExistingFiles existing = ExistingFiles.SkipIdentical, ExportFormat format = ExportFormat.Folder) => (await CallAsync(
        "operations/start", new StartParams(planId, null, new ExportDestination(folder, existing, format), []), ProtocolJsonContext.Default.StartParams, ProtocolJsonContext.Default.OperationResult)).Operation;

    public async Task<OperationSummary> OperationAsync(string verb, string id) => (await CallAsync(
        $"operations/{verb}", new OperationParams(id), ProtocolJsonContext.Default.OperationParams, ProtocolJsonContext.Default.OperationResult)).Operation;

    public Task DiscardAsync(string id) => CallAsync(
        "operations/discard", new OperationParams(id), ProtocolJsonContext.Default.OperationParams, ProtocolJsonContext.Default.Empty);

    public async Task<IReadOnlyList<OperationSummary>> ListAsync(string method = "list") => (await CallAsync(
        $"operations/{method}", new Empty(), ProtocolJsonContext.Default.Empty, ProtocolJsonContext.Default.OperationsResult)).Operations;

    public async Task<OperationSummary> FindAsync(string id) => (await ListAsync()).Single(o => o.Id == id);

    public async Task<Receipt> ReceiptAsync(string id)
    {
        var paths = await CallAsync("operations/receipt", new OperationParams(id), ProtocolJsonContext.Default.OperationParams, ProtocolJsonContext.Default.ReceiptResult);
        return new Receipt(paths.JsonPath, paths.MarkdownPath);
    }

    /// <summary>Waits until an operation is in one of some states.</summary>
    public async Task<OperationSummary> WaitAsync(string id, params OperationState[] states)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var now = await FindAsync(id);
            if (states.Contains(now.State))
            {
                return now;
            }

            Assert.True(clock.Elapsed < Patience, $"It is still {now.State}: {now.ItemsDone} of {now.Items} done, {now.BytesDone} bytes. {now.Message}");
            await Task.Delay(40);
        }
    }

    public Task<OperationSummary> EndAsync(string id) =>
        WaitAsync(id, OperationState.Succeeded, OperationState.SucceededWithWarnings, OperationState.Failed, OperationState.Cancelled);

    /// <summary>Plans, starts and follows an export of a run to its end.</summary>
    public async Task<Exported> ExportAsync(string nodeId, string folder, ExportOptions? options = null, ExistingFiles existing = ExistingFiles.SkipIdentical)
    {
        var plan = await PlanAsync(nodeId, options);
        await BeginAsync(plan.PlanId, folder, existing);
        var operation = await EndAsync(plan.PlanId);
        return new Exported(plan, operation, await ReceiptAsync(plan.PlanId));
    }

    public async Task<string> RefusalAsync(Func<Task> call)
    {
        var refusal = await Assert.ThrowsAsync<RemoteRpcException>(call);
        Secrets.AssertNone(refusal.RemoteMessage);
        return $"{refusal.ErrorData?.Code}: {refusal.RemoteMessage}";
    }

    public Task NotifyAsync<TParams>(string method, TParams parameters, System.Text.Json.Serialization.Metadata.JsonTypeInfo<TParams> info) => _rpc.NotifyAsync(method, parameters, info, null, CancellationToken.None).AsTask();

    public Task ShutdownAsync() => CallAsync("shutdown", new Empty(), ProtocolJsonContext.Default.Empty, ProtocolJsonContext.Default.Empty);

    /// <summary>The most memory it had so far, in MiB.</summary>
    public long PeakMiB()
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").Single(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', '\t', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    /// <summary>Ends it as a power cut would: no word, no clean-up.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _gone = true;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_gone)
        {
            _process.StandardInput.Close();
            try
            {
                await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(120));
            }
            catch (TimeoutException)
            {
                await KillAsync();
            }
        }

        await _rpc.DisposeAsync();
        _process.Dispose();
    }

    /// <summary>How long an answer is waited for.</summary>
    internal TimeSpan AnswerPatience { get; set; } = Patience;

    internal async Task<TResult> CallAsync<TParams, TResult>(
        string method, TParams parameters, System.Text.Json.Serialization.Metadata.JsonTypeInfo<TParams> paramsInfo, System.Text.Json.Serialization.Metadata.JsonTypeInfo<TResult> resultInfo, CancellationToken cancellationToken = default) =>
        await _rpc.InvokeAsync(method, parameters, paramsInfo, resultInfo, cancellationToken).WaitAsync(AnswerPatience, CancellationToken.None);
}

/// <summary>Who is signed in, and how long the tokens given are good for.</summary>
internal sealed record SignIn(string User = "ada@example.com", int? LifetimeSeconds = null);

/// <summary>What a sidecar finds of the network when it starts.</summary>
internal sealed record NetworkStart(NetworkParams? Settings, Dictionary<string, string>? Environment = null, CredentialKind Credential = CredentialKind.VsCode);

/// <summary>An export that has ended.</summary>
internal sealed record Exported(PlanResult Plan, OperationSummary Operation, Receipt Receipt);
