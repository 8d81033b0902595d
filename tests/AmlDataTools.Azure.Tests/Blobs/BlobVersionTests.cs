using System.Net;
using System.Text;
using AmlDataTools.Azure.Blobs;
using AmlDataTools.Azure.Http;
using Xunit;

namespace AmlDataTools.Azure.Tests.Blobs;

public sealed class BlobVersionTests
{
    private static readonly Uri Container = new("https://myaccount.blob.core.windows.net/azureml");

    [Fact]
    public async Task Versions_snapshots_and_what_is_deleted_are_read()
    {
        var service = new FakeService().On("GET", "comp=list", _ => Xml("""
            <?xml version="1.0" encoding="utf-8"?><EnumerationResults ContainerName="azureml"><Blobs>
            <Blob><Name>a</Name><VersionId>v2</VersionId><IsCurrentVersion>true</IsCurrentVersion><Properties><Etag>0x2</Etag><Content-Length>12</Content-Length><LeaseStatus>locked</LeaseStatus><LeaseState>leased</LeaseState><ImmutabilityPolicyUntilDate>Fri, 20 Nov 2026 21:00:00 GMT</ImmutabilityPolicyUntilDate><ImmutabilityPolicyMode>unlocked</ImmutabilityPolicyMode><LegalHold>true</LegalHold></Properties><Metadata><Deleted>true</Deleted><Snapshot>x</Snapshot><hdi_isfolder>false</hdi_isfolder></Metadata><OrMetadata /></Blob>
            <Blob><Name>a</Name><VersionId>v1</VersionId><Properties><Etag>0x1</Etag><Content-Length>11</Content-Length></Properties></Blob>
            <Blob><Name>a</Name><Snapshot>2026-01-01T00:00:00.0000000Z</Snapshot><Properties><Content-Length>1</Content-Length></Properties><Metadata /></Blob>
            <Blob><Name Encoded="true">b%EF%BF%BF</Name><Deleted>true</Deleted><Properties><Content-Length>5</Content-Length><DeletedTime>Fri, 20 Nov 2026 21:00:00 GMT</DeletedTime><RemainingRetentionDays>6</RemainingRetentionDays></Properties></Blob>
            <Blob><Name>plain</Name><Properties><Content-Length>5</Content-Length><LeaseState>available</LeaseState></Properties><Metadata><hdi_isfolder>true</hdi_isfolder></Metadata></Blob>
            <Blob><Name>hns</Name><Deleted>true</Deleted><DeletionId>133</DeletionId><Properties><ResourceType>directory</ResourceType></Properties></Blob>
            </Blobs><NextMarker>m2</NextMarker></EnumerationResults>
            """));
        var page = await Open(service).ListPageAsync(
            "p/", "m1", 7, BlobListDetails.Deleted | BlobListDetails.Versions | BlobListDetails.Snapshots | BlobListDetails.Protection, default);
        Assert.Equal("m2", page.NextMarker);
        Assert.Equal(["a", "a", "a", "b\uffff", "plain", "hns"], page.Items.Select(item => item.Blob.Name));
        Assert.Equal([true, false, false, false, true, false], page.Items.Select(item => item.IsLive));
        Assert.Equal([false, false, false, true, false, true], page.Items.Select(item => item.Deleted));
        Assert.Equal([false, false, false, false, true, true], page.Items.Select(item => item.Blob.IsFolder));
        var first = page.Items[0];
        Assert.Equal(("v2", true, null, "locked", "leased", true), (first.VersionId, first.IsCurrentVersion, first.Snapshot, first.LeaseStatus, first.LeaseState, first.LegalHold));
        Assert.Equal((new DateTimeOffset(2026, 11, 20, 21, 0, 0, TimeSpan.Zero), "unlocked", "\"0x2\"", 12L), (first.ImmutabilityUntil, first.ImmutabilityMode, first.Blob.ETag, first.Blob.Length));
        Assert.Equal(("v1", "2026-01-01T00:00:00.0000000Z"), (page.Items[1].VersionId, page.Items[2].Snapshot));
        Assert.Equal((6, 2026, "133"), (page.Items[3].RemainingRetentionDays, page.Items[3].DeletedTime?.Year, page.Items[5].DeletionId));
        var query = Uri.UnescapeDataString(service.Requests[0].Address.Query);
        Assert.Equal("?restype=container&comp=list&include=metadata,snapshots,deleted,versions,immutabilitypolicy,legalhold&maxresults=7&prefix=p/&marker=m1&sv=1", query);
        await Open(service).ListPageAsync(string.Empty, null, 5, BlobListDetails.OnlyDeleted, default);
        Assert.Contains("&showonly=deleted", service.Requests[1].Address.Query, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<html/>")]
    [InlineData("<EnumerationResults><Blobs><Blob><Name>a</Name>")]
    public async Task What_is_no_whole_listing_is_refused(string xml)
    {
        var service = new FakeService().On("GET", "comp=list", _ => Xml(xml));
        await Assert.ThrowsAsync<InvalidDataException>(() => Open(service).ListPageAsync(string.Empty, null, 5, BlobListDetails.Versions, default));
    }

    [Fact]
    public async Task What_the_service_keeps_is_read()
    {
        var service = new FakeService()
            .On("GET", "restype=service", _ => Xml("<StorageServiceProperties><Logging /><DeleteRetentionPolicy><Enabled>true</Enabled><Days>14</Days></DeleteRetentionPolicy></StorageServiceProperties>"))
            .On("GET", "restype=account", _ =>
            {
                var response = new HttpResponseMessage(HttpStatusCode.OK);
                response.Headers.Add("x-ms-is-hns-enabled", "true");
                response.Headers.Add("x-ms-account-kind", "StorageV2");
                return response;
            });
        Assert.Equal(new BlobServiceKeeps(true, 14, false), await Open(service).GetServiceKeepsAsync(default));
        Assert.Equal(new BlobAccountInfo(true, "StorageV2", null), await Open(service).GetAccountInfoAsync(default));
        Assert.Equal("https://myaccount.blob.core.windows.net/?restype=service&comp=properties&sv=1", service.Requests[0].Address.AbsoluteUri);
    }

    [Fact]
    public async Task An_account_that_keeps_nothing_says_so()
    {
        var service = new FakeService().On("GET", "restype=service", _ => Xml("<StorageServiceProperties><DeleteRetentionPolicy><Enabled>false</Enabled></DeleteRetentionPolicy></StorageServiceProperties>"));
        Assert.Equal(new BlobServiceKeeps(false, null, false), await Open(service).GetServiceKeepsAsync(default));
    }

    [Fact]
    public async Task A_deleted_blob_is_brought_back()
    {
        var service = new FakeService().On("PUT", "/azureml/gone?", Sample.Load("blob-get-404")).On("PUT", "comp=undelete", _ => new HttpResponseMessage(HttpStatusCode.OK));
        await Open(service).UndeleteAsync("a/b c", default);
        Assert.Equal("https://myaccount.blob.core.windows.net/azureml/a/b%20c?comp=undelete&sv=1", service.Requests[0].Address.AbsoluteUri);
        Assert.Equal(404, (await Assert.ThrowsAsync<AzureServiceException>(() => Open(service).UndeleteAsync("gone", default))).Status);
        await Assert.ThrowsAsync<ArgumentException>(() => Open(service).UndeleteAsync(string.Empty, default));
    }

    [Fact]
    public async Task A_former_version_is_copied_onto_its_own_blob_and_over_nothing()
    {
        var service = new FakeService()
            .On("HEAD", "/azureml/slow", _ => Copy(HttpStatusCode.OK, "success"))
            .On("PUT", "/azureml/slow", _ => Copy(HttpStatusCode.Accepted, "pending"))
            .On("PUT", "/azureml/bad", _ => Copy(HttpStatusCode.Accepted, "failed"))
            .On("PUT", "/azureml/there", "{}", HttpStatusCode.Conflict)
            .On("PUT", "/azureml/a%20b", _ => Copy(HttpStatusCode.Accepted, "success"));
        var container = Open(service);
        await container.PromoteVersionAsync("a b", "2026-01-01T00:00:00.0Z", default);
        var sent = service.Requests[0];
        Assert.Equal("https://myaccount.blob.core.windows.net/azureml/a%20b?sv=1", sent.Address.AbsoluteUri);
        Assert.Equal(
            ("https://myaccount.blob.core.windows.net/azureml/a%20b?versionid=2026-01-01T00%3A00%3A00.0Z&sv=1", "*"), (sent.Headers["x-ms-copy-source"], sent.Headers["If-None-Match"]));
        await container.PromoteVersionAsync("slow", "v", default);
        Assert.Equal("HEAD", service.Requests[^1].Method);
        Assert.Equal("CopyFailed", (await Assert.ThrowsAsync<AzureServiceException>(() => container.PromoteVersionAsync("bad", "v", default))).Code);
        Assert.Equal(409, (await Assert.ThrowsAsync<AzureServiceException>(() => container.PromoteVersionAsync("there", "v", default))).Status);
        await Assert.ThrowsAsync<ArgumentException>(() => container.PromoteVersionAsync("a", " ", default));
    }

    private static BlobContainer Open(FakeService service) => new(service.Connect().Pipelines, Container, BlobAuthorization.Sas("?sv=1"));

    private static HttpResponseMessage Copy(HttpStatusCode status, string copy)
    {
        var response = new HttpResponseMessage(status);
        response.Headers.Add("x-ms-copy-status", copy);
        return response;
    }

    private static HttpResponseMessage Xml(string xml) => new(HttpStatusCode.OK) { Content = new StringContent(xml, Encoding.UTF8, "application/xml") };
}
