using System.Globalization;
using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.Explorer;

/// <summary>How a list is being read.</summary>
internal enum ReadMode
{
    /// <summary>Run history, with the filter and order asked of the service; texts in the filter bare, as Microsoft's SDK writes them.</summary>
    Filtered,

    /// <summary>The same with texts in quotes, as OData, to which the specification refers, writes them.</summary>
    Quoted,

    /// <summary>Run history, plain: the service does not take the filter.</summary>
    Plain,

    /// <summary>Resource Manager's jobs, since run history cannot be reached.</summary>
    Jobs,

    /// <summary>A list read as a whole, cut into pages.</summary>
    Offset,

    /// <summary>One kind of a workspace's things, as its service lists them.</summary>
    Resources,
}

/// <summary>
/// Where a page begins: at the service's own token, some items in. Stateless: the page in which the last one ended is
/// read again and its first items are passed over.
/// </summary>
/// <param name="Mode">How the list is being read.</param>
/// <param name="Skip">Items of the service's page to pass over.</param>
/// <param name="Inner">The service's token or link; null for its first page.</param>
internal sealed record PageToken(ReadMode Mode, int Skip, string? Inner)
{
    /// <summary>Reads a token; null stays null.</summary>
    /// <exception cref="ProblemException"><c>explorer.badPageToken</c>: it is none.</exception>
    public static PageToken? Parse(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var parts = text.Split('|', 3);
        if (parts.Length == 3 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var mode) && Enum.IsDefined((ReadMode)mode)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var skip))
        {
            return new PageToken((ReadMode)mode, skip, parts[2].Length == 0 ? null : parts[2]);
        }

        throw Bad();
    }

    /// <summary>The problem with a token that is none.</summary>
    public static ProblemException Bad()
        => new("explorer.badPageToken", "This list cannot be continued. Refresh it and try again.") { Actions = [ProblemAction.Retry] };

    /// <summary>The token as text.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(int)Mode}|{Skip}|{Inner}");
}

/// <summary>Where a page of a group begins: in which of its kinds, and where in that one's list.</summary>
/// <param name="Part">The kind's place in the group.</param>
/// <param name="Token">Where in its list; null for its beginning.</param>
internal sealed record GroupToken(int Part, PageToken? Token)
{
    /// <summary>Reads a token; null is the beginning.</summary>
    /// <param name="text">The token.</param>
    /// <param name="parts">How many kinds the group has.</param>
    /// <exception cref="ProblemException"><c>explorer.badPageToken</c>: it is none.</exception>
    public static GroupToken Parse(string? text, int parts)
    {
        if (text is null)
        {
            return new GroupToken(0, null);
        }

        var cut = text.IndexOf(';', StringComparison.Ordinal);
        return cut > 0 && int.TryParse(text.AsSpan(0, cut), NumberStyles.None, CultureInfo.InvariantCulture, out var part) && part < parts
            ? new GroupToken(part, cut + 1 == text.Length ? null : PageToken.Parse(text[(cut + 1)..]))
            : throw PageToken.Bad();
    }

    /// <summary>The token as text.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Part};{Token}");
}
