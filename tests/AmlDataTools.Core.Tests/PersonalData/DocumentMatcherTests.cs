using System.Text.Json;
using AmlDataTools.Core.Export;
using AmlDataTools.Core.PersonalData;
using AmlDataTools.Core.PersonalData.Matching;
using AmlDataTools.Core.Problems;
using Xunit;

namespace AmlDataTools.Core.Tests.PersonalData;

/// <summary>What documents of the services say of a person.</summary>
public sealed class DocumentMatcherTests
{
    private const string Id = "11111111-2222-3333-4444-555555555555";
    private const string Other = "99999999-2222-3333-4444-555555555555";
    private const string Tenant = "22222222-2222-2222-2222-222222222222";

    private static readonly Subject Whole = new(Id, Tenant, "ada@example.com", null, "Ada Example");

    [Theory]
    [InlineData("""{"createdBy":{"userObjectId":"ID","userTenantId":"TENANT","userName":"A"}}""", "createdBy.userObjectId ExactId by")]
    [InlineData("""{"createdBy":{"userObjectId":"ID","userTenantId":null,"userName":"A"}}""", "createdBy.userObjectId ExactId by")]
    [InlineData("""{"createdBy":{"userObjectId":"ID","userTenantId":"33333333-2222-2222-2222-222222222222","userName":"A"},"userId":"ID"}""", "")]
    [InlineData("""{"createdBy":{"userObjectId":"ID","userTenantId":"TENANT"},"userId":"ID"}""", "createdBy.userObjectId ExactId by, userId ExactId by")]
    [InlineData("""{"lastModifiedBy":{"userObjectId":"OTHER","userTenantId":"TENANT","userName":"ada EXAMPLE"}}""", "lastModifiedBy.userName DisplayName by OTHER")]
    [InlineData("""{"lastModifiedBy":{"userObjectId":"OTHER","userTenantId":"TENANT","upn":"ada@example.com"}}""", "lastModifiedBy.upn DisplayName by OTHER")]
    [InlineData("""{"lastModifiedBy":{"userObjectId":null,"userTenantId":null,"upn":"Ada@Example.com","userName":"Ada Example"}}""", "lastModifiedBy.upn SignInName by, lastModifiedBy.userName DisplayName by")]
    [InlineData("""{"systemData":{"createdBy":"Ada Example","createdByType":"User"}}""", "systemData.createdBy DisplayName by")]
    [InlineData("""{"systemData":{"createdBy":"ada@example.com"}}""", "systemData.createdBy SignInName by")]
    [InlineData("""{"systemData":{"createdBy":"ID","createdByType":"User"}}""", "systemData.createdBy ExactId by")]
    [InlineData("""{"systemData":{"createdBy":"Ada Example","createdByType":"Application","lastModifiedBy":"ada@example.com","lastModifiedByType":"ManagedIdentity"}}""", "")]
    [InlineData("""{"systemData":{"createdBy":"ID","createdByType":"Application"}}""", "systemData.createdBy ExactId by")]
    [InlineData("""{"properties":{"properties":{"personalComputeInstanceSettings":{"assignedUser":{"objectId":"ID","tenantId":"TENANT"}}}}}""", "properties.properties.personalComputeInstanceSettings.assignedUser.objectId ExactId by")]
    [InlineData("""{"properties":{"properties":{"createdBy":{"userName":"Ada Example","userOrgId":"TENANT","userId":"ID"}}}}""", "properties.properties.createdBy.userId ExactId by, properties.properties.createdBy.userName DisplayName by")]
    [InlineData("""{"properties":{"properties":{"createdBy":{"userName":"Ada Example","userOrgId":"TENANT","userId":"OTHER"}}}}""", "properties.properties.createdBy.userName DisplayName by OTHER")]
    [InlineData("""{"tags":{"owner":"mail ada@example.com"},"description":"Ada Example made it"}""", "tags.owner SignInName, description DisplayName")]
    [InlineData("""{"tags":{"ada@example.com":"yes"}}""", "tags.ada@example.com SignInName")]
    [InlineData("""{"tags":{"owner":"xada@example.com","by":"Nada Example"}}""", "")]
    [InlineData("""{"a":[{"b":["x","by ID"]}]}""", "a[0].b[1] ExactId")]
    [InlineData("""["Ada Example"]""", "[0] DisplayName")]
    [InlineData("""{"a":null,"b":1,"c":true,"createdBy":null,"systemData":[]}""", "")]
    public void Evidence_is_graded_by_what_equals(string document, string expected)
    {
        string Fill(string text) => text.Replace("OTHER", Other, StringComparison.Ordinal).Replace("TENANT", Tenant, StringComparison.Ordinal).Replace("ID\"", Id + "\"", StringComparison.Ordinal);
        using var json = JsonDocument.Parse(Fill(document));
        var found = new DocumentMatcher(Whole).Match(json.RootElement).Select(one => $"{one.Field} {one.Grade}{(one.IsAuthorship ? " by" : "")}{(one.OtherId is { } other ? " " + other : "")}");
        Assert.Equal(Fill(expected), string.Join(", ", found));
    }

