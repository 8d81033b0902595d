using System.Net;
using System.Text;
using AmlDataTools.Azure.Blobs;
using AmlDataTools.Core.PersonalData;
using AmlDataTools.Core.PersonalData.Content;
using AmlDataTools.Core.PersonalData.Matching;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Tests.Transfer;
using AmlDataTools.Core.Transfer;
using Xunit;

namespace AmlDataTools.Core.Tests.PersonalData.Content;

public sealed class FileTextsTests : IDisposable
{
    private const string Mail = "maria.muster@contoso.example";
    private const long Max = 64L << 20;

    private static readonly TextTerms Terms = TextTerms.Of(new Subject(null, null, Mail, null, "Maria Muster"));

    private readonly FakeBlobs _blobs = new();
    private readonly FileTexts _texts = new(new TransferSettings { FirstDelay = TimeSpan.FromMilliseconds(1), RangeBytes = 1 << 20, Attempts = 4 }, TimeProvider.System);

    public void Dispose() => _texts.Dispose();

    [Fact]
    public async Task A_file_of_ten_gigabytes_is_not_read()
    {
        var text = await _texts.SearchAsync(_blobs, new BlobItem("huge.csv", 10L << 30, "\"1\"", null, null, false), Terms, Max, default);
        Assert.Equal("tooLarge", text.Gap?.Code);
        Assert.Empty(text.Evidence);
        Assert.Empty(_blobs.Reads);
    }

    [Fact]
    public async Task A_large_binary_is_left_after_its_beginning()
    {
        var bytes = new byte[5 << 20];
        Encoding.UTF8.GetBytes(Mail).CopyTo(bytes, 100);
        var text = await SearchAsync("model.bin", bytes);
        Assert.Equal("binary", text.Gap?.Code);
        Assert.Equal([("model.bin", 0L)], _blobs.Reads);
    }

    [Fact]
    public async Task What_lies_over_the_border_of_two_ranges_is_found_once()
    {
        var lines = new StringBuilder();
        while (lines.Length < (2 << 20) + (64 << 10) - 10)
        {
            lines.Append("0123456789abcde\n");
        }

        lines.Length = (1 << 20) + (64 << 10) - 10;
        var text = await SearchAsync("long.txt", Encoding.ASCII.GetBytes($"{lines} {Mail}\n{new string('x', 1 << 20)}\n by {Mail}"));
        Assert.Null(text.Gap);
        Assert.Equal(2, text.Evidence.Count);
        Assert.All(text.Evidence, one => Assert.Equal((MatchGrade.SignInName, false), (one.Grade, one.IsAuthorship)));
        Assert.Equal($"line {lines.ToString().Count(c => c == '\n') + 1}", text.Evidence[0].Field);
    }

    [Fact]
    public async Task A_cut_connection_and_throttling_lose_nothing()
    {
        _blobs.Meddle = (_, before, answer) => before switch
        {
            0 => Throttled(),
            1 => Cut(answer),
            2 => Throttled(),
            _ => answer,
        };
        var text = await SearchAsync("a.log", Encoding.UTF8.GetBytes(new string('y', 5000) + "\nMaria Muster\n" + new string('z', 5000) + "\n" + Mail));
        Assert.Null(text.Gap);
        Assert.Equal(["line 2", "line 4"], text.Evidence.Select(one => one.Field));
    }

    [Fact]
    public async Task Throttling_without_end_is_left_for_another_time()
    {
        _blobs.Meddle = (_, _, _) => Throttled();
        var problem = await Assert.ThrowsAsync<ProblemException>(() => SearchAsync("a.log", "Maria Muster"u8.ToArray()));
        Assert.True(problem.Retryable);
    }

    [Fact]
    public async Task A_file_that_was_written_to_is_read_as_it_is_now()
    {
        _blobs.Put("a.log", Encoding.UTF8.GetBytes($"longer than it was\n{Mail}\n"), "\"2\"");
        var text = await _texts.SearchAsync(_blobs, new BlobItem("a.log", 5, "\"1\"", null, null, false), Terms, Max, default);
        Assert.Equal("line 2", Assert.Single(text.Evidence).Field);
    }

    [Fact]
    public async Task A_file_that_is_gone_holds_nothing_and_a_refused_one_is_told_of()
    {
        var gone = await _texts.SearchAsync(_blobs, new BlobItem("gone.txt", 5, "\"1\"", null, null, false), Terms, Max, default);
        Assert.Null(gone.Gap);
        _blobs.Meddle = (_, _, _) => new HttpResponseMessage(HttpStatusCode.Forbidden) { Headers = { { "x-ms-error-code", "AuthorizationPermissionMismatch" } } };
        var text = await SearchAsync("closed.txt", "Maria Muster"u8.ToArray());
        Assert.Equal("forbidden", text.Gap?.Code);
    }

