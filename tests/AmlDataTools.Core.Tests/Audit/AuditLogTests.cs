using System.Security.Cryptography;
using System.Text;
using AmlDataTools.Core.Audit;
using AmlDataTools.Core.Problems;
using Xunit;

namespace AmlDataTools.Core.Tests.Audit;

/// <summary>The log on disk: what a crash leaves is mended, what somebody did to it is said and never covered up.</summary>
public sealed class AuditLogTests : IDisposable
{
    private readonly AuditWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task A_torn_last_line_is_cut_off_and_the_chain_goes_on()
    {
        await _world.FillAsync(3);
        await File.AppendAllTextAsync(_world.Chain, "{\"at\":\"2026-");
        _world.NewLog();
        await _world.FillAsync(1);
        Assert.Equal(5, (await _world.ExportAsync()).Lines);
        Assert.True(_world.Verify().IsIntact);
        Assert.True(_world.Verify(_world.Chain).IsIntact);
    }

    /// <summary>Killed between the line and the note of it: the line counts, and is not written again.</summary>
    [Fact]
    public async Task A_line_whose_note_was_not_written_any_more_counts()
    {
        await _world.FillAsync(2);
        var noted = await File.ReadAllBytesAsync(_world.Head);
        await _world.FillAsync(1);
        await File.WriteAllBytesAsync(_world.Head, noted);
        _world.NewLog();
        await _world.FillAsync(1);
        Assert.Equal(5, (await _world.ExportAsync()).Lines);
        Assert.True(_world.Verify().IsIntact);
    }

    [Fact]
    public async Task The_very_first_note_may_be_missing()
    {
        await _world.FillAsync(1);
        File.Delete(_world.Head);
        _world.NewLog();
        await _world.FillAsync(1);
        await _world.ExportAsync();
        Assert.True(_world.Verify().IsIntact);
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("gone")]
    [InlineData("changed")]
    [InlineData("note")]
    [InlineData("both")]
    [InlineData("garbage")]
    public async Task What_somebody_did_to_the_log_itself_is_said_and_the_log_goes_on(string deed)
    {
        await _world.FillAsync(5);
        var lines = AuditWorld.Lines(_world.Chain);
        switch (deed)
        {
            case "cut":
                await File.WriteAllBytesAsync(_world.Chain, AuditWorld.Bytes(lines.Take(4)));
                break;
            case "gone":
                File.Delete(_world.Chain);
                break;
            case "changed":
                await File.WriteAllBytesAsync(_world.Chain, AuditWorld.Bytes([.. lines.Take(5), lines[5].Replace("run 4", "run 8", StringComparison.Ordinal)]));
                break;
            case "note":
                File.Delete(_world.Head);
                break;
            case "both":
                File.Delete(_world.Head);
                await File.WriteAllBytesAsync(_world.Chain, AuditWorld.Bytes(lines.Take(4)));
                break;
            default:
                await File.WriteAllTextAsync(_world.Chain, "nothing of an audit log\nnor this\n");
                break;
        }

        if (deed is "cut" or "changed" or "note" or "both")
        {
            Assert.False(_world.Verify(_world.Chain).IsIntact);
        }

        _world.NewLog();
        await _world.FillAsync(2);
        Assert.NotNull((await _world.ExportAsync()).Problem);
        var verdict = _world.Verify();
        Assert.False(verdict.IsIntact);
        Assert.Contains(verdict.Problems, p => p.Message.Contains("The log was not as it was left", StringComparison.Ordinal));
        Assert.Equal(1, AuditWorld.Python(_world.Out()).Exit);

        // Said once: what comes behind it is a chain again.
        var count = verdict.ProblemCount;
        await _world.FillAsync(2);
        await _world.ExportAsync();
        Assert.Equal(count, _world.Verify().ProblemCount);
    }

