using System.Net;
using AmlDataTools.Core.Changes;
using AmlDataTools.Core.Changes.Execution;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Tests.Explorer;
using AmlDataTools.Core.Tests.Names;
using AmlDataTools.Core.Transfer;
using Xunit;

namespace AmlDataTools.Core.Tests.Changes.Execution;

/// <summary>What is really sent to the services.</summary>
public sealed class RecordServiceTests : IDisposable
{
    private const string Version = """{"id":"/x/models/m/versions/1","name":"1","properties":{"modelUri":"azureml://a\u002fb","isArchived":false,"new":1.50},"systemData":{"createdAt":"2026-01-01T00:00:00Z"}}""";

    private readonly TemporaryFolder _folder = new();
    private readonly FakeAzure _azure = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Archiving_writes_the_record_back_with_one_change_and_its_tag()
    {
        var body = Version;
        string? match = null;
        _azure.On("GET", "/models/m/versions/1?", (_, _) => Tagged(body))
            .On("PUT", "/models/m/versions/1?", (request, sent) =>
            {
                (match, body) = (request.Headers.IfMatch.ToString(), sent ?? string.Empty);
                return Tagged(body);
            });
        var result = await RunAsync(new ResourceRecord("s0", ResourceKind.ModelVersion, "m", "1", null), ChangeAction.Archive);
        Assert.Equal((ItemOutcome.Done, "read back: archived"), (result.Outcome, result.Verified));
        Assert.Equal(Version.Replace("false", "true", StringComparison.Ordinal), body);
        Assert.Equal("\"7\"", match);
    }

    [Theory]
    [InlineData(true, "underlyingResourceAction=Detach")]
    [InlineData(false, "underlyingResourceAction=Delete")]
    public async Task A_compute_is_deleted_or_detached_as_asked(bool detach, string query)
    {
        var there = true;
        _azure.On("GET", "/computes/c?", (_, _) => there ? FakeAzure.Json("""{"name":"c","properties":{"computeType":"AmlCompute"}}""") : FakeAzure.Json("{}", HttpStatusCode.NotFound))
            .On("DELETE", "/computes/c?", (_, _) =>
            {
                there = false;
                return new HttpResponseMessage(HttpStatusCode.OK);
            });
        var result = await RunAsync(new ResourceRecord("s0", ResourceKind.Compute, "c", null, null), detach ? ChangeAction.Detach : ChangeAction.Delete);
        Assert.Equal((ItemOutcome.Done, "read back: not found (404)"), (result.Outcome, result.Verified));
        Assert.Contains(query, Assert.Single(_azure.Requests, r => r.StartsWith("DELETE", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_to_a_foreign_host_is_not_followed()
    {
        _azure.On("GET", "/schedules/s?", """{"name":"s","properties":{"isEnabled":false}}""").On("DELETE", "/schedules/s?", (_, _) =>
        {
            var answer = new HttpResponseMessage(HttpStatusCode.Accepted);
            answer.Headers.Add("Azure-AsyncOperation", "https://attacker.example/poll?c=SECRET");
            return answer;
        });
        var result = await RunAsync(new ResourceRecord("s0", ResourceKind.Schedule, "s", null, null), ChangeAction.Delete);
        Assert.Equal((ItemOutcome.Failed, "security.foreignHost"), (result.Outcome, result.Code));
        Assert.DoesNotContain("SECRET", result.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(_azure.Requests, r => r.Contains("attacker", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("..")]
    [InlineData("a/b")]
    public async Task A_name_that_would_be_another_address_is_never_sent(string name)
    {
        foreach (var kind in new[] { ResourceKind.Dataset, ResourceKind.Datastore, ResourceKind.Run, ResourceKind.WebService })
        {
            var dataset = $$"""{"value":[{"name":"{{name}}","datasetId":"1"},{"name":"other","datasetId":"2"}]}""";
            _azure.On("GET", "/dataset/v1.2/", dataset);
            var result = await RunAsync(new ResourceRecord("s0", kind, name, null, null), ChangeAction.Unregister);
            Assert.True(result.Outcome == ItemOutcome.Failed || result.GoneAlready, $"{kind} {result}");
            Assert.DoesNotContain(_azure.Requests, r => r.StartsWith("DELETE", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Experiments_are_archived_by_their_id()
    {
        var archived = false;
        _azure.On("GET", "/experimentids/id1", (_, _) => FakeAzure.Json($$"""{"experimentId":"id1","name":"e","archivedTime":{{(archived ? "\"2026-01-01T00:00:00Z\"" : "null")}}}"""))
            .On("PATCH", "/experimentids/id1", (_, body) =>
            {
                archived = body == """{"archive":true}""";
                return FakeAzure.Json("{}");
            });
        var result = await RunAsync(new ResourceRecord("s0", ResourceKind.Experiment, "e", null, "id1"), ChangeAction.Archive);
        Assert.Equal((ItemOutcome.Done, true), (result.Outcome, archived));
    }

    /// <summary>Resource Manager gives a step without properties: run history has the flag, and is read back for it.</summary>
    [Theory]
    [InlineData(true, "read back: archived")]
    [InlineData(false, "read back: not archived")]
    public async Task A_step_without_properties_is_archived_in_run_history(bool archive, string verified)
    {
        var action = archive ? ChangeAction.Archive : ChangeAction.Restore;
        var hidden = action == ChangeAction.Restore;
        _azure.On("GET", "/jobs/step?", """{"id":"/x/jobs/step","name":"step","type":"Microsoft.MachineLearningServices/workspaces/jobs"}""")
            .On("GET", "/history/v1.0/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/runs/step", (_, _) => FakeAzure.Json($$"""{"runId":"step","status":"Completed","hidden":{{(hidden ? "true" : "false")}}}"""))
            .On("PATCH", "/runs/step", (_, body) =>
            {
                hidden = body == """{"hidden":true}""";
                return FakeAzure.Json("{}");
            });
        var result = await RunAsync(new ResourceRecord("s0", ResourceKind.Run, "step", null, null), action);
        Assert.Equal((ItemOutcome.Done, verified), (result.Outcome, result.Verified));
        Assert.Equal(archive, hidden);
        Assert.DoesNotContain(_azure.Requests, r => r.StartsWith("PUT", StringComparison.Ordinal));
    }

    private static HttpResponseMessage Tagged(string json)
    {
        var answer = FakeAzure.Json(json);
        answer.Headers.TryAddWithoutValidation("ETag", "\"7\"");
        return answer;
    }

    private async Task<ChangeResult> RunAsync(ResourceRecord record, ChangeAction action)
    {
        using var connection = _azure.Connect();
        var settings = ChangeHarness.Settings;
        using var pace = new ChangePace(settings, new TransferProgress(), TimeProvider.System);
        using var journal = Journal.Open(Path.Combine(_folder.Root, $"{Guid.NewGuid():N}.jsonl"), TimeProvider.System);
        var changer = new RecordChanger(new RecordService(connection, FakeAzure.Workspace), pace, journal, settings, TimeProvider.System);
        return await changer.RunAsync(new ChangeItem(0, 0, action, record, null, record.Name, true), record, touched: false, CancellationToken.None);
    }
}
