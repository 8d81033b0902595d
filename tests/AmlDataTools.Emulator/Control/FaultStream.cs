namespace AmlDataTools.Emulator.Control;

/// <summary>An answer's body that counts its bytes and, told so, cuts the connection, ends early or spoils a byte.</summary>
/// <param name="http">The request.</param>
/// <param name="inner">The body as it was.</param>
/// <param name="rule">What to do to it; null only counts.</param>
internal sealed class FaultStream(HttpContext http, Stream inner, FaultRule? rule) : Stream
{
    /// <summary>Bytes passed on.</summary>
    public long Written { get; private set; }

    /// <summary>The connection was cut on request.</summary>
    public bool Cut { get; private set; }

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (rule?.Kind == FaultKind.Corrupt && rule.Bytes >= Written && rule.Bytes < Written + buffer.Length)
        {
            var copy = buffer.ToArray();
            copy[(int)(rule.Bytes - Written)] ^= 0xFF;
            buffer = copy;
        }

        var limit = rule?.Kind is FaultKind.Reset or FaultKind.Truncate ? rule.Bytes : long.MaxValue;
        var count = (int)Math.Min(buffer.Length, Math.Max(0, limit - Written));
        if (count > 0)
        {
            await inner.WriteAsync(buffer[..count], cancellationToken);
            Written += count;
        }

        if (count < buffer.Length && rule?.Kind == FaultKind.Reset)
        {
            // A cut discards what the client has not read yet, so what was promised gets time to arrive.
            await inner.FlushAsync(cancellationToken);
            await Task.Delay(100, cancellationToken);
            Cut = true;
            http.Abort();
            throw new IOException("The connection was cut on request.");
        }
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Write asynchronously.");

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public override void Flush() => throw new NotSupportedException("Flush asynchronously.");

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
}
