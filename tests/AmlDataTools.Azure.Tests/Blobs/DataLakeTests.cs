using System.Net;
using AmlDataTools.Azure.Blobs;
using AmlDataTools.Azure.Cloud;
using AmlDataTools.Azure.Http;
using Xunit;

namespace AmlDataTools.Azure.Tests.Blobs;

public sealed class DataLakeTests
{
    private static readonly Uri Container = new("https://acc.blob.core.windows.net/data");

    [Theory]
    [InlineData("https://acc.blob.core.windows.net/data", "https://acc.dfs.core.windows.net/data")]
    [InlineData("https://acc.dfs.core.windows.net/data", "https://acc.dfs.core.windows.net/data")]
    [InlineData("https://blob.blob.core.windows.net/data", "https://blob.dfs.core.windows.net/data")]
    [InlineData("https://acc.z01.blob.core.windows.net/data", "https://acc.z01.dfs.core.windows.net/data")]
    public void The_dfs_endpoint_is_that_of_the_same_account(string container, string expected)
        => Assert.Equal(new Uri(expected), DataLakePath.FileSystemOf(CloudDescription.Public, new Uri(container)));

    [Fact]
    public void A_port_of_the_cloud_is_kept()
        => Assert.Equal(
            new Uri("https://acc.dfs.localhost:10443/data"),
            DataLakePath.FileSystemOf(CloudDescription.Public with { StorageSuffix = "localhost:10443" }, new Uri("https://acc.blob.localhost:10443/data")));

    [Theory]
    [InlineData("https://acc.blob.attacker.example/data")]
    [InlineData("http://acc.blob.core.windows.net/data")]
    [InlineData("https://acc.file.core.windows.net/data")]
    [InlineData("https://onelake.fabric.microsoft.com/data")]
    public void Another_host_is_refused(string container)
        => Assert.Throws<ForeignHostException>(() => DataLakePath.FileSystemOf(CloudDescription.Public, new Uri(container)));

    [Fact]
    public async Task A_directory_is_deleted_with_all_its_continuations()
    {
        var count = 0;
        var service = new FakeService().On("DELETE", "https://acc.dfs.core.windows.net/data/a%20b/dcid.run1?", _ =>
        {
            var response = new HttpResponseMessage(HttpStatusCode.OK);
            response.Headers.Add("x-ms-request-id", "rq-" + count);
            if (count++ < 2)
            {
                response.Headers.TryAddWithoutValidation("x-ms-continuation", $"tok+en/{count}==");
            }

            return response;
        });
        var told = new Told();
        var path = Open(service, BlobAuthorization.SharedKey("acc", Convert.ToBase64String(new byte[32])));
        Assert.Equal("rq-2", await path.DeleteDirectoryAsync("a b/dcid.run1/", recursive: true, "begin", told, default));
        Assert.Equal(
            ["?recursive=true&continuation=begin", "?recursive=true&continuation=tok%2Ben%2F1%3D%3D", "?recursive=true&continuation=tok%2Ben%2F2%3D%3D"],
            service.Requests.Select(sent => sent.Address.Query));
        Assert.Equal(["tok+en/1==", "tok+en/2=="], told.All);
        Assert.All(service.Requests, sent => Assert.StartsWith("SharedKey acc:", sent.Headers["Authorization"], StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_signature_goes_behind_the_query_and_a_token_in_its_header()
    {
        var service = new FakeService().On("DELETE", "/data/d?", _ => new HttpResponseMessage(HttpStatusCode.OK));
        await Open(service, BlobAuthorization.Sas("?sv=1&sig=x")).DeleteDirectoryAsync("d", false, null, null, default);
        Assert.Equal("?recursive=false&sv=1&sig=x", service.Requests[0].Address.Query);
        await Open(service, BlobAuthorization.Token(new RecordingCredentials(), "https://storage.azure.com", null)).DeleteDirectoryAsync("d", true, null, null, default);
        Assert.Equal("Bearer token:https://storage.azure.com/.default", service.Requests[1].Authorization);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("/")]
    [InlineData("//")]
    [InlineData(".")]
    [InlineData("a/../b")]
    [InlineData("a//b")]
    [InlineData("/a")]
    public async Task A_path_that_would_be_another_directory_is_refused(string path)
    {
        var service = new FakeService();
        var lake = Open(service, BlobAuthorization.None);
        await Assert.ThrowsAsync<ArgumentException>(() => lake.DeleteDirectoryAsync(path, true, null, null, default));
        await Assert.ThrowsAsync<ArgumentException>(() => lake.UndeleteAsync(path, "1", default));
        Assert.Empty(service.Requests);
    }

    [Fact]
    public async Task A_delete_that_does_not_move_on_ends_with_an_error()
    {
        var service = new FakeService().On("DELETE", "/data/d?", _ =>
        {
            var response = new HttpResponseMessage(HttpStatusCode.OK);
            response.Headers.Add("x-ms-continuation", "same");
            return response;
        });
        var exception = await Assert.ThrowsAsync<AzureServiceException>(() => Open(service, BlobAuthorization.None).DeleteDirectoryAsync("d", true, null, null, default));
        Assert.Equal(("InvalidContinuationToken", 2), (exception.Code, service.Requests.Count));
    }

    [Fact]
    public async Task A_refusal_of_the_dfs_endpoint_is_read()
    {
        var service = new FakeService().On("DELETE", "/data/d?", """{"error":{"code":"DirectoryNotEmpty","message":"The recursive query parameter value must be true to delete a non-empty directory."}}""", HttpStatusCode.Conflict);
        Assert.Equal("DirectoryNotEmpty", (await Assert.ThrowsAsync<AzureServiceException>(() => Open(service, BlobAuthorization.None).DeleteDirectoryAsync("d", false, null, null, default))).Code);
    }

    [Fact]
    public async Task A_deleted_path_is_brought_back_by_its_deletion()
    {
        var service = new FakeService().On("PUT", "/data/a%20b/c?comp=undelete", _ => new HttpResponseMessage(HttpStatusCode.OK));
        await Open(service, BlobAuthorization.None).UndeleteAsync("a b/c", "133 1", default);
        Assert.Equal("a%20b/c?deletionid=133%201", service.Requests[0].Headers["x-ms-undelete-source"]);
        Assert.Contains(".blob.", service.Requests[0].Address.Host, StringComparison.Ordinal);
    }

    private static DataLakePath Open(FakeService service, BlobAuthorization authorization)
    {
        var connection = service.Connect();
        return new DataLakePath(connection.Pipelines, connection.Cloud, Container, authorization);
    }

    private sealed class Told : IProgress<string>
    {
        public List<string> All { get; } = [];

        public void Report(string value) => All.Add(value);
    }
}
