using System.Text.Json;
using AmlDataTools.Core.PersonalData.Matching;

namespace AmlDataTools.Core.PersonalData.Export.Redaction;

/// <summary>
/// Who is who in the documents of an export: gathered from all of them first, so that a name that one document tells is known in
/// every other. Holds each person once. Read by many threads once it is settled.
/// </summary>
internal sealed class People
{
    private readonly Subject _subject;
    private readonly HashSet<Person> _met = [];
    private readonly HashSet<(PersonFact Fact, string Value)> _own = [];
    private readonly TermSet _ownTerms = new();
    private readonly TermSet _others = new();
    private readonly string? _objectId;
    private readonly string? _tenant;
    private readonly bool _hasAddress;

    /// <summary>Nobody met yet but the subject.</summary>
    /// <param name="subject">Whose data is given out.</param>
    public People(Subject subject)
    {
        _subject = subject;
        _objectId = Folded(subject.ObjectId);
        _tenant = Folded(subject.TenantId);
        _hasAddress = Folded(subject.UserPrincipalName) is not null || Folded(subject.Email) is not null;
        Own(PersonFact.ObjectId, _objectId);
        Own(PersonFact.Address, Folded(subject.UserPrincipalName));
        Own(PersonFact.Address, Folded(subject.Email));
        Own(PersonFact.Name, Folded(subject.DisplayName));
    }

    /// <summary>What names the subject.</summary>
    public TermSet OwnTerms => _ownTerms;

    /// <summary>What names others.</summary>
    public TermSet Others => _others;

    /// <summary>Gathers whom a document tells of.</summary>
    public void Learn(JsonElement document) => Learn(document, 0);

    /// <summary>All documents were read: decides who of those met is the subject.</summary>
    public void Settle()
    {
        var others = _met.ToList();
        TakeOwn(others, IsSurely);

        // Whose name alone is told, and is the subject's, may be the subject: so may the id that is told with it.
        TakeOwn(others, IsSubject);
        foreach (var (fact, value) in others.SelectMany(person => person.Facts).Where(fact => !_own.Contains(fact) && !_ownTerms.Is(fact.Value)))
        {
            _others.Add(fact, value);
        }

        _met.Clear();
    }

    /// <summary>Whether a person is the subject, or may be: nothing but the name is told, and it is the subject's.</summary>
    public bool IsSubject(Person person) => IsSurely(person) || (!Differs(person) && person.All(PersonFact.Name).Any(name => _own.Contains((PersonFact.Name, name))));

    /// <summary>Whether a value is one by which the subject is surely known: what the subject asks for stays even in what is another's.</summary>
    public bool IsOwn(PersonFact? fact, string folded) => fact is PersonFact.ObjectId or PersonFact.Address or PersonFact.OtherId && _own.Contains((fact.Value, folded));

    /// <summary>Takes over what those tell who are the subject. What one block tells (an id beside a name) is known in the next round.</summary>
    private void TakeOwn(List<Person> others, Func<Person, bool> isSubject)
    {
        for (var found = true; found;)
        {
            found = false;
            for (var index = others.Count - 1; index >= 0; index--)
            {
                if (isSubject(others[index]))
                {
                    foreach (var (fact, value) in others[index].Facts.Where(fact => fact.Fact != PersonFact.Tenant))
                    {
                        Own(fact, value);
                    }

                    others.RemoveAt(index);
                    found = true;
                }
            }
        }
    }

    private bool IsSurely(Person person)
    {
        if (Differs(person))
        {
            return false;
        }

        return person.Facts.Any(fact => fact.Fact is PersonFact.ObjectId or PersonFact.Address or PersonFact.OtherId && _own.Contains(fact))
            || (_objectId is null && !_hasAddress && person.All(PersonFact.Name).Any(name => name == Folded(_subject.DisplayName)));
    }

    /// <summary>Whether what is told of a person contradicts what was given of the subject.</summary>
    private bool Differs(Person person)
    {
        if (_objectId is not null && person.All(PersonFact.ObjectId).Any())
        {
            return !person.All(PersonFact.ObjectId).Contains(_objectId)
                || (_tenant is not null && person.All(PersonFact.Tenant).Any() && !person.All(PersonFact.Tenant).Contains(_tenant));
        }

        var known = person.Facts.Any(fact => fact.Fact is PersonFact.ObjectId or PersonFact.OtherId && _own.Contains(fact));
        return !known && _hasAddress && person.All(PersonFact.Address).Any() && !person.All(PersonFact.Address).Any(address => _own.Contains((PersonFact.Address, address)));
    }

    private void Learn(JsonElement element, int within)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object when PersonFields.IsBlock(element):
                Meet(Person.Of(element));
                break;
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    if (PersonFields.NamesPerson(member.Name) && !PersonFields.IsProgram(element, member.Name))
                    {
                        LearnPerson(member.Name, member.Value, within);
                    }
                    else
                    {
                        Learn(member.Value, within);
                    }
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    Learn(item, within);
                }

                break;
            case JsonValueKind.String when EmbeddedJson.Parse(element.GetString(), within) is { } embedded:
                using (embedded)
                {
                    Learn(embedded.RootElement, within + 1);
                }

                break;
        }
    }

    private void LearnPerson(string member, JsonElement value, int within)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when Person.Of(value) is { } person:
                Meet(person);
                break;
            case JsonValueKind.Object:
                Learn(value, within);
                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    LearnPerson(member, item, within);
                }

                break;
            case JsonValueKind.String when EmbeddedJson.Parse(value.GetString(), within) is { } embedded:
                using (embedded)
                {
                    LearnPerson(member, embedded.RootElement, within + 1);
                }

                break;
            default:
                Meet(Person.TextOf(value) is { } text ? Person.Of(member, text) : null);
                break;
        }
    }

    private void Meet(Person? person)
    {
        if (person is not null)
        {
            _met.Add(person);
        }
    }

    private void Own(PersonFact fact, string? folded)
    {
        if (folded is not null && _own.Add((fact, folded)))
        {
            _ownTerms.Add(fact, folded);
        }
    }

    private static string? Folded(string? text) => string.IsNullOrWhiteSpace(text) || FoldedText.Of(text) is not { Length: > 0 } folded ? null : folded;
}
