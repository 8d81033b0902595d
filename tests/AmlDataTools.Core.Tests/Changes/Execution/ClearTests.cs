using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AmlDataTools.Core.Changes;
using AmlDataTools.Core.Changes.Execution;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Tests.Explorer;
using AmlDataTools.Core.Tests.Names;
using AmlDataTools.Core.Transfer;
using Xunit;

namespace AmlDataTools.Core.Tests.Changes.Execution;

/// <summary>Taking texts out of records: what is really sent, and what is left alone.</summary>
public sealed class ClearTests : IDisposable
{
    private const string Salt = "0123456789abcdef0123456789abcdef";
    private const string Version = """{"id":"/x/models/m/versions/1","name":"1","properties":{"description":"of Ada \u0041","tags":{"owner":"ada","stage":"\u0070rod"},"modelUri":"azureml://a\u002fb","isArchived":false,"new":1.50},"systemData":{"createdAt":"2026-01-01T00:00:00Z"}}""";

    private readonly TemporaryFolder _folder = new();
    private readonly FakeAzure _azure = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_asset_is_written_back_with_all_other_values_as_they_were_and_its_tag()
    {
        var (body, match) = (Version, string.Empty);
        _azure.On("GET", "/models/m/versions/1?", (_, _) => Tagged(body)).On("PUT", "/models/m/versions/1?", (request, sent) =>
        {
            (match, body) = (request.Headers.IfMatch.ToString(), sent ?? string.Empty);
            return Tagged(body);
        });
        var result = await RunAsync(ModelVersion, archives: true, ("tags.owner", "ada"), ("description", "of Ada A"));
        Assert.Equal((ItemOutcome.Done, "read back: the texts are not there, archived"), (result.Outcome, result.Verified));
        Assert.Equal("\"7\"", match);
        Assert.Equal(
            """{"id":"/x/models/m/versions/1","name":"1","properties":{"description":null,"tags":{"stage":"\u0070rod"},"modelUri":"azureml://a\u002fb","isArchived":true,"new":1.50},"systemData":{"createdAt":"2026-01-01T00:00:00Z"}}""",
            body);
    }

