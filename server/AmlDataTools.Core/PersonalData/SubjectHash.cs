using System.Security.Cryptography;
using System.Text;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.PersonalData.Erase;

namespace AmlDataTools.Core.PersonalData;

/// <summary>
/// How plans and receipts tell of whom they are: by a salted hash, with which nobody finds the person, and with which
/// whoever knows the person can check the receipt.
/// </summary>
public static class SubjectHash
{
    private const int SaltBytes = 16;

    /// <summary>A salt for one operation; 32 hexadecimal digits.</summary>
    public static string NewSalt() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SaltBytes));

    /// <summary>
    /// The hash: SHA-256 of the UTF-8 bytes of salt, one blank, and the identifier, which is trimmed and in small letters (of the
    /// invariant culture); 64 hexadecimal digits in small letters.
    /// </summary>
    /// <param name="salt">The salt of the receipt.</param>
    /// <param name="identifier">The identifier that the receipt says was hashed.</param>
    public static string Of(string salt, string identifier)
    {
        ArgumentNullException.ThrowIfNull(salt);
        ArgumentNullException.ThrowIfNull(identifier);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{salt} {Normal(identifier)}")));
    }

    /// <summary>What is hashed of a subject: object id, else user principal name, e-mail, display name.</summary>
    /// <param name="subject">The subject.</param>
    /// <returns>Which identifier, as receipts call it, and what it is.</returns>
    public static (string IdentifiedBy, string Identifier) Strongest(Subject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        return subject switch
        {
            { ObjectId: { Length: > 0 } id } => ("objectId", id),
            { UserPrincipalName: { Length: > 0 } upn } => ("userPrincipalName", upn),
            { Email: { Length: > 0 } email } => ("email", email),
            { DisplayName: { Length: > 0 } name } => ("displayName", name),
            _ => throw new ArgumentException("A subject has at least one identifier.", nameof(subject)),
        };
    }

    /// <summary>A subject as an operation knows it.</summary>
    internal static ErasedSubject Describe(Subject subject, string salt)
    {
        var (by, identifier) = Strongest(subject);
        return new ErasedSubject(salt, by, Of(salt, identifier), HiddenTexts.Prints(salt, SubjectTexts.Of(subject)));
    }

    private static string Normal(string identifier) => identifier.Trim().ToLowerInvariant();
}
