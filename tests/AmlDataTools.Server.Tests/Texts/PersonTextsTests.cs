using System.Text.RegularExpressions;
using AmlDataTools.Server.Texts;

namespace AmlDataTools.Server.Tests.Texts;

/// <summary>What the sidecar says, said in a person's language.</summary>
public sealed partial class PersonTextsTests
{
    public static TheoryData<string> Languages => ["de", "es", "fr", "pt-br", "ru"];

    /// <summary>Whatever stands in a text's holes, it is recognised, and what stands there comes through.</summary>
    [Theory]
    [MemberData(nameof(Languages))]
    public void Every_text_of_the_catalogue_is_recognised_with_its_holes_filled(string language)
    {
        var texts = PersonTexts.For(language) ?? throw new InvalidOperationException("There is no such language.");
        var translation = TextCatalog.In(language) ?? throw new InvalidOperationException("There is no such language.");
        var unknown = new List<string>();
        foreach (var entry in TextCatalog.English())
        {
            var template = new TextTemplate(entry.Text, entry.Holes ?? string.Empty, translation[entry.Text]);
            var (said, values) = Filled(entry);
            var spoken = texts.Say(said, entry.Codes?[0]);
            var same = translation[entry.Text] == entry.Text;
            if (!same && !template.IsWeak && (spoken == said || !values.All(spoken.Contains)))
            {
                unknown.Add($"{said} => {spoken}");
            }
        }

        Assert.Empty(unknown);
    }

    [Theory]
    [InlineData("1 run", "1 \u0437\u0430\u043f\u0443\u0441\u043a")]
    [InlineData("3 runs", "3 \u0437\u0430\u043f\u0443\u0441\u043a\u0430")]
    [InlineData("5 runs", "5 \u0437\u0430\u043f\u0443\u0441\u043a\u043e\u0432")]
    [InlineData("11 runs", "11 \u0437\u0430\u043f\u0443\u0441\u043a\u043e\u0432")]
    [InlineData("21 runs", "21 \u0437\u0430\u043f\u0443\u0441\u043a")]
    [InlineData("1,204 runs", "1\u00a0204 \u0437\u0430\u043f\u0443\u0441\u043a\u0430")]
    public void Russian_has_three_forms_of_a_plural(string english, string russian) =>
        Assert.Equal(russian, PersonTexts.For("ru")?.Say(english));

    [Fact]
    public void Numbers_are_written_as_the_language_writes_them()
    {
        Assert.Equal("1.204 Dateien", PersonTexts.For("de")?.Say("1,204 files"));
        Assert.Equal("1\u00a0204 fichiers", PersonTexts.For("fr")?.Say("1,204 files"));
    }

    [Fact]
    public void What_is_not_ours_stays_as_it_is()
    {
        var texts = PersonTexts.For("de") ?? throw new InvalidOperationException("There is no German.");
        Assert.Equal("The service said something nobody foresaw.", texts.Say("The service said something nobody foresaw."));
        Assert.Equal("x-run-17", texts.Say("x-run-17"));
    }

    [Theory]
    [InlineData("Delete data", "data l\u00f6schen")]
    [InlineData("Delete archived?", "archived l\u00f6schen?")]
    [InlineData("Download model", "model herunterladen")]
    [InlineData("Delete 3 runs", "3 Ausf\u00fchrungen l\u00f6schen")]
    public void What_a_title_is_about_keeps_its_name(string english, string german) => Assert.Equal(german, PersonTexts.For("de")?.Say(english));

    [Theory]
    [InlineData("en")]
    [InlineData("ja")]
    [InlineData("")]
    public void A_language_that_there_is_not_leaves_English(string language) => Assert.Null(PersonTexts.For(language));

    [Theory]
    [InlineData("de-AT", "de")]
    [InlineData("PT-BR", "pt-br")]
    public void A_region_has_its_language(string asked, string given) =>
        Assert.Equal(PersonTexts.For(given)?.Say("Nothing is ticked."), PersonTexts.For(asked)?.Say("Nothing is ticked."));

    private static (string Said, IReadOnlyList<string> Values) Filled(CatalogText entry)
    {
        var values = new List<string>();
        var said = Hole().Replace(entry.Text, hole =>
        {
            var value = entry.Holes?[hole.Groups[1].Value[0] - '0'] == 'n' ? "7" : $"zq{hole.Groups[1].Value}z";
            values.Add(value);
            return value;
        });
        return (said, values);
    }

    [GeneratedRegex(@"\{(\d)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Hole();
}
