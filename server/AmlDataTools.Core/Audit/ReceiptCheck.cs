using System.Security.Cryptography;
using AmlDataTools.Core.Operations;

namespace AmlDataTools.Core.Audit;

/// <summary>
/// Compares receipts that are there with what the log says of them. An operation that was gone on with ends more than once,
/// and each time its receipt is written anew: only the last one counts.
/// </summary>
/// <param name="store">The operations and the receipts kept of those taken off the list.</param>
/// <param name="beside">The folder of the log that is checked: receipts that were handed out with it lie there, or in <c>receipts</c> below, each named after its operation.</param>
internal sealed class ReceiptCheck(OperationStore store, string beside)
{
    private const int MostOpen = 10_000;

    private readonly Dictionary<string, (long Line, string Path)> _different = new(StringComparer.Ordinal);

    /// <summary>Receipts as they were logged.</summary>
    public long Same { get; private set; }

    /// <summary>Receipts that are not there.</summary>
    public long Absent { get; private set; }

    /// <summary>Receipts that differ.</summary>
    public long Different => _different.Count;

    /// <summary>Looks at the receipt of an end.</summary>
    /// <param name="number">Number of the line in the file.</param>
    /// <param name="line">The line.</param>
    public void Take(long number, AuditLine line)
    {
        // What is in a file that somebody gives is no path.
        if (line is not { Event: AuditEvents.Ended, Operation: { } id, Receipt: { } hash } || !OperationStore.IsId(id))
        {
            return;
        }

        if (Find(id) is not { } path)
        {
            Absent++;
        }
        else if (HashOf(path) == hash)
        {
            Same++;
            _different.Remove(id);
        }
        else if (_different.Count < MostOpen || _different.ContainsKey(id))
        {
            _different[id] = (number, path);
        }
    }

    /// <summary>What is wrong, at the end.</summary>
    public IEnumerable<AuditProblem> Problems() => _different.OrderBy(d => d.Value.Line).Select(d =>
        new AuditProblem(d.Value.Line, $"The receipt {d.Value.Path} is not the one this line tells of: it was changed after the operation ended."));

    private string? Find(string id) => new[]
    {
        store.ReceiptOf(id).Json,
        store.KeptReceiptOf(id),
        Path.Combine(beside, "receipts", id + ".json"),
        Path.Combine(beside, id + ".json"),
    }.FirstOrDefault(File.Exists);

    private static string? HashOf(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return Convert.ToHexStringLower(SHA256.HashData(file));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // One that cannot be read is not the one that was logged.
            return null;
        }
    }
}
