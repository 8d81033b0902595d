using System.Text.Json.Nodes;

namespace AmlDataTools.Core.Tests.PersonalData.Export;

/// <summary>People and documents made of them by chance, the same for the same seed.</summary>
internal sealed class PersonMaker(int seed)
{
    private static readonly string[] First = ["Ada", "Ben", "Chloé", "Dmitri", "Eun-ji", "Fatima", "Jürgen", "Ø", "李", "Zoë"];
    private static readonly string[] Last = ["Example", "Muster", "van der Berg", "O'Neil", "Ünal", "García López", "明", "Straße", "Ng", "Example-Smith"];
    private static readonly string[] Roles = ["createdBy", "lastModifiedBy", "modifiedBy", "CreatedBy", "owner", "assignedUser"];
    private static readonly string[] Plain = ["name", "status", "metric", "note", "a/b", "c~d", "", "tags", "properties", "description", "ünïcode"];

    private readonly Random _random = new(seed);
    private int _next;

    /// <summary>A person who is nobody else: no value is part of another's.</summary>
    public FakePerson Person()
    {
        var number = ++_next;
        var first = One(First);
        var name = $"{first} {One(Last)} {(char)('A' + (number % 26))}{(char)('a' + (number / 26 % 26))}{(char)('a' + _random.Next(26))}{(char)('a' + _random.Next(26))}";
        return new FakePerson(
            new Guid(_random.Next(), (short)number, 0x4000, 0x80, 0, 0, 0, 0, 0, (byte)_random.Next(256), (byte)number).ToString(),
            name,
            $"person{number}.{_random.Next(1000, 9999)}@{One(["example.com", "contoso.example", "sub.fabrikam.co"])}",
            $"1003{number:D4}{_random.Next(100000, 999999)}");
    }

    /// <summary>A document that tells of people in many places.</summary>
    public JsonObject Document(IReadOnlyList<FakePerson> people, int depth = 4)
    {
        var document = new JsonObject();
        for (var count = _random.Next(2, 7); count > 0; count--)
        {
            var name = _random.Next(4) switch
            {
                0 => One(Roles),
                1 => "systemData",
                _ => One(Plain) + _random.Next(5),
            };
            document[name] = name == "systemData" ? SystemData(people) : Roles.Contains(name) ? Role(One(people)) : Value(people, depth - 1);
        }

        if (_random.Next(3) == 0)
        {
            document["userId"] = One(people).ObjectId;
        }

        if (_random.Next(3) == 0)
        {
            // People put names even into the names of tags.
            document["tags"] = new JsonObject { [One(people).Upn] = "x", ["y"] = Sentence(people) };
        }

        return document;
    }

    public string Sentence(IReadOnlyList<FakePerson> people)
    {
        var person = One(people);
        var what = _random.Next(5) switch
        {
            0 => person.Name,
            1 => person.Upn,
            2 => person.ObjectId.ToUpperInvariant(),
            3 => Uri.EscapeDataString(person.Upn),
            _ => person.Name.ToUpperInvariant(),
        };
        return _random.Next(4) switch
        {
            0 => what,
            1 => $"asked {what}, twice",
            2 => $"<{what}>",
            _ => $"see https://x.example/u?who={what}&z=1",
        };
    }

    public T One<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];

    private JsonNode? Value(IReadOnlyList<FakePerson> people, int depth) => _random.Next(depth <= 0 ? 4 : 8) switch
    {
        0 => JsonValue.Create(_random.Next()),
        1 => null,
        2 => JsonValue.Create(Sentence(people)),
        3 => JsonValue.Create("nothing of anybody"),
        4 => Document(people, depth),
        5 => new JsonArray([.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Value(people, depth - 1))]),
        6 => JsonValue.Create(Document(people, depth - 1).ToJsonString()),
        _ => Block(One(people)),
    };

    private JsonNode Role(FakePerson person) => _random.Next(4) switch
    {
        0 => JsonValue.Create(person.Name),
        1 => JsonValue.Create(person.Upn),
        2 => JsonValue.Create(person.ObjectId),
        _ => Block(person),
    };

    private JsonObject SystemData(IReadOnlyList<FakePerson> people) => new()
    {
        ["createdBy"] = One(people).Name,
        ["createdByType"] = "User",
        ["lastModifiedBy"] = One(people).Upn,
        ["lastModifiedByType"] = "User",
    };

    private JsonObject Block(FakePerson person) => new()
    {
        ["userObjectId"] = person.ObjectId,
        ["userPuId"] = _random.Next(2) == 0 ? null : person.Puid,
        ["userIdp"] = null,
        ["userAltSecId"] = null,
        ["userIss"] = "https://sts.windows.net/22222222-2222-2222-2222-222222222222/",
        ["userTenantId"] = "22222222-2222-2222-2222-222222222222",
        ["userName"] = person.Name,
        ["upn"] = _random.Next(2) == 0 ? null : person.Upn,
    };
}

/// <summary>A person of a test.</summary>
internal sealed record FakePerson(string ObjectId, string Name, string Upn, string Puid)
{
    public IEnumerable<string> Values => [ObjectId, Name, Upn, Puid];
}
