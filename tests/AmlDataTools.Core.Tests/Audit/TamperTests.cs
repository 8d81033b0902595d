using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace AmlDataTools.Core.Tests.Audit;

/// <summary>Whatever is done to an exported log is found: by the product, and by code that knows only its documentation.</summary>
public sealed class TamperTests : IAsyncLifetime, IDisposable
{
    private readonly AuditWorld _world = new();
    private byte[] _whole = [];

    public async Task InitializeAsync()
    {
        await _world.FillAsync(5);
        await _world.ExportAsync();
        _whole = await File.ReadAllBytesAsync(_world.Out());
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _world.Dispose();

    [Fact]
    public void As_exported_it_is_whole()
    {
        var verdict = _world.Verify();
        Assert.Equal((true, 6L, 0L), (verdict.IsIntact, verdict.Lines, verdict.ProblemCount));
        Assert.StartsWith("The audit log is whole: 6 lines, numbers 1 to 6, ", verdict.Summary, StringComparison.Ordinal);
        Assert.Equal((0, "6"), AuditWorld.Python(_world.Out()));
    }

    [Fact]
    public void A_flipped_bit_is_found_in_every_byte()
    {
        for (var at = 0; at < _whole.Length; at++)
        {
            var changed = _whole.ToArray();
            changed[at] ^= (byte)(1 << (at % 8));
            Assert.True(_world.IsFound(changed), $"Bit {at % 8} of byte {at} was flipped and not found.");
        }
    }

    [Fact]
    public void Any_other_bytes_anywhere_are_found() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500),
        Prop.ForAll(
            Gen.Choose(0, _whole.Length - 1).ToArbitrary(),
            Gen.ArrayOf(Gen.Choose(0, 255)).ToArbitrary(),
            (at, put) =>
            {
                var room = Math.Min(put.Length, _whole.Length - at);
                var over = _whole.ToArray();
                put.Take(room).Select(b => (byte)b).ToArray().CopyTo(over, at);
                byte[] between = [.. _whole.AsSpan(0, at), .. put.Select(b => (byte)b), .. _whole.AsSpan(at)];
                return (over.AsSpan().SequenceEqual(_whole) || _world.IsFound(over)) && (put.Length == 0 || _world.IsFound(between));
            }));

    [Fact]
    public void Cut_off_at_any_byte_it_is_found()
    {
        for (var length = 0; length < _whole.Length; length++)
        {
            Assert.True(_world.IsFound(_whole.AsSpan(0, length)), $"Cut off behind {length} bytes it was not found.");
        }
    }

    [Fact]
    public void Removed_repeated_and_moved_lines_are_found()
    {
        var lines = AuditWorld.Lines(_world.Out());
        for (var one = 0; one < lines.Count; one++)
        {
            var without = lines.ToList();
            without.RemoveAt(one);
            Assert.True(_world.IsFound(AuditWorld.Bytes(without)), $"Line {one + 1} was removed.");
            for (var other = 0; other < lines.Count; other++)
            {
                var twice = lines.ToList();
                twice.Insert(other, lines[one]);
                Assert.True(_world.IsFound(AuditWorld.Bytes(twice)), $"Line {one + 1} was repeated before {other + 1}.");
                if (one != other)
                {
                    var swapped = lines.ToList();
                    (swapped[one], swapped[other]) = (swapped[other], swapped[one]);
                    Assert.True(_world.IsFound(AuditWorld.Bytes(swapped)), $"Lines {one + 1} and {other + 1} changed places.");
                }
            }
        }
    }

    [Fact]
    public void The_wrong_line_is_named_in_words()
    {
        var lines = AuditWorld.Lines(_world.Out());
        var changed = lines.ToList();
        changed[3] = changed[3].Replace("Delete run 1", "Delete run 9", StringComparison.Ordinal);
        var verdict = Tampered(changed);
        var only = Assert.Single(verdict.Problems);
        Assert.Equal(4, only.Line);
        Assert.StartsWith("This line was changed after it was written (\"Delete run 9\")", only.Message, StringComparison.Ordinal);
        Assert.StartsWith("The audit log is not as it was written. Line 4: This line was changed", verdict.Summary, StringComparison.Ordinal);

        var removed = Tampered([.. lines.Where((_, at) => at is not (2 or 3))]);
        Assert.Contains(removed.Problems, p => p.Line == 3 && p.Message == "Before this line 2 are missing: numbers 2 to 3 of the chain.");

        var moved = lines.ToList();
        (moved[2], moved[3]) = (moved[3], moved[2]);
        Assert.Equal([3, 4], Tampered(moved).Problems.Select(p => p.Line));

        var put = Tampered([.. lines.Take(3), lines[2], .. lines.Skip(3)]);
        Assert.Contains(put.Problems, p => p.Line == 4 && p.Message.Contains("moved, put in or repeated", StringComparison.Ordinal));

        var cut = Tampered([.. lines.Take(5)]);
        Assert.Contains(cut.Problems, p => p.Line == 5 && p.Message.StartsWith("The closing line is missing", StringComparison.Ordinal));

        var added = Tampered([.. lines, lines[3]]);
        Assert.Contains(added.Problems, p => p.Line == 9 && p.Message.StartsWith("This line stands behind the closing line", StringComparison.Ordinal));

        var garbage = Tampered([.. lines.Take(4), "not a line", .. lines.Skip(5)]);
        Assert.Equal(5, garbage.Problems[0].Line);

        AuditVerdictOf Tampered(List<string> text)
        {
            File.WriteAllBytes(_world.Out("tampered.jsonl"), AuditWorld.Bytes(text));
            Assert.Equal(1, AuditWorld.Python(_world.Out("tampered.jsonl")).Exit);
            var found = _world.Verify(_world.Out("tampered.jsonl"));
            Assert.False(found.IsIntact);
            return new AuditVerdictOf(found.Summary, [.. found.Problems.Select(p => (p.Line ?? 0, p.Message))]);
        }
    }

    [Fact]
    public async Task Head_and_tail_of_two_exports_do_not_go_together()
    {
        await _world.FillAsync(2);
        await _world.ExportAsync("later.jsonl");
        var (early, late) = (AuditWorld.Lines(_world.Out()), AuditWorld.Lines(_world.Out("later.jsonl")));
        Assert.True(_world.IsFound(AuditWorld.Bytes([early[0], .. late.Skip(1)])));
        Assert.True(_world.IsFound(AuditWorld.Bytes([late[0], .. early.Skip(1)])));
        Assert.True(_world.IsFound(AuditWorld.Bytes([.. early, .. late])));
        Assert.False(_world.IsFound(AuditWorld.Bytes(late)));
    }

    private sealed record AuditVerdictOf(string Summary, IReadOnlyList<(long Line, string Message)> Problems);
}
