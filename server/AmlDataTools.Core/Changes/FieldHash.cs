using System.Security.Cryptography;
using System.Text;

namespace AmlDataTools.Core.Changes;

/// <summary>Hashes of a record's texts, with the salt of their operation: a plan knows by them what it saw without keeping it.</summary>
internal sealed class FieldHash(string salt)
{
    /// <summary>Of a text's name: <c>tags.owner</c>.</summary>
    public string OfName(string name) => Of($"{salt} field {name}");

    /// <summary>Of what a text holds.</summary>
    public string OfValue(string name, string value) => Of($"{salt} value {name}\n{value}");

    private static string Of(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

/// <summary>Sentences on texts that cannot be changed.</summary>
internal static class FieldWords
{
    /// <summary>Of who made something.</summary>
    public const string AuthorStays = "Who made and changed it stays on record until the workspace goes.";
}
