using AmlDataTools.Core.Changes;
using Xunit;

namespace AmlDataTools.Core.Tests.Changes;

public sealed class KeptUntilTests
{
    private static readonly DateTimeOffset Deleted = new(2026, 11, 21, 3, 0, 0, TimeSpan.Zero);

    /// <summary>Right after a deletion, most of a day later, near the end: always the same date, and the one that the plan told.</summary>
    [Theory]
    [InlineData(0.0, 13)]
    [InlineData(0.0, 14)]
    [InlineData(0.9, 13)]
    [InlineData(5.2, 8)]
    [InlineData(13.8, 0)]
    public void The_days_of_the_policy_run_from_the_deletion(double daysSince, int remaining)
    {
        var until = KeptUntil.Of(Deleted, remaining, [Keeps(14)], Deleted.AddDays(daysSince).AddSeconds(2));
        Assert.Equal(Deleted.AddDays(14), until);
        Assert.Contains("2026-12-05 (UTC)", KeptUntil.Planned("acc", 14, Deleted), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_several_accounts_it_is_the_one_whose_days_fit() =>
        Assert.Equal(Deleted.AddDays(30), KeptUntil.Of(Deleted, 29, [Keeps(7), Keeps(null), Keeps(0), Keeps(30)], Deleted.AddMinutes(1)));

    [Fact]
    public void Without_a_policy_that_fits_what_the_service_says_is_left_counts()
    {
        var now = Deleted.AddDays(1);
        Assert.Equal(now.AddDays(5), KeptUntil.Of(Deleted, 5, [Keeps(14)], now));
        Assert.Equal(now.AddDays(5), KeptUntil.Of(Deleted, 5, [], now));
        Assert.Equal(now.AddDays(5), KeptUntil.Of(null, 5, [Keeps(6)], now));
        Assert.Null(KeptUntil.Of(Deleted, null, [Keeps(14)], now));
    }

    private static Retention Keeps(int? days) => new("acc", days, false, false, null);
}
