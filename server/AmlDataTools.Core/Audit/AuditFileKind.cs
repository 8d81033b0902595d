using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.Audit;

/// <summary>Tells files that are no audit logs at all from logs that something is wrong with.</summary>
internal static class AuditFileKind
{
    private const int Looked = 3;

    /// <summary>Checks that a file may be an audit log.</summary>
    /// <param name="file">The file.</param>
    /// <param name="path">Its path.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ProblemException"><c>audit.empty</c>, <c>audit.notUtf8</c>, <c>audit.notALog</c>.</exception>
    public static void Check(FileStream file, string path, CancellationToken cancellationToken)
    {
        if (file.Length == 0)
        {
            throw new ProblemException("audit.empty", $"{path} is empty: everything in it was removed, or it was never an audit log.") { Target = path };
        }

        Span<byte> head = stackalloc byte[4];
        var read = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        if (read >= 2 && (head[0], head[1]) is (0xFF, 0xFE) or (0xFE, 0xFF) or ((byte)'{', 0) or (0, (byte)'{'))
        {
            throw new ProblemException("audit.notUtf8", $"{path} is UTF-16 text, and an audit log is UTF-8: an editor has saved it anew. Export the log again.") { Target = path };
        }

        if (read >= 3 && head.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            throw new ProblemException("audit.notUtf8", $"{path} begins with a byte order mark, which an audit log does not have: an editor has saved it anew. Export the log again.") { Target = path };
        }

        file.Position = 0;
        foreach (var raw in BoundedLines.Read(file, cancellationToken).Take(Looked))
        {
            if (raw.Bytes.Span.EndsWith("}\r"u8) && AuditLine.Read(raw.Bytes[..^1]).Line is not null)
            {
                throw new ProblemException("audit.lineEnds", $"The lines of {path} end in CR LF, those of an audit log in LF: an editor or a version control system has changed it. Export the log again.") { Target = path };
            }

            if (AuditLine.Read(raw.Bytes) is not { Line: { } line } told)
            {
                continue;
            }

            // A version that was only made to look another one is a changed line, and said as such.
            if (told.State != LineState.Sound || line.Version is not { } version || version == AuditLine.Format)
            {
                return;
            }

            throw new ProblemException("audit.otherVersion", $"{path} is an audit log in the form {version}, which this version does not know. Check it with a newer version of the extension.") { Target = path };
        }

        throw new ProblemException("audit.notALog", $"{path} is no audit log: none of its first lines is one of such a log. Choose a file made by \"Export Audit Log...\".") { Target = path };
    }
}
