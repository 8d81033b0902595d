using System.Text;
using System.Text.Json;
using AmlDataTools.Core.PersonalData;
using AmlDataTools.Core.PersonalData.Matching;
using AmlDataTools.Core.Tests.Names;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace AmlDataTools.Core.Tests.PersonalData;

/// <summary>Which texts name a person, by table and against a slower way to tell.</summary>
public sealed class TextTermsTests
{
    private const string Id = "11111111-2222-3333-4444-555555555555";

    private static TextTerms Terms(string? id = null, string? address = null, string? name = null) => TextTerms.Of(new Subject(id, null, address, null, name));

    [Theory]
    [InlineData("ada@example.com", true)]
    [InlineData("ADA@Example.COM", true)]
    [InlineData("mail ada@example.com, please.", true)]
    [InlineData("see ada@example.com.", true)]
    [InlineData("<ada@example.com>", true)]
    [InlineData("mailto:ada@example.com?subject=x", true)]
    [InlineData("/Users/ada@example.com/notes.txt", true)]
    [InlineData("ada@example.com-", true)]
    [InlineData("- ada@example.com", true)]
    [InlineData("...ada@example.com", true)]
    [InlineData("ada@example.com_backup", true)]
    [InlineData("xada@example.com", false)]
    [InlineData("x.ada@example.com", false)]
    [InlineData("x-ada@example.com", false)]
    [InlineData("x+ada@example.com", false)]
    [InlineData("_ada@example.com", false)]
    [InlineData("ada@example.com.au", false)]
    [InlineData("ada@example.community", false)]
    [InlineData("ada@example.com-site.net", false)]
    [InlineData("ada@example.com@contoso", false)]
    [InlineData("ada@exampleXcom", false)]
    [InlineData("éada@example.com", false)]
    [InlineData("", false)]
    public void An_address_is_no_part_of_a_longer_one(string text, bool isFound) =>
        Assert.Equal(isFound ? MatchGrade.SignInName : null, Terms(address: "ada@example.com").Surest(text));

    [Theory]
    [InlineData("José Núñez", "jose\u0301 nu\u0301n\u0303ez", true)]
    [InlineData("José Núñez", "JOSÉ NÚÑEZ", true)]
    [InlineData("José Núñez", "by José\u00A0 Núñez.", true)]
    [InlineData("José Núñez", "Jose Nunez", false)]
    [InlineData("Jose Nunez", "José Núñez", false)]
    [InlineData("Jose Nunez", "Jose Nunez\u0301", false)]
    [InlineData("Ada Example", "Ada\tExample", true)]
    [InlineData("Ada Example", "Ada\r\n  Example", true)]
    [InlineData("Ada Example", "ada example's laptop", true)]
    [InlineData("Ada Example", "owner_Ada Example_1", true)]
    [InlineData("Ada Example", "Nada Example", false)]
    [InlineData("Ada Example", "Ada Examples", false)]
    [InlineData("Ada Example", "Ada Example2", false)]
    [InlineData("Ada Example", "AdaExample", false)]
    [InlineData("Straße Maier", "STRASSE MAIER", true)]
    [InlineData("김민준", "\u1100\u1175\u11B7\u1106\u1175\u11AB\u110C\u116E\u11AB", true)]
    [InlineData("김민준", "김민준님", false)]
    [InlineData("a.*b", "a.*b", true)]
    [InlineData("a.*b", "axxb", false)]
    [InlineData("[a-z]+ (x", "is [A-Z]+ (X!", true)]
    [InlineData("𝒜da Example", "by 𝒜da Example", true)]
    public void A_name_is_found_as_whole_words_whatever_its_form(string name, string text, bool isFound) =>
        Assert.Equal(isFound ? MatchGrade.DisplayName : null, Terms(name: name).Surest(text));

    [Theory]
    [InlineData(Id, true)]
    [InlineData("owner " + Id + ".", true)]
    [InlineData("run-" + Id + "-1", true)]
    [InlineData("a" + Id, false)]
    [InlineData(Id + "0", false)]
    public void An_id_is_no_part_of_a_longer_one(string text, bool isFound) => Assert.Equal(isFound ? MatchGrade.ExactId : null, Terms(id: Id).Surest(text));

