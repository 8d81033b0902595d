using System.Net;
using System.Security;
using System.Text;
using System.Web;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Blobs;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Places;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Storage;
using AmlDataTools.Core.Tests.Explorer;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmlDataTools.Core.Tests.Storage;

/// <summary>A file share listed as a tree, whatever its shape and whatever happens on the way.</summary>
public sealed class ShareTests : IDisposable
{
    private readonly HashSet<string> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _directories = new(StringComparer.Ordinal);
    private readonly FakeAzure _azure;
    private readonly AzureConnection _connection;
    private readonly StorageAccess _access;
    private readonly int _pageSize = 2;
    private int _failing;

    public ShareTests()
    {
        _azure = new FakeAzure()
            .On("GET", "/datastores/share?", """{"name":"share","properties":{"datastoreType":"AzureFile","accountName":"acc","fileShareName":"code-1","endpoint":"core.windows.net","protocol":"https","credentials":{"credentialsType":"None"}}}""")
            .On("HEAD", "https://acc.file.core.windows.net/code-1", (request, _) => _files.Contains(PathOf(request)) ? Found() : Refused(HttpStatusCode.NotFound, "ResourceNotFound"))
            .On("GET", "comp=list", (request, _) => List(request));
        _connection = _azure.Connect();
        _access = new StorageAccess(_connection, FakeAzure.Workspace, "share", NullLogger.Instance);
    }

    public void Dispose() => _connection.Dispose();

    [Fact]
    public async Task Everything_below_a_folder_is_listed_once_with_directories_behind_what_is_in_them()
    {
        Add("Users/a/1.txt", "Users/a/2.txt", "Users/a/3.txt", "Users/a/b/c/4.txt", "Users/a/b/5.txt", "Users/a/z.txt", "Users/ab/6.txt");
        _directories.Add("Users/a/empty");
        var items = await DetailsAsync("Users/a/");
        Assert.Equal(
            ["Users/a/", "Users/a/1.txt", "Users/a/2.txt", "Users/a/3.txt", "Users/a/b/", "Users/a/b/5.txt", "Users/a/b/c/", "Users/a/b/c/4.txt", "Users/a/empty/", "Users/a/z.txt"],
            items.Order(StringComparer.Ordinal));
        Assert.All(items.Where(i => i.EndsWith('/')), directory => Assert.True(items.IndexOf(directory) > items.FindLastIndex(i => i.Length > directory.Length && i.StartsWith(directory, StringComparison.Ordinal))));
        Assert.Equal("Users/a/", items[^1]);
    }

    [Fact]
    public async Task For_a_download_only_empty_directories_are_told_of()
    {
        Add("a/1.txt", "a/b/2.txt");
        _directories.UnionWith(["a/empty", "a/full"]);
        Add("a/full/3.txt");
        Assert.Equal(["a/1.txt", "a/b/2.txt", "a/empty/", "a/full/3.txt"], (await FlatAsync("a/")).Order(StringComparer.Ordinal));
        Assert.Empty(await FlatAsync("nothing/"));
        Assert.Equal(4, (await FlatAsync(string.Empty)).Count);
    }

    [Fact]
    public async Task A_name_is_looked_up_before_what_begins_with_it()
    {
        Add("a/b", "a/b.txt", "a/bc/1.txt", "a/c");
        Assert.Equal(["a/b", "a/b.txt", "a/bc/", "a/bc/1.txt"], (await DetailsAsync("a/b")).Order(StringComparer.Ordinal));
        Assert.Equal("a/b", (await DetailsAsync("a/b"))[0]);
    }

    [Fact]
    public async Task A_request_that_fails_in_the_middle_loses_and_doubles_nothing()
    {
        Add([.. Enumerable.Range(0, 60).Select(i => $"r/{i % 7}/{i % 3}/{i}.txt")]);
        _failing = 9;
        var items = await FlatAsync("r/");
        Assert.Equal((60, 60), (items.Count, items.Distinct().Count()));
        Assert.Equal(0, _failing);
    }

    [Fact]
    public async Task A_folder_is_listed_one_level_deep_by_the_services_pages()
    {
        Add("a/1", "a/2", "a/d/3", "a/e/4", "b");
        var page = await _access.ListPageAsync("a/", delimiter: true, null, 2, default);
        var rest = await _access.ListPageAsync("a/", delimiter: true, page.NextMarker, 2, default);
        Assert.Equal(["a/1", "a/2", "a/d/", "a/e/"], page.Blobs.Concat(rest.Blobs).Select(b => b.Name).Concat(page.Prefixes).Concat(rest.Prefixes).Order(StringComparer.Ordinal));
        Assert.Null(rest.NextMarker);
    }

    [Fact]
    public async Task A_file_goes_only_with_the_tag_that_was_seen_and_gone_already_is_told()
    {
        Add("a/1");
        var deletes = 0;
        _azure.On("DELETE", "/code-1/", (_, _) =>
        {
            deletes++;
            return new HttpResponseMessage(HttpStatusCode.Accepted);
        });
        Assert.Equal(412, (await _access.DeleteAsync(new BlobDeleteRequest("a/1", "\"other\"", null, null, false), default)).Status);
        Assert.True((await _access.DeleteAsync(new BlobDeleteRequest("a/2", "\"1\"", null, null, false), default)).IsGone);
        Assert.Equal(0, deletes);
        Assert.True((await _access.DeleteAsync(new BlobDeleteRequest("a/1", "\"1\"", null, null, false), default)).IsDeleted);
        Assert.Equal(1, deletes);
        Assert.Equal("storage.nothingKept", (await Assert.ThrowsAsync<ProblemException>(() => _access.UndeleteAsync("a/1", default))).Code);
    }

