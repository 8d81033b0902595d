using System.Net;
using System.Security.Cryptography;
using System.Text;
using AmlDataTools.Azure.Blobs;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace AmlDataTools.Azure.Tests.Blobs;

public sealed class BlobTests
{
    private const string Container = "https://account.blob.core.windows.net/azureml";

    [Theory]
    [InlineData("a/b.txt", "a/b.txt")]
    [InlineData("a/../b", "a/%2E%2E/b")]
    [InlineData("./a", "%2E/a")]
    [InlineData("a//b/", "a//b/")]
    [InlineData("100% a+b?c#d&e", "100%25%20a%2Bb%3Fc%23d%26e")]
    [InlineData("%2e%2e/x", "%252e%252e/x")]
    [InlineData("caf\u00e9/\U0001F4C8", "caf%C3%A9/%F0%9F%93%88")]
    [InlineData("back\\slash", "back%5Cslash")]
    [InlineData("\u0001", "%01")]
    public void A_name_becomes_an_address_that_nothing_cleans_up(string name, string path) =>
        Assert.Equal($"{Container}/{path}", BlobAddress.Blob(Container, name, string.Empty).OriginalString);

    [Fact]
    public void Every_name_comes_back_from_its_address() => Prop.ForAll<NonNull<string>>(name =>
    {
        if (name.Get.Any(char.IsSurrogate))
        {
            return true;
        }

        var path = BlobAddress.Blob(Container, name.Get, string.Empty).AbsolutePath;
        return Uri.UnescapeDataString(path) == "/azureml/" + name.Get && path.IndexOfAny(['?', '#', ' ', '\\']) < 0;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task A_listing_is_read_with_all_that_names_can_be()
    {
        var page = await ReadAsync("""
            <?xml version="1.0" encoding="utf-8"?><EnumerationResults ContainerName="azureml"><Blobs>
            <Blob><Name>a &amp; b &lt;c&gt;.txt</Name><Properties><Last-Modified>Fri, 20 Nov 2026 21:00:00 GMT</Last-Modified><Etag>0x8D1</Etag><Content-Length>12</Content-Length><Content-MD5>CY9rzUYh03PK3k6DJie09g==</Content-MD5></Properties></Blob>
            <Blob><Name Encoded="true">bad%EF%BF%BFname%25</Name><Properties><Etag>"0x8D2"</Etag><Content-Length>0</Content-Length><Content-MD5 /></Properties><Metadata /></Blob>
            <Blob><Name>not%20encoded</Name><Properties><Content-Length>5000000000</Content-Length></Properties></Blob>
            <Blob><Name> lead and trail </Name><Properties><Content-Length>1</Content-Length></Properties></Blob>
            <Blob><Name>&#x1;control</Name><Properties><Content-Length>1</Content-Length></Properties></Blob>
            <Blob><Name>folder</Name><Properties><Content-Length>0</Content-Length></Properties><Metadata><hdi_isfolder>true</hdi_isfolder></Metadata></Blob>
            <Blob><Name>folder2</Name><Properties><ResourceType>directory</ResourceType><Content-Length>0</Content-Length></Properties></Blob>
            <BlobPrefix><Name>outputs/</Name></BlobPrefix>
            </Blobs><NextMarker>2!92!marker</NextMarker></EnumerationResults>
            """);
        Assert.Equal(["a & b <c>.txt", "bad\uffffname%", "not%20encoded", " lead and trail ", "\u0001control", "folder", "folder2"], page.Blobs.Select(b => b.Name));
        Assert.Equal((12L, "\"0x8D1\"", "CY9rzUYh03PK3k6DJie09g=="), (page.Blobs[0].Length, page.Blobs[0].ETag, page.Blobs[0].ContentMd5));
        Assert.Equal(new DateTimeOffset(2026, 11, 20, 21, 0, 0, TimeSpan.Zero), page.Blobs[0].LastModified);
        Assert.Equal(("\"0x8D2\"", null), (page.Blobs[1].ETag, page.Blobs[1].ContentMd5));
        Assert.Equal(5_000_000_000, page.Blobs[2].Length);
        Assert.Equal(["folder", "folder2"], page.Blobs.Where(b => b.IsFolder).Select(b => b.Name));
        Assert.Equal(["outputs/"], page.Prefixes);
        Assert.Equal("2!92!marker", page.NextMarker);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html><body>proxy</body></html>")]
    [InlineData("<EnumerationResults><Blobs><Blob><Name>a</Name>")]
    [InlineData("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><EnumerationResults>&e;</EnumerationResults>")]
    public async Task What_is_no_whole_listing_is_refused(string xml) => await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(xml));

    /// <summary>The string to sign is the one Microsoft's "Authorize with Shared Key" describes for a listing and for a read of a range.</summary>
    [Fact]
    public async Task A_shared_key_signs_what_the_specification_says()
    {
        var key = Convert.ToBase64String(SHA256.HashData("key"u8));
        var service = new FakeService().On("GET", "comp=list", _ => Xml("<EnumerationResults><Blobs /></EnumerationResults>")).On("GET", "/azureml/", _ => new HttpResponseMessage(HttpStatusCode.NotFound));
        var container = new BlobContainer(service.Connect().Pipelines, new Uri("https://myaccount.blob.core.windows.net/azureml"), BlobAuthorization.SharedKey("myaccount", key));
        await container.ListPageAsync("a b/", true, null, 100, CancellationToken.None);
        await Assert.ThrowsAsync<Azure.Http.AzureServiceException>(() => container.ReadAsync("dir/a b", (10, 5), "\"tag\"", CancellationToken.None));
        AssertSigned(service.Requests[0], string.Empty, "/myaccount/azureml\ncomp:list\ndelimiter:/\ninclude:metadata\nmaxresults:100\nprefix:a b/\nrestype:container");
        AssertSigned(service.Requests[1], "\"tag\"", "/myaccount/azureml/dir/a%20b");

        void AssertSigned(Sent sent, string ifMatch, string resource)
        {
            var headers = string.Concat(sent.Headers
                .Where(h => h.Key.StartsWith("x-ms-", StringComparison.OrdinalIgnoreCase))
                .OrderBy(h => h.Key.ToLowerInvariant(), StringComparer.Ordinal)
                .Select(h => $"{h.Key.ToLowerInvariant()}:{h.Value}\n"));
            Assert.Contains("x-ms-date:", headers, StringComparison.Ordinal);
            var range = sent.Headers.GetValueOrDefault("Range", string.Empty);
            var text = $"GET\n\n\n\n\n\n\n\n{ifMatch}\n\n\n{range}\n{headers}{resource}";
            var signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(key), Encoding.UTF8.GetBytes(text)));
            Assert.Equal($"SharedKey myaccount:{signature}", sent.Authorization);
        }
    }

    private static HttpResponseMessage Xml(string xml) => new(HttpStatusCode.OK) { Content = new StringContent(xml, Encoding.UTF8, "application/xml") };

    private static Task<BlobListPage> ReadAsync(string xml) => BlobListParser.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(xml)), CancellationToken.None);
}
