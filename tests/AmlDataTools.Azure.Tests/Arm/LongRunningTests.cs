using System.Net;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Cloud;
using AmlDataTools.Azure.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmlDataTools.Azure.Tests.Arm;

public sealed class LongRunningTests
{
    private static readonly WorkspaceRef Workspace = new("s", "g", "w", null);
    private static readonly ResourcePath Path = ResourcePath.Of("computes", "c");

    [Theory]
    [InlineData("compute-delete-202", "computeOperationsStatus", "compute-delete-poll-inprogress-200", "compute-operation-poll-succeeded-200")]
    [InlineData("workspace-delete-202", "type=async", "workspace-delete-poll-inprogress-200", "workspace-delete-poll-succeeded-200")]
    [InlineData("onlineendpoint-delete-202", "mfeOperationsStatus", "onlineendpoint-delete-poll-updating-200", "batchendpoint-delete-poll-succeeded-200")]
    [InlineData("schedule-delete-202", "mfeOperationsStatus", "schedule-delete-poll-deleting-200", "schedule-delete-poll-succeeded-200")]
    [InlineData("job-cancel-202", "mfeOperationResults", "job-cancel-poll-202", "job-cancel-poll-200")]
    public async Task Recorded_operations_are_followed_to_their_end(string begun, string asked, string running, string ended)
    {
        var polls = 0;
        var service = new FakeService()
            .On("DELETE", "/computes/c?", sent => WithLiteralNull(Sample.Load(begun).ToResponse()))
            .On("GET", asked, _ => Sample.Load(polls++ < 2 ? running : ended).ToResponse());
        var time = new JumpingTime();
        using var connection = Connect(service, time);
        var resources = connection.Workspace(Workspace).Resources;
        var progress = new Progress();
        var answer = await resources.WaitAsync(await resources.DeleteAsync(Path, [], default), progress, default);
        Assert.Equal((200, false, false, 3), (answer.Status, answer.IsRunning, answer.OutcomeUnknown, polls));
        Assert.Equal(3, progress.Told.Count);
        Assert.True(progress.Told.SequenceEqual(progress.Told.Order()));
        Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(2.25)], time.Waits);
        Assert.All(service.Requests, sent => Assert.StartsWith("Bearer token:", sent.Authorization, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failed_operation_says_why()
    {
        var service = new FakeService()
            .On("DELETE", "/computes/c?", Sample.Load("schedule-delete-enabled-202"))
            .On("GET", "mfeOperationsStatus", Sample.Load("schedule-delete-poll-failed-200"));
        using var connection = Connect(service, new JumpingTime());
        var exception = await Assert.ThrowsAsync<AzureServiceException>(() => DeleteAsync(connection));
        Assert.Equal(("UserError", true, "Cannot delete an active trigger test_858762450892"), (exception.Code, exception.OperationFailed, exception.Message));
        Assert.Equal("a0000000-0000-4000-8000-000000000125", exception.CorrelationId);
    }

    [Theory]
    [InlineData("""{"status":"CANCELED"}""", "OperationCanceled")]
    [InlineData("""{"status":"failed"}""", "OperationFailed")]
    [InlineData("""{"status":"Failed","error":{"code":"ScopeLocked","message":"m"}}""", "ScopeLocked")]
    public async Task Status_words_count_whatever_their_case(string body, string code)
    {
        using var connection = Connect(Polled(_ => FakeService.Json(body)), new JumpingTime());
        var exception = await Assert.ThrowsAsync<AzureServiceException>(() => DeleteAsync(connection));
        Assert.Equal((code, true), (exception.Code, exception.OperationFailed));
    }

    [Theory]
    [InlineData("https://attacker.example/poll?c=secret")]
    [InlineData("http://management.azure.com/poll?c=secret")]
    public async Task Nothing_is_sent_to_a_link_elsewhere(string link)
    {
        var service = new FakeService().On("DELETE", "/computes/c?", _ => Accepted("Azure-AsyncOperation", link));
        using var connection = Connect(service, new JumpingTime());
        var resources = connection.Workspace(Workspace).Resources;
        var begun = await resources.DeleteAsync(Path, [], default);
        Assert.True(begun.IsRunning);
        Assert.DoesNotContain("secret", begun.ToString(), StringComparison.Ordinal);
        var exception = await Assert.ThrowsAsync<ForeignHostException>(() => resources.WaitAsync(begun, null, default));
        Assert.DoesNotContain("secret", exception.ToString(), StringComparison.Ordinal);
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task A_link_that_moves_elsewhere_is_not_followed()
    {
        var service = new FakeService()
            .On("DELETE", "/computes/c?", _ => Accepted("location", "https://management.azure.com/poll"))
            .On("GET", "/poll", _ => Accepted("Location", "https://attacker.example/poll"));
        using var connection = Connect(service, new JumpingTime());
        await Assert.ThrowsAsync<ForeignHostException>(() => DeleteAsync(connection));
        Assert.All(service.Requests, sent => Assert.Equal("management.azure.com", sent.Address.Host));
    }

    [Theory]
    [InlineData("")]
    [InlineData("https://")]
    public async Task Accepted_without_a_usable_link_is_not_known_to_have_ended(string link)
    {
        var service = new FakeService().On("DELETE", "/computes/c?", _ => link.Length == 0 ? new HttpResponseMessage(HttpStatusCode.Accepted) : Accepted("Location", link));
        using var connection = Connect(service, new JumpingTime());
        var answer = await DeleteAsync(connection);
        Assert.Equal((202, true, false), (answer.Status, answer.OutcomeUnknown, answer.IsRunning));
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task A_record_of_the_operation_that_is_gone_leaves_the_end_unknown()
    {
        using var connection = Connect(Polled(_ => Sample.Load("workspace-get-404").ToResponse()), new JumpingTime());
        Assert.True((await DeleteAsync(connection)).OutcomeUnknown);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    public async Task An_answer_without_a_status_leaves_the_end_unknown(string body)
    {
        using var connection = Connect(Polled(_ => FakeService.Json(body)), new JumpingTime());
        Assert.True((await DeleteAsync(connection)).OutcomeUnknown);
    }

    [Fact]
    public async Task Faults_while_asking_do_not_end_the_operation()
    {
        var polls = 0;
        var service = Polled(_ => polls++ switch
        {
            0 => throw new HttpRequestException("reset", new IOException("reset")),
            1 => FakeService.Json("{}", HttpStatusCode.InternalServerError),
            2 => Sample.Load("arm-error-429").ToResponse(),
            3 => FakeService.Json("<html>", HttpStatusCode.BadGateway),
            _ => FakeService.Json("""{"status":"succeeded"}"""),
        });
        var time = new JumpingTime();
        using var connection = Connect(service, time, retries: 0);
        var answer = await DeleteAsync(connection);
        Assert.Equal((200, false, 5), (answer.Status, answer.OutcomeUnknown, polls));
        Assert.Equal(TimeSpan.FromSeconds(17), time.Waits[3]);
    }

    [Fact]
    public async Task Faults_without_end_end_the_waiting()
    {
        var service = Polled(_ => FakeService.Json("""{"error":{"code":"ServiceError","message":"x"}}""", HttpStatusCode.InternalServerError));
        using var connection = Connect(service, new JumpingTime(), retries: 0);
        var exception = await Assert.ThrowsAsync<AzureServiceException>(() => DeleteAsync(connection));
        Assert.Equal((500, "ServiceError", false), (exception.Status, exception.Code, exception.OperationFailed));
        Assert.Equal(1 + 1 + ArmPollingSettings.Default.MaxFailuresInARow, service.Requests.Count);
    }

    [Theory]
    [InlineData("PT30M", 30)]
    [InlineData("PT1H", 60)]
    [InlineData(null, 60)]
    [InlineData("soon", 60)]
    public async Task An_operation_without_end_ends_the_waiting(string? timeout, int minutes)
    {
        var time = new JumpingTime();
        var service = new FakeService()
            .On("DELETE", "/computes/c?", _ =>
            {
                var response = Accepted("Azure-AsyncOperation", "https://management.azure.com/poll");
                if (timeout is not null)
                {
                    response.Headers.Add("x-ms-async-operation-timeout", timeout);
                }

                return response;
            })
            .On("GET", "/poll", """{"status":"InProgress"}""");
        using var connection = Connect(service, time);
        var exception = await Assert.ThrowsAsync<AzureServiceException>(() => DeleteAsync(connection));
        Assert.Equal("OperationTimedOut", exception.Code);
        Assert.InRange(time.GetTimestamp(), TimeSpan.FromMinutes(minutes).Ticks, TimeSpan.FromMinutes(minutes).Add(TimeSpan.FromSeconds(11)).Ticks);
        Assert.Equal(TimeSpan.FromSeconds(10), time.Waits.Max());
    }

    [Fact]
    public async Task The_wait_the_service_asks_for_is_kept_and_bounded()
    {
        var polls = 0;
        var time = new JumpingTime();
        var service = Polled(_ =>
        {
            var response = FakeService.Json(polls++ < 3 ? """{"status":"Deleting"}""" : """{"status":"Succeeded"}""");
            response.Headers.TryAddWithoutValidation("Retry-After", polls switch { 1 => "7", 2 => "86400", _ => "0" });
            return response;
        });
        using var connection = Connect(service, time);
        await DeleteAsync(connection);
        Assert.Equal([1, 7, 120, 0.05], time.Waits.Select(wait => wait.TotalSeconds));
    }

    [Fact]
    public async Task Cancelling_stops_the_waiting()
    {
        using var stop = new CancellationTokenSource();
        var service = Polled(_ =>
        {
            stop.Cancel();
            return FakeService.Json("""{"status":"Deleting"}""");
        });
        using var connection = Connect(service, new JumpingTime());
        var resources = connection.Workspace(Workspace).Resources;
        var begun = await resources.DeleteAsync(Path, [], default);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => resources.WaitAsync(begun, null, stop.Token));
        Assert.Equal(2, service.Requests.Count);
    }

    internal static AzureConnection Connect(FakeService service, TimeProvider time, int retries = 2)
        => new(CloudDescription.Public, new RecordingCredentials(), NullLoggerFactory.Instance, new AzureTransport(service))
        {
            Polling = ArmPollingSettings.Default with { Time = time },
            Retry = RetrySettings.Default with { MaxRetries = retries, Delay = TimeSpan.FromMilliseconds(1), MaxDelay = TimeSpan.FromMilliseconds(2) },
        };

    private static async Task<ArmAnswer> DeleteAsync(AzureConnection connection)
    {
        var resources = connection.Workspace(Workspace).Resources;
        return await resources.WaitAsync(await resources.DeleteAsync(Path, [], default), null, default);
    }

    private static FakeService Polled(Func<Sent, HttpResponseMessage> poll) => new FakeService()
        .On("DELETE", "/computes/c?", _ => Accepted("Azure-AsyncOperation", "https://management.azure.com/poll?c=secret"))
        .On("GET", "/poll", poll);

    private static HttpResponseMessage Accepted(string header, string link)
    {
        var response = new HttpResponseMessage(HttpStatusCode.Accepted);
        response.Headers.TryAddWithoutValidation(header, link);
        return response;
    }

    private static HttpResponseMessage WithLiteralNull(HttpResponseMessage response)
    {
        if (response.Content.Headers.ContentType is not null)
        {
            response.Content = new StringContent("null");
        }

        return response;
    }

    private sealed class Progress : IProgress<TimeSpan>
    {
        public List<TimeSpan> Told { get; } = [];

        public void Report(TimeSpan value) => Told.Add(value);
    }
}
