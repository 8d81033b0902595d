using System.Text.Json;
using AmlDataTools.Core.Operations;
using Xunit;

namespace AmlDataTools.Core.Tests.Operations;

public sealed class SizesTests
{
    /// <summary>The table that the extension's tests read too.</summary>
    public static TheoryData<long, string> Cases()
    {
        using var table = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "sizes.json")));
        var cases = new TheoryData<long, string>();
        foreach (var row in table.RootElement.EnumerateArray())
        {
            cases.Add(row[0].GetInt64(), row[1].GetString() ?? string.Empty);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Bytes_read_the_same_everywhere(long bytes, string text) => Assert.Equal(text, Sizes.Text(bytes));

    [Fact]
    public void A_day_is_that_of_utc() =>
        Assert.Equal("2026-12-04 (UTC)", Sizes.Day(new DateTimeOffset(2026, 12, 5, 1, 30, 0, TimeSpan.FromHours(2))));
}
