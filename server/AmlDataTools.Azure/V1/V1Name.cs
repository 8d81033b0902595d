using AmlDataTools.Azure.Http;

namespace AmlDataTools.Azure.V1;

/// <summary>Names of the first version's services as parts of an address.</summary>
internal static class V1Name
{
    /// <summary>The name, escaped.</summary>
    /// <exception cref="ArgumentException">It would make another address of it, that of the whole collection for one.</exception>
    public static string Segment(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return name.All(letter => letter is '.' or ' ') || name.AsSpan().IndexOfAny('/', '\\') >= 0 || name.Any(char.IsControl)
            ? throw new ArgumentException("A name cannot be dots, nor hold a slash or a control character: it would become another address.", nameof(name))
            : DataPlanePages.Segment(name);
    }
}
