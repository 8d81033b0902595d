using System.Security.Cryptography;
using System.Text;

namespace AmlDataTools.Core.Explorer.Nodes;

/// <summary>Puts together what stands behind a name and in its tooltip.</summary>
internal static class NodeText
{
    private const int MaxTags = 8;
    private const int MaxTagValue = 60;

    public static string? Moment(DateTimeOffset? moment) => moment is { } value ? HumanText.Moment(value) : null;

    /// <summary>Null for an empty text.</summary>
    public static string? Null(string? text) => string.IsNullOrEmpty(text) ? null : text;

    /// <summary>What there is, with commas between; null for nothing.</summary>
    public static string? Join(params ReadOnlySpan<string?> parts)
    {
        var kept = new List<string>();
        foreach (var part in parts)
        {
            if (!string.IsNullOrEmpty(part))
            {
                kept.Add(part);
            }
        }

        return kept.Count == 0 ? null : string.Join(", ", kept);
    }

    /// <summary>A line for each that has a value; null for none.</summary>
    public static string? Lines(params ReadOnlySpan<(string? Name, string? Value)> lines)
    {
        var kept = new List<string>();
        foreach (var (name, value) in lines)
        {
            if (!string.IsNullOrEmpty(value))
            {
                kept.Add(name is null ? value : $"{name}: {value}");
            }
        }

        return kept.Count == 0 ? null : string.Join('\n', kept);
    }

    /// <summary>The first tags by name, without those that only the services use; null for none.</summary>
    public static string? Tags(IReadOnlyDictionary<string, string> tags)
        => Null(string.Join(", ", tags
            .Where(tag => !tag.Key.StartsWith("_aml_system", StringComparison.Ordinal) && !tag.Key.StartsWith("azureml.", StringComparison.Ordinal))
            .OrderBy(tag => tag.Key, StringComparer.Ordinal).Take(MaxTags)
            .Select(tag => tag.Value.Length is 0 or > MaxTagValue ? tag.Key : $"{tag.Key}={tag.Value}")));

    /// <summary>An address without its query, which may hold a signature.</summary>
    public static string? Address(string? address)
        => address?.IndexOf('?', StringComparison.Ordinal) is { } query and >= 0 ? address[..query] : Null(address);

    /// <summary>Page tokens may be long; what stands for them in an id only has to tell them apart.</summary>
    public static string Short(string code)
        => code.Length <= 80 ? code
            : string.Concat(code.AsSpan(0, 32), ":", Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(code)).AsSpan(0, 12)));
}
