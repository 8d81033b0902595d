using System.Net;
using System.Text;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Blobs;
using AmlDataTools.Azure.Cloud;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.Identity;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Storage;
using AmlDataTools.Core.Tests.Explorer;
using Azure.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmlDataTools.Core.Tests.Storage;

public sealed class StorageAccessTests : IDisposable
{
    private const string Name = "ExperimentRun/dcid.r/a.txt";

    private readonly FakeAzure _azure = new FakeAzure()
        .On("GET", "/datastores/workspaceartifactstore?", """{"name":"workspaceartifactstore","properties":{"datastoreType":"AzureBlob","accountName":"acc","containerName":"azureml","endpoint":"core.windows.net","protocol":"https","credentials":{"credentialsType":"None"}}}""")
        .On("GET", "/contentinfo", """{"contentUri":"https://acc.blob.core.windows.net/azureml/ExperimentRun/dcid.r/a.txt?sig=x","origin":"ExperimentRun","container":"dcid.r","path":"a.txt"}""")
        .On("HEAD", "acc.blob.core.windows.net", (request, _) => request.RequestUri?.Query.Contains("sig=", StringComparison.Ordinal) == true
            ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes("abc")) }
            : new HttpResponseMessage(HttpStatusCode.Forbidden));

    private readonly List<AzureConnection> _connections = [];

    public void Dispose() => _connections.ForEach(c => c.Dispose());

    [Fact]
    public async Task Who_is_given_no_token_for_storage_reads_by_signed_addresses()
    {
        var access = Access(tokens: false);
        await access.GetPropertiesAsync(Name, CancellationToken.None);
        Assert.Equal("signed addresses of the artifact service", access.Access);
    }

    [Fact]
    public async Task Signed_addresses_delete_nothing_and_the_role_is_named()
    {
        var access = Access(tokens: true);
        await access.GetPropertiesAsync(Name, CancellationToken.None);
        _azure.On("DELETE", "acc.blob", (_, _) => Refused()).On("POST", "comp=batch", (_, _) => Refused());
        foreach (var delete in new Func<Task>[]
        {
            () => access.DeleteAsync(Request, CancellationToken.None),
            () => access.DeleteBatchAsync([Request], CancellationToken.None),
        })
        {
            var problem = await Assert.ThrowsAsync<ProblemException>(delete);
            Assert.Equal("storage.needsWriteAccess", problem.Code);
            Assert.Contains("Storage Blob Data Contributor", problem.Message, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(_azure.Requests, r => r.StartsWith("DELETE", StringComparison.Ordinal) && r.Contains("sig=", StringComparison.Ordinal));
    }

    private static BlobDeleteRequest Request { get; } = new(Name, "\"1\"", null, null, false);

    private static HttpResponseMessage Refused()
    {
        var answer = new HttpResponseMessage(HttpStatusCode.Forbidden);
        answer.Headers.Add("x-ms-error-code", "AuthorizationPermissionMismatch");
        return answer;
    }

    private StorageAccess Access(bool tokens)
    {
        var connection = tokens ? _azure.Connect() : new AzureConnection(CloudDescription.Public, new NoStorage(), NullLoggerFactory.Instance, new AzureTransport(_azure));
        _connections.Add(connection);
        return new StorageAccess(connection, FakeAzure.Workspace, "workspaceartifactstore", NullLogger.Instance);
    }

    /// <summary>Somebody who is signed in, but gets no token for storage.</summary>
    private sealed class NoStorage : TokenCredential, ITenantCredentials
    {
        public TokenCredential ForTenant(string? tenantId) => this;

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            requestContext.Scopes.Any(s => s.Contains("storage", StringComparison.Ordinal))
                ? throw new ProblemException("auth.signInRequired", "No token for storage.")
                : new("t", DateTimeOffset.UtcNow.AddHours(1));

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(GetToken(requestContext, cancellationToken));
    }
}
