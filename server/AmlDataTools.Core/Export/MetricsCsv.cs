using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Export;

/// <summary>Metrics of a run: every value of each, raw and as a table of one row a value.</summary>
internal static class MetricsCsv
{
    /// <summary>All answers of the metric service on a run, one metric after the other.</summary>
    public static async IAsyncEnumerable<JsonElement> PagesAsync(WorkspaceClient client, string runId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var metric in client.Metrics.ListAsync(runId, cancellationToken).ConfigureAwait(false))
        {
            if (Text(metric, "name") is not { } name)
            {
                continue;
            }

            await foreach (var page in client.Metrics.GetFullAsync(runId, name, Text(metric, "namespace"), cancellationToken).ConfigureAwait(false))
            {
                yield return page;
            }
        }
    }

    /// <summary>Writes the table: metric, step, time, column, value.</summary>
    /// <exception cref="ProblemException"><c>document.absent</c>: the run has no metrics.</exception>
    public static async Task WriteAsync(WorkspaceClient client, string runId, Stream to, CancellationToken cancellationToken)
    {
        var rows = new StringBuilder("metric,step,createdUtc,column,value\r\n");
        var any = false;
        await foreach (var page in PagesAsync(client, runId, cancellationToken).ConfigureAwait(false))
        {
            any = true;
            AppendRows(page, rows);
            await to.WriteAsync(Encoding.UTF8.GetBytes(rows.ToString()), cancellationToken).ConfigureAwait(false);
            rows.Clear();
        }

        if (!any)
        {
            throw new ProblemException(TransferEngine.Absent, "The run has no metrics.");
        }
    }

    internal static void AppendRows(JsonElement page, StringBuilder rows)
    {
        var metric = Text(page, "name") ?? string.Empty;
        if (!page.TryGetProperty("value", out var values) || values.ValueKind != JsonValueKind.Array)
        {
            return;
        }

        foreach (var value in values.EnumerateArray())
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Object)
            {
                continue;
            }

            foreach (var column in data.EnumerateObject())
            {
                rows.Append(Cell(metric)).Append(',')
                    .Append(Cell(value.TryGetProperty("step", out var step) ? step.ToString() : string.Empty)).Append(',')
                    .Append(Cell(Text(value, "createdUtc") ?? string.Empty)).Append(',')
                    .Append(Cell(column.Name)).Append(',')
                    .Append(Cell(column.Value.ValueKind == JsonValueKind.String ? column.Value.GetString() ?? string.Empty : column.Value.GetRawText())).Append("\r\n");
            }
        }
    }

    /// <summary>RFC 4180; text that a spreadsheet would take for a formula is defused, numbers are left alone.</summary>
    internal static string Cell(string text)
    {
        var formula = text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' && !double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out _);
        text = formula ? "'" + text : text;
        return text.AsSpan().IndexOfAny("\",\r\n") >= 0 ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
