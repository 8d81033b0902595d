namespace AmlDataTools.Core.PersonalData.Export;

/// <summary>
/// Of whom an operation speaks, for receipts: who knows the person can tell, others cannot.
/// </summary>
/// <param name="Salt">Made for this operation alone; hexadecimal.</param>
/// <param name="IdentifiedBy">Which identifier was hashed, the surest that was given: <c>objectId</c>, <c>userPrincipalName</c>, <c>email</c>, <c>displayName</c>.</param>
/// <param name="Hash">As <see cref="SubjectHash.Of"/> makes it.</param>
public sealed record SubjectPrint(string Salt, string IdentifiedBy, string Hash)
{
    /// <summary>Makes one with a new salt.</summary>
    /// <param name="subject">The person.</param>
    public static SubjectPrint Of(Subject subject)
    {
        var (kind, value) = SubjectHash.Strongest(subject);
        var salt = SubjectHash.NewSalt();
        return new SubjectPrint(salt, kind, SubjectHash.Of(salt, value));
    }
}