    [Fact]
    public void A_name_alone_shows_whose_id_stands_beside_it()
    {
        using var json = JsonDocument.Parse($$$"""{"createdBy":{"userObjectId":"{{{Id}}}","userName":"Ada Example"},"lastModifiedBy":{"userObjectId":"{{{Other}}}","userName":"Ada Example"}}""");
        var found = new DocumentMatcher(new Subject(null, null, null, null, "ada example")).Match(json.RootElement);
        Assert.Equal([(MatchGrade.DisplayName, Id), (MatchGrade.DisplayName, Other)], found.Select(one => (one.Grade, one.OtherId ?? "")));
    }

    [Fact]
    public void Deep_and_large_documents_are_bounded()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 63)) + "\"Ada Example\"" + string.Concat(Enumerable.Repeat("]", 63));
        using var json = JsonDocument.Parse($$"""{"many":[{{string.Join(',', Enumerable.Repeat("\"Ada Example\"", 500))}}],"sure":"{{Id}}","deep":{{deep}}}""", new JsonDocumentOptions { MaxDepth = 100 });
        var found = new DocumentMatcher(Whole).Match(json.RootElement);
        Assert.Equal((50, "sure"), (found.Count, found[0].Field));
    }

    [Theory]
    [InlineData(null, null, null, null, null, "subject.empty")]
    [InlineData(" ", "", null, "\t", null, "subject.empty")]
    [InlineData(null, Tenant, null, null, null, "subject.empty")]
    [InlineData("ada", null, null, null, null, "subject.badObjectId")]
    [InlineData("00000000-0000-0000-0000-000000000000", null, null, null, null, "subject.badObjectId")]
    [InlineData(Id, "contoso", null, null, null, "subject.badTenantId")]
    [InlineData(null, null, "ada", null, null, "subject.badAddress")]
    [InlineData(null, null, null, "ada@", null, "subject.badAddress")]
    [InlineData(null, null, null, "a da@example.com", null, "subject.badAddress")]
    [InlineData(null, null, null, null, "A", "subject.shortName")]
    [InlineData(null, null, null, null, "A. 1", "subject.shortName")]
    public void What_is_no_subject_is_refused(string? id, string? tenant, string? upn, string? mail, string? name, string code) =>
        Assert.Equal(code, Assert.Throws<ProblemException>(() => SubjectRules.Checked(new Subject(id, tenant, upn, mail, name))).Code);

    [Fact]
    public void A_subject_is_tidied() => Assert.Equal(
        new Subject(Id, Tenant, "Ada@Example.com", null, "Ada Example"),
        SubjectRules.Checked(new Subject($" {{{Id.ToUpperInvariant()}}} ", Tenant, " Ada@Example.com ", "", " Ada Example ")));

    [Theory]
    [InlineData("""{"oid":"ID","tid":"TENANT","upn":"ada@example.com","name":"Ada Example"}""", "ada@example.com")]
    [InlineData("""{"oid":"ID","tid":"TENANT","preferred_username":"ada@example.com","name":"Ada Example","idtyp":"user"}""", "ada@example.com")]
    [InlineData("""{"oid":"ID","tid":"TENANT","idtyp":"app","appid":"x"}""", null)]
    [InlineData("""{"oid":"ID","tid":"TENANT","appid":"x"}""", null)]
    [InlineData("[]", null)]
    public void The_caller_is_a_subject_unless_a_program(string claims, string? upn)
    {
        var body = System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(claims.Replace("ID\"", Id + "\"", StringComparison.Ordinal).Replace("TENANT", Tenant, StringComparison.Ordinal)));
        Assert.Equal(upn is null ? null : new Subject(Id, Tenant, upn, null, "Ada Example"), Caller.SubjectOf($"e30.{body}.x"));
        Assert.Null(Caller.SubjectOf("opaque"));
    }
}
