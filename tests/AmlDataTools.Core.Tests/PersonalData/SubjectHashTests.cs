using System.Security.Cryptography;
using System.Text;
using AmlDataTools.Core.PersonalData;
using Xunit;

namespace AmlDataTools.Core.Tests.PersonalData;

/// <summary>Whoever knows the person can check a receipt, with nothing but what the receipt and the README say.</summary>
public sealed class SubjectHashTests
{
    [Theory]
    [InlineData("11111111-1111-4111-8111-11111111ABCD", "11111111-1111-4111-8111-11111111abcd")]
    [InlineData(" Ada@Example.com ", "ada@example.com")]
    [InlineData("J\u00dcRGEN Gr\u00f6\u00dfe", "j\u00fcrgen gr\u00f6\u00dfe")]
    public void The_hash_is_that_of_salt_blank_and_identifier(string identifier, string normal)
    {
        const string salt = "0123456789abcdef0123456789abcdef";
        var byHand = Convert.ToHexStringLower(SHA256.HashData([.. Encoding.ASCII.GetBytes(salt), (byte)' ', .. Encoding.UTF8.GetBytes(normal)]));
        Assert.Equal(byHand, SubjectHash.Of(salt, identifier));
    }

    [Fact]
    public void Salts_differ_and_so_do_the_hashes_of_one_person()
    {
        var salts = Enumerable.Range(0, 100).Select(_ => SubjectHash.NewSalt()).ToHashSet();
        Assert.Equal(100, salts.Count);
        Assert.Equal(100, salts.Select(salt => SubjectHash.Of(salt, "ada@example.com")).ToHashSet().Count);
        Assert.All(salts, salt => Assert.Equal(32, salt.Length));
    }

    [Fact]
    public void The_strongest_identifier_is_hashed()
    {
        var all = new Subject("id", "tenant", "ada@example.com", "a@example.com", "Ada Example");
        Assert.Equal(("objectId", "id"), SubjectHash.Strongest(all));
        Assert.Equal(("userPrincipalName", "ada@example.com"), SubjectHash.Strongest(all with { ObjectId = null }));
        Assert.Equal(("email", "a@example.com"), SubjectHash.Strongest(all with { ObjectId = null, UserPrincipalName = null }));
        Assert.Equal(("displayName", "Ada Example"), SubjectHash.Strongest(new Subject(null, null, null, null, "Ada Example")));
        Assert.Throws<ArgumentException>(() => SubjectHash.Strongest(new Subject(null, null, null, null, null)));
    }
}
