using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace AmlDataTools.Core.Tests.Names;

/// <summary>What the strictest of the three systems takes, said once more and in another way than the product does.</summary>
internal static partial class SafeNames
{
    /// <summary>Asserts that a path can be made on Windows, macOS and Linux, and means the same on each.</summary>
    public static void AssertPortable(string path)
    {
        Assert.True(Encoding.UTF8.GetByteCount(path) <= 2000, "too long a path");
        Assert.Equal(path, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(path)));
        foreach (var segment in path.Split('/'))
        {
            Assert.NotEqual("", segment);
            Assert.DoesNotMatch(Forbidden(), segment);
            Assert.DoesNotMatch(Device(), segment);
            Assert.DoesNotMatch(ShortAlias(), segment);
            Assert.False(segment[^1] is '.' or ' ', "ends in dot or space: " + segment);
            Assert.True(Encoding.UTF8.GetByteCount(segment) <= 240, "too long a segment: " + segment);
        }
    }

    [GeneratedRegex(@"[\x00-\x1F\x7F-\x9F<>:""|?*\\\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFFFE\uFFFF]", RegexOptions.CultureInvariant)]
    private static partial Regex Forbidden();

    [GeneratedRegex(@"^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\.|$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Device();

    [GeneratedRegex(@"^(?=[^.]{1,8}(\.|$))[^.]*~[0-9]+(\.[^.]{0,3})?$", RegexOptions.CultureInvariant)]
    private static partial Regex ShortAlias();
}
