using AmlDataTools.Core.Operations;

namespace AmlDataTools.Core.PersonalData.Export.Reports;

/// <summary>The report as Markdown, readable as it stands.</summary>
internal sealed class MarkdownForm(Stream to) : ReportForm(to)
{
    /// <inheritdoc/>
    public override void Begin(string title) => Writer.WriteLine($"# {Safe(title)}");

    /// <inheritdoc/>
    public override void Heading(string text) => Writer.WriteLine($"\n## {Safe(text)}");

    /// <inheritdoc/>
    public override void Paragraph(string text) => Writer.WriteLine($"\n{Safe(text)}");

    /// <inheritdoc/>
    public override void Bullets(IEnumerable<string> items)
    {
        Writer.WriteLine();
        foreach (var item in items)
        {
            Writer.WriteLine($"- {Safe(item)}");
        }
    }

    /// <inheritdoc/>
    public override void Table(string caption, IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<ReportCell>> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        Writer.WriteLine($"\n{Safe(caption)}:\n\n| {string.Join(" | ", columns.Select(Safe))} |\n|{string.Concat(Enumerable.Repeat("---|", columns.Count))}");
        foreach (var row in rows)
        {
            Writer.WriteLine($"| {string.Join(" | ", row.Select(Cell))} |");
        }
    }

    /// <inheritdoc/>
    public override void End()
    {
        // Markdown has no end of its own.
    }

    private static string Cell(ReportCell cell) => cell.Link is { } link ? $"[{Safe(cell.Text)}](<{AddressOf(link)}>)" : Safe(cell.Text);

    private static string Safe(string text) => ReceiptForm.Escape(Plain(text));
}
