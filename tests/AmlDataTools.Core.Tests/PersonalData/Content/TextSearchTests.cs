using System.Text;
using AmlDataTools.Core.PersonalData;
using AmlDataTools.Core.PersonalData.Content;
using AmlDataTools.Core.PersonalData.Matching;
using AmlDataTools.Core.Tests.Names;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace AmlDataTools.Core.Tests.PersonalData.Content;

public class TextSearchTests
{
    private const string Id = "11111111-1111-4111-8111-111111110001";
    private const string Mail = "maria.muster@contoso.example";

    private static readonly Subject Maria = new(Id, null, Mail, null, "J\u00fcrgen Gr\u00f6\u00dfe");
    private static readonly TextTerms Terms = TextTerms.Of(Maria);

    private static readonly string[] Atoms =
    [
        Id, Mail, "J\u00fcrgen Gr\u00f6\u00dfe", "JU\u0308RGEN  GRO\u0308SSE", "J\u00fcrgen", "Gr\u00f6\u00dfe", "maria", "muster@contoso", ".example", Id[..18], Id[18..],
        " ", "\n", "\r\n", ".", "-", "_", "+", "@", "x", "0", "\u00e9", "\u00fc", "\u65e5\u672c", "\ud83d\ude00", "\t", "\\", "\"", "of no one in particular, ",
    ];

    private static Gen<(string Text, int Encoding, int Seed)> Cases { get; } =
        from parts in Gen.Elements(Atoms).ListOf()
        from filler in Gen.Frequency((5, Gen.Constant(0)), (1, Gen.Choose(0, 9000)))
        from encoding in Gen.Choose(0, 5)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select (string.Concat(parts.Take(20)) + string.Concat(Enumerable.Repeat("line\n", filler / 5)) + string.Concat(parts.Skip(5)), encoding, seed);

    [Fact]
    public void Any_pieces_give_what_the_whole_text_gives() => NastyNames.Check(Cases, one =>
    {
        var text = one.Text.Length < 4 ? one.Text + "    " : one.Text;
        var bytes = Encode(ref text, one.Encoding);
        var random = new Random(one.Seed);
        var search = new TextSearch(Terms, isJson: false);
        for (var at = 0; at < bytes.Length;)
        {
            var count = Math.Min(bytes.Length - at, random.Next(4) == 0 ? random.Next(1, 4) : random.Next(1, 5000));
            search.Add(bytes.AsSpan(at, count));
            at += count;
        }

        search.End();
        Assert.False(search.IsBinary);
        Assert.Equal(Reference(text), search.Hits);
    }, 1500);

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    public void A_mark_at_the_beginning_tells_the_encoding(string name)
    {
        var encoding = Encoding.GetEncoding(name);
        var hits = Search([.. encoding.GetPreamble(), .. encoding.GetBytes($"one\ntwo\n{Mail}\n")]);
        Assert.Equal([new LineHit(3, MatchGrade.SignInName)], hits);
    }

    [Fact]
    public void Text_that_is_not_utf8_is_read_as_windows_1252()
    {
        Assert.Equal([new LineHit(2, MatchGrade.DisplayName)], Search([.. "a\n"u8, .. Encoding.Latin1.GetBytes("J\u00fcrgen Gr\u00f6\u00dfe")]));
        var quoted = TextTerms.Of(new Subject(null, null, null, null, "R. O\u2019Neil"));
        var search = new TextSearch(quoted, isJson: false);
        search.Add([.. "by R. O"u8, 0x92, .. "Neil."u8]);
        search.End();
        Assert.Single(search.Hits);
    }

