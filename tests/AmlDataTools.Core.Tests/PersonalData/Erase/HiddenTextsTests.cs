using AmlDataTools.Core.Changes;
using AmlDataTools.Core.Changes.Execution;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.PersonalData;
using AmlDataTools.Core.PersonalData.Erase;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Transfer;
using Xunit;

namespace AmlDataTools.Core.Tests.PersonalData.Erase;

/// <summary>Nothing that names the person is written down, however it is written; what names nobody stays as it is.</summary>
public sealed class HiddenTextsTests
{
    private static readonly Subject Maria = new("11111111-1111-4111-8111-111111110001", "t", "maria.muster@contoso.example", null, "Maria Muster");
    private readonly HiddenTexts _hidden = new(SubjectHash.Describe(Maria, SubjectHash.NewSalt()));

    [Theory]
    [InlineData("Maria Muster", "[subject]")]
    [InlineData("run of MARIA  MUSTER, done", "run of [subject], done")]
    [InlineData("Users/maria.muster/src/train.py", "Users/[subject]/src/train.py")]
    [InlineData("mail to <Maria.Muster@Contoso.Example>.", "mail to <[subject]>.")]
    [InlineData("11111111-1111-4111-8111-111111110001", "[subject]")]
    [InlineData("11111111111141118111111111110001", "[subject]")]
    [InlineData("models/Maria_Muster-cv/Muster, Maria", "models/[subject]-cv/[subject]")]
    [InlineData("path/maria.muster%40contoso.example", "path/[subject]")]
    [InlineData("maria-muster and maria+muster", "[subject] and [subject]")]
    [InlineData("Annamaria Muster and Maria Musterfrau", "Annamaria Muster and Maria Musterfrau")]
    [InlineData("nothing of hers", "nothing of hers")]
    [InlineData("", "")]
    public void Hides_whole_words_however_written(string text, string shown)
    {
        Assert.Equal(shown, _hidden.Hide(text));
    }

    [Fact]
    public void Marks_written_apart_are_the_same_letters()
    {
        var hidden = new HiddenTexts(SubjectHash.Describe(new Subject(null, null, null, null, "J\u00fcrgen Gr\u00f6\u00dfe"), SubjectHash.NewSalt()));
        Assert.Equal("by [subject]!", hidden.Hide("by Ju\u0308rgen Gro\u0308\u00dfe!"));
    }

    [Fact]
    public void A_name_that_would_be_a_pattern_is_taken_by_its_letters()
    {
        var hidden = new HiddenTexts(SubjectHash.Describe(new Subject(null, null, null, null, "R. (Bob) O'Neil+"), SubjectHash.NewSalt()));
        Assert.Equal("see [subject] there; RX Bob O'Neillll", hidden.Hide("see R. (Bob) O'Neil+ there; RX Bob O'Neillll"));
    }

    [Fact]
    public void What_an_operation_knows_of_the_texts_names_nobody()
    {
        var subject = SubjectHash.Describe(Maria, SubjectHash.NewSalt());
        var written = System.Text.Json.JsonSerializer.Serialize(subject);
        Assert.DoesNotContain("maria", written, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("11111111-1111", written, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Items_keep_what_they_address_until_there_is_nothing_left_to_do()
    {
        var item = new ChangeItem(0, 1, ChangeAction.DeleteData, new ResourceRecord("s0", ResourceKind.Model, "maria.muster-model", "1", null), new DataPlace("s0", "Users/maria.muster/", false), "share: Users/maria.muster/", true)
        {
            Note = "of Maria Muster",
            Details = ["Referred to by run of Maria Muster."],
            Seen = new SeenRecord("\"1\"", null, false, null, null, "Maria Muster"),
        };
        var words = _hidden.InWords(item);
        Assert.Equal(("share: Users/[subject]/", "of [subject]", null), (words.Label, words.Note, words.Seen?.CreatedBy));
        Assert.Equal(("maria.muster-model", "Users/maria.muster/"), (words.Record?.Name, words.Place?.Path));
        var whole = _hidden.Whole(item);
        Assert.Equal(("[subject]-model", "Users/[subject]/"), (whole.Record?.Name, whole.Place?.Path));
        var result = _hidden.InWords(new ChangeResult(0, ItemOutcome.Failed) { Reason = "Users/maria.muster/a is leased", NewNames = ["Users/maria.muster/b"] });
        Assert.Equal(("Users/[subject]/a is leased", "Users/[subject]/b"), (result.Reason, result.NewNames?.Single()));
    }
}
