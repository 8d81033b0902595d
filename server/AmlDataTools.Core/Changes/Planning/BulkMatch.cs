using AmlDataTools.Core.Names;
using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.Changes.Planning;

/// <summary>Whether something satisfies a filter of many; all that is given must hold. Case does not count, but in tags.</summary>
internal sealed class BulkMatch
{
    private readonly BulkFilter _filter;
    private readonly GlobPattern? _name;
    private readonly DateTimeOffset? _before;
    private readonly (string Name, string? Value)? _tag;

    /// <summary>Makes it.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="now">From when the age counts.</param>
    /// <exception cref="ProblemException"><c>pattern.invalid</c>, <c>change.badFilter</c>.</exception>
    public BulkMatch(BulkFilter filter, DateTimeOffset now)
    {
        _filter = filter;
        if (filter.OlderThanDays is < 0 or > 36500)
        {
            throw new ProblemException("change.badFilter", $"An age of {filter.OlderThanDays} days makes no sense here. Give a number of days from 0 on.");
        }

        _before = filter.OlderThanDays is { } days ? now.AddDays(-days) : null;
        _name = string.IsNullOrWhiteSpace(filter.Name) ? null : GlobPattern.Parse(filter.Name.Trim().ToLowerInvariant());
        var tag = filter.Tag?.Trim() ?? string.Empty;
        var equals = tag.IndexOf('=', StringComparison.Ordinal);
        _tag = tag.Length == 0 ? null : equals > 0 ? (tag[..equals].Trim(), tag[(equals + 1)..].Trim()) : (tag, null);
    }

    /// <summary>Whether it satisfies the filter; what is not known of it satisfies nothing.</summary>
    public bool Matches(string name, string? displayName, DateTimeOffset? created, string? status, string? createdBy, IReadOnlyDictionary<string, string> tags) =>
        (_before is not { } before || created <= before)
        && (_filter.Statuses.Count == 0 || (status is not null && _filter.Statuses.Contains(status, StringComparer.OrdinalIgnoreCase)))
        && (_name is null || _name.Matches(name.ToLowerInvariant()) || (!string.IsNullOrEmpty(displayName) && _name.Matches(displayName.ToLowerInvariant())))
        && (string.IsNullOrWhiteSpace(_filter.CreatedBy) || createdBy?.Contains(_filter.CreatedBy.Trim(), StringComparison.OrdinalIgnoreCase) == true)
        && (_tag is not { } tag || (tags.TryGetValue(tag.Name, out var value) && (tag.Value is null || tag.Value == value)));
}
