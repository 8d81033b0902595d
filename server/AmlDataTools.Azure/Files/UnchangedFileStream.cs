namespace AmlDataTools.Azure.Files;

/// <summary>
/// The body of an answer, whose last byte is given out only after the file was asked for once more: a share gives out bytes
/// of a file while somebody writes to it, and has no condition that could forbid that.
/// </summary>
/// <param name="inner">The body.</param>
/// <param name="length">How many bytes it has.</param>
/// <param name="check">Throws when the file is not the one that was begun.</param>
internal sealed class UnchangedFileStream(Stream inner, long length, Func<CancellationToken, Task> check) : Stream
{
    private long _read;
    private bool _checked;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => length;

    /// <inheritdoc/>
    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        _read += count;
        if (_read >= length && !_checked && buffer.Length > 0)
        {
            await check(cancellationToken).ConfigureAwait(false);
            _checked = true;
        }

        return count;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Storage is only read asynchronously.");

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