    [Fact]
    public async Task Two_at_once_make_one_chain()
    {
        var (one, other) = (_world.NewLog(), _world.NewLog());
        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => Task.Run(() => _world.AppendAsync($"Delete run {i}", log: i % 2 == 0 ? one : other))));
        Assert.Equal(61, (await _world.ExportAsync()).Lines);
        Assert.True(_world.Verify().IsIntact);
        Assert.Equal((0, "61"), AuditWorld.Python(_world.Out()));
    }

    [Fact]
    public async Task Any_text_has_one_form_that_others_read_the_same()
    {
        foreach (var text in new[] { "plain", "\"quoted\\\"", "\u0000\u0001\b\t\n\f\r\u001f\u007f\u2028", "\U0001F96D <&> é ä", "half \uD83E and \uDD6D", new string('x', 5000) })
        {
            await _world.AppendAsync(text);
        }

        await _world.ExportAsync();
        Assert.True(_world.Verify().IsIntact);
        Assert.Equal((0, "7"), AuditWorld.Python(_world.Out()));
    }

    [Fact]
    public async Task From_a_day_on_only_the_end_is_copied_and_stands_by_itself()
    {
        await _world.FillAsync(3);
        var since = DateTimeOffset.UtcNow.AddMilliseconds(5);
        await Task.Delay(20);
        await _world.FillAsync(2);
        var exported = await _world.ExportAsync(since: since);
        Assert.Equal((2L, 5L, 6L), (exported.Lines, exported.First, exported.Last));
        Assert.True(_world.Verify().IsIntact);
        Assert.Equal((0, "2"), AuditWorld.Python(_world.Out()));
        var lines = AuditWorld.Lines(_world.Out());
        Assert.True(_world.IsFound(AuditWorld.Bytes([lines[0], .. lines.Skip(2)])));

        var before = await File.ReadAllBytesAsync(_world.Out());
        var nothing = await Assert.ThrowsAsync<ProblemException>(() => _world.ExportAsync(since: DateTimeOffset.UtcNow.AddDays(1)));
        Assert.Equal("audit.nothingSince", nothing.Code);
        Assert.Equal(before, await File.ReadAllBytesAsync(_world.Out()));
        Assert.Empty(Directory.EnumerateFiles(Path.GetDirectoryName(_world.Out()) ?? string.Empty, "*.tmp"));
    }

    [Fact]
    public async Task Nothing_yet_the_logs_own_folder_and_no_path_are_refused()
    {
        Assert.Equal("audit.nothingYet", (await Assert.ThrowsAsync<ProblemException>(() => _world.ExportAsync())).Code);
        await _world.FillAsync(1);
        var exporter = new AuditExporter(_world.Log, TimeProvider.System);
        foreach (var path in new[] { "audit.jsonl", string.Empty, _world.Storage, _world.Chain, Path.Combine(_world.Storage, "audit", "..", "audit", "copy.jsonl") })
        {
            Assert.Equal("audit.badPath", (await Assert.ThrowsAsync<ProblemException>(() => exporter.ExportAsync(path, null, CancellationToken.None))).Code);
        }

        Assert.True(_world.Verify(_world.Chain).IsIntact);
    }

    /// <summary>The receipt of an operation that was gone on with is written anew: only the last line of it counts.</summary>
    [Fact]
    public async Task Receipts_are_compared_where_they_are()
    {
        var kept = Path.Combine(_world.Storage, "receipts");
        Directory.CreateDirectory(kept);
        await File.WriteAllTextAsync(Path.Combine(kept, "op-1.json"), "{}");
        await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(_world.Out()) ?? string.Empty, "op-2.json"), "two");
        await _world.AppendAsync("Resumed later", "op-1", Hash("an earlier state"));
        await _world.AppendAsync("Resumed later", "op-1", Hash("{}"));
        await _world.AppendAsync("Handed out with the log", "op-2", Hash("two"));
        await _world.AppendAsync("Gone", "op-3", Hash("three"));
        await _world.AppendAsync("A path", "../../op-4", Hash("four"));
        await _world.ExportAsync();
        var verdict = _world.Verify();
        Assert.Equal((true, 2L, 0L, 1L), (verdict.IsIntact, verdict.ReceiptsSame, verdict.ReceiptsDifferent, verdict.ReceiptsAbsent));
        Assert.EndsWith("2 receipts are as logged, 1 receipt is not here to be compared.", verdict.Summary, StringComparison.Ordinal);

        await File.WriteAllTextAsync(Path.Combine(kept, "op-1.json"), "{ }");
        var changed = _world.Verify();
        Assert.Equal((false, 1L), (changed.IsIntact, changed.ReceiptsDifferent));
        var problem = Assert.Single(changed.Problems);
        Assert.Equal(4, problem.Line);
        Assert.Contains("op-1.json is not the one this line tells of", problem.Message, StringComparison.Ordinal);

        static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    [Theory]
    [InlineData("audit.empty", "")]
    [InlineData("audit.notALog", "hello\nworld\n")]
    [InlineData("audit.notALog", "{\"at\":1}\n{}\n")]
    [InlineData("audit.notALog", "{")]
    [InlineData("audit.notALog", "\0\0\0\0")]
    public void What_is_no_log_is_told_from_what_is_wrong_with_one(string code, string text)
    {
        File.WriteAllText(_world.Out(), text);
        Assert.Equal(code, Refusal(_world.Out()));
        Assert.Equal("audit.notFound", Refusal(_world.Out("not there")));
        Assert.Equal("audit.notFound", Refusal(_world.Storage));
        Assert.Equal("audit.notFound", Refusal("audit.jsonl"));
    }

    [Fact]
    public async Task What_editors_make_of_a_log_is_said()
    {
        await _world.FillAsync(2);
        await _world.ExportAsync();
        var text = await File.ReadAllTextAsync(_world.Out());
        foreach (var (code, bytes) in new (string, byte[])[]
        {
            ("audit.notUtf8", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(text)]),
            ("audit.notUtf8", Encoding.Unicode.GetBytes(text)),
            ("audit.notUtf8", [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(text)]),
            ("audit.notUtf8", Encoding.BigEndianUnicode.GetBytes(text)),
            ("audit.notUtf8", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(text)]),
            ("audit.lineEnds", Encoding.UTF8.GetBytes(text.Replace("\n", "\r\n", StringComparison.Ordinal))),
        })
        {
            await File.WriteAllBytesAsync(_world.Out("edited.jsonl"), bytes);
            Assert.Equal(code, Refusal(_world.Out("edited.jsonl")));
        }

        var (newer, _) = AuditLine.Write(new CanonicalJson().Set("event", "opened").Set("format", "aml-data-tools-audit/2").Set("at", AuditLine.Moment(DateTimeOffset.UtcNow)).Set("sequence", 0).Set("previous", AuditLine.NoHash));
        await File.WriteAllBytesAsync(_world.Out("newer.jsonl"), [.. newer, (byte)'\n']);
        Assert.Equal("audit.otherVersion", Refusal(_world.Out("newer.jsonl")));
    }

    /// <summary>A line of 1 GB, alone and among good ones: said, and not held in memory.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_line_of_a_gigabyte_takes_no_memory(bool amongOthers)
    {
        await _world.FillAsync(2);
        await _world.ExportAsync();
        var huge = _world.Out("huge.jsonl");
        await using (var file = File.Create(huge))
        {
            if (amongOthers)
            {
                await file.WriteAsync(await File.ReadAllBytesAsync(_world.Out()));
            }

            file.SetLength(file.Position + (1L << 30));
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        if (amongOthers)
        {
            var verdict = _world.Verify(huge);
            Assert.Equal((false, 6L), (verdict.IsIntact, verdict.Problems[0].Line));
        }
        else
        {
            Assert.Equal("audit.notALog", Refusal(huge));
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 32 << 20);
    }

    private string Refusal(string path) => Assert.Throws<ProblemException>(() => _world.Verify(path)).Code;
}
