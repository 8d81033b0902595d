using System.Net;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Transfer;
using Xunit;

namespace AmlDataTools.Core.Tests.Zips;

/// <summary>Zips that were stopped, gone on with, tried again, given up, or meddled with.</summary>
public sealed class ZipLifeTests : IAsyncDisposable
{
    private readonly ZipWorld _world = new();

    private string Zip => Path.Combine(_world.Out, "run.zip");

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Paused_inside_a_file_it_goes_on_there_and_fetches_nothing_twice()
    {
        var id = await PausedAsync();
        Assert.False(File.Exists(Zip));
        Assert.True(File.Exists(_world.PartOf(id)));
        var (before, noted) = (_world.Blobs.Reads.ToArray(), Noted(id));
        _world.Blobs.Meddle = (_, _, answer) => answer;
        var view = await _world.ResumeAsync(id);
        Assert.Equal((OperationState.Succeeded, 3), (view.Status.State, view.Status.Done));
        AssertWhole(view);
        Assert.NotEmpty(noted);
        Assert.DoesNotContain(_world.Blobs.Reads.Skip(before.Length), read => read.Name == "small" || (read.Name == "large" && noted.Contains(read.From)));
    }

    [Fact]
    public async Task A_torn_line_and_a_part_that_lost_bytes_cost_only_what_they_held()
    {
        var id = await PausedAsync();
        var noted = Noted(id);
        await File.AppendAllTextAsync(_world.Store.JournalOf(id), "{\"event\":\"Ran");
        await using (var part = new FileStream(_world.PartOf(id), FileMode.Open))
        {
            // The last byte of the first range that is on disk, as a power cut may leave it.
            var needle = ZipWorld.Bytes("large", 50_000).AsMemory((int)noted[0], 900);
            var content = new byte[part.Length];
            await part.ReadExactlyAsync(content);
            var at = content.AsSpan().IndexOf(needle.Span);
            Assert.True(at > 0);
            part.Position = at + 500;
            part.WriteByte((byte)(content[at + 500] ^ 1));
        }

        var before = _world.Blobs.Reads.Count;
        _world.Blobs.Meddle = (_, _, answer) => answer;
        AssertWhole(await _world.ResumeAsync(id));
        Assert.Contains(_world.Blobs.Reads.Skip(before), read => read.Name == "large" && read.From == noted[0]);
        Assert.DoesNotContain(_world.Blobs.Reads.Skip(before), read => read.Name == "large" && noted.Skip(1).Contains(read.From));
    }

    [Fact]
    public async Task A_part_that_is_gone_is_made_anew()
    {
        var id = await PausedAsync();
        File.Delete(_world.PartOf(id));
        _world.Blobs.Meddle = (_, _, answer) => answer;
        AssertWhole(await _world.ResumeAsync(id));
    }

    [Fact]
    public async Task A_part_that_was_cut_short_keeps_what_is_before_the_cut()
    {
        var id = await PausedAsync();
        await using (var part = new FileStream(_world.PartOf(id), FileMode.Open))
        {
            part.SetLength(200);
        }

        _world.Blobs.Meddle = (_, _, answer) => answer;
        AssertWhole(await _world.ResumeAsync(id));
    }

    [Fact]
    public async Task A_blob_that_changed_meanwhile_is_begun_anew_and_leaves_no_gap()
    {
        var id = await PausedAsync();
        var other = ZipWorld.Bytes("other", 31_000);
        _world.Blobs.Put("large", other, "\"2\"");
        _world.Blobs.Meddle = (_, _, answer) => answer;
        var view = await _world.ResumeAsync(id);
        Assert.Equal(OperationState.Succeeded, view.Status.State);
        Assert.Equal(other, ZipReaders.Read(_world.Zip(view))["run/large"]);
    }

