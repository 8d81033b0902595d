using AmlDataTools.Core.Operations;

namespace AmlDataTools.Core.Changes;

/// <summary>What a storage account keeps of deleted blobs, as read of it.</summary>
/// <param name="Account">The account's name.</param>
/// <param name="SoftDeleteDays">For how many days deleted blobs can be brought back; 0 when soft delete is off; null when it could not be read.</param>
/// <param name="Versioning">Whether older versions are kept; null when it could not be read.</param>
/// <param name="Hierarchical">Whether the account has real folders; null when it could not be read.</param>
/// <param name="Immutability">What forbids deletion in the container (a policy, a legal hold), in words; null for nothing known.</param>
public sealed record Retention(string Account, int? SoftDeleteDays, bool? Versioning, bool? Hierarchical, string? Immutability)
{
    /// <summary>The file share meant; null for containers. A share keeps no deleted files, whatever the account does with blobs.</summary>
    public string? Share { get; init; }

    /// <summary>How many snapshots the share has; null when it could not be read.</summary>
    public int? ShareSnapshots { get; init; }

    /// <summary>What a piece of data is called in places of which this is all that is kept.</summary>
    /// <param name="retentions">What a plan's places keep.</param>
    internal static string PieceIn(IReadOnlyList<Retention> retentions) => retentions.Count > 0 && retentions.All(r => r.Share is not null) ? "file" : "blob";
}

/// <summary>Until when deleted blobs can be brought back, reckoned the same way before a deletion and after it.</summary>
internal static class KeptUntil
{
    /// <summary>
    /// The end of a soft-deleted blob's time: its deletion and the days of the account's policy. The service tells only how many
    /// whole days are left, rounded down: adding these to the deletion would be a day short. They tell which policy it was
    /// deleted under; if that is none of those read, they are all there is to reckon with.
    /// </summary>
    /// <param name="deleted">When it was deleted; null when the service does not tell.</param>
    /// <param name="remainingDays">How many days are left, as the service says; null when it does not: then there is no date.</param>
    /// <param name="retentions">What the accounts of the plan keep.</param>
    /// <param name="now">Now.</param>
    public static DateTimeOffset? Of(DateTimeOffset? deleted, int? remainingDays, IEnumerable<Retention> retentions, DateTimeOffset now)
    {
        if (remainingDays is not { } left)
        {
            return null;
        }

        var least = now.AddDays(Math.Max(0, left));
        return deleted is not { } at ? least
            : retentions.Select(r => r.SoftDeleteDays ?? 0).Where(days => days > 0).Order().Select(days => (DateTimeOffset?)at.AddDays(days))
                .FirstOrDefault(end => end > now && end >= least.AddDays(-1) && end <= least.AddDays(1)) ?? least;
    }

    /// <summary>What a plan says of an account that keeps deleted blobs, before there is a deletion to reckon from.</summary>
    /// <param name="account">The account.</param>
    /// <param name="days">The days of its policy.</param>
    /// <param name="now">Now.</param>
    public static string Planned(string account, int days, DateTimeOffset now) =>
        $"The account {account} keeps deleted blobs for {Sizes.Count(days, "day")}: if deleted today, they can be brought back until {Sizes.Day(now.AddDays(days))}, and are still stored until then.";
}
