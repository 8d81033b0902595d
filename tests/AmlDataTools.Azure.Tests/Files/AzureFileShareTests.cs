using System.Net;
using System.Text;
using AmlDataTools.Azure.Blobs;
using AmlDataTools.Azure.Files;
using AmlDataTools.Azure.Http;
using Xunit;

namespace AmlDataTools.Azure.Tests.Files;

public sealed class AzureFileShareTests
{
    private const string Address = "https://acc.file.core.windows.net/code-1";

    private const string Listing = """
        <?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="https://acc.file.core.windows.net/" ShareName="code-1" DirectoryPath="Users/File">
        <Prefix>a</Prefix><MaxResults>3</MaxResults><DirectoryId>1</DirectoryId><Entries>
        <File><Name>a b&amp;c.txt</Name><FileId>1</FileId><Properties><Content-Length>12</Content-Length><CreationTime>2024-05-03T09:41:12.1234567Z</CreationTime><Last-Modified>Fri, 03 May 2024 09:41:12 GMT</Last-Modified><Etag>"0x8D1"</Etag></Properties><Attributes>Archive</Attributes></File>
        <Directory><Name>adir</Name><FileId>2</FileId><Properties><Etag>0x8D2</Etag></Properties></Directory>
        <File><Name Encoded="true">a%EF%BF%BE.txt</Name><Properties><Content-Length>0</Content-Length></Properties></File>
        </Entries><NextMarker>n==</NextMarker></EnumerationResults>
        """;

    [Fact]
    public async Task A_page_holds_files_and_directories_with_what_is_told_of_them()
    {
        var service = new FakeService().On("GET", Address + "/Users/x%20%231?", _ => Xml(Listing));
        var page = await Open(service).ListPageAsync("Users/x #1", "a", "m&k", 3, default);
        Assert.Equal(
            [
                new BlobItem("a b&c.txt", 12, "\"0x8D1\"", null, new DateTimeOffset(2024, 5, 3, 9, 41, 12, TimeSpan.Zero), IsFolder: false),
                new BlobItem("adir", 0, "\"0x8D2\"", null, null, IsFolder: true),
                new BlobItem("a\uFFFE.txt", 0, null, null, null, IsFolder: false),
            ],
            page.Entries);
        Assert.Equal("n==", page.NextMarker);
        var sent = Assert.Single(service.Requests);
        Assert.Equal("?restype=directory&comp=list&include=Timestamps%2CETag&maxresults=3&prefix=a&marker=m%26k", sent.Address.Query);
        Assert.Equal(("true", "true"), (sent.Headers["x-ms-file-extended-info"], sent.Headers["x-ms-allow-trailing-dot"]));
    }

    [Fact]
    public async Task All_pages_are_followed()
    {
        var pages = 0;
        var service = new FakeService().On("GET", Address + "?", _ => Xml(pages++ == 0 ? Listing : Listing.Replace("n==", string.Empty, StringComparison.Ordinal)));
        var names = new List<string>();
        await foreach (var entry in Open(service).ListAsync(string.Empty, default))
        {
            names.Add(entry.Name);
        }

        Assert.Equal((6, 2), (names.Count, service.Requests.Count));
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("<EnumerationResults><Entries><File><Name>a")]
    [InlineData("<EnumerationResults><Entries><File /></Entries></EnumerationResults>")]
    [InlineData("<Other />")]
    public async Task What_is_no_listing_is_told_so(string xml)
        => await Assert.ThrowsAsync<InvalidDataException>(() => Open(new FakeService().On("GET", Address, _ => Xml(xml))).ListPageAsync(string.Empty, string.Empty, null, 10, default));

    [Fact]
    public async Task A_token_comes_with_its_intent_and_a_key_and_a_signature_without()
    {
        var service = new FakeService().On("HEAD", Address, _ => Head("\"1\"", 3));
        var credentials = new RecordingCredentials();
        await Open(service, BlobAuthorization.Token(credentials, "https://storage.azure.com", null)).GetPropertiesAsync("a.txt", default);
        await Open(service, BlobAuthorization.SharedKey("acc", Convert.ToBase64String(new byte[32]))).GetPropertiesAsync("a.txt", default);
        await Open(service, BlobAuthorization.Sas("?sv=1&sig=x")).GetPropertiesAsync("a.txt", default);
        Assert.Equal(["backup", null, null], service.Requests.Select(r => r.Headers.GetValueOrDefault("x-ms-file-request-intent")));
        Assert.Equal("?sv=1&sig=x", service.Requests[2].Address.Query);
        Assert.StartsWith("SharedKey acc:", service.Requests[1].Headers["Authorization"], StringComparison.Ordinal);
        Assert.All(service.Requests, r => Assert.Equal("2022-11-02", r.Headers["x-ms-version"]));
    }

    [Fact]
    public async Task A_whole_file_is_read_with_its_hash()
    {
        var service = new FakeService().On("HEAD", Address, _ => Head("\"1\"", 3)).On("GET", Address + "/a.txt", _ => Body("\"1\"", "abc", "kAFQmDzST7DWlj99KOF/cg=="));
        using var download = await Open(service).ReadAsync("a.txt", null, "\"1\"", default);
        Assert.Equal((3L, "kAFQmDzST7DWlj99KOF/cg==", "\"1\""), (download.Length, download.Blob.ContentMd5, download.Blob.ETag));
        Assert.Equal("abc", await TextAsync(download));
        Assert.DoesNotContain(service.Requests, r => r.Headers.ContainsKey("If-Match"));
    }

