using System.Text;
using AmlDataTools.Core.Export;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Transfer;
using Xunit;

namespace AmlDataTools.Core.Tests.Export;

/// <summary>How far a list has come is written down when it holds no secret, and is believed only of what is still there.</summary>
public sealed class ListPlaceTests : IDisposable
{
    private const string List = "https://management.azure.com/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/jobs";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("amldt-places-");

    private string Part => Path.Combine(_folder.FullName, "0.part");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(null)]
    [InlineData(List + "?api-version=2024-04-01&listViewType=All&$skipToken=MTAw")]
    [InlineData(List + "?api-version=2024-04-01&%24skipToken=eyJza2lwIjoxMDB9")]
    [InlineData(List + "?$skip=30")]
    [InlineData("{\"skip\":500,\"id\":\"abc\"}")]
    [InlineData("AAAB:1&2=3/x")]
    public void A_plain_place_comes_back_as_it_was(string? next)
    {
        var place = new ListPlace(next, "an experiment & \"more\"", next);
        Assert.Equal(place, ListPlace.Parse(place.Text));
    }

    [Theory]
    [InlineData(List + "?api-version=2024-04-01&t=638&c=MIIH&s=abc&h=def")]
    [InlineData(List + "?$skipToken=abc&sig=def")]
    [InlineData(List + "?$skipToken=se%3D2026%26sig%3Dabc")]
    [InlineData("https://user:word@management.azure.com/x?$skip=1")]
    [InlineData(List + "?$skip=1#sig=abc")]
    [InlineData("sv=2024&sig=abc")]
    [InlineData("c3Y9MjAyNCZzaWc9YWJjZGVm")]
    [InlineData("eyJ0eXAi.eyJvaWQi.c2lnbmVk")]
    [InlineData("Bearer abcdef")]
    public void What_may_be_a_signature_is_not_written_down(string next)
    {
        Assert.Null(new ListPlace(next, null, null).Text);
        Assert.Null(new ListPlace(null, "x", next).Text);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a&b&c")]
    [InlineData(".a&.b")]
    public void What_is_no_place_begins_the_list(string? text) => Assert.Null(ListPlace.Parse(text));

    [Fact]
    public void A_place_without_end_is_not_written_down() => Assert.Null(new ListPlace(new string('a', 10_000), null, null).Text);

    [Fact]
    public async Task A_document_goes_on_where_its_last_whole_page_ended()
    {
        await WriteAsync("one\ntwo\n", "next", "half of three");
        using var journal = Open();
        await using var draft = DocumentDraft.Open(Part, 0, journal);
        Assert.Equal(("next", 8L, true), (draft.Next, draft.Content.Position, draft.IsWhereItWas));
        Assert.Equal("list.resumed", draft.Remark?.Code);
        draft.Keep("last");
        Assert.False(draft.IsWhereItWas);
        Assert.Equal(8, new FileInfo(Part).Length);
    }

    [Theory]
    [InlineData("onX\ntwo\n")]
    [InlineData("one\n")]
    [InlineData("")]
    public async Task A_document_that_is_not_what_the_journal_says_begins_anew(string content)
    {
        await WriteAsync("one\ntwo\n", "next", string.Empty);
        await File.WriteAllTextAsync(Part, content);
        using var journal = Open();
        await using var draft = DocumentDraft.Open(Part, 0, journal);
        Assert.Equal((null, 0L, 0L), (draft.Next, draft.Content.Position, draft.Content.Length));
    }

    [Fact]
    public async Task One_that_begins_anew_says_why_and_keeps_its_own_places()
    {
        await WriteAsync("one\ntwo\n", "next", string.Empty);
        using (var journal = Open())
        {
            await using var draft = DocumentDraft.Open(Part, 0, journal);
            draft.BeginAnew("list.begunAnew", "Because.");
            await draft.Content.WriteAsync("other\n"u8.ToArray());
            draft.Keep("further");
            Assert.Equal(("list.begunAnew", "Because."), draft.Remark);
        }

        using var again = Open();
        await using var third = DocumentDraft.Open(Part, 0, again);
        Assert.Equal(("further", 6L), (third.Next, third.Content.Position));
    }

    private async Task WriteAsync(string whole, string next, string torn)
    {
        using var journal = Open();
        await using var draft = DocumentDraft.Open(Part, 0, journal);
        await draft.Content.WriteAsync(Encoding.UTF8.GetBytes(whole));
        draft.Keep(next);
        await draft.Content.WriteAsync(Encoding.UTF8.GetBytes(torn));
    }

    private Journal Open() => Journal.Open(Path.Combine(_folder.FullName, "journal.jsonl"), TimeProvider.System);
}
