using System.Globalization;
using System.Text;
using AmlDataTools.Core.Export;
using AmlDataTools.Core.Operations;

namespace AmlDataTools.Core.PersonalData.Export;

/// <summary>The index as a table (RFC 4180): a row for each finding. What a spreadsheet would take for a formula is defused.</summary>
internal static class IndexCsv
{
    private const int FlushAbove = 16 << 10;

    private static readonly string[] Columns =
    [
        "kind", "name", "within", "workspace", "created", "sure", "fields", "document", "documentSha256", "documentMissing", "file", "fileSha256", "fileBytes", "fileMissing",
        "filesInIt", "filesInItMissing", "filesInItBytes", "filesNote",
    ];

    /// <summary>Writes it.</summary>
    public static async Task WriteAsync(FoundHead head, IAsyncEnumerable<FoundOutcome> outcomes, Stream destination, CancellationToken cancellationToken)
    {
        var rows = new StringBuilder(string.Join(',', Columns)).Append("\r\n");
        await foreach (var outcome in outcomes.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            rows.AppendJoin(',', Cells(head, outcome).Select(cell => MetricsCsv.Cell(cell ?? string.Empty))).Append("\r\n");
            if (rows.Length > FlushAbove)
            {
                await destination.WriteAsync(Encoding.UTF8.GetBytes(rows.ToString()), cancellationToken).ConfigureAwait(false);
                rows.Clear();
            }
        }

        await destination.WriteAsync(Encoding.UTF8.GetBytes(rows.ToString()), cancellationToken).ConfigureAwait(false);
    }

    private static IEnumerable<string?> Cells(FoundHead head, FoundOutcome outcome)
    {
        var finding = outcome.Item.Finding;
        yield return ReceiptForm.Camel(finding.Kind.ToString());
        yield return head.Text(finding.Name);
        yield return head.TextIfSet(finding.Within);
        yield return finding.Workspace;
        yield return finding.CreatedAt?.ToString("O", CultureInfo.InvariantCulture);
        yield return ReceiptForm.Camel(finding.Grade.ToString());
        yield return string.Join("; ", finding.Evidence.Select(one => head.Text(one.Field)));
        foreach (var cell in Cells(outcome.Document).Where((_, index) => index != 2).Concat(Cells(outcome.File)))
        {
            yield return cell;
        }

        yield return outcome.FilesGiven.ToString(CultureInfo.InvariantCulture);
        yield return outcome.FilesMissing.ToString(CultureInfo.InvariantCulture);
        yield return outcome.FileBytes.ToString(CultureInfo.InvariantCulture);
        yield return FoundHead.FilesNote(outcome.Item);
    }

    private static IEnumerable<string?> Cells(GivenFile? file) => [file?.Path, file?.Sha256, file?.Path is null ? null : file.Bytes.ToString(CultureInfo.InvariantCulture), file?.Why];
}
