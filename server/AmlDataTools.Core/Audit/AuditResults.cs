namespace AmlDataTools.Core.Audit;

/// <summary>Something wrong with a log.</summary>
/// <param name="Line">Number of the line in the file, from 1; null for what concerns no line.</param>
/// <param name="Message">What, for people.</param>
public sealed record AuditProblem(long? Line, string Message);

/// <summary>A log that was exported.</summary>
/// <param name="Path">The file.</param>
/// <param name="Lines">How many lines of the chain it holds.</param>
/// <param name="First">Number of the first one in the chain.</param>
/// <param name="Last">Number of the last one.</param>
/// <param name="From">When the first one was written; Unix time in milliseconds.</param>
/// <param name="To">When the last one was written.</param>
/// <param name="LastHash">Hash of the last one. Kept elsewhere, it shows whether the whole log was made anew.</param>
/// <param name="Problem">The first thing found wrong with the chain on the way; null for none.</param>
public sealed record AuditExported(string Path, long Lines, long First, long Last, long From, long To, string LastHash, AuditProblem? Problem);

/// <summary>What checking a log found.</summary>
/// <param name="Path">The file.</param>
/// <param name="IsIntact">Whether nothing is wrong with it.</param>
/// <param name="Summary">In words.</param>
/// <param name="Lines">How many lines of the chain it holds.</param>
/// <param name="LastHash">Hash of the last one; null when there is none.</param>
/// <param name="Problems">What is wrong, in the order of the file: the first of it.</param>
/// <param name="ProblemCount">How much is wrong.</param>
/// <param name="ReceiptsSame">Receipts that are there and as they were logged.</param>
/// <param name="ReceiptsDifferent">Receipts that are there and not as they were logged.</param>
/// <param name="ReceiptsAbsent">Receipts that are not there: not here, or not any more.</param>
public sealed record AuditVerdict(
    string Path,
    bool IsIntact,
    string Summary,
    long Lines,
    string? LastHash,
    IReadOnlyList<AuditProblem> Problems,
    long ProblemCount,
    long ReceiptsSame,
    long ReceiptsDifferent,
    long ReceiptsAbsent);
