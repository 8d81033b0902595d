using System.Text.RegularExpressions;
using AmlDataTools.Azure.RunHistory;
using AmlDataTools.Core.Explorer.Nodes;

namespace AmlDataTools.Core.Explorer;

/// <summary>
/// What is asked of run history's filter, and what is looked at here. The service takes equality of status, tag, parent
/// and hidden; parts of names it does not. Everything is checked here again.
/// </summary>
internal static partial class RunFilters
{
    /// <summary>The service's filter; null for none.</summary>
    /// <param name="filter">The person's.</param>
    /// <param name="rootsOnly">Runs without a parent only.</param>
    /// <param name="includeArchived">Archived ones too.</param>
    /// <param name="quoted">Texts in quotes rather than bare.</param>
    public static string? ForService(RunFilter? filter, bool rootsOnly, bool includeArchived, bool quoted = false)
    {
        var quote = quoted ? "'" : string.Empty;
        var parts = new List<string>();
        if (rootsOnly)
        {
            parts.Add("(ParentRunId eq null)");
        }

        if (!includeArchived)
        {
            parts.Add("(Hidden eq false)");
        }

        if (filter is { Statuses: { Count: > 0 } statuses } && statuses.All(status => Bare().IsMatch(status)))
        {
            var any = string.Join(" or ", statuses.Select(status => $"(Status eq {quote}{status}{quote})"));
            parts.Add(statuses.Count == 1 ? any : $"({any})");
        }

        if (SplitTag(filter?.Tag) is ({ } name, { } value) && Bare().IsMatch(name) && Bare().IsMatch(value) && value is not ("null" or "true" or "false"))
        {
            parts.Add($"(Tags/{name} eq {quote}{value}{quote})");
        }

        return parts.Count == 0 ? null : string.Join(" and ", parts);
    }

    /// <summary>Whether a run satisfies the filter.</summary>
    public static bool Matches(RunView run, RunFilter? filter, bool rootsOnly, bool includeArchived)
        => (includeArchived || !run.Archived)
            && (!rootsOnly || !run.HasParent)
            && (filter is null
                || ((IsEmpty(filter.Name) || Contains(run.DisplayName, filter.Name) || Contains(run.RunId, filter.Name))
                    && (filter.Statuses.Count == 0 || filter.Statuses.Contains(run.Status, StringComparer.OrdinalIgnoreCase))
                    && (IsEmpty(filter.CreatedBy) || Contains(run.CreatedBy, filter.CreatedBy))
                    && MatchesTag(run.Tags, filter.Tag)));

    /// <summary>Whether a thing of this name is wanted; of the filter, only the name counts for what is no run.</summary>
    public static bool MatchesName(string name, RunFilter? filter) => IsEmpty(filter?.Name) || Contains(name, filter?.Name);

    /// <summary>Whether names are filtered.</summary>
    public static bool HasName(RunFilter? filter) => !IsEmpty(filter?.Name);

    /// <summary>Whether anything is filtered by the person's wish.</summary>
    public static bool IsActive(RunFilter? filter)
        => filter is not null && (!IsEmpty(filter.Name) || filter.Statuses.Count > 0 || !IsEmpty(filter.CreatedBy) || !IsEmpty(filter.Tag));

    private static bool MatchesTag(IReadOnlyDictionary<string, string> tags, string? wanted)
    {
        if (SplitTag(wanted) is not ({ } name, var value))
        {
            return true;
        }

        return tags.TryGetValue(name, out var found) && (value is null || found == value);
    }

    private static (string? Name, string? Value) SplitTag(string? tag)
    {
        var text = tag?.Trim() ?? string.Empty;
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return text.Length == 0 ? (null, null)
            : equals > 0 ? (text[..equals].Trim(), text[(equals + 1)..].Trim())
            : (text, null);
    }

    private static bool IsEmpty(string? text) => string.IsNullOrWhiteSpace(text);

    private static bool Contains(string? text, string? part)
        => text is not null && part is not null && text.Contains(part.Trim(), StringComparison.OrdinalIgnoreCase);

    // Only what cannot be read as part of an expression is asked of the service.
    [GeneratedRegex("^[A-Za-z0-9_][A-Za-z0-9_.-]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Bare();
}