    [Fact]
    public async Task A_notebook_tells_its_cells_and_one_that_is_none_its_lines()
    {
        var notebook = """
            {"cells":[{"cell_type":"markdown","metadata":{},"source":["# By Maria \n","Muster\n"]},
             {"cell_type":"code","metadata":{},"source":"x = 1","outputs":[{"output_type":"stream","text":["to\n","maria.muster@contoso.example\n"]}]}],
             "metadata":{"authors":[{"name":"Maria Muster"}]},"nbformat":4}
            """;
        var text = await SearchAsync("a.ipynb", Encoding.UTF8.GetBytes(notebook));
        Assert.Equal([("cell 1", MatchGrade.DisplayName), ("cell 2, output", MatchGrade.SignInName), ("notebook", MatchGrade.DisplayName)], text.Evidence.Select(one => (one.Field, one.Grade)));
        var torn = await SearchAsync("b.ipynb", Encoding.UTF8.GetBytes(notebook[..^40]));
        Assert.Equal("line 2", Assert.Single(torn.Evidence, one => one.Grade == MatchGrade.SignInName).Field);
    }

    [Theory]
    [InlineData("outputs/Maria Muster.csv", "name", MatchGrade.DisplayName)]
    [InlineData("outputs/cv_Maria_Muster-2.pdf", "name", MatchGrade.DisplayName)]
    [InlineData("outputs/maria.muster@contoso.example.csv", "name", MatchGrade.SignInName)]
    [InlineData("Maria Muster/2024/a.csv", "path", MatchGrade.DisplayName)]
    [InlineData("outputs/x.maria.muster@contoso.example.csv", null, null)]
    [InlineData("outputs/annamaria_muster.csv", null, null)]
    [InlineData("outputs/Maria_Musterfrau.csv", null, null)]
    [InlineData(".", null, null)]
    [InlineData("", null, null)]
    public void Names_are_found_with_endings_and_other_spaces(string path, string? field, MatchGrade? grade) =>
        Assert.Equal((field, grade), NameSearch.Search(path, Terms) is [var one, ..] ? (one.Field, one.Grade) : ((string?)null, (MatchGrade?)null));

    [Theory]
    [InlineData("maria.muster", MatchGrade.SignInName)]
    [InlineData("Maria.Muster", MatchGrade.SignInName)]
    [InlineData("m_muster", MatchGrade.SignInName)]
    [InlineData("Maria Muster", MatchGrade.DisplayName)]
    [InlineData("maria.muster2", null)]
    [InlineData("annamaria.muster", null)]
    [InlineData("muster", null)]
    public void A_folder_is_whose_alias_it_is_called_by(string folder, MatchGrade? grade)
    {
        var subject = new Subject(null, null, Mail, "m_muster_home.example#EXT#@contoso.example", "Maria Muster");
        var guest = folder == "m_muster" ? new Subject(null, null, "m_muster_home.example#EXT#@contoso.example", null, null) : subject;
        Assert.Equal(grade, new FolderOwner(guest).GradeOf(folder, TextTerms.Of(guest)));
    }

    [Fact]
    public void A_million_files_that_were_not_searched_make_a_short_list()
    {
        var gaps = new Gaps([]);
        for (var i = 0; i < 10_000; i++)
        {
            gaps.Add($"runs/{i % 50}/model.bin", new FileGap("binary", "No text."));
            gaps.Add($"big/{i}.csv", new FileGap("tooLarge", "Too large."));
        }

        gaps = new Gaps(gaps.Lines);
        gaps.Add("runs/0/model.bin", new FileGap("binary", "No text."));
        var told = gaps.Told("ws", "store");
        Assert.Equal(2 * (Gaps.MostLines + 1), told.Count);
        Assert.Contains(told, gap => gap is { Code: "binary", What: "store: runs/0/ (201 files)" });
        Assert.Contains(told, gap => gap is { Code: "binary", What: "store: 6,000 files in other places" });
        Assert.Contains(told, gap => gap is { Code: "tooLarge", What: "store: 9,980 files in other places" });
    }

    private static HttpResponseMessage Throttled() => new(HttpStatusCode.ServiceUnavailable) { Headers = { { "x-ms-error-code", "ServerBusy" } } };

    private static HttpResponseMessage Cut(HttpResponseMessage answer)
    {
        var whole = answer.Content.ReadAsByteArrayAsync().GetAwaiter().GetResult();
        var content = new StreamContent(new MemoryStream(whole[..4000]));
        content.Headers.ContentLength = whole.Length;
        content.Headers.LastModified = answer.Content.Headers.LastModified;
        answer.Content = content;
        return answer;
    }

    private Task<FileText> SearchAsync(string name, byte[] bytes)
    {
        _blobs.Put(name, bytes);
        return _texts.SearchAsync(_blobs, new BlobItem(name, bytes.Length, "\"1\"", null, null, false), Terms, Max, default);
    }
}
