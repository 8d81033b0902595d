using System.Security.Cryptography;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Bags;

/// <summary>The files beside the payload of a bag that is a folder.</summary>
/// <param name="root">The bag's folder, absolute.</param>
internal sealed class FolderBagFiles(string root) : IBagFiles
{
    /// <summary>Takes away what makes the folder a bag, because its payload is about to change.</summary>
    public void Reopen() => LocalDisk.Try(PathOf(BagWriter.Declaration), () =>
    {
        if (File.Exists(PathOf(BagWriter.Declaration)))
        {
            File.Delete(PathOf(BagWriter.Declaration));
        }
    });

    /// <inheritdoc/>
    public void MakePayloadFolder() => LocalDisk.Try(PathOf(BagLayout.Payload), () => Directory.CreateDirectory(PathOf(BagLayout.Payload)));

    /// <summary>SHA-256 of a file beside the payload, in hex.</summary>
    public string HashOf(string name) => LocalDisk.Try(PathOf(name), () =>
    {
        using var file = File.OpenRead(PathOf(name));
        return Convert.ToHexStringLower(SHA256.HashData(file));
    });

    /// <inheritdoc/>
    public string Write(string name, Action<Stream> write)
    {
        WholeFile.Write(PathOf(name), file =>
        {
            write(file);
            return true;
        });
        return HashOf(name);
    }

    private string PathOf(string name) => Path.Combine(root, name);
}