    [Theory]
    [InlineData(new byte[] { 0x80, 2, 0, 5 }, "a pickle")]
    [InlineData(new byte[] { 0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10, 0, 0, 0, 13 }, "a picture")]
    [InlineData(new byte[] { 0x50, 0x4B, 3, 4, 20, 0, 0, 0, 8, 0 }, "an archive")]
    [InlineData(new byte[] { 0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0 }, "an array")]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0 }, "zeros")]
    public void What_is_no_text_is_binary_whatever_names_it_holds(byte[] head, string what)
    {
        var search = new TextSearch(Terms, isJson: false);
        search.Add(head);
        search.Add(Encoding.UTF8.GetBytes(Mail));
        search.Add([0, 0]);
        search.End();
        Assert.True(search.IsBinary, what);
        Assert.Empty(search.Hits);
    }

    [Fact]
    public void A_zero_byte_far_behind_the_beginning_does_not_hide_what_is_around_it()
    {
        var bytes = Encoding.UTF8.GetBytes(new string('a', 9000) + "\n" + Mail + "\0\n" + Mail + "\n");
        Assert.Equal([new LineHit(2, MatchGrade.SignInName), new LineHit(3, MatchGrade.SignInName)], Search(bytes));
    }

    [Theory]
    [InlineData("{\"by\": \"J\\u00fcrgen Gr\\u00F6\\u00dfe\"}", true, 1)]
    [InlineData("user=J\\u00fcrgen Gr\\u00f6\\u00dfe", false, 1)]
    [InlineData("{\"t\": \"first\\nmaria.muster@contoso.example\"}", true, 1)]
    [InlineData("C:\\nmaria.muster@contoso.example", false, 0)]
    [InlineData("{\"path\": \"C:\\\\nmaria.muster@contoso.example\"}", true, 0)]
    [InlineData("\\u00e", false, 0)]
    public void Escapes_are_read(string text, bool isJson, int hits)
    {
        // Byte by byte: an escape lies in several pieces.
        var search = new TextSearch(Terms, isJson);
        foreach (var one in Encoding.ASCII.GetBytes(text))
        {
            search.Add([one]);
        }

        search.End();
        Assert.Equal(hits, search.Hits.Count);
    }

    [Fact]
    public void Of_many_places_the_first_of_each_grade_are_kept()
    {
        var text = string.Concat(Enumerable.Repeat($"J\u00fcrgen Gr\u00f6\u00dfe\n", 1000)) + Id;
        var hits = Search(Encoding.UTF8.GetBytes(text));
        Assert.Equal(TextSearch.MostHits + 1, hits.Count);
        Assert.Contains(new LineHit(1001, MatchGrade.ExactId), hits);
    }

    [Fact]
    public void A_name_that_is_a_pattern_is_found_to_the_letter_only()
    {
        var bob = TextTerms.Of(new Subject(null, null, null, null, "R. (Bob) O'Neil+"));
        var search = new TextSearch(bob, isJson: false);
        search.Add("RX Bob O'Neillll\nR. Bob O'Neil\nby R. (Bob) O'Neil+, today\n"u8);
        search.End();
        Assert.Equal([new LineHit(3, MatchGrade.DisplayName)], search.Hits);
    }

    private static IReadOnlyList<LineHit> Search(byte[] bytes)
    {
        var search = new TextSearch(Terms, isJson: false);
        search.Add(bytes);
        search.End();
        return search.Hits;
    }

    private static byte[] Encode(ref string text, int encoding)
    {
        switch (encoding)
        {
            case 0:
                return Encoding.UTF8.GetBytes(text);
            case 1:
                return [.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(text)];
            case 2:
                return [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(text)];
            case 3:
                return [.. Encoding.BigEndianUnicode.GetPreamble(), .. Encoding.BigEndianUnicode.GetBytes(text)];
            case 4:
                text = " " + text;
                return Encoding.Unicode.GetBytes(text);
            default:
                text = string.Concat(text.Where(c => c <= 0xFF));
                return Encoding.Latin1.GetBytes(text);
        }
    }

    private static List<LineHit> Reference(string text)
    {
        var hits = new List<TextHit>();
        Terms.Find(text, new FoldedText(), hits);
        var lines = hits.Select(hit => new LineHit(text.AsSpan(0, hit.Index).Count('\n') + 1, hit.Grade)).Distinct().ToList();
        return [.. lines.Where(line => lines.Where(other => other.Grade == line.Grade).Take(TextSearch.MostHits).Contains(line))];
    }
}
