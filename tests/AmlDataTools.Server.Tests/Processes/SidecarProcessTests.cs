using System.Diagnostics;
using System.Text;
using AmlDataTools.Server.Tests.Support;

namespace AmlDataTools.Server.Tests.Processes;

public sealed class SidecarProcessTests
{
    [Fact]
    public async Task It_introduces_itself_and_ends_when_its_input_closes()
    {
        using var sidecar = new SidecarProcess();
        var answer = await sidecar.InitializeAsync();
        Assert.Equal(1, (int?)answer["result"]?["protocolVersion"]);
        Assert.Equal(sidecar.Id, (int?)answer["result"]?["processId"]);
        Assert.Matches(@"^\d+\.\d+\.\d+$", (string?)answer["result"]?["serverVersion"]);
        Assert.True(Directory.Exists(Path.Combine(sidecar.Folder, "storage")));
        sidecar.Client.CloseInput();
        Assert.Equal(0, await sidecar.WaitForExitAsync());
        Assert.Empty(await sidecar.ReadErrorAsync());
        Assert.Contains("for tests 1.0", sidecar.ReadLog(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_comes_before_initialize_nor_after_shutdown()
    {
        using var sidecar = new SidecarProcess();
        var early = await sidecar.Client.CallAsync("""{"jsonrpc":"2.0","id":1,"method":"explorer/subscriptions","params":{}}""");
        Assert.Equal((-32002, "protocol.notInitialized"), (early.ErrorNumber(), early.ErrorCode()));
        Assert.Equal("protocol.notInitialized", (await sidecar.Client.CallAsync("""{"jsonrpc":"2.0","id":2,"method":"shutdown"}""")).ErrorCode());
        await sidecar.InitializeAsync();
        Assert.Equal("protocol.alreadyInitialized", (await sidecar.Client.CallAsync(sidecar.InitializeRequest())).ErrorCode());
        Assert.Equal("{}", (await sidecar.Client.CallAsync("""{"jsonrpc":"2.0","id":3,"method":"shutdown"}"""))["result"].Text());
        Assert.Equal("protocol.shuttingDown", (await sidecar.Client.CallAsync("""{"jsonrpc":"2.0","id":4,"method":"explorer/subscriptions","params":{}}""")).ErrorCode());
        sidecar.Client.CloseInput();
        Assert.Equal(0, await sidecar.WaitForExitAsync());
    }

    [Fact]
    public async Task Another_version_is_told_even_when_its_parameters_are_unknown()
    {
        using var sidecar = new SidecarProcess();
        var mismatch = await sidecar.Client.CallAsync("""{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"future":[{}],"protocolVersion":99}}""");
        Assert.Equal("protocol.versionMismatch", mismatch.ErrorCode());
        Assert.Contains("99", mismatch.ErrorMessage(), StringComparison.Ordinal);
        Assert.Equal("protocol.invalidParams", (await sidecar.Client.CallAsync("""{"jsonrpc":"2.0","id":2,"method":"initialize","params":{"protocolVersion":1}}""")).ErrorCode());
        await sidecar.InitializeAsync();
    }

    [Fact]
    public async Task Unusable_settings_are_told_and_can_be_corrected()
    {
        using var sidecar = new SidecarProcess();
        var relative = await sidecar.Client.CallAsync(sidecar.InitializeRequest(storage: "relative/folder"));
        Assert.Equal("storage.folderUnusable", relative.ErrorCode());
        var below = Path.Combine(sidecar.Folder, "file");
        await File.WriteAllTextAsync(below, "");
        var impossible = await sidecar.Client.CallAsync(sidecar.InitializeRequest(storage: Path.Combine(below, "x")));
        Assert.Equal("storage.folderUnusable", impossible.ErrorCode());
        Assert.Equal("settings.cloudIncomplete", (await sidecar.Client.CallAsync(sidecar.InitializeRequest(cloud: "custom"))).ErrorCode());
        await sidecar.InitializeAsync();
    }

    [Fact]
    public async Task Broken_and_oversized_messages_do_not_end_it()
    {
        using var sidecar = new SidecarProcess();
        Assert.Equal(-32700, (await sidecar.Client.CallAsync("{\"jsonrpc\":")).ErrorNumber());
        const int Size = 17 * 1024 * 1024;
        await sidecar.Client.SendBytesAsync(Encoding.ASCII.GetBytes($"Content-Length: {Size}\r\n\r\n"));
        for (var sent = 0; sent < Size; sent += 64 * 1024)
        {
            await sidecar.Client.SendBytesAsync(new byte[64 * 1024]);
        }

        Assert.Equal("protocol.tooLarge", (await sidecar.Client.ReadAnswerAsync()).ErrorCode());
        await sidecar.InitializeAsync();
    }

    [Fact]
    public async Task Lost_framing_ends_it_with_a_line_and_a_code()
    {
        using var sidecar = new SidecarProcess();
        await sidecar.InitializeAsync();
        await sidecar.Client.SendBytesAsync("Content-Length: many\r\n\r\n"u8.ToArray());
        Assert.Equal(2, await sidecar.WaitForExitAsync());
        Assert.Contains("Content-Length", await sidecar.ReadErrorAsync(), StringComparison.Ordinal);
        Assert.Contains("The connection ends", sidecar.ReadLog(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_ends_it_in_order(string signal)
    {
        using var sidecar = new SidecarProcess();
        await sidecar.InitializeAsync();
        sidecar.Signal(signal);
        Assert.Equal(0, await sidecar.WaitForExitAsync());
        Assert.Contains($"SIG{signal} was received", sidecar.ReadLog(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_death_of_the_parent_ends_it_although_someone_holds_the_pipe()
    {
        using var parent = Process.Start("sleep", ["600"]);
        using var sidecar = new SidecarProcess();
        await sidecar.InitializeAsync(parent.Id);
        await Task.Delay(1500);
        Assert.False(sidecar.HasExited);
        parent.Kill();
        Assert.Equal(0, await sidecar.WaitForExitAsync());
        Assert.Contains("the parent process", sidecar.ReadLog(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_killed_parent_that_nobody_collected_counts_as_dead()
    {
        // The shell becomes a sleep that never collects its child.
        var start = new ProcessStartInfo("sh", ["-c", "sleep 600 & echo $!; exec sleep 600"]) { RedirectStandardOutput = true };
        using var grandparent = Process.Start(start) ?? throw new InvalidOperationException("sh did not start.");
        try
        {
            var parent = int.Parse(await grandparent.StandardOutput.ReadLineAsync() ?? "", System.Globalization.CultureInfo.InvariantCulture);
            using var sidecar = new SidecarProcess();
            await sidecar.InitializeAsync(parent);
            using (var kill = Process.Start("kill", ["-KILL", $"{parent}"]))
            {
                await kill.WaitForExitAsync();
            }

            Assert.Equal(0, await sidecar.WaitForExitAsync());
        }
        finally
        {
            grandparent.Kill();
        }
    }

    [Fact]
    public async Task A_parent_that_is_not_there_ends_it()
    {
        using var gone = Process.Start("true");
        await gone.WaitForExitAsync();
        using var sidecar = new SidecarProcess();
        await sidecar.InitializeAsync(gone.Id);
        Assert.Equal(0, await sidecar.WaitForExitAsync());
    }

    [Fact]
    public async Task It_ends_although_the_client_does_not_read()
    {
        using var sidecar = new SidecarProcess();
        await sidecar.InitializeAsync();
        for (var i = 0; i < 1000; i++)
        {
            await sidecar.Client.SendAsync($$"""{"jsonrpc":"2.0","id":{{i}},"method":"none/{{new string('x', 90)}}"}""");
        }

        sidecar.Client.CloseInput();
        await sidecar.WaitForExitAsync();
    }
}
