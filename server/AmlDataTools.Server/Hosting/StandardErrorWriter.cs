using System.Text;

namespace AmlDataTools.Server.Hosting;

/// <summary>Writes to standard error, which is opened only when something is written: opening it costs time at the start.</summary>
internal sealed class StandardErrorWriter : TextWriter
{
    /// <inheritdoc/>
    public override Encoding Encoding => Console.Error.Encoding;

    /// <inheritdoc/>
    public override void Write(char value) => Console.Error.Write(value);

    /// <inheritdoc/>
    public override void Write(string? value) => Console.Error.Write(value);

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Console.Error.Write(buffer, index, count);

    /// <inheritdoc/>
    public override void Flush() => Console.Error.Flush();
}
