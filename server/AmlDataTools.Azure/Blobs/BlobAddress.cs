using System.Text;

namespace AmlDataTools.Azure.Blobs;

/// <summary>Addresses of blobs.</summary>
internal static class BlobAddress
{
    /// <summary>
    /// Without the usual clean-up of addresses: a blob may be called <c>a/../b</c> or <c>a//b</c>, and asking for another
    /// name than the listed one would fetch the wrong blob.
    /// </summary>
    private static readonly UriCreationOptions Verbatim = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>The address of a blob.</summary>
    /// <param name="container">Address of its container, without trailing slash.</param>
    /// <param name="name">Its name.</param>
    /// <param name="query">What follows the <c>?</c>; empty for nothing.</param>
    public static Uri Blob(string container, string name, string query)
    {
        var text = new StringBuilder(container.Length + name.Length + query.Length + 16).Append(container).Append('/');
        var start = 0;
        for (var at = name.IndexOf('/', StringComparison.Ordinal); at >= 0; at = name.IndexOf('/', start))
        {
            AppendSegment(text, name[start..at]).Append('/');
            start = at + 1;
        }

        AppendSegment(text, name[start..]);
        if (query.Length > 0)
        {
            text.Append('?').Append(query);
        }

        return new Uri(text.ToString(), Verbatim);
    }

    /// <summary>A signed address, taken exactly as it was given.</summary>
    public static Uri Signed(Uri address) => new(address.OriginalString, Verbatim);

    private static StringBuilder AppendSegment(StringBuilder text, string segment) =>
        segment is "." or ".." ? text.Append(segment.Replace(".", "%2E", StringComparison.Ordinal)) : text.Append(Uri.EscapeDataString(segment));
}
