using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AmlDataTools.Core.Bags;

/// <summary>Where the files beside a bag's payload are written.</summary>
internal interface IBagFiles
{
    /// <summary>Sees that there is a folder for the payload.</summary>
    void MakePayloadFolder();

    /// <summary>Writes one file, whole or not at all; gives its SHA-256 in hex.</summary>
    /// <param name="name">Its name, relative to the bag.</param>
    /// <param name="write">Writes what is in it.</param>
    string Write(string name, Action<Stream> write);
}

/// <summary>
/// Makes a bag of what was exported once the payload is complete (RFC 8493, version 1.0): SHA-256 manifest, information,
/// manifest of these, and last <c>bagit.txt</c>, without which it is no bag. The payload's hashes are those of its download;
/// it is not read again.
/// </summary>
internal sealed class BagWriter(BagLayout layout, IBagFiles files)
{
    /// <summary>Name of the file that makes a folder a bag.</summary>
    public const string Declaration = "bagit.txt";

    private const string Information = "bag-info.txt";
    private const string Manifest = "manifest-sha256.txt";
    private const string TagManifest = "tagmanifest-sha256.txt";

    // Without a byte order mark, which the specification forbids.
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Writes everything beside the payload.</summary>
    /// <param name="payload">Its files: path relative to the destination, SHA-256 in hex, bytes.</param>
    /// <param name="information">What <c>bag-info.txt</c> says besides date and size: label and value.</param>
    /// <param name="others">Further files of ours beside the payload, already written: name relative to the bag, SHA-256 in hex.</param>
    /// <param name="date">When the bag is made.</param>
    /// <exception cref="Problems.ProblemException">The disk is full or not writable.</exception>
    public void Write(
        IEnumerable<(string Path, string Sha256, long Bytes)> payload,
        IReadOnlyList<(string Label, string Value)> information,
        IReadOnlyList<(string Name, string Sha256)> others,
        DateTimeOffset date)
    {
        files.MakePayloadFolder();
        var (count, bytes) = (0L, 0L);
        var manifest = WriteText(Manifest, writer =>
        {
            foreach (var file in payload)
            {
                WriteLine(writer, file.Sha256, layout.InBag(file.Path));
                count++;
                bytes += file.Bytes;
            }
        });
        var info = WriteText(Information, writer =>
        {
            WriteField(writer, "Bagging-Date", date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            WriteField(writer, "Payload-Oxum", string.Create(CultureInfo.InvariantCulture, $"{bytes}.{count}"));
            foreach (var (label, value) in information)
            {
                WriteField(writer, label, value);
            }
        });
        const string Bag = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
        WriteText(TagManifest, writer =>
        {
            WriteLine(writer, manifest, Manifest);
            WriteLine(writer, info, Information);
            foreach (var (name, sha256) in others)
            {
                WriteLine(writer, sha256, name);
            }

            WriteLine(writer, Convert.ToHexStringLower(SHA256.HashData(s_utf8.GetBytes(Bag))), Declaration);
        });
        WriteText(Declaration, writer => writer.Write(Bag));
    }

    private string WriteText(string name, Action<StreamWriter> write) => files.Write(name, stream =>
    {
        using var writer = new StreamWriter(stream, s_utf8, 1 << 16, leaveOpen: true);
        write(writer);
    });

    /// <summary>A line of a manifest: what would end the line, and the sign that says so, are written as the specification wants.</summary>
    private static void WriteLine(StreamWriter writer, string hash, string path)
    {
        writer.Write(hash);
        writer.Write("  ");
        writer.Write(path.Replace("%", "%25", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal));
        writer.Write('\n');
    }

    private static void WriteField(StreamWriter writer, string label, string value)
    {
        writer.Write($"{label}: {string.Join(' ', value.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))}\n");
    }
}