    [Fact]
    public async Task A_share_that_is_not_there_is_no_empty_one()
    {
        _azure.On("GET", "comp=list", (_, _) => Refused(HttpStatusCode.NotFound, "ShareNotFound"));
        foreach (var delimiter in new[] { true, false })
        {
            await Assert.ThrowsAsync<AzureServiceException>(() => _access.ListPageAsync("a/", delimiter, null, 10, default));
        }
    }

    [Theory]
    [InlineData("https://acc.file.core.windows.net/code-1/Users/Ada/x.csv", "acc.file/code-1", "Users/Ada/x.csv")]
    [InlineData("https://acc.file.core.windows.net/code-1?sig=x", "acc.file/code-1", "")]
    public void An_address_of_a_share_is_a_place_of_its_own(string address, string container, string path)
        => Assert.Equal(new StoragePlace(container, path), DataAddress.InAccount(address));

    [Fact]
    public void In_a_share_case_does_not_tell_places_apart()
    {
        var place = StoragePlace.OfShare("Acc", "code-1", "Users/Ada/");
        Assert.True(place.Overlaps(StoragePlace.OfShare("acc", "code-1", "users/ada/x.csv")));
        Assert.False(place.Overlaps(StoragePlace.OfShare("acc", "code-1", "users/adam")));
        Assert.False(place.Overlaps(StoragePlace.Of("acc", "code-1", "Users/Ada")));
        Assert.False(StoragePlace.Of("acc", "c", "A").Overlaps(StoragePlace.Of("acc", "c", "a")));
    }

    private static HttpResponseMessage Found()
    {
        var answer = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent("abc"u8.ToArray()) };
        answer.Headers.TryAddWithoutValidation("ETag", "\"1\"");
        return answer;
    }

    private static HttpResponseMessage Refused(HttpStatusCode status, string code)
    {
        var answer = new HttpResponseMessage(status);
        answer.Headers.Add("x-ms-error-code", code);
        return answer;
    }

    private static string PathOf(HttpRequestMessage request) => Uri.UnescapeDataString((request.RequestUri?.AbsolutePath ?? string.Empty)["/code-1".Length..].Trim('/'));

    private void Add(params string[] paths)
    {
        foreach (var path in paths)
        {
            _files.Add(path);
            for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
            {
                _directories.Add(path[..slash]);
            }
        }
    }

    private HttpResponseMessage List(HttpRequestMessage request)
    {
        if (_failing > 0 && --_failing % 3 == 0)
        {
            return Refused(HttpStatusCode.InternalServerError, "InternalError");
        }

        var directory = PathOf(request);
        if (directory.Length > 0 && !_directories.Contains(directory))
        {
            return Refused(HttpStatusCode.NotFound, "ResourceNotFound");
        }

        var query = HttpUtility.ParseQueryString(request.RequestUri?.Query ?? string.Empty);
        var above = directory.Length == 0 ? string.Empty : directory + "/";
        IEnumerable<(string Name, bool IsFile)> In(IEnumerable<string> paths, bool isFile) =>
            paths.Where(p => p.StartsWith(above, StringComparison.Ordinal) && p.Length > above.Length && !p[above.Length..].Contains('/', StringComparison.Ordinal)).Select(p => (p[above.Length..], isFile));
        var all = In(_files, true).Concat(In(_directories, false)).Where(e => e.Name.StartsWith(query["prefix"] ?? string.Empty, StringComparison.Ordinal)).OrderBy(e => e.Name, StringComparer.Ordinal).ToList();
        var from = int.Parse(query["marker"] ?? "0", System.Globalization.CultureInfo.InvariantCulture);
        var entries = all.Skip(from).Take(_pageSize).Select(e => e.IsFile
            ? $"<File><Name>{SecurityElement.Escape(e.Name)}</Name><Properties><Content-Length>3</Content-Length><Etag>\"1\"</Etag></Properties></File>"
            : $"<Directory><Name>{SecurityElement.Escape(e.Name)}</Name><Properties /></Directory>");
        var next = from + _pageSize < all.Count ? $"{from + _pageSize}" : string.Empty;
        var xml = $"<EnumerationResults><Entries>{string.Concat(entries)}</Entries><NextMarker>{next}</NextMarker></EnumerationResults>";
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(xml, Encoding.UTF8, "application/xml") };
    }

    private async Task<List<string>> FlatAsync(string prefix)
    {
        var names = new List<string>();
        string? marker = null;
        do
        {
            var page = await _access.ListPageAsync(prefix, delimiter: false, marker, 3, default);
            names.AddRange(page.Blobs.Select(b => b.Name));
            marker = page.NextMarker;
        }
        while (marker is not null);
        return names;
    }

    private async Task<List<string>> DetailsAsync(string prefix)
    {
        var names = new List<string>();
        string? marker = null;
        do
        {
            var page = await _access.ListDetailsPageAsync(prefix, marker, 3, BlobListDetails.None, default);
            names.AddRange(page.Items.Select(i => i.Blob.Name));
            marker = page.NextMarker;
        }
        while (marker is not null);
        return names;
    }
}
