using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Arm.Dependents;

namespace AmlDataTools.Core.Workspaces.Leftovers;

/// <summary>
/// Names that are made with a workspace. Microsoft's SDK and CLI: the first 8 letters and digits of the workspace's name, the first 8 of
/// a word for the kind, then random hexadecimal digits, 24 characters in all. The portal: one name for all, which ends in the
/// same 10 digits. A name alone proves nothing: it only counts beside a storage account that is proven, when made with it.
/// </summary>
internal static class NameProofs
{
    private const int Length = 24;
    private const int Digits = 10;
    private static readonly TimeSpan Together = TimeSpan.FromMinutes(30);

    /// <summary>Whether a resource was, as it seems, made with a storage account for the same workspace.</summary>
    /// <param name="account">The storage account.</param>
    /// <param name="other">The resource, in the same group.</param>
    public static bool AreOfOne(ListedDependent account, ListedDependent other) =>
        account.CreatedAt is { } one && other.CreatedAt is { } two && (one - two).Duration() <= Together
        && ((BySdk(account.Ref) is { } stem && BySdk(other.Ref) == stem) || (ByPortal(account.Ref) is { } plain && ByPortal(other.Ref) == plain));

    /// <summary>What the SDK took of the workspace's name; null when the name is none of its.</summary>
    private static string? BySdk(DependentRef resource)
    {
        var word = resource.Kind switch
        {
            DependentKind.StorageAccount => "storage",
            DependentKind.KeyVault => "keyvault",
            DependentKind.ApplicationInsights => "insights",
            DependentKind.LogAnalytics => "logalyti",
            _ => null,
        };
        if (word is null || resource.Name.Length != Length || resource.Name.IndexOf(word, StringComparison.Ordinal) is not (var at and > 0 and <= 8))
        {
            return null;
        }

        return resource.Name.AsSpan(at + word.Length).IndexOfAnyExcept("0123456789abcdef") < 0 ? resource.Name[..at] : null;
    }

    /// <summary>Name and digits of the portal; null when the name does not end in just 10 digits.</summary>
    private static string? ByPortal(DependentRef resource)
    {
        var name = resource.Name.ToLowerInvariant();
        return name.Length > Digits && name.AsSpan(name.Length - Digits).IndexOfAnyExceptInRange('0', '9') < 0 && !char.IsAsciiDigit(name[^(Digits + 1)]) ? name : null;
    }
}
