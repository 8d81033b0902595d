// A server that speaks the listing, reading and deleting parts of the Blob service, for benchmarks of its clients.
// One line of JSON on standard output says that it is ready and where. It ends with SIGTERM, or when its input closes.
//   --https-port N   0 takes a free one (default)
//   --http           listens without TLS too
//   --http-port N    0 takes a free one (default)
using System.Globalization;
using System.Net;
using System.Text.Json;
using AmlDataTools.Bench;
using AmlDataTools.Bench.Content;
using AmlDataTools.Bench.Protocol;
using AmlDataTools.Emulator.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

var plain = args.Contains("--http");
using (var certificates = Certificates.Create())
{
    var containers = BenchData.Create();
    var deleting = new Deleting(containers);
    var protocol = new WorkspaceProtocol(new BlobProtocol(containers, deleting), deleting);

    var builder = WebApplication.CreateSlimBuilder();
    builder.Logging.ClearProviders();
    builder.WebHost.UseKestrelHttpsConfiguration();
    builder.WebHost.ConfigureKestrel(options =>
    {
        options.AddServerHeader = false;

        // Encryption and sending overlap only when more than one write fits into the buffer between them.
        options.Limits.MaxResponseBufferSize = 4 * 1024 * 1024;
        options.Listen(IPAddress.Loopback, Port("--https-port"), listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.UseHttps(certificates.Server);
        });
        if (plain)
        {
            options.Listen(IPAddress.Loopback, Port("--http-port"), static listen => listen.Protocols = HttpProtocols.Http1);
        }
    });

    var app = builder.Build();
    app.Run(protocol.HandleAsync);
    await app.StartAsync();

    // Every hash is ready before the first request, or the first client of a round would pay for all.
    await Task.WhenAll(containers.Values.SelectMany(static container => container.Blobs).Select(static blob => blob.Md5Async()));

    Console.WriteLine(JsonSerializer.Serialize(new
    {
        ready = true,
        https = app.Urls.First(static address => address.StartsWith("https:", StringComparison.Ordinal)),
        http = app.Urls.FirstOrDefault(static address => address.StartsWith("http:", StringComparison.Ordinal)),
        account = "bench",
        root = BenchData.Root,
        containers = containers.Keys,
        caCertificate = certificates.CaPath,
        pid = Environment.ProcessId,
    }));

    // A parent that dies without a word leaves no server behind; a terminal or /dev/null as input changes nothing.
    if (Console.IsInputRedirected && !args.Contains("--detached"))
    {
        _ = Task.Run(async () =>
        {
            var buffer = new byte[256];
            var input = Console.OpenStandardInput();
            while (await input.ReadAsync(buffer) > 0)
            {
            }

            await app.StopAsync();
        });
    }

    await app.WaitForShutdownAsync();
    return 0;
}

int Port(string name)
{
    var at = Array.IndexOf(args, name);
    return at < 0 ? 0 : int.Parse(args[at + 1], CultureInfo.InvariantCulture);
}
