using System.Net;
using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.Control;
using AmlDataTools.Emulator.DataPlane;
using AmlDataTools.Emulator.ResourceManager;
using AmlDataTools.Emulator.Seeds;
using AmlDataTools.Emulator.State;
using AmlDataTools.Emulator.Storage;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AmlDataTools.Emulator.Hosting;

/// <summary>A running emulator: its servers, its certificates and Azurite. Disposing ends all of them.</summary>
internal sealed class EmulatorServer : IAsyncDisposable
{
    private readonly WebApplication _services;
    private readonly WebApplication _control;
    private readonly Certificates _certificates;
    private readonly BlobEngine _engine;
    private readonly AzuriteProcess _azurite;

    private EmulatorServer(WebApplication services, WebApplication control, Certificates certificates, BlobEngine engine, AzuriteProcess azurite, JsonObject ready)
    {
        (_services, _control, _certificates, _engine, _azurite, Ready) = (services, control, certificates, engine, azurite, ready);
    }

    /// <summary>What a client needs: the line of JSON.</summary>
    public JsonObject Ready { get; }

    /// <summary>Starts everything and fills it.</summary>
    public static async Task<EmulatorServer> StartAsync(EmulatorOptions options, CancellationToken cancellationToken)
    {
        var cleanup = new Stack<Func<ValueTask>>();
        try
        {
            var state = new EmulatorState();
            var certificates = Certificates.Create();
            cleanup.Push(() => { certificates.Dispose(); return ValueTask.CompletedTask; });

            // Addresses are part of what the seed writes, so the port comes first; nobody knows it before the line is out.
            HostDispatcher? dispatcher = null;
            var log = new RequestLog();
            var faults = new FaultMiddleware(log);
            var services = Build(kestrel => kestrel.Listen(IPAddress.Loopback, options.Port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.UseHttps(certificates.Server);
            }));
            services.Run(http => faults.HandleAsync(http, x => dispatcher is null ? Task.FromException(new InvalidOperationException("Not ready.")) : dispatcher.HandleAsync(x)));
            await services.StartAsync(cancellationToken);
            cleanup.Push(services.DisposeAsync);
            state.Port = PortOf(services);

            ControlService? controlService = null;
            var control = Build(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
            control.Run(http => controlService is null ? Task.FromException(new InvalidOperationException("Not ready.")) : controlService.HandleAsync(http));
            await control.StartAsync(cancellationToken);
            cleanup.Push(control.DisposeAsync);

            var seeder = new Seeder(state);
            Fill(seeder, options.Seed);
            var azurite = await AzuriteProcess.StartAsync(options.Azurite, state.Accounts.Values.Concat(state.SpareAccounts).Select(a => KeyValuePair.Create(a.Name, a.Key)), cancellationToken);
            cleanup.Push(azurite.DisposeAsync);
            var engine = new BlobEngine(azurite.Endpoint);
            cleanup.Push(() => { engine.Dispose(); return ValueTask.CompletedTask; });
            seeder.Engine = engine;
            await seeder.WriteAsync(cancellationToken);

            var guard = new Guard(state);
            var access = new StorageAccess(state, guard);
            var front = new StorageFront(state, access, engine, faults.HandleAsync);
            dispatcher = new HostDispatcher(new ArmService(state, guard, engine), new DataPlaneService(state, guard, engine), front, new DataLakeFront(state, access, engine, front));
            controlService = new ControlService(state, faults, log, seeder, engine);
            return new EmulatorServer(services, control, certificates, engine, azurite, ReadyLine.Of(state, certificates.CaPath, $"http://127.0.0.1:{PortOf(control)}"));
        }
        catch
        {
            while (cleanup.TryPop(out var undo))
            {
                await undo();
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _control.DisposeAsync();
        _engine.Dispose();
        await _azurite.DisposeAsync();
        _certificates.Dispose();
    }

    private static void Fill(Seeder seeder, SeedKind seed)
    {
        var now = DateTimeOffset.UtcNow;
        switch (seed)
        {
            case SeedKind.Sample:
                SampleSeed.Add(seeder, now);
                break;
            case SeedKind.Large:
                LargeSeed.Add(seeder, now);
                break;
            default:
                EmptySeed.Add(seeder, now);
                break;
        }
    }

    private static WebApplication Build(Action<KestrelServerOptions> configure)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinResponseDataRate = null;
            configure(kestrel);
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.Logging.ClearProviders();
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        return builder.Build();
    }

    private static int PortOf(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.Select(a => new Uri(a).Port).First()
        ?? throw new InvalidOperationException("The server does not tell its address.");
}