    [Fact]
    public async Task Again_nothing_is_sent()
    {
        _azure.On("GET", "/models/m/versions/1?", (_, _) => Tagged("""{"id":"/x","name":"1","properties":{"description":null,"tags":{"stage":"prod"},"isArchived":true}}"""));
        var result = await RunAsync(ModelVersion, archives: true, ("tags.owner", "ada"), ("description", "of Ada A"));
        Assert.Equal((ItemOutcome.Done, ChangeTally.Already), (result.Outcome, result.Code));
        Assert.DoesNotContain(_azure.Requests, r => r.StartsWith("PUT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_text_that_holds_something_else_now_is_left_and_so_is_the_rest()
    {
        _azure.On("GET", "/models/m/versions/1?", (_, _) => Tagged(Version));
        var result = await RunAsync(ModelVersion, archives: false, ("tags.owner", "ben"), ("description", "of Ada A"));
        Assert.Equal((ItemOutcome.Skipped, ChangeRefusal.Changed), (result.Outcome, result.Code));
        Assert.Contains("tags.owner", result.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("ada", result.Reason, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(_azure.Requests, r => r.StartsWith("PUT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_record_of_the_same_name_made_since_is_left()
    {
        _azure.On("GET", "/models/m/versions/1?", (_, _) => Tagged(Version.Replace("2026-01-01", "2026-02-02", StringComparison.Ordinal)));
        var result = await RunAsync(ModelVersion, archives: false, ("tags.owner", "ada"));
        Assert.Equal((ItemOutcome.Skipped, ChangeRefusal.Changed), (result.Outcome, result.Code));
    }

    /// <summary>As the specification of 2019-09-30 has it: the list of tags below the experiment's name, the description by PATCH.</summary>
    [Fact]
    public async Task Texts_of_a_run_go_by_run_history()
    {
        var run = JsonNode.Parse("""{"runId":"r1","experimentId":"e1","createdUtc":"2026-01-01T00:00:00Z","description":"for Ada","tags":{"owner":"ada","a/b ":"ada","keep":"1"},"properties":{"description":"stays"}}""") as JsonObject ?? [];
        var sent = new List<string>();
        _azure.On("GET", "/runs/r1", (_, _) => FakeAzure.Json(run.ToJsonString()))
            .On("GET", "/experimentids/e1", """{"experimentId":"e1","name":"my exp"}""")
            .On("DELETE", "/experiments/my%20exp/runs/r1/tags", (_, body) =>
            {
                sent.Add("DELETE " + body);
                foreach (var tag in JsonNode.Parse(body ?? "[]") as JsonArray ?? [])
                {
                    (run["tags"] as JsonObject)?.Remove((string?)tag ?? string.Empty);
                }

                return FakeAzure.Json("{}");
            })
            .On("PATCH", "/runs/r1", (_, body) =>
            {
                sent.Add("PATCH " + body);
                run["description"] = string.Empty;
                return FakeAzure.Json("{}");
            });
        var result = await RunAsync(new ResourceRecord("s0", ResourceKind.Run, "r1", null, null), archives: false, ("tags.owner", "ada"), ("tags.a/b ", "ada"), ("description", "for Ada"));
        Assert.Equal((ItemOutcome.Done, "read back: the texts are not there"), (result.Outcome, result.Verified));
        Assert.Equal(["DELETE [\"owner\",\"a/b \"]", "PATCH {\"description\":\"\"}"], sent);
        Assert.Equal("1", (string?)run["tags"]?["keep"]);
    }

    [Fact]
    public async Task Texts_of_an_experiment_go_by_its_id()
    {
        var there = true;
        _azure.On("GET", "/experimentids/e1", (_, _) => FakeAzure.Json(there ? """{"experimentId":"e1","name":"e","tags":{"owner":"ada"}}""" : """{"experimentId":"e1","name":"e","tags":{}}"""))
            .On("DELETE", "/experimentids/e1/tags", (_, body) =>
            {
                there = body != """{"tags":["owner"]}""";
                return FakeAzure.Json("{}");
            });
        var result = await RunAsync(new ResourceRecord("s0", ResourceKind.Experiment, "e", null, "e1"), archives: false, ("tags.owner", "ada"));
        Assert.Equal((ItemOutcome.Done, false), (result.Outcome, there));
    }

    [Fact]
    public async Task The_name_shown_of_a_run_becomes_its_id()
    {
        var job = """{"name":"r1","properties":{"jobType":"Command","displayName":"of Ada","new":2.50}}""";
        _azure.On("GET", "/runs/r1", (_, _) => FakeAzure.Json(job.Contains("of Ada", StringComparison.Ordinal) ? """{"runId":"r1","experimentId":"e1","displayName":"of Ada"}""" : """{"runId":"r1","experimentId":"e1","displayName":"r1"}"""))
            .On("GET", "/jobs/r1?", (_, _) => FakeAzure.Json(job))
            .On("PUT", "/jobs/r1?", (_, body) => FakeAzure.Json(job = body ?? string.Empty));
        var result = await RunAsync(new ResourceRecord("s0", ResourceKind.Run, "r1", null, null), archives: false, ("displayName", "of Ada"));
        Assert.Equal(ItemOutcome.Done, result.Outcome);
        Assert.Equal("""{"name":"r1","properties":{"jobType":"Command","displayName":"r1","new":2.50}}""", job);
    }

    [Fact]
    public async Task A_service_that_keeps_a_text_against_its_word_is_found_out()
    {
        _azure.On("GET", "/models/m/versions/1?", (_, _) => Tagged(Version)).On("PUT", "/models/m/versions/1?", (_, _) => Tagged(Version));
        var result = await RunAsync(ModelVersion, archives: false, ("tags.owner", "ada"));
        Assert.Equal((ItemOutcome.Failed, "verify.notCleared"), (result.Outcome, result.Code));
    }

    [Fact]
    public async Task What_is_not_deleted_by_its_service_is_archived_and_cleared()
    {
        var body = Version.Replace("/models/", "/environments/", StringComparison.Ordinal);
        _azure.On("GET", "/environments/m/versions/1?", (_, _) => Tagged(body))
            .On("DELETE", "/environments/m/versions/1?", """{"error":{"code":"UserError","message":"Method not supported."}}""", HttpStatusCode.MethodNotAllowed)
            .On("PUT", "/environments/m/versions/1?", (_, sent) => Tagged(body = sent ?? string.Empty));
        var result = await RunAsync(new ResourceRecord("s0", ResourceKind.EnvironmentVersion, "m", "1", null), archives: true, ChangeAction.Delete, ("tags.owner", "ada"));
        Assert.Equal((ItemOutcome.Done, RecordChanger.NotDeleted), (result.Outcome, result.Code));
        Assert.Contains("\"isArchived\":true", body, StringComparison.Ordinal);
        Assert.DoesNotContain("\"owner\"", body, StringComparison.Ordinal);
    }

    private static ResourceRecord ModelVersion => new("s0", ResourceKind.ModelVersion, "m", "1", null);

    private static HttpResponseMessage Tagged(string json)
    {
        var answer = FakeAzure.Json(json);
        answer.Headers.TryAddWithoutValidation("ETag", "\"7\"");
        return answer;
    }

    private Task<ChangeResult> RunAsync(ResourceRecord record, bool archives, params (string Name, string Value)[] seen) => RunAsync(record, archives, ChangeAction.Clear, seen);

    private async Task<ChangeResult> RunAsync(ResourceRecord record, bool archives, ChangeAction action, params (string Name, string Value)[] seen)
    {
        using var connection = _azure.Connect();
        var settings = ChangeHarness.Settings;
        using var pace = new ChangePace(settings, new TransferProgress(), TimeProvider.System);
        using var journal = Journal.Open(Path.Combine(_folder.Root, $"{Guid.NewGuid():N}.jsonl"), TimeProvider.System);
        var hash = new FieldHash(Salt);
        var item = new ChangeItem(0, 0, action, record, null, record.Name, true)
        {
            Seen = new SeenRecord(null, null, false, null, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), null),
            Clearing = new FieldClearing([.. seen.Select(one => new SeenField(one.Name, hash.OfName(one.Name), hash.OfValue(one.Name, one.Value)))], archives),
        };
        var changer = new RecordChanger(new RecordService(connection, FakeAzure.Workspace), pace, journal, settings, TimeProvider.System, Salt);
        return await changer.RunAsync(item, record, touched: false, CancellationToken.None);
    }
}
