namespace AmlDataTools.Core.Names;

/// <summary>In what way a local name differs from the service's.</summary>
[Flags]
public enum NameChange
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary>Characters that not every file system takes are percent-encoded.</summary>
    Encoded = 1,

    /// <summary>It was too long: only a part of it is left, with a hash.</summary>
    Shortened = 2,

    /// <summary>A hash was added because another name lives at the same place, to some file system at least.</summary>
    Disambiguated = 4,
}

/// <summary>Where a name of a service ends up below the destination.</summary>
/// <param name="Path">The local path, relative, with <c>/</c>; <c>null</c> when refused.</param>
/// <param name="Change">
/// How the path differs from the name. Without <see cref="NameChange.Shortened"/> and
/// <see cref="NameChange.Disambiguated"/>, <see cref="LocalNames.Decode"/> gives the name back.
/// </param>
/// <param name="Refusal">For people: why there is no path; <c>null</c> when there is one.</param>
public readonly record struct MappedName(string? Path, NameChange Change, string? Refusal);
