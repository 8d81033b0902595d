using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using AmlDataTools.Server.Tests.Support;

namespace AmlDataTools.Server.Tests.Processes;

/// <summary>The real sidecar in a process of its own.</summary>
internal sealed class SidecarProcess : IDisposable
{
    private readonly Process _process;

    public SidecarProcess()
    {
        var start = new ProcessStartInfo("dotnet", [Repository.SidecarDll])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        Client = new RawClient(_process.StandardOutput.BaseStream, _process.StandardInput.BaseStream);
        Folder = Directory.CreateTempSubdirectory("sidecar").FullName;
    }

    public RawClient Client { get; }

    public string Folder { get; }

    public string LogFolder => Path.Combine(Folder, "logs");

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public string InitializeRequest(int? parent = null, string? storage = null, string cloud = "public") =>
        InitializeRequest(Folder, parent, storage, cloud);

    public static string InitializeRequest(string folder, int? parent = null, string? storage = null, string cloud = "public") => new JsonObject
    {
        ["jsonrpc"] = "2.0",
        ["id"] = "init",
        ["method"] = "initialize",
        ["params"] = new JsonObject
        {
            ["protocolVersion"] = 1,
            ["clientName"] = "tests",
            ["clientVersion"] = "1.0",
            ["locale"] = "en",
            ["cloud"] = new JsonObject { ["name"] = cloud, ["custom"] = null },
            ["credential"] = new JsonObject { ["kind"] = "vsCode", ["tenantId"] = null, ["clientId"] = null },
            ["storageFolder"] = storage ?? Path.Combine(folder, "storage"),
            ["logFolder"] = Path.Combine(folder, "logs"),
            ["logLevel"] = "debug",
            ["parentProcessId"] = parent,
        },
    }.ToJsonString(JsonSerializerOptions.Default);

    public async Task<JsonObject> InitializeAsync(int? parent = null)
    {
        var answer = await Client.CallAsync(InitializeRequest(parent: parent));
        Assert.Null(answer["error"]);
        return answer;
    }

    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(120));
        return _process.ExitCode;
    }

    public Task<string> ReadErrorAsync() => _process.StandardError.ReadToEndAsync();

    public string ReadLog() => string.Concat(Directory.GetFiles(LogFolder).Order(StringComparer.Ordinal).Select(File.ReadAllText));

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
