using System.Diagnostics;
using AmlDataTools.Server.Rpc;
using AmlDataTools.Server.Tests.Support;

namespace AmlDataTools.Server.Tests.Processes;

/// <summary>The proof that the other end of the wire, npm vscode-jsonrpc, understands and is understood.</summary>
public sealed class VsCodeJsonRpcTests
{
    private static string Script(string name) =>
        Path.Combine(Repository.Root, "tests", "AmlDataTools.Server.Tests", "node", name);

    [Fact]
    public async Task It_drives_the_real_sidecar()
    {
        var folder = Directory.CreateTempSubdirectory("node").FullName;
        try
        {
            using var node = Start("real-sidecar.mjs", redirectInput: false, Repository.SidecarDll, folder);
            var output = node.StandardOutput.ReadToEndAsync();
            var errors = node.StandardError.ReadToEndAsync();
            await node.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(120));
            Assert.True(node.ExitCode == 0, $"{await output}{await errors}");
            Assert.EndsWith("all checks passed\n", await output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task It_calls_is_called_cancels_and_hears_progress()
    {
        using var node = Start("peer.mjs", redirectInput: true);
        var errors = node.StandardError.ReadToEndAsync();
        var log = new ListLogger();
        await using var rpc = new JsonRpc(node.StandardInput.BaseStream, node.StandardOutput.BaseStream, new JsonRpcOptions(), log);
        var methods = new TestMethods();
        methods.Register(rpc);
        rpc.StartListening();
        await node.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(120));
        Assert.True(node.ExitCode == 0, $"{await errors}{string.Join('\n', log.Lines)}");
        Assert.EndsWith("all checks passed\n", await errors, StringComparison.Ordinal);
        Assert.Equal(["noted"], methods.Heard);
    }

    private static Process Start(string script, bool redirectInput, params string[] arguments)
    {
        var start = new ProcessStartInfo("node", [Script(script), .. arguments])
        {
            RedirectStandardInput = redirectInput,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start) ?? throw new InvalidOperationException("node did not start.");
    }
}
