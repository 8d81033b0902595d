using System.Net;
using AmlDataTools.Azure.Http;
using Xunit;

namespace AmlDataTools.Azure.Tests.Http;

public sealed class ErrorTests
{
    private static readonly WorkspaceRef Workspace = new("00000000-0000-0000-0000-000000000001", "sample-rg", "sample-ws", null);

    [Theory]
    [InlineData("workspace-get-404", 404, "ResourceNotFound", "", "a0000000-0000-4000-8000-000000000008")]
    [InlineData("job-get-404", 404, "UserError", "NotFound,JobNotFound", null)]
    [InlineData("datastore-get-404", 404, "UserError", "NotFoundError", "a0000000-0000-4000-8000-000000000103")]
    [InlineData("job-cancel-400-terminal", 400, "UserError", "BadArgument,ArgumentInvalid,CancelPipelineRunInTerminalStatus", null)]
    [InlineData("batchendpoint-get-404", 404, "NotFound", "NoSuchEndpoint", "a0000000-0000-4000-8000-000000000121")]
    [InlineData("compute-get-404-empty", 404, "NotFound", "", null)]
    [InlineData("blob-get-403", 403, "AuthorizationPermissionMismatch", "", "a0000000-0000-4000-8000-000000000098")]
    [InlineData("blob-get-404", 404, "BlobNotFound", "", null)]
    [InlineData("blob-head-404", 404, "BlobNotFound", "", null)]
    public async Task Every_envelope_is_read(string sample, int status, string code, string inner, string? correlation)
    {
        using var connection = new FakeService().On("GET", "/workspaces/sample-ws", Sample.Load(sample)).Connect();
        var exception = await Assert.ThrowsAsync<AzureServiceException>(() => connection.Workspace(Workspace).Arm.GetWorkspaceAsync(default));
        Assert.Equal(status, exception.Status);
        Assert.Equal(code, exception.Code);
        Assert.Equal(inner, string.Join(",", exception.InnerCodes));
        Assert.Equal("management.azure.com", exception.Host);
        Assert.False(exception.IsRetryable);
        Assert.NotEmpty(exception.Message);
        if (correlation is not null)
        {
            Assert.Equal(correlation, exception.CorrelationId);
        }
    }

    [Fact]
    public async Task Run_historys_own_envelope_is_read()
    {
        const string Body = """{"error":{"code":"UserError","message":"Run x was not found","innerError":{"code":"NotFoundError","innerError":null}},"correlation":{"operation":"op-1","request":"rq-1"},"environment":"eastus","location":"eastus"}""";
        using var connection = new FakeService().On("GET", "/workspaces/sample-ws", Body, HttpStatusCode.NotFound).Connect();
        var exception = await Assert.ThrowsAsync<AzureServiceException>(() => connection.Workspace(Workspace).Arm.GetWorkspaceAsync(default));
        Assert.True(exception.HasCode("notfounderror"));
        Assert.Equal("op-1", exception.CorrelationId);
    }

    [Theory]
    [InlineData("<html>sign in to the proxy</html>", 200, "InvalidResponse")]
    [InlineData("{\"error\":", 400, "BadRequest")]
    [InlineData("<Error><Code>X", 400, "BadRequest")]
    [InlineData("[1]", 400, "BadRequest")]
    [InlineData("{\"error\":{\"code\":5,\"message\":[],\"additionalInfo\":{},\"details\":\"x\",\"innerError\":[]}}", 409, "Conflict")]
    public async Task What_no_service_should_answer_is_an_error_too(string body, int status, string code)
    {
        using var connection = new FakeService().On("GET", "/workspaces/sample-ws", body, (HttpStatusCode)status).Connect();
        var exception = await Assert.ThrowsAsync<AzureServiceException>(() => connection.Workspace(Workspace).Arm.GetWorkspaceAsync(default));
        Assert.Equal(status, exception.Status);
        Assert.Equal(code, exception.Code);
    }

    [Theory]
    [InlineData("Failed: https://a.blob.core.windows.net/c/b.txt?sv=2021&sig=TOPSECRET%3D was refused", "https://a.blob.core.windows.net/c/b.txt was refused")]
    [InlineData("AccountKey=TOPSECRET==;EndpointSuffix=core.windows.net", "EndpointSuffix=core.windows.net")]
    [InlineData("header Authorization: Bearer TOPSECRETTOPSECRET here", "here")]
    [InlineData("token eyJTOPSECRET.eyJTOPSECRET.TOPSECRET end", "end")]
    [InlineData("?sv=1&sig=TOPSECRET&se=2", "se=2")]
    [InlineData("{\"sasToken\": \"TOPSECRET\"} tail", "tail")]
    public void Texts_of_services_lose_their_secrets(string text, string kept)
    {
        var clean = SafeText.Clean(text);
        Assert.DoesNotContain("TOPSECRET", clean, StringComparison.Ordinal);
        Assert.Contains(kept, clean, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_of_services_are_one_line_and_bounded()
    {
        Assert.Equal("a b c", SafeText.Clean(" a\r\n\tb\u0007c "));
        Assert.True(SafeText.Clean(new string('x', 1_000_000)).Length <= 1003);
    }

    [Fact]
    public async Task An_exception_holds_no_query_string()
    {
        var sample = Sample.Load("datastore-listsecrets-504");
        var answers = 0;
        using var connection = new FakeService()
            .On("POST", "/listSecrets", _ => { answers++; return answers == 1 ? sample.ToResponse() : FakeService.Json("""{"error":{"code":"X","message":"see https://h.example/p?sig=TOPSECRET"}}""", HttpStatusCode.Forbidden); })
            .Connect();
        var exception = await Assert.ThrowsAsync<AzureServiceException>(() => connection.Workspace(Workspace).Arm.ListSecretsAsync("store", default));
        Assert.DoesNotContain("TOPSECRET", exception.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, answers);
    }
}
