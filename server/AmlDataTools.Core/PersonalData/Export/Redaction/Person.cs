using System.Text.Json;
using AmlDataTools.Core.PersonalData.Matching;

namespace AmlDataTools.Core.PersonalData.Export.Redaction;

/// <summary>A person as one place of a document tells of them; values folded (see <see cref="FoldedText"/>).</summary>
internal sealed record Person
{
    private const int Deepest = 4;

    private readonly string _key;

    private Person(List<(PersonFact Fact, string Value)> facts)
    {
        Facts = facts;
        _key = string.Join('\n', facts.Select(fact => $"{(int)fact.Fact}{fact.Value}"));
    }

    /// <summary>What is told.</summary>
    public IReadOnlyList<(PersonFact Fact, string Value)> Facts { get; }

    /// <summary>Values of a kind.</summary>
    public IEnumerable<string> All(PersonFact fact) => Facts.Where(one => one.Fact == fact).Select(one => one.Value);

    /// <summary>The person of a block; null when it tells of none.</summary>
    public static Person? Of(JsonElement block)
    {
        var facts = new List<(PersonFact, string)>();
        Gather(block, facts, 0);
        return facts.Exists(fact => fact.Item1 != PersonFact.Tenant) ? new Person(facts) : null;
    }

    /// <summary>The person that a member or a text alone tells of; null when it is empty.</summary>
    /// <param name="member">The member.</param>
    /// <param name="text">Its value.</param>
    public static Person? Of(string member, string text)
    {
        var value = FoldedText.Of(text);
        var fact = PersonFields.FactOf(member) is { } known and not PersonFact.Tenant ? known : PersonFact.Name;
        fact = Guid.TryParse(value, out _) ? PersonFact.ObjectId : value.Contains('@', StringComparison.Ordinal) ? PersonFact.Address : fact;
        return value.Length == 0 ? null : new Person([(fact, value)]);
    }

    /// <summary>The text of a scalar; null for what is none, or says nothing.</summary>
    public static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };

    /// <inheritdoc/>
    public bool Equals(Person? other) => other?._key == _key;

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(_key);

    private static void Gather(JsonElement element, List<(PersonFact, string)> facts, int depth)
    {
        if (depth > Deepest)
        {
            return;
        }

        foreach (var member in element.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Object)
            {
                Gather(member.Value, facts, depth + 1);
            }
            else if (PersonFields.FactOf(member.Name) is { } fact && TextOf(member.Value) is { } text && FoldedText.Of(text) is { Length: > 0 } value)
            {
                facts.Add((fact, value));
            }
        }
    }
}
