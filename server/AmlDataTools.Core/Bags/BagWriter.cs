using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Bags;

/// <summary>
/// Makes a bag of a folder whose payload is complete (RFC 8493, version 1.0): SHA-256 manifest, information, manifest of
/// these, and last <c>bagit.txt</c>, without which it is no bag. The payload's hashes are those of its download; it is not
/// read again.
/// </summary>
internal sealed class BagWriter(BagLayout layout)
{
    private const string Declaration = "bagit.txt";
    private const string Information = "bag-info.txt";
    private const string Manifest = "manifest-sha256.txt";
    private const string TagManifest = "tagmanifest-sha256.txt";

    // Without a byte order mark, which the specification forbids.
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Takes away what makes the folder a bag, because its payload is about to change.</summary>
    public void Reopen() => LocalDisk.Try(PathOf(Declaration), () =>
    {
        if (File.Exists(PathOf(Declaration)))
        {
            File.Delete(PathOf(Declaration));
        }
    });

    /// <summary>Writes everything beside the payload.</summary>
    /// <param name="payload">Its files: path relative to the destination, SHA-256 in hex, bytes.</param>
    /// <param name="information">What <c>bag-info.txt</c> says besides date and size: label and value.</param>
    /// <param name="others">Further files of ours beside the payload, already written, relative to the bag.</param>
    /// <param name="date">When the bag is made.</param>
    /// <exception cref="Problems.ProblemException">The disk is full or not writable.</exception>
    public void Write(
        IEnumerable<(string Path, string Sha256, long Bytes)> payload, IReadOnlyList<(string Label, string Value)> information, IReadOnlyList<string> others, DateTimeOffset date)
    {
        Directory.CreateDirectory(PathOf(BagLayout.Payload));
        var (files, bytes) = (0L, 0L);
        WriteWhole(Manifest, writer =>
        {
            foreach (var file in payload)
            {
                WriteLine(writer, file.Sha256, layout.InBag(file.Path));
                files++;
                bytes += file.Bytes;
            }
        });
        WriteWhole(Information, writer =>
        {
            WriteField(writer, "Bagging-Date", date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            WriteField(writer, "Payload-Oxum", string.Create(CultureInfo.InvariantCulture, $"{bytes}.{files}"));
            foreach (var (label, value) in information)
            {
                WriteField(writer, label, value);
            }
        });
        const string Bag = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
        WriteWhole(TagManifest, writer =>
        {
            foreach (var name in others.Prepend(Information).Prepend(Manifest))
            {
                WriteLine(writer, HashOf(PathOf(name)), name);
            }

            WriteLine(writer, Convert.ToHexStringLower(SHA256.HashData(s_utf8.GetBytes(Bag))), Declaration);
        });
        WriteWhole(Declaration, writer => writer.Write(Bag));
    }

    private string PathOf(string name) => Path.Combine(layout.Root, name);

    /// <summary>A name only ever leads to a whole file.</summary>
    private void WriteWhole(string name, Action<StreamWriter> write) => LocalDisk.Try(PathOf(name), () =>
    {
        var temporary = PathOf(name) + ".tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
            {
                using (var writer = new StreamWriter(stream, s_utf8, 1 << 16, leaveOpen: true))
                {
                    write(writer);
                }

                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, PathOf(name), overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
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

    private static string HashOf(string path) => LocalDisk.Try(path, () =>
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    });
}