    [Fact]
    public void The_surest_counts() =>
        Assert.Equal(MatchGrade.ExactId, Terms(Id, "ada@example.com", "Ada Example").Surest($"Ada Example (ada@example.com, {Id.ToUpperInvariant()})"));

    [Fact]
    public void The_quick_look_sees_a_term_wherever_it_stands()
    {
        var terms = Terms(Id, "ada@example.com", "Ada Example");
        for (var before = 0; before < 9000; before += 7)
        {
            var json = Encoding.UTF8.GetBytes("\"" + new string('x', before) + " ADA@example.com" + new string('y', 9000 - before) + "\"");
            Assert.True(terms.MayHoldInJson(json));
        }

        Assert.False(terms.MayHoldInJson(Encoding.UTF8.GetBytes(new string('x', 20000))));
        Assert.True(terms.MayHoldInJson(Encoding.UTF8.GetBytes("\"\\u0061da@example.com\"")));
    }

    [Fact]
    public void Places_are_those_of_the_original()
    {
        var hits = new List<TextHit>();
        const string text = "é\u0301x ADA   example, ada@example.com";
        Terms(null, "ada@example.com", "Ada Example").Find(text, new FoldedText(), hits);
        Assert.Equal(["ADA   example", "ada@example.com"], hits.Select(hit => text.Substring(hit.Index, hit.Length)));
    }

    /// <summary>A term put into a text of any letters is found if and only if nothing beside it makes a longer word of it; and whatever is found, the quick look did not rule out.</summary>
    [Fact]
    public void A_name_in_any_surroundings()
    {
        var letters = Gen.Elements("a", "Z", "7", " ", ".", "-", "_", "é", "e\u0301", "\u0301", "ß", "K", "\n", "\"", "\\", "/", "김", "𝒜", "@", "\u200B");
        var text = Gen.Select(Gen.ListOf(letters), list => string.Concat(list));
        var cases = Gen.Zip(text, text);
        var terms = Terms(name: "Kim Ada");
        NastyNames.Check(cases, pair =>
        {
            var (before, behind) = pair;
            var whole = before + "kIM aDA" + behind;
            var expected = !IsWord(before.EnumerateRunes().Where(rune => rune.Value != 0x200B).LastOrDefault(new Rune(' '))) && !IsWord(behind.EnumerateRunes().Where(rune => rune.Value != 0x200B).FirstOrDefault(new Rune(' ')));
            Assert.Equal(expected, terms.Surest(whole) is not null);
            if (expected)
            {
                Assert.True(terms.MayHold(whole));
                Assert.True(terms.MayHoldInJson(JsonSerializer.SerializeToUtf8Bytes(whole)));
                Assert.True(terms.MayHoldInJson(Encoding.UTF8.GetBytes(JsonEncodedText.Encode(whole, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString())));
            }
        }, 3000);

        static bool IsWord(Rune rune) => Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) == System.Globalization.UnicodeCategory.NonSpacingMark;
    }

    /// <summary>A text searched in pieces has the hits, each on its line, that it has as a whole.</summary>
    [Fact]
    public void A_text_in_pieces()
    {
        var words = Gen.Elements("Ada Example", "ada\nexample", "ada@example.com", "x", " ", "\n", "\r\n", ".", "é", "Ada", "Example", "nada@example.com", "𝒜");
        var cases = Gen.Zip(Gen.Select(Gen.ListOf(words), list => string.Concat(list.Concat(list).Concat(list))), Gen.Choose(1, 40));
        var terms = Terms(null, "ada@example.com", "Ada Example");
        NastyNames.Check(cases, pair =>
        {
            var (text, size) = pair;
            var whole = new List<TextHit>();
            terms.Find(text, new FoldedText(), whole);
            var expected = whole.Select(hit => new LineHit(1 + text.AsSpan(0, hit.Index).Count('\n'), hit.Grade));
            var hits = new List<LineHit>();
            var scanner = new TermScanner(terms);
            for (var i = 0; i < text.Length; i += size)
            {
                scanner.Add(text.AsSpan(i, Math.Min(size, text.Length - i)), hits);
            }

            scanner.End(hits);
            Assert.Equal(expected, hits);
        }, 1500);
    }
}
