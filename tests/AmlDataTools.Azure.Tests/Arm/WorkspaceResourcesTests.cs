using System.Net;
using System.Text.Json;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Http;
using Xunit;

namespace AmlDataTools.Azure.Tests.Arm;

public sealed class WorkspaceResourcesTests
{
    private static readonly WorkspaceRef Workspace = new("s", "g", "w", null);

    private static readonly ResourcePath Version = ResourcePath.Of("models", "my model", "versions", "1");

    [Fact]
    public async Task A_collection_is_never_read_written_or_deleted_as_one()
    {
        var service = new FakeService();
        using var connection = service.Connect();
        var resources = connection.Workspace(Workspace).Resources;
        using var body = JsonDocument.Parse("{}");
        foreach (var path in (ResourcePath[])[ResourcePath.Of("models"), ResourcePath.Of("models", "m", "versions")])
        {
            await Assert.ThrowsAsync<ArgumentException>(() => resources.GetAsync(path, default));
            await Assert.ThrowsAsync<ArgumentException>(() => resources.PutAsync(path, body.RootElement, null, default));
            await Assert.ThrowsAsync<ArgumentException>(() => resources.DeleteAsync(path, [], default));
        }

        await Assert.ThrowsAsync<ArgumentException>(() => resources.ListPageAsync(Version, [], null, default));
        await Assert.ThrowsAsync<ArgumentException>(() => resources.PutAsync(Version, default, null, default));
        Assert.Empty(service.Requests);
    }

    [Fact]
    public async Task A_list_is_followed_and_its_parameters_are_sent()
    {
        const string Next = "https://management.azure.com/next?$skipToken=QQ%3D%3D";
        var service = new FakeService()
            .On("GET", "skipToken", """{"value":[{"name":"b","tags":{"k":"v"}}],"nextLink":null}""")
            .On("GET", "/models?", $$$"""{"value":[{"name":"a","properties":{"isArchived":true,"tags":{"x":"y"}},"systemData":{"createdBy":"Ada","createdAt":"2022-09-16T03:00:31+00:00"}}],"nextLink":"{{{Next}}}"}""");
        using var connection = service.Connect();
        var found = new List<ArmResource>();
        await foreach (var one in connection.Workspace(Workspace).Resources.ListAsync(ResourcePath.Of("models"), [("listViewType", "All"), ("$top", null)], default))
        {
            found.Add(one);
        }

        Assert.Equal(["a", "b"], found.Select(one => one.Name));
        Assert.Equal((true, "y", "Ada"), (found[0].IsArchived, found[0].Tags["x"], found[0].SystemData.CreatedBy));
        Assert.Equal(new DateTimeOffset(2022, 9, 16, 3, 0, 31, TimeSpan.Zero), found[0].SystemData.CreatedAt);
        Assert.Equal((false, "v", null, null), (found[1].IsArchived, found[1].Tags["k"], found[1].SystemData.CreatedBy, found[1].Properties));
        Assert.EndsWith("/workspaces/w/models?api-version=2024-04-01&listViewType=All", service.Requests[0].Address.AbsoluteUri, StringComparison.Ordinal);
        Assert.Equal(Next, service.Requests[1].Address.AbsoluteUri);
        var page = await connection.Workspace(Workspace).Resources.ListPageAsync(ResourcePath.Of("models"), [], Next, default);
        Assert.Equal("b", Assert.Single(page.Items).Name);
        await Assert.ThrowsAsync<ForeignHostException>(
            () => connection.Workspace(Workspace).Resources.ListPageAsync(ResourcePath.Of("models"), [], "https://attacker.example/", default));
    }

