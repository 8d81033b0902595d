using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.PersonalData.Matching;

/// <summary>What a subject must be like to be searched for.</summary>
internal static class SubjectRules
{
    // Graph: userPrincipalName and mail have up to 254 and 320 characters, displayName up to 256.
    private const int LongestName = 256;
    private const int LongestAddress = 320;

    /// <summary>The subject without white space around its parts, ids in lower case, empty parts left out.</summary>
    /// <exception cref="ProblemException"><c>subject.*</c>: it cannot be searched for.</exception>
    public static Subject Checked(Subject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        var cleaned = new Subject(
            Id(subject.ObjectId, "subject.badObjectId", "The object id"),
            Id(subject.TenantId, "subject.badTenantId", "The tenant id"),
            Address(subject.UserPrincipalName, "The user principal name"),
            Address(subject.Email, "The e-mail address"),
            Name(subject.DisplayName));
        if (cleaned is { ObjectId: null, UserPrincipalName: null, Email: null, DisplayName: null })
        {
            throw Bad("subject.empty", "Say whose data is to be found: give an object id, a user principal name, an e-mail address or a display name.");
        }

        return cleaned.TenantId is not null && cleaned.ObjectId is null ? cleaned with { TenantId = null } : cleaned;
    }

    /// <summary>What people call the subject.</summary>
    public static string TitleOf(Subject subject) => subject.DisplayName ?? subject.UserPrincipalName ?? subject.Email ?? subject.ObjectId ?? string.Empty;

    private static string? Id(string? text, string code, string what) => Filled(text) is not { } given ? null
        : Guid.TryParse(given, out var id) && id != Guid.Empty ? id.ToString("D")
        : throw Bad(code, $"{what} is not one: it is a GUID such as 11111111-2222-3333-4444-555555555555. Copy it from the person's page in Microsoft Entra.");

    private static string? Address(string? text, string what)
    {
        if (Filled(text) is not { } given)
        {
            return null;
        }

        var at = given.LastIndexOf('@');
        return at > 0 && at < given.Length - 1 && given.Length <= LongestAddress && !given.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))
            ? given
            : throw Bad("subject.badAddress", $"{what} is not one: it is of the form name@domain, without spaces.");
    }

    private static string? Name(string? text)
    {
        if (Filled(text) is not { } given)
        {
            return null;
        }

        if (given.Count(char.IsLetter) < 2)
        {
            throw Bad("subject.shortName", "The display name is too short: one letter would be found everywhere. Give the whole name.");
        }

        return given.Length <= LongestName ? given : throw Bad("subject.longName", $"The display name is too long: at most {LongestName} characters.");
    }

    private static string? Filled(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static ProblemException Bad(string code, string message) => new(code, message);
}
