using System.Collections.Frozen;
using System.Text.Json;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Core.PersonalData.Export.Redaction;

/// <summary>What a value says of a person.</summary>
internal enum PersonFact
{
    /// <summary>The object id.</summary>
    ObjectId,

    /// <summary>The tenant of the object id; of many people the same.</summary>
    Tenant,

    /// <summary>Another id of the account: the PUID, the id at another provider.</summary>
    OtherId,

    /// <summary>A user principal name or an e-mail address.</summary>
    Address,

    /// <summary>A name for people.</summary>
    Name,
}

/// <summary>
/// Which members of the services' documents speak of people. Run history and SDK v1 write blocks
/// (<c>createdBy {userObjectId, userPuId, userAltSecId, userName, upn, ...}</c>), Resource Manager texts (<c>systemData.createdBy</c>).
/// </summary>
internal static class PersonFields
{
    /// <summary>Members whose value is a person, as a text or a block.</summary>
    private static readonly FrozenSet<string> Roles = new[]
    {
        "createdBy", "lastModifiedBy", "modifiedBy", "updatedBy", "submittedBy", "deletedBy", "archivedBy", "registeredBy", "publishedBy", "approvedBy", "requestedBy",
        "createdByName", "lastModifiedByName", "modifiedByName", "assignedUser", "owner", "owners", "author", "authors", "creator", "submitter", "requester", "reviewer", "assignee",
        "maintainer", "maintainers", "contact", "contacts",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Members that say something of a person wherever they stand.</summary>
    private static readonly FrozenDictionary<string, PersonFact> Anywhere = new Dictionary<string, PersonFact>
    {
        ["userObjectId"] = PersonFact.ObjectId,
        ["userId"] = PersonFact.ObjectId,
        ["userPuId"] = PersonFact.OtherId,
        ["puid"] = PersonFact.OtherId,
        ["userAltSecId"] = PersonFact.OtherId,
        ["altSecId"] = PersonFact.OtherId,
        ["upn"] = PersonFact.Address,
        ["userPrincipalName"] = PersonFact.Address,
        ["userEmail"] = PersonFact.Address,
        ["emailAddress"] = PersonFact.Address,
        ["userName"] = PersonFact.Name,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Members that do so within a block on a person only.</summary>
    private static readonly FrozenDictionary<string, PersonFact> InBlock = new Dictionary<string, PersonFact>
    {
        ["objectId"] = PersonFact.ObjectId,
        ["oid"] = PersonFact.ObjectId,
        ["userTenantId"] = PersonFact.Tenant,
        ["tenantId"] = PersonFact.Tenant,
        ["email"] = PersonFact.Address,
        ["mail"] = PersonFact.Address,
        ["preferredUsername"] = PersonFact.Address,
        ["name"] = PersonFact.Name,
        ["displayName"] = PersonFact.Name,
        ["fullName"] = PersonFact.Name,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>What makes a block one on a person, whatever it is called.</summary>
    private static readonly FrozenSet<string> Marks =
        new[] { "userObjectId", "userPuId", "puid", "userAltSecId", "upn", "userPrincipalName" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a member's value is a person, or tells of one.</summary>
    public static bool NamesPerson(string member) => Roles.Contains(member) || Anywhere.ContainsKey(member);

    /// <summary>What a member of a block on a person says; null for anything else.</summary>
    public static PersonFact? FactOf(string member) =>
        Anywhere.TryGetValue(member, out var anywhere) ? anywhere : InBlock.TryGetValue(member, out var inBlock) ? inBlock : null;

    /// <summary>Whether an object is nothing but a person: the ids of one and no further objects.</summary>
    public static bool IsBlock(JsonElement element)
    {
        var marked = false;
        foreach (var member in element.EnumerateObject())
        {
            if (member.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            {
                return false;
            }

            marked |= Marks.Contains(member.Name) && member.Value.ValueKind is not JsonValueKind.Null;
        }

        return marked;
    }

    /// <summary>Whether Resource Manager says beside a member that a program did it: <c>createdByType</c> is not <c>User</c>.</summary>
    public static bool IsProgram(JsonElement owner, string member) => owner.Text(member + "Type") is "Application" or "ManagedIdentity" or "Key";
}
