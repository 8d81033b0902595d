using System.Net;
using System.Security.Cryptography;
using System.Text;
using AmlDataTools.Azure.Blobs;
using AmlDataTools.Azure.Http;
using Xunit;

namespace AmlDataTools.Azure.Tests.Blobs;

public sealed class BlobDeleteTests
{
    private static readonly Uri Container = new("https://myaccount.blob.core.windows.net/azureml");
    private static readonly string Key = Convert.ToBase64String(SHA256.HashData("key"u8));

    [Fact]
    public async Task A_batch_is_the_document_the_specification_describes()
    {
        var service = new FakeService().On("POST", "comp=batch", sent => Answer(Part(2, 412, "ConditionNotMet"), Part(0, 202, null), Part(1, 404, "BlobNotFound")));
        var container = Open(service, BlobAuthorization.SharedKey("myaccount", Key));
        var results = await container.DeleteBatchAsync(
            [new("dir/a b%?#\u00e9", "\"t1\"", null, null, true), new("v", null, "2026-01-01T00:00:00.1234567Z", null, true), new("s", "\"t3\"", null, "2026-02-02T00:00:00Z", false)],
            default);
        Assert.Equal([("dir/a b%?#\u00e9", 202, null, "rq-0"), ("v", 404, "BlobNotFound", "rq-1"), ("s", 412, "ConditionNotMet", "rq-2")], results.Select(one => (one.Name, one.Status, one.Code, one.RequestId)));
        Assert.Equal([true, true, false], results.Select(one => one.IsGone));
        var sent = Assert.Single(service.Requests);
        Assert.Equal("https://myaccount.blob.core.windows.net/azureml?restype=container&comp=batch", sent.Address.AbsoluteUri);
        var type = sent.Headers["Content-Type"];
        var body = sent.Body ?? string.Empty;
        Assert.StartsWith("multipart/mixed; boundary=batch_", type, StringComparison.Ordinal);
        AssertSigned("POST", sent.Headers["Authorization"], Encoding.UTF8.GetByteCount(body).ToString(System.Globalization.CultureInfo.InvariantCulture), type, string.Empty, sent.Headers, "/myaccount/azureml\ncomp:batch\nrestype:container");

        var parts = body.Split("--" + type.Split('=')[1]);
        Assert.Equal((string.Empty, "--\r\n", 5), (parts[0], parts[^1], parts.Length));
        string[] paths = ["/azureml/dir/a%20b%25%3F%23%C3%A9", "/azureml/v?versionid=2026-01-01T00%3A00%3A00.1234567Z", "/azureml/s?snapshot=2026-02-02T00%3A00%3A00Z"];
        string[] resources = ["/azureml/dir/a%20b%25%3F%23%C3%A9", "/azureml/v\nversionid:2026-01-01T00:00:00.1234567Z", "/azureml/s\nsnapshot:2026-02-02T00:00:00Z"];
        for (var index = 0; index < 3; index++)
        {
            var lines = parts[index + 1].Split("\r\n");
            Assert.Equal([string.Empty, "Content-Type: application/http", "Content-Transfer-Encoding: binary", $"Content-ID: {index}", string.Empty, $"DELETE {paths[index]} HTTP/1.1"], lines[..6]);
            Assert.Equal(["Content-Length: 0", string.Empty, string.Empty], lines[^3..]);
            var headers = lines[6..^3].Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
            Assert.DoesNotContain("x-ms-version", headers.Keys);
            Assert.Equal(index == 0, headers.ContainsKey("x-ms-delete-snapshots"));
            AssertSigned("DELETE", headers["Authorization"], string.Empty, string.Empty, headers.GetValueOrDefault("If-Match", string.Empty), headers, "/myaccount" + resources[index]);
        }
    }

