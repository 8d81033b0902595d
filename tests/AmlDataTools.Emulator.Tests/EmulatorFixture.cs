using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Hosting;
using AmlDataTools.Emulator.Http;

namespace AmlDataTools.Emulator.Tests;

/// <summary>A sample emulator for all tests of a class, and a client that trusts its authority and nothing else.</summary>
public class EmulatorFixture : IAsyncLifetime
{
    private EmulatorServer? _server;
    private HttpClient? _http;

    internal JsonObject Ready => _server?.Ready ?? throw new InvalidOperationException("Not started.");

    internal string Arm => this["resourceManager"];

    internal string DataPlane => this["dataPlane"];

    internal string Blob => this["blob"];

    internal string Token => this["accessToken"];

    /// <summary>The sample workspace's path.</summary>
    internal string Workspace => $"/subscriptions/{this["subscriptionId"]}/resourceGroups/{this["resourceGroup"]}/providers/Microsoft.MachineLearningServices/workspaces/{this["workspace"]}";

    internal string this[string name] => Ready.Text(name) ?? throw new InvalidOperationException($"The line has no '{name}'.");

    private protected virtual SeedKind Seed => SeedKind.Sample;

    public async Task InitializeAsync()
    {
        _server = await EmulatorServer.StartAsync(new EmulatorOptions(0, Seed, await AzuriteAsync(), false), CancellationToken.None);
        var authority = X509CertificateLoader.LoadCertificateFromFile(this["caCertificate"]);
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync("127.0.0.1", context.DnsEndPoint.Port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { authority }, RevocationMode = X509RevocationMode.NoCheck },
            },
        });
    }

    public async Task DisposeAsync()
    {
        _http?.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    /// <summary>Sends a request with Resource Manager's token unless another one, or none, is given.</summary>
    internal async Task<HttpResponseMessage> SendAsync(string method, string url, string? body = null, string? token = "", params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + (token.Length > 0 ? token : Token));
        }

        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value) && request.Content is { } content)
            {
                content.Headers.Remove(name);
                content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return await (_http ?? throw new InvalidOperationException("Not started.")).SendAsync(request);
    }

    /// <summary>Sends a request and reads a JSON object from its successful answer.</summary>
    internal async Task<JsonObject> JsonAsync(string method, string url, string? body = null)
    {
        using var answer = await SendAsync(method, url, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{method} {url}: {(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text) as JsonObject ?? throw new InvalidOperationException("No JSON object: " + text);
    }

    /// <summary>Asks the control address.</summary>
    internal Task<JsonObject> ControlAsync(string path, string body) => ControlAsync(HttpMethod.Post, path, body);

    /// <summary>Asks the control address to take something away.</summary>
    internal Task<JsonObject> ControlDeleteAsync(string path, string body = "{}") => ControlAsync(HttpMethod.Delete, path, body);

    /// <summary>The whole state of a workspace.</summary>
    internal Task<JsonObject> StateAsync(string workspace) => ControlAsync(HttpMethod.Get, "/state?workspace=" + workspace, null);

    private async Task<JsonObject> ControlAsync(HttpMethod method, string path, string? body)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(method, this["controlUrl"] + path) { Content = body is null ? null : new StringContent(body) };
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text) as JsonObject ?? throw new InvalidOperationException("No JSON object: " + text);
    }

    /// <summary>A token for storage.</summary>
    internal async Task<string> StorageTokenAsync(string user = "ada@example.com", int lifetimeSeconds = 600) =>
        (await ControlAsync("/token", $$"""{"audience":"https://storage.azure.com","user":"{{user}}","lifetimeSeconds":{{lifetimeSeconds}}}""")).Text("token") ?? string.Empty;

    /// <summary>Azurite's entry point, installed on first use so that the tests run from a fresh clone.</summary>
    private static async Task<string> AzuriteAsync()
    {
        try
        {
            return EmulatorOptions.FindAzurite();
        }
        catch (ArgumentException)
        {
            var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", "ci --ignore-scripts --no-audit --no-fund --loglevel error") { WorkingDirectory = ProjectFolder() };
            using var npm = Process.Start(start) ?? throw new InvalidOperationException("npm could not be started.");
            await npm.WaitForExitAsync();
            return EmulatorOptions.FindAzurite();
        }
    }

    private static string ProjectFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "AmlDataTools.Emulator", "package.json");
            if (File.Exists(candidate))
            {
                return Path.GetDirectoryName(candidate) ?? folder.FullName;
            }
        }

        throw new InvalidOperationException("The emulator's folder was not found above the tests.");
    }
}