    [Fact]
    public async Task Cancelled_nothing_is_left_and_the_receipt_says_so_and_it_can_still_be_done()
    {
        var id = await PausedAsync();
        var view = await _world.Service.CancelAsync(id, CancellationToken.None);
        Assert.Equal((OperationState.Cancelled, 0, 0), (view.Status.State, view.Status.Done, view.Status.BytesDone));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_world.Out));
        var totals = _world.Receipt(id)["totals"];
        Assert.Equal((3, 0, 3), ((int?)totals?["found"], (int?)totals?["done"], (int?)totals?["skipped"]));
        Assert.Contains("nothing is left of it", await File.ReadAllTextAsync(_world.Store.ReceiptOf(id).Markdown), StringComparison.Ordinal);
        _world.Blobs.Meddle = (_, _, answer) => answer;
        AssertWhole(await _world.ResumeAsync(id));
    }

    [Fact]
    public async Task Cancelled_while_it_runs_nothing_is_left_either()
    {
        Hold();
        var id = _world.Plan(Items());
        await _world.StartAsync(id);
        await HeldAsync(id);
        var view = await _world.Service.CancelAsync(id, CancellationToken.None);
        Assert.Equal((OperationState.Cancelled, 0), (view.Status.State, view.Status.Done));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_world.Out));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_a_zip_before_is_one_again_when_trying_again_is_cancelled_or_fails(bool cancel)
    {
        _world.Blobs.Meddle = (name, _, answer) => name == "large" ? Gone() : answer;
        var id = _world.Plan(Items());
        var first = await _world.RunAsync(id);
        Assert.Equal((OperationState.SucceededWithWarnings, 2, 1), (first.Status.State, first.Status.Done, first.Status.Failed));
        var held = ZipReaders.Read(_world.Zip(first));
        if (cancel)
        {
            Hold();
            await _world.Service.ResumeAsync(id, CancellationToken.None);
            await HeldAsync(id);
            Assert.False(File.Exists(Zip));
            await _world.Service.CancelAsync(id, CancellationToken.None);
        }
        else
        {
            _world.Blobs.Meddle = (name, _, answer) => name == "large" ? new HttpResponseMessage(HttpStatusCode.Forbidden) { Headers = { { "x-ms-error-code", "AuthorizationFailure" } } } : answer;
            await _world.ResumeAsync(id);
        }

        var view = _world.View(id);
        Assert.Equal(cancel ? OperationState.Cancelled : OperationState.Failed, view.Status.State);
        var again = ZipReaders.Read(_world.Zip(view));
        Assert.Equal(held["run/small"], again["run/small"]);
        Assert.Equal(held.Keys.Order(StringComparer.Ordinal), again.Keys.Order(StringComparer.Ordinal));

        // Given up altogether it stays as it is.
        if (!cancel)
        {
            await _world.Service.CancelAsync(id, CancellationToken.None);
            Assert.Equal((OperationState.Cancelled, "run.zip"), (_world.View(id).Status.State, _world.View(id).Status.File));
            Assert.Equal(held["run/small"], ZipReaders.Read(Zip)["run/small"]);
        }

        _world.Blobs.Meddle = (_, _, answer) => answer;
        AssertWhole(await _world.ResumeAsync(id));
    }

    [Fact]
    public async Task A_zip_that_somebody_changed_is_left_alone_and_another_one_is_made()
    {
        _world.Blobs.Meddle = (name, _, answer) => name == "large" ? Gone() : answer;
        var id = _world.Plan(Items());
        await _world.RunAsync(id);
        await File.AppendAllTextAsync(Zip, "mine");
        var mine = await File.ReadAllBytesAsync(Zip);
        _world.Blobs.Meddle = (_, _, answer) => answer;
        var view = await _world.ResumeAsync(id);
        Assert.Equal("run (1).zip", view.Status.File);
        AssertWhole(view);
        Assert.Equal(mine, await File.ReadAllBytesAsync(Zip));
    }

    [Fact]
    public async Task Stopped_between_the_last_note_and_the_name_it_only_gets_its_name()
    {
        var id = _world.Plan(Items());
        await _world.RunAsync(id);

        // As if the rename had not come to pass.
        var staging = Path.GetDirectoryName(_world.PartOf(id)) ?? string.Empty;
        Directory.CreateDirectory(staging);
        File.Move(Zip, _world.PartOf(id));
        Interrupted(id);
        var before = _world.Blobs.Reads.Count;
        AssertWhole(await _world.ResumeAsync(id));
        Assert.Equal(before, _world.Blobs.Reads.Count);

        // And as if only the last state was not written.
        Interrupted(id);
        AssertWhole(await _world.ResumeAsync(id));
        Assert.Equal(before, _world.Blobs.Reads.Count);
        Assert.Equal([Zip], Directory.EnumerateFileSystemEntries(_world.Out));
    }

    [Fact]
    public async Task A_summary_is_written_anew_when_what_it_is_about_came()
    {
        _world.Blobs.Meddle = (name, _, answer) => name == "large" ? Gone() : answer;
        TransferItem[] items = [.. Items(), new(3, TransferKind.Summary, "s0", "summary", "run/summary.txt", null, null, null, null, null) { From = 0 }];
        var id = _world.Plan(items);
        var first = await _world.RunAsync(id);
        Assert.Contains("Failed run/large", Text(first), StringComparison.Ordinal);
        _world.Blobs.Meddle = (_, _, answer) => answer;
        var view = await _world.ResumeAsync(id);
        Assert.Equal(OperationState.Succeeded, view.Status.State);
        Assert.Contains($"Done run/large {ZipReaders.Sha(ZipWorld.Bytes("large", 50_000))}", Text(view), StringComparison.Ordinal);

        string Text(OperationView of) => System.Text.Encoding.UTF8.GetString(ZipReaders.Read(_world.Zip(of))["run/summary.txt"]);
    }

    [Fact]
    public async Task The_part_taken_away_while_it_runs_is_a_failure_that_can_be_resumed()
    {
        Hold();
        var id = _world.Plan(Items());
        await _world.StartAsync(id);
        await HeldAsync(id);
        File.Delete(_world.PartOf(id));
        _world.Blobs.Meddle = (_, _, answer) => answer;
        var view = await _world.EndAsync(id);
        Assert.Equal((OperationState.Failed, "zip.damaged"), (view.Status.State, view.Status.ErrorCode));
        Assert.Empty(Directory.EnumerateFiles(_world.Out));
        AssertWhole(await _world.ResumeAsync(id));
    }

    private static HttpResponseMessage Gone() => new(HttpStatusCode.NotFound) { Headers = { { "x-ms-error-code", "BlobNotFound" } } };

    private List<TransferItem> Items() => [_world.File(0, "small", 700), _world.File(1, "large", 50_000), _world.File(2, "tail", 20)];

    /// <summary>From the 20th read on the large file comes only as its first bytes.</summary>
    private void Hold() => _world.Blobs.Meddle = (name, before, answer) =>
    {
        if (name == "large" && before >= 20)
        {
            var headers = answer.Content.Headers;
            var content = new StreamContent(new Transfer.SilentStream([]));
            foreach (var header in headers)
            {
                content.Headers.TryAddWithoutValidation(header.Key, header.Value);
            }

            answer.Content = content;
        }

        return answer;
    };

    private async Task HeldAsync(string id)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        while (_world.Blobs.Reads.Count(r => r.Name == "large") < 21 || Noted(id).Length < 10)
        {
            await Task.Delay(5, patience.Token);
        }
    }

    private async Task<string> PausedAsync()
    {
        Hold();
        var id = _world.Plan(Items());
        await _world.StartAsync(id);
        await HeldAsync(id);
        var view = await _world.Service.PauseAsync(id, CancellationToken.None);
        Assert.Equal(OperationState.Paused, view.Status.State);
        return id;
    }

    /// <summary>Where the ranges of the large file begin that the journal knows.</summary>
    private long[] Noted(string id)
    {
        using var file = new FileStream(_world.Store.JournalOf(id), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return [.. JournalHistory.Read(file).Partial(1)?.Ranges.Select(r => r.Offset) ?? []];
    }

    private void Interrupted(string id) => _world.Store.Save(id, _world.View(id).Status with { State = OperationState.Running, FinishedAt = null, File = null });

    private void AssertWhole(OperationView view)
    {
        Assert.Equal((OperationState.Succeeded, 3), (view.Status.State, view.Status.Done));
        var read = ZipReaders.Read(_world.Zip(view));
        Assert.Equal(["run/export-receipt.json", "run/export-receipt.md", "run/large", "run/small", "run/tail"], read.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(ZipWorld.Bytes("large", 50_000), read["run/large"]);
        Assert.Equal(ZipWorld.Bytes("small", 700), read["run/small"]);
        Assert.Equal(ZipWorld.Bytes("tail", 20), read["run/tail"]);
    }
}
