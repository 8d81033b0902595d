using System.Globalization;
using System.Text;

namespace AmlDataTools.Core.Operations;

/// <summary>A readable receipt: a heading, a sentence, a table of facts, sections.</summary>
internal sealed class ReceiptMarkdown
{
    private readonly StringBuilder _text = new();

    /// <summary>Begins it, with the table of facts.</summary>
    /// <param name="title">The heading, escaped here.</param>
    /// <param name="sentence">How it ended.</param>
    public ReceiptMarkdown(string title, string sentence) => _text.Append(CultureInfo.InvariantCulture, $"# {ReceiptForm.Escape(title)}\n\n{sentence}\n\n| | |\n|---|---|\n");

    /// <summary>A row of the table; the value is escaped here.</summary>
    public void Row(string name, string value) => _text.Append(CultureInfo.InvariantCulture, $"| {name} | {ReceiptForm.Escape(value)} |\n");

    /// <summary>A line of its own.</summary>
    public void Paragraph(string line) => _text.Append(CultureInfo.InvariantCulture, $"\n{line}\n");

    /// <summary>A section, unless there is nothing in it.</summary>
    public void Section(string title, string body)
    {
        if (body.Length > 0)
        {
            _text.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n{body}");
        }
    }

    /// <summary>The whole text.</summary>
    public override string ToString() => _text.ToString();
}