    [Fact]
    public async Task A_range_tells_the_whole_files_length_and_hash()
    {
        var service = new FakeService().On("HEAD", Address, _ => Head("\"1\"", 9)).On("GET", Address, _ =>
        {
            var answer = Body("\"1\"", "abc", null);
            answer.StatusCode = HttpStatusCode.PartialContent;
            answer.Content.Headers.TryAddWithoutValidation("Content-Range", "bytes 3-5/9");
            answer.Headers.Add("x-ms-content-md5", "kAFQmDzST7DWlj99KOF/cg==");
            return answer;
        });
        using var download = await Open(service).ReadAsync("a.txt", (3, 3), null, default);
        Assert.Equal((3L, 9L, "kAFQmDzST7DWlj99KOF/cg=="), (download.Length, download.Blob.Length, download.Blob.ContentMd5));
        Assert.Equal("bytes=3-5", service.Requests[0].Headers["x-ms-range"]);
    }

    [Fact]
    public async Task A_file_with_another_tag_than_the_one_asked_for_has_changed()
    {
        var service = new FakeService().On("GET", Address, _ => Body("\"2\"", "abc", null));
        Assert.Equal(412, (await Assert.ThrowsAsync<AzureServiceException>(() => Open(service).ReadAsync("a.txt", null, "\"1\"", default))).Status);
    }

    /// <summary>Somebody writes while the bytes come: the last ones are not given.</summary>
    [Fact]
    public async Task A_file_that_changes_while_it_is_read_is_noticed_at_its_end()
    {
        var service = new FakeService().On("HEAD", Address, _ => Head("\"2\"", 3)).On("GET", Address, _ => Body("\"1\"", "abc", null));
        using var download = await Open(service).ReadAsync("a.txt", null, null, default);
        Assert.Equal(412, (await Assert.ThrowsAsync<AzureServiceException>(() => TextAsync(download))).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a//b")]
    [InlineData("../b")]
    [InlineData("a/./b")]
    public async Task A_path_that_could_reach_something_else_is_not_asked_for(string path)
    {
        var service = new FakeService();
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Open(service).DeleteFileAsync(path, default));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Open(service).DeleteDirectoryAsync(path, default));
        Assert.Empty(service.Requests);
    }

    [Fact]
    public async Task Deleting_says_whether_a_file_or_a_directory_is_meant_and_gives_the_services_refusal()
    {
        var service = new FakeService()
            .On("DELETE", "restype=directory", _ => Refused(HttpStatusCode.Conflict, "DirectoryNotEmpty"))
            .On("DELETE", Address, _ => new HttpResponseMessage(HttpStatusCode.Accepted));
        await Open(service).DeleteFileAsync("Users/a/b. .txt", default);
        var refusal = await Assert.ThrowsAsync<AzureServiceException>(() => Open(service).DeleteDirectoryAsync("Users/a/", default));
        Assert.Equal((409, "DirectoryNotEmpty"), (refusal.Status, refusal.Code));
        Assert.Equal([Address + "/Users/a/b.%20.txt", Address + "/Users/a?restype=directory"], service.Requests.Select(r => r.Address.AbsoluteUri));
    }

    [Fact]
    public async Task Snapshots_of_just_this_share_are_counted_through_all_pages()
    {
        const string First = "<EnumerationResults><Shares><Share><Name>code-1</Name><Snapshot>2024-05-01T00:00:00.0000000Z</Snapshot></Share></Shares><NextMarker>m</NextMarker></EnumerationResults>";
        const string Last = "<EnumerationResults><Shares><Share><Name>code-1</Name><Snapshot>2024-05-02T00:00:00.0000000Z</Snapshot></Share><Share><Name>code-1</Name></Share><Share><Name>code-12</Name><Snapshot>x</Snapshot></Share></Shares><NextMarker /></EnumerationResults>";
        var service = new FakeService().On("GET", "marker=m", _ => Xml(Last)).On("GET", "https://acc.file.core.windows.net/?comp=list&include=snapshots&prefix=code-1", _ => Xml(First));
        Assert.Equal(2, await Open(service).CountSnapshotsAsync(default));
    }

    private static AzureFileShare Open(FakeService service, BlobAuthorization? authorization = null)
        => new(service.Connect().Pipelines, new Uri(Address), authorization ?? BlobAuthorization.None);

    private static async Task<string> TextAsync(BlobDownload download)
    {
        using var reader = new StreamReader(download.Content);
        return await reader.ReadToEndAsync();
    }

    private static HttpResponseMessage Xml(string xml) => new(HttpStatusCode.OK) { Content = new StringContent(xml, Encoding.UTF8, "application/xml") };

    private static HttpResponseMessage Head(string etag, int length)
    {
        var answer = Body(etag, new string('x', length), null);
        return answer;
    }

    private static HttpResponseMessage Body(string etag, string text, string? md5)
    {
        var answer = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(Encoding.ASCII.GetBytes(text)) };
        answer.Content.Headers.ContentLength = text.Length;
        answer.Headers.TryAddWithoutValidation("ETag", etag);
        if (md5 is not null)
        {
            answer.Content.Headers.TryAddWithoutValidation("Content-MD5", md5);
        }

        return answer;
    }

    private static HttpResponseMessage Refused(HttpStatusCode status, string code)
    {
        var answer = new HttpResponseMessage(status);
        answer.Headers.Add("x-ms-error-code", code);
        return answer;
    }
}
