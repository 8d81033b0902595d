using System.Diagnostics;
using System.Text;
using AmlDataTools.Core.Audit;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Tests.Names;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmlDataTools.Core.Tests.Audit;

/// <summary>A storage folder with an audit log in it, and operations that are only lines.</summary>
internal sealed class AuditWorld : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public AuditWorld()
    {
        Store = new OperationStore(Storage);
        Store.Prepare();
        Log = NewLog();
    }

    public string Storage => Path.Combine(_folder.Root, "storage");

    public string Chain => Path.Combine(Storage, "audit", "chain.jsonl");

    public string Head => Path.Combine(Storage, "audit", "head.json");

    public OperationStore Store { get; }

    public AuditLog Log { get; private set; }

    public string Out(string name = "audit.jsonl") => Path.Combine(_folder.Root, name);

    /// <summary>As another window, or another life of this one, has it.</summary>
    public AuditLog NewLog() => Log = new AuditLog(Path.Combine(Storage, "audit"), TimeProvider.System, NullLogger.Instance);

    public Task AppendAsync(string title = "Delete mango_leaf", string? operation = null, string? receipt = null, AuditLog? log = null) => (log ?? Log).AppendAsync(
        AuditEvents.Ended,
        line => line.Set("title", title).Set("who", "Zoë \"Z\" Müller \U0001F96D").Set("operation", operation).Set("receipt", receipt).Set("counts", new CanonicalJson().Set("done", 3).Set("failed", 0)).Set("workspaces", ["/subscriptions/a"]),
        CancellationToken.None);

    public async Task FillAsync(int lines)
    {
        for (var i = 0; i < lines; i++)
        {
            await AppendAsync($"Delete run {i}");
        }
    }

    public Task<AuditExported> ExportAsync(string name = "audit.jsonl", DateTimeOffset? since = null) => new AuditExporter(Log, TimeProvider.System).ExportAsync(Out(name), since, CancellationToken.None);

    public AuditVerdict Verify(string? path = null) => new AuditVerifier(Log, Store).Verify(path ?? Out(), CancellationToken.None);

    /// <summary>Whether something is found wrong with these bytes.</summary>
    public bool IsFound(ReadOnlySpan<byte> bytes)
    {
        File.WriteAllBytes(Out("tampered.jsonl"), bytes);
        try
        {
            return !Verify(Out("tampered.jsonl")).IsIntact;
        }
        catch (ProblemException problem)
        {
            Assert.StartsWith("audit.", problem.Code, StringComparison.Ordinal);
            return true;
        }
    }

    public static List<string> Lines(string path) => [.. File.ReadAllText(path).Split('\n', StringSplitOptions.RemoveEmptyEntries)];

    public static byte[] Bytes(IEnumerable<string> lines) => Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")));

    /// <summary>What independent code says: its exit code and its words.</summary>
    public static (int Exit, string Said) Python(string path)
    {
        var start = new ProcessStartInfo("python3", [Path.Combine(AppContext.BaseDirectory, "Audit", "verify_audit.py"), path]) { RedirectStandardOutput = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("python3 did not start.");
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, said.Trim());
    }

    public void Dispose() => _folder.Dispose();
}
