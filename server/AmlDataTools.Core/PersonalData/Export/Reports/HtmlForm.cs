using System.Net;

namespace AmlDataTools.Core.PersonalData.Export.Reports;

/// <summary>
/// A page that stands by itself: no scripts, nothing from elsewhere, readable without style, in light and dark, by a screen
/// reader and on paper.
/// </summary>
internal sealed class HtmlForm(Stream to) : ReportForm(to)
{
    private const string Head = """
        <meta charset="utf-8"/>
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="robots" content="noindex"/>
        <style>
        :root { background: Canvas; color: CanvasText; color-scheme: light dark; }
        body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem; overflow-wrap: anywhere; }
        h1 { font-size: 1.75rem; line-height: 1.2; } h2 { font-size: 1.25rem; margin-top: 2rem; }
        table { border-collapse: collapse; margin: 1rem 0; width: 100%; }
        caption { font-weight: 600; padding: .25rem 0; text-align: start; }
        th, td { border-bottom: 1px solid GrayText; padding: .3rem .75rem .3rem 0; text-align: start; vertical-align: top; }
        tbody th { font-weight: 400; }
        </style>
        """;

    /// <inheritdoc/>
    public override void Begin(string title)
    {
        Writer.WriteLine("<!DOCTYPE html>\n<html lang=\"en\">\n<head>");
        Writer.WriteLine(Head);
        Writer.WriteLine($"<title>{Safe(title)}</title>\n</head>\n<body>\n<main>\n<h1>{Safe(title)}</h1>");
    }

    /// <inheritdoc/>
    public override void Heading(string text) => Writer.WriteLine($"<h2>{Safe(text)}</h2>");

    /// <inheritdoc/>
    public override void Paragraph(string text) => Writer.WriteLine($"<p>{Safe(text)}</p>");

    /// <inheritdoc/>
    public override void Bullets(IEnumerable<string> items)
    {
        Writer.WriteLine("<ul>");
        foreach (var item in items)
        {
            Writer.WriteLine($"<li>{Safe(item)}</li>");
        }

        Writer.WriteLine("</ul>");
    }

    /// <inheritdoc/>
    public override void Table(string caption, IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<ReportCell>> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        Writer.WriteLine($"<table>\n<caption>{Safe(caption)}</caption>\n<thead>\n<tr>{string.Concat(columns.Select(column => $"<th scope=\"col\">{Safe(column)}</th>"))}</tr>\n</thead>\n<tbody>");
        foreach (var row in rows)
        {
            Writer.Write("<tr>");
            for (var index = 0; index < row.Count; index++)
            {
                Writer.Write(index == 0 ? $"<th scope=\"row\">{Cell(row[index])}</th>" : $"<td>{Cell(row[index])}</td>");
            }

            Writer.WriteLine("</tr>");
        }

        Writer.WriteLine("</tbody>\n</table>");
    }

    /// <inheritdoc/>
    public override void End() => Writer.WriteLine("</main>\n</body>\n</html>");

    private static string Cell(ReportCell cell)
    {
        var text = $"<bdi>{Safe(cell.Text)}</bdi>";
        return cell.Link is { } link ? $"<a href=\"{Safe(AddressOf(link))}\">{text}</a>" : text;
    }

    private static string Safe(string text) => WebUtility.HtmlEncode(Plain(text));
}
