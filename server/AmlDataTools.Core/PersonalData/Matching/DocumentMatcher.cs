using System.Globalization;
using System.Text.Json;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Core.PersonalData.Matching;

/// <summary>
/// What of a document of the services speaks of the subject: who made or changed it, and mentions anywhere in its texts, names of
/// tags included. Immutable, for any thread.
/// </summary>
internal sealed class DocumentMatcher
{
    /// <summary>Most evidence of one document; the surest is kept.</summary>
    private const int MostEvidence = 50;

    private const int DeepestLevel = 60;
    private const int LongestField = 300;

    private readonly Subject _subject;

    /// <summary>Looks for a subject.</summary>
    public DocumentMatcher(Subject subject)
    {
        _subject = subject;
        Terms = TextTerms.Of(subject);
    }

    /// <summary>The words looked for.</summary>
    public TextTerms Terms { get; }

    /// <summary>What speaks of the subject, the surest first; empty for nothing.</summary>
    /// <param name="document">The document.</param>
    public IReadOnlyList<Evidence> Match(JsonElement document)
    {
        var found = new List<Evidence>();
        Walk(document, string.Empty, found, 0);
        return found.Count < 2 ? found : [.. found.OrderBy(one => one.Grade).ThenByDescending(one => one.IsAuthorship).Take(MostEvidence)];
    }

    private void Walk(JsonElement element, string path, List<Evidence> found, int level)
    {
        if (level > DeepestLevel)
        {
            return;
        }

        switch (element.ValueKind)
        {
            case JsonValueKind.Object when PersonBlock.Of(element) is { } person:
                Match(person, path, found);
                break;
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    var at = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
                    if (Terms.Surest(member.Name) is { } named)
                    {
                        Add(found, new Evidence(at, named, false));
                    }

                    if (member.Value.ValueKind != JsonValueKind.String)
                    {
                        Walk(member.Value, at, found, level + 1);
                    }
                    else if (Grade(element, member) is { } grade)
                    {
                        Add(found, new Evidence(at, grade, IsAuthor(member.Name)));
                    }
                }

                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in element.EnumerateArray())
                {
                    Walk(item, string.Create(CultureInfo.InvariantCulture, $"{path}[{index++}]"), found, level + 1);
                }

                break;
            case JsonValueKind.String when Terms.Surest(element.GetString()) is { } mention:
                Add(found, new Evidence(path, mention, false));
                break;
            default:
                break;
        }
    }

    // Of the object that a text is in, the members beside it tell whether it may be the subject at all.
    private MatchGrade? Grade(JsonElement within, JsonProperty member)
    {
        if (Terms.Surest(member.Value.GetString()) is not { } grade)
        {
            return null;
        }

        // An application or a managed identity may have a person's name; it is told by its id alone.
        if (IsAuthor(member.Name) && within.Text(member.Name + "Type") is { } type && !type.Equals("User", StringComparison.OrdinalIgnoreCase))
        {
            return grade == MatchGrade.ExactId ? grade : null;
        }

        // A run's bare id of a user belongs to the tenant of who made it.
        return grade == MatchGrade.ExactId && member.NameEquals("userId") && within.Child("createdBy") is { } by && PersonBlock.Of(by) is { } person && IsOfOtherTenant(person) ? null : grade;
    }

    private void Match(PersonBlock person, string path, List<Evidence> found)
    {
        var isOther = person.Id is not null && _subject.ObjectId is not null && (!Same(person.Id, _subject.ObjectId) || IsOfOtherTenant(person));
        foreach (var (name, text) in person.Texts)
        {
            if (Terms.Surest(text) is not { } grade)
            {
                continue;
            }

            var isId = Same(text, person.Id);
            if (isOther && (isId || grade == MatchGrade.ExactId))
            {
                continue;
            }

            // With another object id beside it, an address has gone to somebody else or the person has two accounts: not sure.
            grade = isOther ? MatchGrade.DisplayName : grade;
            var isKnown = person.Id is null || (!isOther && _subject.ObjectId is not null);
            Add(found, new Evidence($"{path}.{name}", grade, true) { OtherId = isKnown || isId ? null : person.Id });
        }
    }

    private bool IsOfOtherTenant(PersonBlock person) => _subject.TenantId is { } tenant && person.Tenant is { } other && Same(person.Id, _subject.ObjectId) && !Same(tenant, other);

    private static void Add(List<Evidence> found, Evidence one) => found.Add(one.Field.Length <= LongestField ? one : one with { Field = one.Field[..LongestField] + "..." });

    private static bool IsAuthor(string name) => name is "createdBy" or "lastModifiedBy" or "modifiedBy" or "updatedBy" or "userId" or "CreatedBy" or "ModifiedBy" or "LastModifiedBy" or "UserId";

    private static bool Same(string? one, string? other) => one is not null && one.Equals(other, StringComparison.OrdinalIgnoreCase);
}

/// <summary>
/// A person as a service names one: <c>userObjectId</c>, <c>userTenantId</c>, <c>userName</c>, <c>upn</c> of run history; <c>userId</c>,
/// <c>userOrgId</c>, <c>userName</c> of computes (specification: AssignedUser, ComputeInstanceCreatedBy), <c>objectId</c>, <c>tenantId</c> of whom one is assigned to.
/// </summary>
/// <param name="Id">The object id; null when not told.</param>
/// <param name="Tenant">The tenant of the object id; null when not told.</param>
/// <param name="Texts">All texts in it: name and value.</param>
internal sealed record PersonBlock(string? Id, string? Tenant, IReadOnlyList<(string Name, string Text)> Texts)
{
    /// <summary>Reads it; null when the object is none.</summary>
    public static PersonBlock? Of(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var (id, tenant) = element.TryGetProperty("userObjectId"u8, out _) ? ("userObjectId", "userTenantId")
            : element.TryGetProperty("userId"u8, out _) && element.TryGetProperty("userName"u8, out _) ? ("userId", "userOrgId")
            : element.TryGetProperty("objectId"u8, out _) && element.TryGetProperty("tenantId"u8, out _) ? ("objectId", "tenantId")
            : (null, null);
        if (id is null || tenant is null)
        {
            return null;
        }

        var texts = new List<(string, string)>();
        foreach (var member in element.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.String && member.Value.GetString() is { Length: > 0 } text)
            {
                texts.Add((member.Name, text));
            }
        }

        return new PersonBlock(element.Text(id) is { Length: > 0 } user ? user : null, element.Text(tenant) is { Length: > 0 } organization ? organization : null, texts);
    }
}
