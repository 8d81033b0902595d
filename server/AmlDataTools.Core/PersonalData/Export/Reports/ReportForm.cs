using System.Text;

namespace AmlDataTools.Core.PersonalData.Export.Reports;

/// <summary>A cell of a table.</summary>
/// <param name="Text">What it says; anybody's text.</param>
/// <param name="Link">A file of the bag it leads to, relative to the report; null for none.</param>
internal readonly record struct ReportCell(string Text, string? Link = null);

/// <summary>How a report is written: the same text as a page or as Markdown. Every text given to it may be hostile.</summary>
internal abstract class ReportForm : IAsyncDisposable
{
    /// <summary>Writes to a stream that somebody else owns.</summary>
    protected ReportForm(Stream to) => Writer = new StreamWriter(to, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 14, leaveOpen: true) { NewLine = "\n" };

    /// <summary>Takes the text.</summary>
    protected StreamWriter Writer { get; }

    /// <summary>Begins it.</summary>
    public abstract void Begin(string title);

    /// <summary>A heading of a section.</summary>
    public abstract void Heading(string text);

    /// <summary>A paragraph.</summary>
    public abstract void Paragraph(string text);

    /// <summary>A list.</summary>
    public abstract void Bullets(IEnumerable<string> items);

    /// <summary>A table; none when there are no rows.</summary>
    /// <param name="caption">What it shows.</param>
    /// <param name="columns">Heads of the columns.</param>
    /// <param name="rows">Its rows; the first cell is the row's head.</param>
    public abstract void Table(string caption, IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<ReportCell>> rows);

    /// <summary>Ends it.</summary>
    public abstract void End();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Writer.DisposeAsync();

    /// <summary>An address relative to the report: each segment escaped, so that no name is anything but a name.</summary>
    protected static string AddressOf(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    /// <summary>A text without what would change how others are read: control characters, and marks that turn the direction of text.</summary>
    protected static string Plain(string text) => text.Any(IsUnseen) ? string.Concat(text.Select(letter => IsUnseen(letter) ? ' ' : letter)) : text;

    private static bool IsUnseen(char letter) => char.IsControl(letter) || letter is '\u200E' or '\u200F' or (>= '\u2028' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or >= '\uFFFE';
}
