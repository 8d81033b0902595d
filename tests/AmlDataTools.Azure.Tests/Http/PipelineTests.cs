using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using AmlDataTools.Azure.Cloud;
using AmlDataTools.Azure.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace AmlDataTools.Azure.Tests.Http;

public sealed class PipelineTests
{
    private static readonly WorkspaceRef Workspace = new("s", "g", "w", null);
    private static readonly Uri Target = new("https://management.azure.com/x?secret=TOPSECRET");

    [Fact]
    public async Task Requests_carry_who_and_a_correlation_id()
    {
        var service = new FakeService().On("GET", "/workspaces/w", Sample.Load("workspace-get-200"));
        using var connection = service.Connect();
        await connection.Workspace(Workspace).Arm.GetWorkspaceAsync(default);
        var sent = Assert.Single(service.Requests);
        Assert.StartsWith("AmlDataTools/", sent.Headers["User-Agent"], StringComparison.Ordinal);
        Assert.True(Guid.TryParse(sent.Headers["x-ms-correlation-request-id"], out _));
        Assert.Equal(sent.Headers["x-ms-client-request-id"], sent.Headers["x-ms-correlation-request-id"]);
        Assert.Equal("Bearer token:https://management.azure.com/.default", sent.Authorization);
    }

    [Fact]
    public async Task The_next_audience_is_tried_on_401_and_remembered()
    {
        var service = new FakeService()
            .On("GET", "/workspaces/w?", Sample.Load("workspace-get-200"))
            .On("GET", "/discovery", Sample.Load("discovery-200"))
            .On("GET", "/history/v1.0/", sent => sent.Authorization == "Bearer token:https://management.azure.com/.default"
                ? Sample.Load("history-run-get-200").ToResponse() : new HttpResponseMessage(HttpStatusCode.Unauthorized));
        using var connection = service.Connect();
        var history = connection.Workspace(Workspace).RunHistory;
        await history.GetRunAsync("r", default);
        await history.GetRunAsync("r", default);
        Assert.Equal(3, service.Requests.Count(sent => sent.Address.AbsolutePath.Contains("/history/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Two_refused_audiences_end_with_401()
    {
        var service = new FakeService()
            .On("GET", "/workspaces/w?", Sample.Load("workspace-get-200"))
            .On("GET", "/discovery", Sample.Load("discovery-200"))
            .On("GET", "/history/v1.0/", _ => new HttpResponseMessage(HttpStatusCode.Unauthorized));
        using var connection = service.Connect();
        var exception = await Assert.ThrowsAsync<AzureServiceException>(() => connection.Workspace(Workspace).RunHistory.GetRunAsync("r", default));
        Assert.Equal(401, exception.Status);
    }

    [Fact]
    public async Task A_claims_challenge_is_answered_with_a_token_for_the_claims()
    {
        const string Claims = """{"access_token":{"nbf":{"essential":true,"value":"1726077595"}}}""";
        var credentials = new RecordingCredentials();
        var service = new FakeService().On("GET", "/workspaces/w", sent =>
        {
            if (sent.Authorization is { } value && value.EndsWith("+claims", StringComparison.Ordinal))
            {
                return Sample.Load("workspace-get-200").ToResponse();
            }

            var refused = new HttpResponseMessage(HttpStatusCode.Unauthorized);
            refused.Headers.TryAddWithoutValidation(
                "WWW-Authenticate", $"Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common\", error=\"insufficient_claims\", claims=\"{Convert.ToBase64String(Encoding.UTF8.GetBytes(Claims))}\"");
            return refused;
        });
        using var connection = service.Connect(credentials: credentials);
        Assert.Equal("sample-ws", (await connection.Workspace(Workspace).Arm.GetWorkspaceAsync(default)).Name);
        Assert.Contains(credentials.Asked, asked => asked.Claims == Claims && asked.IsCaeEnabled);
    }

    [Fact]
    public async Task Retry_after_is_waited_for()
    {
        var count = 0;
        using var transport = new AzureTransport(new FakeService().On("GET", "/x", _ =>
        {
            var response = new HttpResponseMessage(count++ == 0 ? HttpStatusCode.TooManyRequests : HttpStatusCode.OK);
            response.Headers.TryAddWithoutValidation("Retry-After", "1");
            return response;
        }));
        var watch = Stopwatch.StartNew();
        var response = await SendAsync(transport, RetrySettings.Default with { Delay = TimeSpan.FromMilliseconds(1) });
        Assert.Equal(200, response.Status);
        Assert.Equal(2, count);
        Assert.True(watch.ElapsedMilliseconds >= 900, $"waited {watch.ElapsedMilliseconds} ms");
    }

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task Passing_faults_are_repeated_a_bounded_number_of_times(int status)
    {
        var count = 0;
        using var transport = new AzureTransport(new FakeService().On("GET", "/x", _ => { count++; return new HttpResponseMessage((HttpStatusCode)status); }));
        var response = await SendAsync(transport, Quick with { MaxRetries = 2 });
        Assert.Equal(status, response.Status);
        Assert.Equal(3, count);
    }

    [Fact]
    public async Task A_service_that_asks_for_an_hour_is_not_waited_for()
    {
        var count = 0;
        using var transport = new AzureTransport(new FakeService().On("GET", "/x", _ =>
        {
            count++;
            var response = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
            response.Headers.TryAddWithoutValidation("Retry-After", "3600");
            return response;
        }));
        var response = await SendAsync(transport, RetrySettings.Default);
        Assert.Equal(1, count);
        var exception = await AzureServiceException.FromAsync(response, Target, default);
        Assert.Equal(TimeSpan.FromHours(1), exception.RetryAfter);
        Assert.True(exception.IsRetryable);
    }

    [Fact]
    public async Task A_host_without_a_name_is_not_asked_again()
    {
        var count = 0;
        using var transport = new AzureTransport(new FakeService().On("GET", "/x", _ =>
        {
            count++;
            throw new HttpRequestException(HttpRequestError.NameResolutionError, "no such host", new SocketException((int)SocketError.HostNotFound));
        }));
        await Assert.ThrowsAsync<RequestFailedException>(() => SendAsync(transport, Quick));
        Assert.Equal(1, count);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        var service = new FakeService().On("GET", "management.azure.com", _ =>
        {
            var response = new HttpResponseMessage(HttpStatusCode.Redirect);
            response.Headers.Location = new Uri("https://attacker.example/");
            return response;
        });
        using var connection = service.Connect();
        var exception = await Assert.ThrowsAsync<AzureServiceException>(() => connection.Workspace(Workspace).Arm.GetWorkspaceAsync(default));
        Assert.Equal(302, exception.Status);
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task A_token_pipeline_refuses_a_foreign_host_before_asking_for_a_token()
    {
        var credentials = new RecordingCredentials();
        var service = new FakeService();
        using var connection = service.Connect(credentials: credentials);
        var pipeline = connection.Pipelines.CreateForToken(credentials, CloudDescription.Public.ResourceManager, ["https://management.azure.com"]);
        using var message = pipeline.CreateMessage();
        message.Request.Uri.Reset(new Uri("https://attacker.example/"));
        var exception = await Assert.ThrowsAsync<ForeignHostException>(async () => await pipeline.SendAsync(message, default));
        Assert.Equal("attacker.example", exception.Host);
        Assert.Empty(service.Requests);
        Assert.Empty(credentials.Asked);
    }

    [Theory]
    [InlineData("https://a.blob.evil.example/c/../b?sig=TOPSECRET", "a.blob.evil.example")]
    [InlineData("https://evil.example:8443/c/%2E%2E/b", "evil.example:8443")]
    public void An_address_made_without_clean_up_is_judged_by_its_host_too(string text, string host)
    {
        var address = new Uri(text, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var cloud = CloudDescription.Public;
        Assert.False(cloud.MaySendToken(cloud.ResourceManager, address));
        Assert.False(cloud.IsStorageHost(address));
        Assert.Equal(host, new ForeignHostException(address).Host);
        Assert.DoesNotContain("TOPSECRET", new ForeignHostException(address).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_storage_pipeline_is_for_storage_hosts_only()
    {
        using var connection = new FakeService().Connect();
        Assert.Throws<ForeignHostException>(() => connection.Pipelines.CreateForStorage(new RecordingCredentials(), new Uri("https://a.blob.evil.example/")));
        Assert.NotNull(connection.Pipelines.CreateForStorage(new RecordingCredentials(), new Uri("https://a.blob.core.windows.net/")));
    }

    [Fact]
    public async Task The_log_has_no_query_strings_and_no_tokens()
    {
        var log = new ListLogger();
        using var transport = new AzureTransport(new FakeService().On("GET", "/x", _ => new HttpResponseMessage(HttpStatusCode.Forbidden)));
        await SendAsync(transport, Quick, log);
        Assert.Contains(log.Lines, line => line.Contains("https://management.azure.com:443/x", StringComparison.Ordinal) && line.Contains("403", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, line => line.Contains("TOPSECRET", StringComparison.Ordinal) || line.Contains("token:", StringComparison.Ordinal));
    }

    private static RetrySettings Quick { get; } = RetrySettings.Default with { Delay = TimeSpan.FromMilliseconds(1), MaxDelay = TimeSpan.FromMilliseconds(2) };

    private static async Task<Response> SendAsync(AzureTransport transport, RetrySettings retry, ILoggerFactory? log = null)
    {
        using var none = new LoggerFactoryStub();
        var factory = new AzurePipelineFactory(CloudDescription.Public, transport, log ?? none);
        var pipeline = factory.CreateForToken(new RecordingCredentials(), CloudDescription.Public.ResourceManager, ["https://management.azure.com"], retry);
        var message = pipeline.CreateMessage();
        message.Request.Method = RequestMethod.Get;
        message.Request.Uri.Reset(Target);
        await pipeline.SendAsync(message, default);
        return message.Response;
    }

    private sealed class LoggerFactoryStub : ILoggerFactory
    {
        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public ILogger CreateLogger(string categoryName) => Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        public void Dispose()
        {
        }
    }

    private sealed class ListLogger : ILoggerFactory, ILogger
    {
        public List<string> Lines { get; } = [];

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => Lines.Add(formatter(state, exception) + exception);
    }
}