    [Fact]
    public async Task Each_request_of_a_batch_carries_the_token_or_the_signature()
    {
        var service = new FakeService().On("POST", "comp=batch", _ => Answer(Part(0, 202, null)));
        await Open(service, BlobAuthorization.Token(new RecordingCredentials(), "https://storage.azure.com", null)).DeleteBatchAsync([new("a", null, null, null, false)], default);
        Assert.Equal("Bearer token:https://storage.azure.com/.default", service.Requests[0].Authorization);
        Assert.Contains("\r\nAuthorization: Bearer token:https://storage.azure.com/.default\r\n", service.Requests[0].Body, StringComparison.Ordinal);
        await Open(service, BlobAuthorization.Sas("?sv=1&sig=a%2Bb")).DeleteBatchAsync([new("a", null, "v1", null, false)], default);
        Assert.EndsWith("comp=batch&sv=1&sig=a%2Bb", service.Requests[1].Address.AbsoluteUri, StringComparison.Ordinal);
        Assert.Contains("\r\nDELETE /azureml/a?versionid=v1&sv=1&sig=a%2Bb HTTP/1.1\r\n", service.Requests[1].Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Authorization", service.Requests[1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_cannot_break_out_of_its_request()
    {
        const string Name = "x HTTP/1.1\r\nx-ms-delete-snapshots: include\r\n\r\nDELETE /azureml/other HTTP/1.1\r\n--batch_";
        var service = new FakeService().On("POST", "comp=batch", _ => Answer(Part(0, 202, null)));
        await Open(service, BlobAuthorization.None).DeleteBatchAsync([new(Name, "\"t\"", null, null, false)], default);
        var body = service.Requests[0].Body ?? string.Empty;
        Assert.Single(body.Split("DELETE ").Skip(1), part => part.Contains(" HTTP/1.1\r\n", StringComparison.Ordinal));
        Assert.DoesNotContain("x-ms-delete-snapshots:", body, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => Open(service, BlobAuthorization.None).DeleteBatchAsync([new("a", "\"t\"\r\nx: y", null, null, false)], default));
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task What_could_reach_something_else_is_refused_before_any_request()
    {
        var service = new FakeService();
        var container = Open(service, BlobAuthorization.None);
        foreach (var request in (BlobDeleteRequest[])[
            new(string.Empty, "\"t\"", null, null, false), new(new string('n', 1025), null, null, null, false), new("a/../b", null, null, null, false),
            new(".", null, null, null, false), new("a", " ", null, null, false), new("a", null, string.Empty, null, false), new("a", null, null, "x\ny", false)])
        {
            await Assert.ThrowsAsync<ArgumentException>(() => container.DeleteAsync(request, default));
            await Assert.ThrowsAsync<ArgumentException>(() => container.DeleteBatchAsync([new("fine", null, null, null, false), request], default));
        }

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => container.DeleteBatchAsync([.. Enumerable.Range(0, 257).Select(i => new BlobDeleteRequest("b" + i, null, null, null, false))], default));
        Assert.Empty(await container.DeleteBatchAsync([], default));
        Assert.Empty(service.Requests);
    }

    [Fact]
    public async Task A_request_without_an_answer_is_told()
    {
        var service = new FakeService().On("POST", "comp=batch", _ => Answer(Part(1, 202, null)));
        var results = await Open(service, BlobAuthorization.None).DeleteBatchAsync([new("a", null, null, null, false), new("b", null, null, null, false)], default);
        Assert.Equal([(0, "NoAnswer", false), (202, null, true)], results.Select(one => (one.Status, one.Code, one.IsGone)));
    }

    [Fact]
    public async Task A_batch_refused_as_a_whole_is_an_error_wherever_it_says_so()
    {
        var refused = new FakeService().On("POST", "comp=batch", Sample.Load("blob-get-403"));
        Assert.Equal(403, (await Assert.ThrowsAsync<AzureServiceException>(() => Open(refused, BlobAuthorization.None).DeleteBatchAsync([new("a", null, null, null, false)], default))).Status);
        var inside = new FakeService().On("POST", "comp=batch", _ => Answer("HTTP/1.1 400 One of the request inputs is not valid.\r\nx-ms-error-code: InvalidInput\r\nx-ms-request-id: rq\r\n\r\n<?xml version=\"1.0\"?><Error><Code>InvalidInput</Code><Message>m</Message></Error>\r\n"));
        var exception = await Assert.ThrowsAsync<AzureServiceException>(() => Open(inside, BlobAuthorization.None).DeleteBatchAsync([new("a", null, null, null, false)], default));
        Assert.Equal((400, "InvalidInput", "rq"), (exception.Status, exception.Code, exception.CorrelationId));
        foreach (var answer in (Func<HttpResponseMessage>[])[() => FakeService.Json("{}"), () => Answer(), () => Answer("garbage")])
        {
            var strange = new FakeService().On("POST", "comp=batch", _ => answer());
            await Assert.ThrowsAsync<InvalidDataException>(() => Open(strange, BlobAuthorization.None).DeleteBatchAsync([new("a", null, null, null, false)], default));
        }
    }

    [Theory]
    [InlineData(202, null, true, true)]
    [InlineData(404, "BlobNotFound", false, true)]
    [InlineData(404, "ContainerNotFound", false, false)]
    [InlineData(409, "SnapshotsPresent", false, false)]
    [InlineData(412, "LeaseIdMissing", false, false)]
    public async Task One_blob_is_deleted_and_a_refusal_is_a_result(int status, string? code, bool deleted, bool gone)
    {
        var service = new FakeService().On("DELETE", "/azureml/a%20b", _ => Coded(status, code));
        var result = await Open(service, BlobAuthorization.SharedKey("myaccount", Key)).DeleteAsync(new("a b", "\"t\"", null, null, true), default);
        Assert.Equal((status, code, deleted, gone), (result.Status, result.Code, result.IsDeleted, result.IsGone));
        Assert.Equal(("\"t\"", "include"), (service.Requests[0].Headers["If-Match"], service.Requests[0].Headers["x-ms-delete-snapshots"]));
        AssertSigned("DELETE", service.Requests[0].Headers["Authorization"], string.Empty, string.Empty, "\"t\"", service.Requests[0].Headers, "/myaccount/azureml/a%20b");
    }

    [Theory]
    [InlineData(503, "ServerBusy")]
    [InlineData(401, "InvalidAuthenticationInfo")]
    public async Task What_is_worth_another_attempt_is_thrown(int status, string code)
    {
        var service = new FakeService().On("DELETE", "/azureml/a", _ => Coded(status, code));
        Assert.Equal(code, (await Assert.ThrowsAsync<AzureServiceException>(() => Open(service, BlobAuthorization.None).DeleteAsync(new("a", null, null, null, false), default))).Code);
    }

    private static void AssertSigned(
        string method, string authorization, string length, string type, string ifMatch, IReadOnlyDictionary<string, string> sent, string resource)
    {
        var headers = string.Concat(sent
            .Where(h => h.Key.StartsWith("x-ms-", StringComparison.OrdinalIgnoreCase))
            .OrderBy(h => h.Key.ToLowerInvariant(), StringComparer.Ordinal)
            .Select(h => $"{h.Key.ToLowerInvariant()}:{h.Value}\n"));
        Assert.Contains("x-ms-date:", headers, StringComparison.Ordinal);
        var text = $"{method}\n\n\n{length}\n\n{type}\n\n\n{ifMatch}\n\n\n\n{headers}{resource}";
        Assert.Equal("SharedKey myaccount:" + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(Key), Encoding.UTF8.GetBytes(text))), authorization);
    }

