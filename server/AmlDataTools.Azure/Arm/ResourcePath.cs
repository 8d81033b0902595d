namespace AmlDataTools.Azure.Arm;

/// <summary>
/// A place below a workspace: <c>models</c>, <c>models/{name}</c>, <c>models/{name}/versions</c>, ... Immutable; a name that
/// would make another address of it (an empty one would address the whole collection) cannot be put in.
/// </summary>
public sealed class ResourcePath : IEquatable<ResourcePath>
{
    private readonly string[] _segments;

    private ResourcePath(string[] segments) => _segments = segments;

    /// <summary>Collections and names in turn, beginning with a collection.</summary>
    public IReadOnlyList<string> Segments => _segments;

    /// <summary>Whether it ends in a collection and so names no single resource.</summary>
    public bool IsCollection => _segments.Length % 2 == 1;

    /// <summary>The last name or collection.</summary>
    public string Leaf => _segments[^1];

    /// <summary>The collections alone: <c>models/versions</c>.</summary>
    public string Kind => string.Join('/', _segments.Where((_, index) => index % 2 == 0));

    /// <summary>Makes a path.</summary>
    /// <param name="segments">Collections and names in turn, unescaped: <c>"models", name, "versions", version</c>.</param>
    /// <exception cref="ArgumentException">None, or one that is empty, blank, dots, or holds a slash or a control character.</exception>
    public static ResourcePath Of(params ReadOnlySpan<string> segments)
    {
        if (segments.IsEmpty)
        {
            throw new ArgumentException("A path needs at least a collection: without one it would be the workspace itself.", nameof(segments));
        }

        foreach (var segment in segments)
        {
            Check(segment);
        }

        return new ResourcePath(segments.ToArray());
    }

    /// <summary>The path below this one.</summary>
    /// <param name="segments">What follows, in turn.</param>
    /// <exception cref="ArgumentException">As in <see cref="Of"/>.</exception>
    public ResourcePath Then(params ReadOnlySpan<string> segments) => Of([.. _segments, .. segments]);

    /// <summary>Reads the path out of the Resource Manager id of something in a workspace; null when it is not one, or names the workspace itself.</summary>
    /// <param name="resourceId">The id, unescaped as the service gives it.</param>
    public static ResourcePath? FromResourceId(string? resourceId)
    {
        var parts = (resourceId ?? string.Empty).Split('/');
        return parts.Length > 9 && WorkspaceRef.FromResourceId(resourceId, null) is not null
            && Array.TrueForAll(parts[9..], IsName)
            ? new ResourcePath(parts[9..])
            : null;
    }

    /// <summary>The segments with slashes between, unescaped: for people and journals.</summary>
    public override string ToString() => string.Join('/', _segments);

    /// <inheritdoc/>
    public bool Equals(ResourcePath? other) => other is not null && _segments.AsSpan().SequenceEqual(other._segments);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ResourcePath);

    /// <inheritdoc/>
    public override int GetHashCode() => string.GetHashCode(ToString(), StringComparison.Ordinal);

    /// <summary>As part of an address, with its slash in front.</summary>
    internal string Escaped => string.Concat(_segments.Select(segment => "/" + Uri.EscapeDataString(segment)));

    private static void Check(string segment)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(segment);
        if (!IsName(segment))
        {
            throw new ArgumentException("A name cannot be dots, nor hold a slash or a control character: it would become another address.", nameof(segment));
        }
    }

    private static bool IsName(string segment)
        => !string.IsNullOrWhiteSpace(segment) && segment is not ("." or "..") && !segment.Contains('/') && !segment.Contains('\\') && !segment.Any(char.IsControl);
}
