using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using AmlDataTools.Core.Changes.Execution;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Tests.Changes.Execution;
using AmlDataTools.Core.Tests.Names;
using AmlDataTools.Core.Tests.Transfer;
using AmlDataTools.Core.Transfer;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmlDataTools.Core.Tests.Operations;

/// <summary>Moments that no kill hits reliably, made by hand: what the journal says, and what then lies on disk.</summary>
public sealed class ExportLifeTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeBlobs _blobs = new();
    private readonly OperationStore _store;
    private readonly OperationsService _service;
    private readonly byte[] _small = Enumerable.Range(0, 700).Select(i => (byte)i).ToArray();
    private readonly byte[] _large = Enumerable.Range(0, 5000).Select(i => (byte)(i * 7)).ToArray();

    public ExportLifeTests()
    {
        _store = new OperationStore(Path.Combine(_folder.Root, "storage"));
        _store.Prepare();
        var settings = new TransferSettings
        {
            RangeBytes = 1000,
            Silence = TimeSpan.FromMilliseconds(300),
            FirstDelay = TimeSpan.FromMilliseconds(5),
            LongestDelay = TimeSpan.FromMilliseconds(20),
            Attempts = 3,
        };
        _service = new OperationsService(_store, new ExecutionFactory(_store, _blobs, settings, new FakeWorld(), new ChangeSettings(), TimeProvider.System, NullLogger.Instance), TimeProvider.System, NullLogger.Instance);
        _blobs.Put("small", _small);
        _blobs.Put("large", _large);
    }

    private string Out => Path.Combine(_folder.Root, "out");

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Ended_between_the_record_and_the_rename_it_only_renames()
    {
        var id = Prepared();
        Part(id, 0, _small);
        Part(id, 1, _large);
        Journalled(id, j => j.Commit([Done(0, "small", _small), Done(1, "large", _large)]));
        await ResumeAsync(id, OperationState.Succeeded, done: 2);
        Assert.Empty(_blobs.Reads);
        AssertOut();
    }

    [Fact]
    public async Task Ended_after_some_renames_it_fetches_nothing()
    {
        var id = Prepared();
        File.WriteAllBytes(Path.Combine(Directory.CreateDirectory(Path.Combine(Out, "run")).FullName, "small"), _small);
        Part(id, 1, _large);
        Journalled(id, j => j.Commit([Done(0, "small", _small), Done(1, "large", _large)]));
        await ResumeAsync(id, OperationState.Succeeded, done: 2);
        Assert.Empty(_blobs.Reads);
        AssertOut();
    }

    [Fact]
    public async Task Ended_after_the_last_line_it_only_writes_the_receipt()
    {
        var id = Prepared();
        var run = Directory.CreateDirectory(Path.Combine(Out, "run")).FullName;
        File.WriteAllBytes(Path.Combine(run, "small"), _small);
        File.WriteAllBytes(Path.Combine(run, "large"), _large);
        Journalled(id, j =>
        {
            j.Commit([Done(0, "small", _small), Done(1, "large", _large)]);
            j.Ended(OperationState.Succeeded, null, null);
        });
        await ResumeAsync(id, OperationState.Succeeded, done: 2);
        Assert.Empty(_blobs.Reads);
        AssertOut();
    }

    [Fact]
    public async Task Room_that_is_taken_by_what_is_there_is_not_asked_for_again()
    {
        const long more = 8_000_000_000_000_000;
        var without = Prepared(more: more);
        Assert.Equal("disk.full", (await ResumeAsync(without, OperationState.Failed, done: 0)).Status.ErrorCode);
        Assert.Empty(_blobs.Reads);
        var with = Prepared(more: more);
        Journalled(with, j =>
        {
            j.Begin(1, "\"1\"", 5000, null, null);
            j.Range(1, new WrittenRange(0, more, 0));
        });
        await ResumeAsync(with, OperationState.Succeeded, done: 2);
    }

    [Fact]
    public async Task A_verified_file_that_lost_its_bytes_is_fetched_again()
    {
        var id = Prepared();
        Part(id, 0, new byte[_small.Length]);
        Journalled(id, j => j.Commit([Done(0, "small", _small)]));
        await ResumeAsync(id, OperationState.Succeeded, done: 2);
        Assert.Contains(("small", 0L), _blobs.Reads);
        AssertOut();
    }

    [Fact]
    public async Task A_finished_file_that_was_taken_away_is_fetched_again()
    {
        var id = Prepared();
        Journalled(id, j => j.Commit([Done(0, "small", _small), Done(1, "large", _large)]));
        await ResumeAsync(id, OperationState.Succeeded, done: 2);
        AssertOut();
    }

    [Fact]
    public async Task Ranges_on_disk_are_kept_and_those_only_promised_are_not()
    {
        var id = Prepared();
        var part = new byte[5000];
        _large.AsSpan(0, 3000).CopyTo(part);
        Part(id, 1, part);
        Journalled(id, j =>
        {
            j.Begin(1, "\"1\"", 5000, FakeBlobs.Md5(_large), null);
            foreach (var start in new[] { 0, 1000, 3000 })
            {
                var crc = new Crc32C();
                crc.Append(_large.AsSpan(start, 1000));
                j.Range(1, new WrittenRange(start, 1000, crc.Value));
            }
        });
        await ResumeAsync(id, OperationState.Succeeded, done: 2);
        Assert.Equal([2000L, 3000L, 4000L], _blobs.Reads.Where(r => r.Name == "large").Select(r => r.From).Order());
        AssertOut();
    }

    [Fact]
    public async Task Ranges_of_an_older_version_are_not_mixed_with_the_new_one()
    {
        var id = Prepared();
        var old = new byte[5000];
        Part(id, 1, old);
        Journalled(id, j =>
        {
            j.Begin(1, "\"old\"", 5000, null, null);
            var crc = new Crc32C();
            crc.Append(old.AsSpan(0, 1000));
            j.Range(1, new WrittenRange(0, 1000, crc.Value));
        });
        await ResumeAsync(id, OperationState.Succeeded, done: 2);
        Assert.Contains(("large", 0L), _blobs.Reads);
        AssertOut();
    }

    [Fact]
    public async Task A_connection_that_falls_silent_is_given_up_and_goes_on_at_its_byte()
    {
        _blobs.Meddle = (name, before, answer) =>
        {
            if (name == "small" && before == 0)
            {
                var content = new StreamContent(new SilentStream(_small[..300]));
                content.Headers.ContentLength = _small.Length;
                answer.Content = content;
            }

            return answer;
        };
        await ResumeAsync(Prepared(), OperationState.Succeeded, done: 2);
        Assert.Equal([0L, 300L], _blobs.Reads.Where(r => r.Name == "small").Select(r => r.From));
        AssertOut();
    }

    [Fact]
    public async Task A_service_that_never_answers_stops_it_with_one_problem_and_can_be_resumed()
    {
        _blobs.Meddle = (name, _, answer) =>
        {
            var content = new StreamContent(new SilentStream([]));
            content.Headers.ContentLength = answer.Content.Headers.ContentLength;
            content.Headers.ContentRange = answer.Content.Headers.ContentRange;
            answer.Content = content;
            return answer;
        };
        var id = Prepared();
        var failed = await ResumeAsync(id, OperationState.Failed, done: 0);
        Assert.True(failed.Status.ErrorCode == "network.timeout", $"{failed.Status}");
        _blobs.Meddle = (_, _, answer) => answer;
        await ResumeAsync(id, OperationState.Succeeded, done: 2);
        AssertOut();
    }

    [Fact]
    public async Task A_name_that_somebody_takes_meanwhile_is_left_to_them()
    {
        _blobs.Meddle = (_, _, answer) =>
        {
            File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(Out, "run")).FullName, "small"), "theirs");
            return answer;
        };
        var id = Prepared();
        await ResumeAsync(id, OperationState.Succeeded, done: 2);
        Assert.Equal("theirs", await File.ReadAllTextAsync(Path.Combine(Out, "run", "small")));
        Assert.Equal(_small, await File.ReadAllBytesAsync(Path.Combine(Out, "run", "small (1)")));
        Assert.Equal("run/small (1)", (string?)Receipt(id)["items"]?[0]?["path"]);
    }

    [Fact]
    public async Task A_blob_that_never_keeps_still_fails_alone()
    {
        var version = 1;
        var gate = new Lock();
        _blobs.Meddle = (name, _, answer) =>
        {
            if (name != "large")
            {
                return answer;
            }

            // One range of each version, however many are asked for side by side: no version is ever had whole.
            lock (gate)
            {
                if (answer.Headers.ETag?.Tag != $"\"{version}\"")
                {
                    return new HttpResponseMessage(HttpStatusCode.PreconditionFailed);
                }

                _blobs.Put("large", _large, $"\"{++version}\"");
                return answer;
            }
        };
        var id = Prepared();
        await ResumeAsync(id, OperationState.SucceededWithWarnings, done: 1, failed: 1);
        Assert.Equal("file.keepsChanging", (string?)Receipt(id)["items"]?[1]?["code"]);
        Assert.False(File.Exists(Path.Combine(Out, "run", "large")));
    }

    [Fact]
    public async Task A_name_in_a_receipt_is_never_markup()
    {
        const string name = "a|b`*_[x](http://y)<script>#\n\\!&.txt";
        _blobs.Put(name, _small, "\"1\"");
        var id = Prepared(new TransferItem(0, TransferKind.File, "s0", name, "run/a.txt", 9, "\"gone\"", null, "note | <b>", null) with { Length = 700 }, refused: name);
        await ResumeAsync(id, OperationState.SucceededWithWarnings, done: 1, failed: 1);
        var markdown = await File.ReadAllTextAsync(_store.ReceiptOf(id).Markdown);
        Assert.DoesNotContain("<script>", markdown, StringComparison.Ordinal);
        Assert.DoesNotContain("[x](http", markdown, StringComparison.Ordinal);
        Assert.All(markdown.Split('\n').Where(l => l.StartsWith('|')), l => Assert.EndsWith("|", l, StringComparison.Ordinal));
        Assert.Contains(@"\<script\>", markdown, StringComparison.Ordinal);
        Assert.Equal(name, (string?)Receipt(id)["items"]?[0]?["name"]);
    }

    [Fact]
    public async Task A_summary_comes_last_and_holds_the_hashes_of_what_is_on_disk()
    {
        var id = Prepared(summary: true);
        await ResumeAsync(id, OperationState.Succeeded, done: 3);
        Assert.Equal($"Done run/small {Sha(_small)}\nDone run/large {Sha(_large)}\n", await File.ReadAllTextAsync(Path.Combine(Out, "run", "summary.txt")));

        // The same again: everything is there, and the files' hashes are read from disk.
        var again = Prepared(summary: true);
        await ResumeAsync(again, OperationState.Succeeded, done: 1, skipped: 2);
        Assert.Equal($"Skipped run/small {Sha(_small)}\nSkipped run/large {Sha(_large)}\n", await File.ReadAllTextAsync(Path.Combine(Out, "run", "summary (1).txt")));
    }

    [Fact]
    public async Task A_summary_is_written_anew_when_what_it_is_about_is_fetched_after_all()
    {
        var id = Prepared(summary: true);
        var old = "Failed"u8.ToArray();
        Directory.CreateDirectory(Path.Combine(Out, "run"));
        await File.WriteAllBytesAsync(Path.Combine(Out, "run", "small"), _small);
        await File.WriteAllBytesAsync(Path.Combine(Out, "run", "summary.txt"), old);
        Journalled(id, j =>
        {
            j.Commit([Done(0, "small", _small)]);
            j.End(Done(1, "large", _large) with { Outcome = ItemOutcome.Failed, Sha256 = null });
            j.Commit([Done(2, "summary.txt", old)]);
        });
        await ResumeAsync(id, OperationState.Succeeded, done: 3);
        Assert.Equal($"Done run/small {Sha(_small)}\nDone run/large {Sha(_large)}\n", await File.ReadAllTextAsync(Path.Combine(Out, "run", "summary.txt")));
        Assert.Equal(["large", "small", "summary.txt"], Directory.EnumerateFiles(Path.Combine(Out, "run")).Select(Path.GetFileName).Where(f => f?.StartsWith("export-receipt", StringComparison.Ordinal) == false).Order(StringComparer.Ordinal));
    }

    private static string Sha(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static ItemResult Done(long index, string name, byte[] bytes) => new(
        index, ItemOutcome.Done, name, $"run/{name}", bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)), FakeBlobs.Md5(bytes), "\"1\"", "a fake", 200, null, null, null);

    /// <summary>An operation of two files that a process began and did not end.</summary>
    private string Prepared(TransferItem? first = null, string? refused = null, long more = 0, bool summary = false)
    {
        using var draft = _store.Draft();
        draft.Add(first ?? new TransferItem(0, TransferKind.File, "s0", "small", "run/small", _small.Length, "\"1\"", FakeBlobs.Md5(_small), null, null));
        draft.Add(refused is null
            ? new TransferItem(1, TransferKind.File, "s0", "large", "run/large", _large.Length, "\"1\"", FakeBlobs.Md5(_large), null, null)
            : new TransferItem(1, TransferKind.File, "s0", refused, string.Empty, 1, null, null, null, "It | has <no> name."));
        if (summary)
        {
            draft.Add(new TransferItem(2, TransferKind.Summary, "s0", "summary", "run/summary.txt", null, null, null, null, null) { From = 0 });
        }

        draft.Finish(new OperationPlan(draft.Id, OperationVerb.Export, "Download | <run>", 1, "Ada", "/subscriptions/s", summary ? 3 : 2, draft.Bytes + more, [], [], new Dictionary<string, SourceInfo>(), "run", false));
        _store.Start(draft.Id, new OperationDestination(Out, ExistingFilePolicy.SkipIdentical), null, new OperationStatus(OperationState.Running, 1, null, 0, 0, 0, draft.Bytes, 0, null, null, null));
        return draft.Id;
    }

    private void Part(string id, int index, byte[] bytes)
    {
        Directory.CreateDirectory(Out);
        var destination = new Destination(Out, id, ExistingFilePolicy.SkipIdentical);
        destination.Prepare();
        File.WriteAllBytes(destination.PartOf(index), bytes);
    }

    private void Journalled(string id, Action<Journal> write)
    {
        using var journal = Journal.Open(_store.JournalOf(id), TimeProvider.System);
        journal.Started();
        write(journal);
    }

    private async Task<OperationView> ResumeAsync(string id, OperationState state, long done, long failed = 0, long skipped = 0)
    {
        var before = _service.List().Single(v => v.Plan.Id == id);
        Assert.True(before.Status.State is OperationState.Interrupted or OperationState.Failed);
        await _service.ResumeAsync(id, CancellationToken.None);
        OperationView view;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        while (!(view = _service.List().Single(v => v.Plan.Id == id)).Status.IsFinished)
        {
            await Task.Delay(20, patience.Token);
        }

        Assert.True((state, done, failed, skipped) == (view.Status.State, view.Status.Done, view.Status.Failed, view.Status.Skipped), $"{view.Status}");
        var totals = Receipt(id)["totals"];
        Assert.Equal((view.Plan.Items, done, failed), ((long?)totals?["found"], (long?)totals?["done"], (long?)totals?["failed"]));
        Assert.Equal((long?)totals?["found"], (long?)totals?["done"] + (long?)totals?["skipped"] + (long?)totals?["failed"]);
        return view;
    }

    private JsonObject Receipt(string id) => JsonNode.Parse(File.ReadAllText(_store.ReceiptOf(id).Json)) as JsonObject ?? [];

    private void AssertOut()
    {
        Assert.Equal(_small, File.ReadAllBytes(Path.Combine(Out, "run", "small")));
        Assert.Equal(_large, File.ReadAllBytes(Path.Combine(Out, "run", "large")));
        Assert.Equal(4, Directory.EnumerateFiles(Out, "*", SearchOption.AllDirectories).Count());
    }
}
