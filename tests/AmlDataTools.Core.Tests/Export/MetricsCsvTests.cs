using System.Text;
using System.Text.Json;
using AmlDataTools.Core.Export;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace AmlDataTools.Core.Tests.Export;

public sealed class MetricsCsvTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"x\"", "\"say \"\"x\"\"\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    [InlineData("-0.25", "-0.25")]
    [InlineData("+1e-9", "+1e-9")]
    [InlineData("=HYPERLINK(1)", "'=HYPERLINK(1)")]
    [InlineData("-1+cmd", "'-1+cmd")]
    [InlineData("@sum", "'@sum")]
    [InlineData("", "")]
    public void Cells_are_quoted_and_formulas_defused(string text, string cell) => Assert.Equal(cell, MetricsCsv.Cell(text));

    [Fact]
    public void A_cell_stays_one_cell() => Prop.ForAll<string>(text =>
    {
        var cell = MetricsCsv.Cell(text ?? string.Empty);
        var parsed = cell.StartsWith('"') ? cell[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : cell;
        return (parsed == (text ?? string.Empty) || parsed == "'" + text)
            && (cell.StartsWith('"') || cell.AsSpan().IndexOfAny("\",\r\n") < 0);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_value_is_a_row_and_strange_ones_are_passed_over()
    {
        using var page = JsonDocument.Parse("""
            {"name":"loss","value":[
              {"step":0,"createdUtc":"2026-01-02T03:04:05Z","data":{"loss":0.5,"note":"a,b"}},
              {"step":null,"data":{"loss":"NaN"}},
              null, 5, {"data":null}, {"data":[1]}, {}]}
            """);
        var rows = new StringBuilder();
        MetricsCsv.AppendRows(page.RootElement, rows);
        Assert.Equal("loss,0,2026-01-02T03:04:05Z,loss,0.5\r\nloss,0,2026-01-02T03:04:05Z,note,\"a,b\"\r\nloss,,,loss,NaN\r\n", rows.ToString());
    }
}