    private static BlobContainer Open(FakeService service, BlobAuthorization authorization) => new(service.Connect().Pipelines, Container, authorization);

    private static HttpResponseMessage Coded(int status, string? code)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status);
        if (code is not null)
        {
            response.Headers.Add("x-ms-error-code", code);
        }

        return response;
    }

    private static string Part(int id, int status, string? code)
        => $"Content-Type: application/http\r\nContent-ID: {id}\r\n\r\nHTTP/1.1 {status} Words of it\r\n"
            + (code is null ? "x-ms-delete-type-permanent: true\r\n" : $"x-ms-error-code: {code}\r\nContent-Type: application/xml\r\n")
            + $"x-ms-request-id: rq-{id}\r\nx-ms-version: 2021-12-02\r\n\r\n"
            + (code is null ? string.Empty : $"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Error><Code>{code}</Code><Message>m</Message></Error>\r\n");

    private static HttpResponseMessage Answer(params string[] parts)
    {
        var body = string.Concat(parts.Select(part => "--batchresponse_1\r\n" + part)) + "--batchresponse_1--\r\n";
        var response = new HttpResponseMessage(HttpStatusCode.Accepted) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        response.Content.Headers.TryAddWithoutValidation("Content-Type", "multipart/mixed; boundary=batchresponse_1");
        return response;
    }
}
