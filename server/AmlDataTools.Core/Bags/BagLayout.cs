using System.Globalization;
using System.Text;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Bags;

/// <summary>
/// Where the parts of a bag lie (RFC 8493): payload below <c>data/</c>, all else beside it. The bag has the name that the
/// export's own folder would have.
/// </summary>
internal sealed class BagLayout
{
    /// <summary>The folder of the payload.</summary>
    public const string Payload = "data";

    private const int LongestName = 200;

    private readonly string? _folderName;

    /// <summary>The layout of an operation's bag, the same in each of its lives.</summary>
    /// <param name="plan">What is exported.</param>
    /// <param name="destination">Where to.</param>
    public BagLayout(OperationPlan plan, OperationDestination destination)
    {
        _folderName = plan.FolderName;
        Name = NameOf(plan);
        Root = Path.Combine(destination.Folder, Name);
    }

    /// <summary>The bag's own name.</summary>
    public string Name { get; }

    /// <summary>The bag's folder, absolute.</summary>
    public string Root { get; }

    /// <summary>The layout, where an export is written as a bag, in a folder or a zip; else null.</summary>
    /// <param name="plan">What is exported.</param>
    /// <param name="destination">Where to, and how.</param>
    public static BagLayout? Of(OperationPlan plan, OperationDestination destination) =>
        destination.Format is ExportFormat.Bag or ExportFormat.BagZip ? new BagLayout(plan, destination) : null;

    /// <summary>One name for all that is exported: of what was chosen, else of when. Short enough for a file system, with an ending.</summary>
    public static string NameOf(OperationPlan plan)
    {
        var name = plan.FolderName?.Replace('/', '-')
            ?? string.Create(CultureInfo.InvariantCulture, $"export-{DateTimeOffset.FromUnixTimeMilliseconds(plan.CreatedAt).UtcDateTime:yyyyMMdd-HHmmss}");
        while (Encoding.UTF8.GetByteCount(name) > LongestName)
        {
            name = name[..^(char.IsLowSurrogate(name[^1]) ? 2 : 1)];
        }

        return name.TrimEnd(' ', '.');
    }

    /// <summary>Sees that the bag's folder is free: a bag is never mixed with files of others.</summary>
    /// <exception cref="ProblemException"><c>bag.folderTaken</c>.</exception>
    public void EnsureFree()
    {
        if (LocalDisk.Try(Root, () => File.Exists(Root) || new DirectoryInfo(Root).LinkTarget is not null || (Directory.Exists(Root) && Directory.EnumerateFileSystemEntries(Root).Any())))
        {
            throw new ProblemException("bag.folderTaken", $"There is something at {Root} already, and a bag holds nothing but what was put into it. Move it away, or choose another folder.")
            {
                Target = Root,
                Actions = [ProblemAction.ChooseFolder],
            };
        }
    }

    /// <summary>Where an item goes, relative to the destination.</summary>
    /// <param name="path">Where it would go in a plain folder.</param>
    public string PathOf(string path) => $"{Name}/{Payload}/{InPayload(path)}";

    /// <summary>Where a file of the payload lies, relative to the bag.</summary>
    /// <param name="path">Where it lies, relative to the destination.</param>
    public string InBag(string path) => path[(Name.Length + 1)..];

    private string InPayload(string path) =>
        _folderName is not null && path.StartsWith(_folderName, StringComparison.Ordinal) && path.Length > _folderName.Length && path[_folderName.Length] == '/'
            ? path[(_folderName.Length + 1)..]
            : path;
}
