using System.Text.Json;
using AmlDataTools.Core.Changes;
using AmlDataTools.Core.Changes.Execution;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.PersonalData;
using AmlDataTools.Core.PersonalData.Erase;
using AmlDataTools.Core.PersonalData.Matching;
using Xunit;

namespace AmlDataTools.Core.Tests.PersonalData.Erase;

/// <summary>What speaks for a finding decides what is done with it.</summary>
public sealed class FindingVerdictTests
{
    private static readonly Subject Maria = new("11111111-1111-4111-8111-111111110001", null, "maria@example.com", null, "Maria Muster");
    private readonly ErasedSubject _subject = SubjectHash.Describe(Maria, SubjectHash.NewSalt());

    [Fact]
    public void Made_by_id_is_surely_made_by_name_alone_is_not()
    {
        Assert.True(Of("{}", new Evidence("createdBy.userObjectId", MatchGrade.ExactId, true), new Evidence("createdBy.userName", MatchGrade.DisplayName, true)).IsSurelyMade);
        Assert.True(Of("{}", new Evidence("systemData.createdBy", MatchGrade.SignInName, true)).IsSurelyMade);
        var named = Of("{}", new Evidence("systemData.createdBy", MatchGrade.DisplayName, true));
        Assert.Equal((false, MatchGrade.DisplayName), (named.IsSurelyMade, named.Made));
    }

    [Fact]
    public void Changed_last_is_not_made()
    {
        var verdict = Of("{}", new Evidence("lastModifiedBy.userObjectId", MatchGrade.ExactId, true), new Evidence("systemData.lastModifiedBy", MatchGrade.ExactId, true));
        Assert.Null(verdict.Made);
        Assert.Equal("who changed it last, until somebody changes it", verdict.Stays);
    }

    [Fact]
    public void Texts_go_by_how_sure_each_is_and_the_rest_stays_in_words()
    {
        var verdict = Of(
            """{"description":"for Maria Muster","tags":{"owner":"maria@example.com","maria@example.com":"1"},"properties":{"who":"maria@example.com"}}""",
            new Evidence("tags.owner", MatchGrade.SignInName, false),
            new Evidence("tags.maria@example.com", MatchGrade.SignInName, false),
            new Evidence("description", MatchGrade.DisplayName, false),
            new Evidence("properties.who", MatchGrade.SignInName, false),
            new Evidence("error.error.message", MatchGrade.SignInName, false));
        Assert.Equal(["tags.owner", "tags.[subject]"], verdict.Sure.Select(field => field.Label));
        Assert.Equal(["description"], verdict.Unsure.Select(field => field.Label));
        Assert.Equal("error.error.message, properties.who", verdict.Stays);
        Assert.All(verdict.Sure.Concat(verdict.Unsure), field => Assert.Equal((64, 64), (field.Name.Length, field.Value.Length)));
    }

    [Fact]
    public void A_text_that_names_nobody_any_more_is_left()
    {
        var verdict = Of("""{"tags":{"owner":"somebody else"}}""", new Evidence("tags.owner", MatchGrade.SignInName, false), new Evidence("description", MatchGrade.SignInName, false));
        Assert.Empty(verdict.Sure);
        Assert.Equal((2, null), (verdict.ChangedSince, verdict.Stays));
    }

    [Fact]
    public void What_cannot_be_written_back_stays()
    {
        var finding = Found(FindingKind.Asset, new Evidence("properties.description", MatchGrade.SignInName, false));
        var verdict = FindingVerdict.Of(finding, null, new FieldHash(_subject.Salt), new HiddenTexts(_subject), _ => true);
        Assert.Equal("properties.description", verdict.Stays);
    }

    private static Finding Found(FindingKind kind, params Evidence[] evidence) => new(kind, "n", "w", "name", null, evidence, null, null);

    private FindingVerdict Of(string run, params Evidence[] evidence)
    {
        using var document = JsonDocument.Parse(run);
        var terms = TextTerms.Of(Maria);
        return FindingVerdict.Of(
            Found(FindingKind.Run, evidence), RecordTexts.OfHistory(document.RootElement.Clone(), null, false), new FieldHash(_subject.Salt), new HiddenTexts(_subject), text => terms.Surest(text) is not null);
    }
}
