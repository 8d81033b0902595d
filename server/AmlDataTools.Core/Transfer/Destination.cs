using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using AmlDataTools.Core.Names;
using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.Transfer;

/// <summary>What is done about files that exist.</summary>
public enum ExistingFilePolicy
{
    /// <summary>Identical ones are skipped; others are kept and the new one is written beside them.</summary>
    SkipIdentical,

    /// <summary>Replaced, once the new one is complete and verified.</summary>
    Replace,

    /// <summary>Kept; the new one gets a number in its name.</summary>
    KeepBoth,
}

/// <summary>
/// The folder an export goes to. Unfinished files lie in a folder of their own below it, on the same disk, so that
/// finishing is a rename and no half file ever has a name a person would trust.
/// </summary>
internal sealed class Destination
{
    /// <summary>More than one: files made side by side in one folder wait for each other in the file system.</summary>
    private const int StagingFolders = 16;

    private readonly DirectoryMaker _directories;
    private readonly ExistingFilePolicy _existing;
    private readonly ConcurrentDictionary<string, bool> _wasThere = new(StringComparer.OrdinalIgnoreCase);

    public Destination(string folder, string operationId, ExistingFilePolicy existing)
    {
        Folder = folder;
        Staging = Path.Combine(folder, StagingName(operationId));
        _existing = existing;
        _directories = new DirectoryMaker(folder);
    }

    /// <summary>Name of the folder for unfinished files.</summary>
    public static string StagingName(string operationId) => $".aml-data-tools-{operationId}";

    /// <summary>The folder, absolute.</summary>
    public string Folder { get; }

    /// <summary>Where unfinished files lie.</summary>
    public string Staging { get; }

    /// <summary>Whether files that exist may be identical to what would be fetched.</summary>
    public bool SkipsIdentical => _existing == ExistingFilePolicy.SkipIdentical;

    /// <summary>Makes the folder (its parent must exist) and the one for unfinished files.</summary>
    /// <exception cref="ProblemException">It cannot be made or written.</exception>
    public void Prepare()
    {
        if (!Directory.Exists(Folder) && Path.GetDirectoryName(Folder) is { } parent && !Directory.Exists(parent))
        {
            throw new ProblemException("disk.folderMissing", $"The folder {parent} does not exist. Make it, or choose another folder.")
            {
                Target = parent,
                Actions = [ProblemAction.ChooseFolder, ProblemAction.Retry],
            };
        }

        LocalDisk.Try(Folder, () => Directory.CreateDirectory(Folder));
        LocalDisk.Try(Staging, () =>
        {
            for (var number = 0; number < StagingFolders; number++)
            {
                Directory.CreateDirectory(Path.Combine(Staging, $"{number}"));
            }
        });
        if (OperatingSystem.IsWindows())
        {
            File.SetAttributes(Staging, FileAttributes.Hidden | FileAttributes.Directory);
        }
    }

    /// <summary>Where the unfinished file of an item lies.</summary>
    public string PartOf(long index) => Path.Combine(Staging, $"{index % StagingFolders}", $"{index}.part");

    /// <summary>Where an item's path leads, folders not yet made.</summary>
    public string FinalOf(string path) => PathGuard.EnsureInside(Folder, path);

    /// <summary>Makes a folder of the export.</summary>
    public void MakeFolder(string path) => LocalDisk.Try(path, () => _directories.EnsureFolder(path));

    /// <summary>The file that is already there; null when there is none.</summary>
    public FileInfo? Existing(string path)
    {
        if (!MayExist(path))
        {
            return null;
        }

        var file = new FileInfo(FinalOf(path));
        // What is behind a link is not what is there; it may even have no end.
        return file is { Exists: true, LinkTarget: null } ? file : null;
    }

    /// <summary>The path an item will really get: its own, or one with a number when that is taken and must be kept.</summary>
    public string Choose(string path, ISet<string> taken)
    {
        var chosen = path;
        for (var number = 1; taken.Contains(chosen) || (_existing != ExistingFilePolicy.Replace && MayExist(chosen) && Path.Exists(FinalOf(chosen))); number++)
        {
            chosen = Numbered(path, number);
        }

        taken.Add(chosen);
        return chosen;
    }

    /// <summary>Makes the folders of a file, and sees that its name can become a file.</summary>
    /// <exception cref="ProblemException"><c>path.*</c>: a link, a file where a folder must be, or a folder where the file must be.</exception>
    public void MakeWay(string path) => LocalDisk.Try(path, () =>
    {
        var full = _directories.EnsureParent(path);
        if (_existing == ExistingFilePolicy.Replace && Directory.Exists(full))
        {
            PathGuard.EnsureNoLink(full);
        }
    });

    /// <summary>Gives a finished file its name. Never replaces a file unless the person chose so.</summary>
    /// <exception cref="IOException">The name was taken meanwhile.</exception>
    public void Finish(string part, string path)
    {
        File.Move(part, _directories.EnsureParent(path), overwrite: _existing == ExistingFilePolicy.Replace);
    }

    /// <summary>Takes the folder for unfinished files away, with what lies in it.</summary>
    public void RemoveStaging()
    {
        if (Directory.Exists(Staging))
        {
            LocalDisk.Try(Staging, () => Directory.Delete(Staging, recursive: true));
        }
    }

    /// <summary>SHA-256 of a file, in hex; its MD5 in base64.</summary>
    public static async Task<(string Sha256, string Md5)> HashAsync(string path, CancellationToken cancellationToken)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        var stream = LocalDisk.Try(path, () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.Asynchronous));
        await using (stream.ConfigureAwait(false))
        {
            // Lent: hundreds of thousands of small documents are hashed one after another.
            var buffer = ArrayPool<byte>.Shared.Rent(256 << 10);
            try
            {
                for (int read; (read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
                {
                    sha.AppendData(buffer.AsSpan(0, read));
                    md5.AppendData(buffer.AsSpan(0, read));
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        return (Convert.ToHexStringLower(sha.GetHashAndReset()), Convert.ToBase64String(md5.GetHashAndReset()));
    }

    /// <summary>Whether something has the name now, also what came while files were written.</summary>
    public bool IsTaken(string path)
    {
        if (!Path.Exists(FinalOf(path)))
        {
            return false;
        }

        // Somebody else is at work in the folder: from here on the disk is asked about every file.
        _wasThere[path[..Math.Max(0, path.IndexOf('/', StringComparison.Ordinal))]] = true;
        return true;
    }

    /// <summary>
    /// Whether a file may have been there before: not below a folder that was not there when it was first asked about.
    /// Saves asking the disk several times for every file; the rename at the end refuses to replace one all the same.
    /// </summary>
    private bool MayExist(string path)
    {
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 || _wasThere.GetOrAdd(path[..slash], static (first, folder) => Path.Exists(Path.Combine(folder, first)), Folder);
    }

    private static string Numbered(string path, int number)
    {
        var name = path.LastIndexOf('/') + 1;
        var dot = path.LastIndexOf('.');
        return dot > name ? $"{path[..dot]} ({number}){path[dot..]}" : $"{path} ({number})";
    }
}
