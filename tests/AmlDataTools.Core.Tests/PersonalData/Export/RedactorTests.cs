using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AmlDataTools.Core.PersonalData;
using AmlDataTools.Core.PersonalData.Export.Redaction;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace AmlDataTools.Core.Tests.PersonalData.Export;

/// <summary>Other people leave documents, the person they are given to stays.</summary>
public sealed class RedactorTests
{
    private const string AdaId = "11111111-1111-1111-1111-111111111111";
    private const string BenId = "11111111-1111-1111-1111-111111111112";
    private const string Tenant = "22222222-2222-2222-2222-222222222222";

    private static readonly Subject s_ada = new(AdaId, Tenant, "ada@example.com", null, "Ada Example");

    private static readonly string s_ben = Block(BenId, "Ben Example", "1003200000000002", null);

    [Fact]
    public void Nobody_else_survives_in_any_document_and_the_person_does() => Prop.ForAll(Gen.Choose(1, int.MaxValue).ToArbitrary(), seed =>
    {
        var maker = new PersonMaker(seed);
        var (ada, others) = (maker.Person(), Enumerable.Range(0, 4).Select(_ => maker.Person()).ToList());
        FakePerson[] all = [ada, .. others];
        var documents = Enumerable.Range(0, 3).Select(_ => maker.Document(all)).ToList();

        // Whom only sentences tell of is not known to be a person: a document like those of a workspace says who made it.
        documents.Add(new JsonObject { ["people"] = new JsonArray([.. all.Select(person => new JsonObject { ["createdBy"] = new JsonObject { ["userObjectId"] = person.ObjectId, ["userPuId"] = person.Puid, ["userName"] = person.Name, ["upn"] = person.Upn } })]) });
        var subject = (seed % 3) switch
        {
            0 => new Subject(ada.ObjectId, null, null, null, null),
            1 => new Subject(null, null, ada.Upn, null, null),
            _ => new Subject(ada.ObjectId, null, ada.Upn, null, ada.Name),
        };
        var people = PeopleOf(subject, documents);
        foreach (var document in documents)
        {
            var (redacted, redactions) = Redact(people, document);
            var (before, after) = (Texts(document), Texts(redacted));
            Assert.All(others.SelectMany(other => other.Values), value => Assert.DoesNotContain(after, text => Holds(text, value)));
            Assert.All(ada.Values, value => Assert.Equal(before.Sum(text => Count(text, value)), after.Sum(text => Count(text, value))));
            Assert.Equal(before.Any(text => others.SelectMany(other => other.Values).Any(value => Holds(text, value))), redactions.Count > 0);
            Assert.All(redactions, redaction => AssertLeadsToMarker(redacted, redaction));
            Assert.All(redactions, redaction => Assert.DoesNotContain(others.SelectMany(other => other.Values), value => Holds(redaction.ToString(), value)));
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_document_without_others_keeps_every_byte()
    {
        const string document = """
            {  "createdBy" : {"userObjectId":"11111111-1111-1111-1111-111111111111", "userName":"Ada Example","x":1.50e2}, "b":"\u00e9\/" }
            """;
        var bytes = Encoding.UTF8.GetBytes(document);
        var redactions = new List<Redaction>();
        Assert.Equal(bytes, new Redactor(PeopleOf(s_ada, [JsonNode.Parse(document)])).Redact(bytes, redactions).ToArray());
        Assert.Empty(redactions);
    }

    [Fact]
    public void What_is_not_about_anybody_stays_letter_by_letter()
    {
        var document = $$$"""{"n":1.50e2,"big":123456789012345678901234567890,"é":"<&>","lastModifiedBy":{{{s_ben}}},"t":true,"z":null,"a":[],"o":{}}""";
        Assert.Equal(
            $$$"""{"n":1.50e2,"big":123456789012345678901234567890,"é":"<&>","lastModifiedBy":{"userObjectId":"{{{Redactor.Marker}}}","userPuId":"{{{Redactor.Marker}}}","userTenantId":"{{{Redactor.Marker}}}","userName":"{{{Redactor.Marker}}}","upn":null},"t":true,"z":null,"a":[],"o":{}}""",
            Redact(document));
    }

    [Theory]
    [InlineData("asked ben@contoso.example.", "asked [redacted: another person].")]
    [InlineData("mailto:x.ada@example.com", "mailto:[redacted: another person]")]
    [InlineData("ada@example.com.au", "[redacted: another person]")]
    [InlineData("ada@example.com, ADA@EXAMPLE.COM", "ada@example.com, ADA@EXAMPLE.COM")]
    [InlineData("https://x.example/?u=ben%40contoso.example&v=1", "https://x.example/?u=[redacted: another person]&v=1")]
    [InlineData("image@sha256:0f, a@b, @x.example, x@, 100%40", "image@sha256:0f, a@b, @x.example, x@, 100%40")]
    [InlineData("BEN  EXAMPLE and Ada Example", "[redacted: another person] and Ada Example")]
    [InlineData("Benjamin Examples, Ruben Example", "Benjamin Examples, Ruben Example")]
    [InlineData("1003200000000002", "[redacted: another person]")]
    [InlineData("Ben", "Ben")]
    public void Texts_lose_addresses_and_names_of_others(string text, string expected)
    {
        var document = new JsonObject { ["lastModifiedBy"] = JsonNode.Parse(s_ben), ["description"] = text };
        Assert.Equal(expected, (string?)Redact(PeopleOf(s_ada, [document]), document).Document["description"]);
    }

    [Theory]
    [InlineData("outputs/of ada@example.com.csv", "outputs/of ada@example.com.csv")]
    [InlineData("outputs/of ben@contoso.example.csv", "outputs/of [redacted: another person]")]
    public void The_ending_of_a_file_makes_no_other_of_the_person(string name, string expected) => Assert.Equal(expected, new Redactor(PeopleOf(s_ada, [])).Redact(name));

    [Fact]
    public void A_name_that_one_document_tells_is_taken_out_of_every_other()
    {
        var (one, two) = (new JsonObject { ["createdBy"] = JsonNode.Parse(s_ben) }, new JsonObject { ["description"] = "made with Ben Example" });
        Assert.Equal($"made with {Redactor.Marker}", (string?)Redact(PeopleOf(s_ada, [one, two]), two).Document["description"]);
    }

    [Fact]
    public void Another_of_the_same_name_is_told_by_the_id()
    {
        var other = JsonNode.Parse(Block("33333333-3333-3333-3333-333333333333", "Ada Example", null, "ada.example2@example.com"));
        var document = new JsonObject { ["createdBy"] = other, ["systemData"] = new JsonObject { ["createdBy"] = "Ada Example", ["createdByType"] = "User" } };
        var (redacted, redactions) = Redact(PeopleOf(s_ada, [document]), document);
        Assert.Equal(Redactor.Marker, (string?)redacted["createdBy"]?["userName"]);
        Assert.Equal(Redactor.Marker, (string?)redacted["createdBy"]?["upn"]);
        Assert.Equal("Ada Example", (string?)redacted["systemData"]?["createdBy"]);
        Assert.All(redactions, redaction => Assert.StartsWith("/createdBy/", redaction.Pointer, StringComparison.Ordinal));
    }

    [Fact]
    public void What_the_id_tells_of_the_person_is_the_persons_everywhere()
    {
        var document = new JsonObject { ["createdBy"] = JsonNode.Parse(Block(AdaId, "Ada Example", "1003200000000001", "ada@example.com")), ["tags"] = JsonNode.Parse("""{"a":"ada@example.com","b":"1003200000000001","c":"by Ada Example"}""") };
        Assert.Empty(Redact(PeopleOf(new Subject(AdaId, null, null, null, null), [document]), document).Redactions);
    }

    [Fact]
    public void An_object_id_of_another_tenant_is_another_persons()
    {
        var document = new JsonObject { ["createdBy"] = JsonNode.Parse(Block(AdaId, "Somebody Else", null, null).Replace(Tenant, "99999999-9999-9999-9999-999999999999", StringComparison.Ordinal)) };
        var redacted = Redact(PeopleOf(s_ada, [document]), document).Document;
        Assert.Equal((AdaId, Redactor.Marker), ((string?)redacted["createdBy"]?["userObjectId"], (string?)redacted["createdBy"]?["userName"]));
    }

    [Fact]
    public void What_a_program_did_is_no_persons()
    {
        var document = JsonNode.Parse("""{"systemData":{"createdBy":"55555555-5555-5555-5555-555555555555","createdByType":"Application"}}""");
        Assert.Empty(Redact(PeopleOf(s_ada, [document]), document).Redactions);
    }

    [Fact]
    public void Several_people_in_one_field_leave_the_person()
    {
        var document = JsonNode.Parse("""{"tags":{"owner":"Ada Example; Ben Example, ada@example.com","owners":["Ben Example","Ada Example"]}}""");
        var redacted = Redact(PeopleOf(s_ada, [document]), document).Document;
        Assert.Equal($"Ada Example{Redactor.Marker}ada@example.com", (string?)redacted["tags"]?["owner"]);
        Assert.Equal($$"""["{{Redactor.Marker}}","Ada Example"]""", redacted["tags"]?["owners"]?.ToJsonString());
    }

    [Fact]
    public void JSON_that_stands_as_text_is_read_and_names_of_members_are_texts_too()
    {
        var inner = $$$"""{"x":{"createdBy":{{{s_ben}}}}}""";
        var document = new JsonObject { ["tags"] = new JsonObject { ["a/b"] = inner, ["ben@contoso.example"] = "1", ["eve@contoso.example"] = "2" } };
        var (redacted, redactions) = Redact(PeopleOf(s_ada, [document]), document);
        Assert.Equal(["a/b", Redactor.Marker, Redactor.Marker + " 2"], redacted["tags"]?.AsObject().Select(member => member.Key));
        Assert.Equal(Redactor.Marker, (string?)JsonNode.Parse((string?)redacted["tags"]?["a/b"] ?? "null")?["x"]?["createdBy"]?["userName"]);
        Assert.Contains(new Redaction("/tags/a~1b", "/x/createdBy/userName", "person"), redactions);
        Assert.Contains(new Redaction($"/tags/{Redactor.Marker}", null, "address"), redactions);
    }

    [Fact]
    public void Long_texts_take_time_that_grows_with_them_alone()
    {
        var people = PeopleOf(s_ada, [new JsonObject { ["createdBy"] = JsonNode.Parse(s_ben) }]);
        foreach (var text in new[] { new string('a', 3_000_000), string.Concat(Enumerable.Repeat("%40", 1_000_000)), string.Concat(Enumerable.Repeat("Ben Exampl ", 300_000)), new string('@', 3_000_000) })
        {
            var clock = System.Diagnostics.Stopwatch.StartNew();
            Assert.Same(text, new Redactor(people).Redact(text));
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(120), $"It took {clock.Elapsed}.");
        }
    }

    [Fact]
    public void What_is_no_JSON_is_not_guessed_at() =>
        Assert.ThrowsAny<JsonException>(() => new Redactor(PeopleOf(s_ada, [])).Redact("{\"createdBy\":"u8.ToArray(), new List<Redaction>()));

    private static string Block(string id, string name, string? puid, string? upn) =>
        $$"""{"userObjectId":"{{id}}","userPuId":{{(puid is null ? "null" : $"\"{puid}\"")}},"userTenantId":"{{Tenant}}","userName":"{{name}}","upn":{{(upn is null ? "null" : $"\"{upn}\"")}}}""";

    private static People PeopleOf(Subject subject, IEnumerable<JsonNode?> documents)
    {
        var people = new People(subject);
        foreach (var document in documents)
        {
            using var parsed = JsonDocument.Parse(document?.ToJsonString() ?? "null");
            people.Learn(parsed.RootElement);
        }

        people.Settle();
        return people;
    }

    private static string Redact(string document) =>
        Encoding.UTF8.GetString(new Redactor(PeopleOf(s_ada, [JsonNode.Parse(document)])).Redact(Encoding.UTF8.GetBytes(document), new List<Redaction>()).Span);

    private static (JsonNode Document, List<Redaction> Redactions) Redact(People people, JsonNode? document)
    {
        var redactions = new List<Redaction>();
        var redacted = JsonNode.Parse(new Redactor(people).Redact(Encoding.UTF8.GetBytes(document?.ToJsonString() ?? "null"), redactions).Span);
        Assert.NotNull(redacted);
        return (redacted, redactions);
    }

    /// <summary>All texts of a document, the names of members too, as a reader sees them.</summary>
    private static List<string> Texts(JsonNode? node) => node switch
    {
        JsonObject members => [.. members.SelectMany(member => Texts(member.Value).Prepend(member.Key))],
        JsonArray items => [.. items.SelectMany(Texts)],
        JsonValue value when value.GetValueKind() == JsonValueKind.String => TextsWithin(value.GetValue<string>()),
        null => [],
        _ => [node.ToJsonString()],
    };

    private static List<string> TextsWithin(string text)
    {
        try
        {
            return text.StartsWith('{') ? Texts(JsonNode.Parse(text)) : [text];
        }
        catch (JsonException)
        {
            return [text];
        }
    }

    private static bool Holds(string text, string value) => Count(text, value) > 0 || text.Contains(Uri.EscapeDataString(value), StringComparison.OrdinalIgnoreCase);

    private static int Count(string text, string value) => (text.Length - text.Replace(value, string.Empty, StringComparison.OrdinalIgnoreCase).Length) / value.Length;

    private static void AssertLeadsToMarker(JsonNode document, Redaction redaction)
    {
        var (at, name) = Follow(document, redaction.Pointer);
        if (redaction.Within is { } within)
        {
            // A text within a text goes on with the same path.
            Assert.Contains(Redactor.Marker, at?.GetValue<string>(), StringComparison.Ordinal);
            Assert.NotEmpty(within);
            return;
        }

        Assert.True(name.Contains(Redactor.Marker, StringComparison.Ordinal) || (at is JsonValue value && value.GetValue<string>().Contains(Redactor.Marker, StringComparison.Ordinal)), $"{redaction} leads to {at?.ToJsonString()}");
    }

    private static (JsonNode? At, string Name) Follow(JsonNode document, string pointer)
    {
        JsonNode? at = document;
        var name = string.Empty;
        foreach (var part in pointer.Split('/').Skip(1))
        {
            name = part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            at = at is JsonArray items ? items[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)] : at?[name];
        }

        return (at, name);
    }
}