    [Fact]
    public async Task What_is_written_back_is_what_was_given_byte_for_byte()
    {
        const string Body = """{ "properties":{"isArchived":true,"unknown":1.50,"text":"\u00e9\/","nested":{"b":1,"a":null}},  "etag":"x"}""";
        var service = new FakeService().On("PUT", "/models/my%20model/versions/1?", Sample.Load("model-version-put-archive-200"));
        using var connection = service.Connect();
        using var document = JsonDocument.Parse(Body);
        var answer = await connection.Workspace(Workspace).Resources.PutAsync(Version, document.RootElement, "\"tag\"", default);
        Assert.Equal((200, false, false, "a0000000-0000-4000-8000-000000000087"), (answer.Status, answer.IsRunning, answer.OutcomeUnknown, answer.CorrelationId));
        Assert.Equal(Body, service.Requests[0].Body);
        Assert.Equal("\"tag\"", service.Requests[0].Headers["If-Match"]);
        Assert.StartsWith("application/json", service.Requests[0].Headers["Content-Type"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_location_of_something_made_is_not_taken_for_an_operation()
    {
        var service = new FakeService().On("PUT", "/environments/e/versions/1", Sample.Load("environment-version-put-archive-201"));
        using var connection = service.Connect();
        using var document = JsonDocument.Parse("{}");
        var answer = await connection.Workspace(Workspace).Resources.PutAsync(ResourcePath.Of("environments", "e", "versions", "1"), document.RootElement, null, default);
        Assert.Equal((201, false), (answer.Status, answer.OutcomeUnknown));
        Assert.False(Assert.Single(service.Requests).Headers.ContainsKey("If-Match"));
    }

    [Fact]
    public async Task The_entity_tag_is_that_of_the_header_or_else_of_the_body()
    {
        var service = new FakeService()
            .On("GET", "/models/h?", _ =>
            {
                var response = FakeService.Json("""{"etag":"body"}""");
                response.Headers.TryAddWithoutValidation("ETag", "\"header\"");
                return response;
            })
            .On("GET", "/models/b?", """{"etag":"body"}""")
            .On("GET", "/models/my%20model/versions/1?", Sample.Load("model-version-get-200"));
        using var connection = service.Connect();
        var resources = connection.Workspace(Workspace).Resources;
        Assert.Equal("\"header\"", (await resources.GetAsync(ResourcePath.Of("models", "h"), default)).ETag);
        Assert.Equal("body", (await resources.GetAsync(ResourcePath.Of("models", "b"), default)).ETag);
        var version = await resources.GetAsync(Version, default);
        Assert.Equal((null, "3", false, "123"), (version.ETag, version.Name, version.IsArchived, version.Tags["abc"]));
    }

    [Fact]
    public async Task A_delete_tells_what_the_subscription_has_left()
    {
        var service = new FakeService().On("DELETE", "/computes/c?", _ =>
        {
            var response = Sample.Load("compute-delete-202").ToResponse();
            response.Headers.Add("x-ms-ratelimit-remaining-subscription-global-deletes", "900");
            return response;
        });
        using var connection = service.Connect();
        var answer = await connection.Workspace(Workspace).Resources.DeleteAsync(
            ResourcePath.Of("computes", "c"), [("underlyingResourceAction", "Delete")], default);
        Assert.Equal((202, true, 900, "a0000000-0000-4000-8000-000000000027"), (answer.Status, answer.IsRunning, answer.RemainingDeletes, answer.CorrelationId));
        Assert.EndsWith("/computes/c?api-version=2024-04-01&underlyingResourceAction=Delete", service.Requests[0].Address.AbsoluteUri, StringComparison.Ordinal);
        Assert.DoesNotContain("computeOperationsStatus", answer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Throttling_of_a_delete_goes_to_the_caller_at_once()
    {
        var service = new FakeService().On("DELETE", "/jobs/j?", Sample.Load("arm-error-429"));
        using var connection = service.Connect();
        var exception = await Assert.ThrowsAsync<AzureServiceException>(() => connection.Workspace(Workspace).Resources.DeleteAsync(ResourcePath.Of("jobs", "j"), [], default));
        Assert.Equal((429, "TooManyRequests", TimeSpan.FromSeconds(17)), (exception.Status, exception.Code, exception.RetryAfter));
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task A_delete_is_repeated_after_a_fault_and_then_tells_that_it_is_gone()
    {
        var count = 0;
        var service = new FakeService().On("DELETE", "/jobs/j?", _ => count++ switch
        {
            0 => throw new HttpRequestException("reset", new IOException("reset")),
            1 => FakeService.Json("""{"error":{"code":"ServiceError","message":"x"}}""", HttpStatusCode.InternalServerError),
            _ => Sample.Load("job-get-404").ToResponse(),
        });
        using var connection = LongRunningTests.Connect(service, new JumpingTime());
        var exception = await Assert.ThrowsAsync<AzureServiceException>(() => connection.Workspace(Workspace).Resources.DeleteAsync(ResourcePath.Of("jobs", "j"), [], default));
        Assert.Equal((404, true, 3), (exception.Status, exception.HasCode("JobNotFound"), service.Requests.Count));
    }

    [Theory]
    [InlineData("""{"error":{"code":"ScopeLocked","message":"The scope cannot perform delete operation because following scope(s) are locked: x."}}""", "ScopeLocked")]
    [InlineData("""{"error":{"code":"UserError","message":"m","details":[],"additionalInfo":[{"type":"InnerError","info":{"value":{"code":"Conflict","innerError":{"code":"ModelInUse"}}}}]}}""", "ModelInUse")]
    public async Task A_refusal_says_why(string body, string code)
    {
        var service = new FakeService().On("DELETE", "/models/m?", body, HttpStatusCode.Conflict);
        using var connection = service.Connect();
        var exception = await Assert.ThrowsAsync<AzureServiceException>(() => connection.Workspace(Workspace).Resources.DeleteAsync(ResourcePath.Of("models", "m"), [], default));
        Assert.Equal((409, true, false), (exception.Status, exception.HasCode(code), exception.OperationFailed));
        Assert.Single(service.Requests);
    }
}
