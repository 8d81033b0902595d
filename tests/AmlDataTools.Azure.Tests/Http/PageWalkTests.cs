using System.Net;
using System.Text;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Http;
using Xunit;

namespace AmlDataTools.Azure.Tests.Http;

public sealed class PageWalkTests
{
    private const string Jobs = "https://management.azure.com/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/jobs?page=";
    private static readonly WorkspaceRef Workspace = new("s", "g", "w", null);

    [Fact]
    public async Task The_next_page_is_asked_for_before_this_one_is_used_up_and_no_page_more()
    {
        var service = Pages(last: 9);
        using var connection = service.Connect();
        var jobs = connection.Workspace(Workspace).Arm.ScanJobsAsync(ListView.All, default).GetAsyncEnumerator();
        await using (jobs.ConfigureAwait(false))
        {
            Assert.True(await jobs.MoveNextAsync());
            Assert.Equal(("first", 2), (jobs.Current.Name, service.Requests.Count));
        }

        // Left after the first of ten pages: two were asked for, and that is all.
        Assert.Equal(2, service.Requests.Count);
    }

    [Fact]
    public async Task A_list_looked_through_gives_what_a_list_kept_gives()
    {
        using var connection = Pages(last: 3).Connect();
        var arm = connection.Workspace(Workspace).Arm;
        var kept = await arm.ListJobsAsync(ListView.All, default).Select(job => job.Name).ToListAsync();
        var seen = await arm.ScanJobsAsync(ListView.All, default).Select(job => job.Name).ToListAsync();
        Assert.Equal(["first", "1", "2", "3"], kept);
        Assert.Equal(kept, seen);
    }

    [Fact]
    public async Task A_page_that_breaks_off_is_read_again()
    {
        var broken = 0;
        var service = new FakeService()
            .On("GET", "page=1", _ => broken++ < 2
                ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new BreakingStream("""{"value":[{"name":"1"}""")) }
                : FakeService.Json("""{"value":[{"name":"1"}]}"""))
            .On("GET", "/jobs?", $$"""{"value":[{"name":"first"}],"nextLink":"{{Jobs}}1"}""");
        using var connection = service.Connect();
        var names = await connection.Workspace(Workspace).Arm.ScanJobsAsync(ListView.All, default).Select(job => job.Name).ToListAsync();
        Assert.Equal(["first", "1"], names);
        Assert.Equal(4, service.Requests.Count);
    }

    [Fact]
    public async Task A_page_that_is_no_json_and_one_that_is_refused_are_told()
    {
        var arm = new FakeService().On("GET", "/jobs", _ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("<html>sign in</html>") }).Connect();
        var notJson = await Assert.ThrowsAsync<AzureServiceException>(() => arm.Workspace(Workspace).Arm.ScanJobsAsync(ListView.All, default).ToListAsync().AsTask());
        Assert.Equal("InvalidResponse", notJson.Code);
        var refusing = new FakeService().On("GET", "/jobs", """{"error":{"code":"AuthorizationFailed","message":"No."}}""", HttpStatusCode.Forbidden).Connect();
        var refused = await Assert.ThrowsAsync<AzureServiceException>(() => refusing.Workspace(Workspace).Arm.ScanJobsAsync(ListView.All, default).ToListAsync().AsTask());
        Assert.Equal((403, "AuthorizationFailed"), (refused.Status, refused.Code));
        arm.Dispose();
        refusing.Dispose();
    }

    private static FakeService Pages(int last)
    {
        var service = new FakeService();
        for (var page = 1; page <= last; page++)
        {
            var next = page == last ? string.Empty : $",\"nextLink\":\"{Jobs}{page + 1}\"";
            service.On("GET", $"page={page}", $$"""{"value":[{"name":"{{page}}"}]{{next}}}""");
        }

        return service.On("GET", "/jobs?", $$"""{"value":[{"name":"first"}],"nextLink":"{{Jobs}}1"}""");
    }

    /// <summary>Gives its text, then what a connection that was cut gives.</summary>
    private sealed class BreakingStream(string text) : MemoryStream(Encoding.UTF8.GetBytes(text))
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, count) is > 0 and var read ? read : throw new HttpIOException(HttpRequestError.ResponseEnded);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            => await base.ReadAsync(buffer, cancellationToken) is > 0 and var read ? read : throw new HttpIOException(HttpRequestError.ResponseEnded);
    }
}
