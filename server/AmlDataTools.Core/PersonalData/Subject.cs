namespace AmlDataTools.Core.PersonalData;

/// <summary>Of whom data is searched; at least one of object id, user principal name, e-mail and display name is given.</summary>
/// <param name="ObjectId">Microsoft Entra object id; null when not known.</param>
/// <param name="TenantId">The tenant of the object id; null for any.</param>
/// <param name="UserPrincipalName">Name to sign in with; null when not known.</param>
/// <param name="Email">An e-mail address other than that; null for none.</param>
/// <param name="DisplayName">Name for people; null when not to be searched for.</param>
public sealed record Subject(string? ObjectId, string? TenantId, string? UserPrincipalName, string? Email, string? DisplayName);

/// <summary>How sure a match is; the surest first.</summary>
public enum MatchGrade
{
    /// <summary>The object id: this person.</summary>
    ExactId,

    /// <summary>User principal name or e-mail address: this person unless the name went to somebody else.</summary>
    SignInName,

    /// <summary>Only the display name: perhaps somebody else.</summary>
    DisplayName,
}
