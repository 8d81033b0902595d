using System.Net;
using System.Security.Cryptography;
using System.Text;
using AmlDataTools.Azure.Blobs;
using AmlDataTools.Azure.Http;
using Xunit;

namespace AmlDataTools.Azure.Tests.Blobs;

/// <summary>Copies that storage makes by itself: what is asked, with what proof for the source, and what is made of refusals.</summary>
public sealed class BlobCopyTests
{
    private const string Name = "dir/a b%?#é";
    private const string Path = "dir/a%20b%25%3F%23%C3%A9";
    private static readonly Uri Container = new("https://myaccount.blob.core.windows.net/azureml");
    private static readonly byte[] Key = SHA256.HashData("key"u8);

    [Fact]
    public async Task With_a_key_the_source_is_signed_for_reading_that_blob_alone_and_for_an_hour()
    {
        var service = Copying();
        var source = Open(service, BlobAuthorization.SharedKey("myaccount", Convert.ToBase64String(Key)));
        await Target(service).PutBlobFromUrlAsync("copy", await source.SourceAsync(Name, default), "\"e1\"", "bWQ1", new CopyTargetState(null), default);
        var sent = Assert.Single(service.Requests);
        var given = new Uri(sent.Headers["x-ms-copy-source"]);
        Assert.Equal($"https://myaccount.blob.core.windows.net/azureml/{Path}", given.GetLeftPart(UriPartial.Path));
        var query = given.Query.TrimStart('?').Split('&').Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]));
        Assert.Equal(("r", "b", "https"), (query["sp"], query["sr"], query["spr"]));
        Assert.InRange(DateTimeOffset.Parse(query["se"], null) - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(50), TimeSpan.FromMinutes(61));

        // Text to sign of version 2020-12-06 and later, as documented, put together anew.
        string[] fields =
        [
            "r", query["st"], query["se"], $"/blob/myaccount/azureml/{Name}", string.Empty, string.Empty, "https", query["sv"], "b", string.Empty, string.Empty,
            string.Empty, string.Empty, string.Empty, string.Empty, string.Empty,
        ];
        Assert.Equal(Convert.ToBase64String(HMACSHA256.HashData(Key, Encoding.UTF8.GetBytes(string.Join('\n', fields)))), query["sig"]);
        Assert.False(sent.Headers.ContainsKey("x-ms-copy-source-authorization"));
    }

    [Fact]
    public async Task With_a_token_the_source_is_named_plainly_and_the_token_goes_beside_it()
    {
        var service = Copying();
        var source = Open(service, BlobAuthorization.Token(new RecordingCredentials(), "https://storage.azure.com", null));
        await Target(service).PutBlobFromUrlAsync("copy", await source.SourceAsync(Name, default), null, null, new CopyTargetState("\"t1\""), default);
        var headers = service.Requests[0].Headers;
        Assert.Equal($"https://myaccount.blob.core.windows.net/azureml/{Path}", headers["x-ms-copy-source"]);
        Assert.Equal("Bearer token:https://storage.azure.com/.default", headers["x-ms-copy-source-authorization"]);
        Assert.Equal(("\"t1\"", false), (headers["If-Match"], headers.ContainsKey("If-None-Match")));
    }

    [Fact]
    public async Task With_a_SAS_or_a_signed_address_it_is_taken_as_it_is()
    {
        var service = Copying();
        await Target(service).PutBlobFromUrlAsync("copy", await Open(service, BlobAuthorization.Sas("?sv=1&sig=a%2Bb")).SourceAsync("v", default), null, null, new CopyTargetState(null), default);
        await Target(service).PutBlobFromUrlAsync("copy", CopySource.Signed(new Uri("https://x.blob.core.windows.net/c/a%2E%2E/b?sig=x%2By")), null, null, new CopyTargetState(null), default);
        Assert.Equal("https://myaccount.blob.core.windows.net/azureml/v?sv=1&sig=a%2Bb", service.Requests[0].Headers["x-ms-copy-source"]);
        Assert.Equal("https://x.blob.core.windows.net/c/a%2E%2E/b?sig=x%2By", service.Requests[1].Headers["x-ms-copy-source"]);
    }

    [Fact]
    public async Task A_whole_blob_a_block_and_their_list_are_asked_as_documented()
    {
        var service = Copying();
        var target = Target(service);
        var source = CopySource.Signed(new Uri("https://x.blob.core.windows.net/c/b?sig=x"));
        var made = await target.PutBlobFromUrlAsync(Name, source, "\"e1\"", "bWQ1", new CopyTargetState(null), default);
        Assert.Equal(("\"new\"", 201, "rq"), (made.ETag, made.Status, made.RequestId));
        await target.PutBlockFromUrlAsync(Name, "aWQ=", source, (100, 50), "\"e1\"", default);
        await target.PutBlockListAsync(Name, ["aWQ=", "aWR="], [("x-ms-blob-content-type", "text/x"), ("x-ms-blob-content-md5", "bWQ1")], new CopyTargetState(null), default);
        var (blob, block, list) = (service.Requests[0], service.Requests[1], service.Requests[2]);
        Assert.Equal($"https://myaccount.blob.core.windows.net/target/{Path}?sv=1&sig=t", blob.Address.AbsoluteUri);
        Assert.Equal(("BlockBlob", "*", "\"e1\"", "bWQ1"), (blob.Headers["x-ms-blob-type"], blob.Headers["If-None-Match"], blob.Headers["x-ms-source-if-match"], blob.Headers["x-ms-source-content-md5"]));
        Assert.Equal($"https://myaccount.blob.core.windows.net/target/{Path}?comp=block&blockid=aWQ%3D&sv=1&sig=t", block.Address.AbsoluteUri);
        Assert.Equal(("bytes=100-149", "\"e1\"", false), (block.Headers["x-ms-source-range"], block.Headers["x-ms-source-if-match"], block.Headers.ContainsKey("If-None-Match")));
        Assert.Equal("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList><Latest>aWQ=</Latest><Latest>aWR=</Latest></BlockList>", list.Body);
        Assert.Equal(("text/x", "bWQ1", "*"), (list.Headers["x-ms-blob-content-type"], list.Headers["x-ms-blob-content-md5"], list.Headers["If-None-Match"]));
    }

    [Theory]
    [InlineData(404, "CannotVerifyCopySource", true)]
    [InlineData(403, "CannotVerifyCopySource", true)]
    [InlineData(412, "SourceConditionNotMet", true)]
    [InlineData(412, "ConditionNotMet", false)]
    [InlineData(409, "BlobAlreadyExists", false)]
    [InlineData(503, "CannotVerifyCopySource", false)]
    public async Task Whether_the_source_or_the_target_refused_is_told_apart(int status, string code, bool ofSource)
    {
        var service = new FakeService().On("PUT", string.Empty, _ =>
        {
            var answer = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent($"<Error><Code>{code}</Code><Message>No. https://x/c/b?sig=secretsecret</Message></Error>") };
            answer.Headers.Add("x-ms-error-code", code);
            return answer;
        });
        var thrown = await Record.ExceptionAsync(() => Target(service).PutBlobFromUrlAsync("copy", CopySource.Signed(new Uri("https://x.blob.core.windows.net/c/b?sig=x")), null, null, new CopyTargetState(null), default));
        var inner = thrown switch { CopySourceException source => source.Answer, AzureServiceException own => own, _ => throw new InvalidOperationException("Another exception.") };
        Assert.Equal((ofSource, status, code), (thrown is CopySourceException, inner.Status, inner.Code));
        Assert.DoesNotContain("secretsecret", thrown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Staged_blocks_are_read_and_none_is_no_error()
    {
        var service = new FakeService()
            .On("GET", "/some?", _ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("\uFEFF<?xml version=\"1.0\"?><BlockList><UncommittedBlocks><Block><Name>aWQ=</Name><Size>67108864</Size></Block><Block><Name>aWR=</Name><Size>5</Size></Block></UncommittedBlocks></BlockList>") })
            .On("GET", "/odd?", _ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("<BlockList><UncommittedBlocks><Block><Name>aWQ=</Name></Block></UncommittedBlocks></BlockList>") })
            .On("GET", "/none?", _ => new HttpResponseMessage(HttpStatusCode.NotFound) { Headers = { { "x-ms-error-code", "BlobNotFound" } } })
            .On("GET", "/gone?", _ => new HttpResponseMessage(HttpStatusCode.NotFound) { Headers = { { "x-ms-error-code", "ContainerNotFound" } } });
        var target = Target(service);
        Assert.Equal([new StagedBlock("aWQ=", 64L << 20), new StagedBlock("aWR=", 5)], await target.GetStagedBlocksAsync("some", default));
        Assert.Contains("comp=blocklist&blocklisttype=uncommitted", service.Requests[0].Address.Query, StringComparison.Ordinal);
        Assert.Empty(await target.GetStagedBlocksAsync("none", default));
        await Assert.ThrowsAsync<InvalidDataException>(() => target.GetStagedBlocksAsync("odd", default));
        await Assert.ThrowsAsync<AzureServiceException>(() => target.GetStagedBlocksAsync("gone", default));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => target.PutBlockListAsync("x", new string[BlobContainer.MaxBlocks + 1], [], default, default));
    }

    private static FakeService Copying() => new FakeService().On("PUT", string.Empty, _ =>
    {
        var answer = new HttpResponseMessage(HttpStatusCode.Created);
        answer.Headers.TryAddWithoutValidation("ETag", "\"new\"");
        answer.Headers.Add("x-ms-request-id", "rq");
        return answer;
    });

    private static BlobContainer Open(FakeService service, BlobAuthorization authorization) => new(service.Connect().Pipelines, Container, authorization);

    private static BlobContainer Target(FakeService service) =>
        new(service.Connect().Pipelines, new Uri("https://myaccount.blob.core.windows.net/target"), BlobAuthorization.Sas("sv=1&sig=t"));
}
