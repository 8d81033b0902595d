using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.Audit;

/// <summary>The audit log for people: exports it, checks it.</summary>
public sealed class AuditService
{
    private readonly OperationAudit _operations;
    private readonly AuditExporter _exporter;
    private readonly AuditVerifier _verifier;

    internal AuditService(AuditLog log, OperationAudit operations, OperationStore store, TimeProvider time)
    {
        _operations = operations;
        _exporter = new AuditExporter(log, time);
        _verifier = new AuditVerifier(log, store);
    }

    /// <summary>Copies the log, or its end from a moment on, into a file of its own.</summary>
    /// <param name="path">Absolute path of the file; replaced if it exists.</param>
    /// <param name="since">Lines from this moment on, and all that follow; null for all.</param>
    /// <param name="cancellationToken">Ends it; what was at the path stays.</param>
    /// <exception cref="ProblemException"><c>audit.nothingYet</c>, <c>audit.nothingSince</c>, <c>audit.badPath</c>, <c>storage.busy</c>, <c>disk.*</c>.</exception>
    public async Task<AuditExported> ExportAsync(string path, DateTimeOffset? since, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        await _operations.HealAsync(cancellationToken).ConfigureAwait(false);
        return await _exporter.ExportAsync(path, since, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Checks an exported log: every line, how they follow one another, the end, and the receipts that are there.</summary>
    /// <param name="path">Absolute path of the file.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ProblemException"><c>audit.notFound</c>, <c>audit.empty</c>, <c>audit.notUtf8</c>, <c>audit.lineEnds</c>, <c>audit.otherVersion</c>, <c>audit.notALog</c>, <c>audit.unreadable</c>.</exception>
    public Task<AuditVerdict> VerifyAsync(string path, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);

        // Reading is all there is to do, and a log may be long: not on the thread that reads the next request.
        return Task.Run(() => _verifier.Verify(path, cancellationToken), cancellationToken);
    }
}
