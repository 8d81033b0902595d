using AmlDataTools.Azure.Arm;
using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.Changes.Planning;

/// <summary>Refuses names that would make another address of what is meant: an empty one would be the whole collection.</summary>
internal static class NameRules
{
    /// <summary>The name, when a request can be made with it.</summary>
    /// <param name="name">The name.</param>
    /// <param name="what">What it names, for the message.</param>
    /// <exception cref="ProblemException"><c>change.badName</c>.</exception>
    public static string Check(string? name, string what)
    {
        try
        {
            return ResourcePath.Of("names", name ?? string.Empty).Leaf;
        }
        catch (ArgumentException exception)
        {
            throw new ProblemException(
                "change.badName",
                $"A {what} cannot be called \"{name}\": an empty name, dots, a slash or a control character would address something else. Choose the {what} in the tree, or write its whole name; wildcards belong into the filter.",
                exception)
            {
                Target = name,
            };
        }
    }
}
