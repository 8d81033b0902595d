using AmlDataTools.Azure;
using AmlDataTools.Azure.Blobs;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Names;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Storage;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Export;

/// <summary>Adds items to a plan: gives them safe local names, applies the patterns, and counts what is worth a warning.</summary>
internal sealed class PlanBuilder
{
    /// <summary>How many files are asked for at once.</summary>
    public const int PageSize = 5000;

    private const int MostLooked = 10;

    private static readonly string[] LogFolders = ["user_logs/", "system_logs/", "logs/", "azureml-logs/"];

    private readonly PlanDraft _draft;
    private readonly LocalNameMapper _names;
    private readonly NamePatterns _patterns;
    private readonly ExportChoices _choices;
    private readonly StorageAccesses _accesses;
    private readonly IProgress<PlanStep>? _progress;
    private readonly Dictionary<SourceInfo, string> _keys = [];
    private readonly List<string> _looked = [];
    private long _lookedAlso;

    public PlanBuilder(PlanDraft draft, ExportChoices choices, StorageAccesses accesses, string? folderName, IProgress<PlanStep>? progress)
    {
        _draft = draft;
        _choices = choices;
        _accesses = accesses;
        _progress = progress;
        _patterns = NamePatterns.Parse(choices.Include, choices.Exclude);
        _names = new LocalNameMapper(
            folderName is null
                ? [Destination.StagingName(draft.Id) + "/", ReceiptNames.Json, ReceiptNames.Markdown]
                : [Destination.StagingName(draft.Id) + "/", $"{folderName}/{ReceiptNames.Json}", $"{folderName}/{ReceiptNames.Markdown}"]);
    }

    /// <summary>Files whose local name is not their own.</summary>
    public long Renamed { get; private set; }

    /// <summary>Files of which the service has no MD5.</summary>
    public long WithoutMd5 { get; private set; }

    /// <summary>Files that cannot be written at all.</summary>
    public long Refused { get; private set; }

    /// <summary>Files that the choices left out.</summary>
    public long LeftOut { get; private set; }

    /// <summary>The first places where was looked, for the error that nothing was found.</summary>
    public IReadOnlyList<string> Looked => _looked;

    /// <summary>At how many more places was looked.</summary>
    public long LookedAlso => _lookedAlso;

    /// <summary>What the items' source keys stand for.</summary>
    public IReadOnlyDictionary<string, SourceInfo> Sources => _keys.ToDictionary(p => p.Value, p => p.Key);

    /// <summary>How many items there are so far.</summary>
    public long Items => _draft.Items;

    /// <summary>Their bytes, as far as known.</summary>
    public long Bytes => _draft.Bytes;

    /// <summary>Adds all files below a folder.</summary>
    /// <param name="location">The folder.</param>
    /// <param name="into">Local folder, safe, ending in <c>/</c> or empty.</param>
    /// <param name="note">What is special about them; null for nothing.</param>
    /// <param name="isRunFolder">Whether it is a run's own folder, to which "logs only" applies.</param>
    /// <param name="cancellationToken">Stops listing.</param>
    /// <param name="pattern">Which of them, by their whole path; null for all.</param>
    /// <param name="first">The first page, where it was asked for already; else null.</param>
    /// <param name="place">Gives, for a name relative to the folder, the name below <paramref name="into"/>, or null for what is not meant; null for the same name.</param>
    /// <returns>How many files were found, whether the choices take them or not.</returns>
    public async Task<long> AddFolderAsync(
        FileLocation location,
        string into,
        string? note,
        bool isRunFolder,
        CancellationToken cancellationToken,
        GlobPattern? pattern = null,
        Task<BlobListPage>? first = null,
        Func<string, string?>? place = null)
    {
        var found = 0L;
        var prefix = FolderPrefix.Normalize(location.Path);
        LookAt($"{location.Datastore}: {prefix}");
        var access = _accesses.Of(location.Workspace, location.Datastore);
        var key = Key(location.Workspace, location.Datastore);
        _choices.Copy?.Folders.Add((Sources[key], prefix));
        string? marker = null;
        do
        {
            _progress?.Report(new PlanStep($"Listing {(prefix.Length == 0 ? location.Datastore : prefix)}", _draft.Items, _draft.Bytes));
            var page = await (marker is null && first is not null ? first : access.ListPageAsync(prefix, delimiter: false, marker, PageSize, cancellationToken)).ConfigureAwait(false);
            foreach (var blob in page.Blobs.Where(b => FolderPrefix.Contains(prefix, b.Name) && b.Name.Length > prefix.Length && pattern?.Matches(b.Name) != false))
            {
                var relative = blob.Name[prefix.Length..];
                if ((place is null ? relative : place(relative)) is { } name)
                {
                    found += blob.IsFolder ? 0 : 1;
                    Add(blob, key, into, name, note, isRunFolder);
                }
            }

            marker = page.NextMarker;
        }
        while (marker is not null);
        return found;
    }

    /// <summary>Adds the file at a place, whatever the patterns say, if there is one.</summary>
    /// <returns>Whether there is.</returns>
    public async Task<bool> TryAddFileAsync(FileLocation location, string into, CancellationToken cancellationToken)
    {
        LookAt($"{location.Datastore}: {location.Path}");
        try
        {
            var blob = await _accesses.Of(location.Workspace, location.Datastore).GetPropertiesAsync(location.Path, cancellationToken).ConfigureAwait(false);
            if (blob.IsFolder)
            {
                return false;
            }

            AddFile(blob, Key(location.Workspace, location.Datastore), into, location.Path[(location.Path.LastIndexOf('/') + 1)..], null);
            return true;
        }
        catch (AzureServiceException exception) when (exception.Status == 404 && !exception.HasCode("ContainerNotFound") && !exception.HasCode("FilesystemNotFound"))
        {
            return false;
        }
    }

    /// <summary>Adds one file, whatever the patterns say: it was asked for by name.</summary>
    public async Task AddFileAsync(FileLocation location, string into, string? note, CancellationToken cancellationToken)
    {
        LookAt($"{location.Datastore}: {location.Path}");
        var blob = await _accesses.Of(location.Workspace, location.Datastore).GetPropertiesAsync(location.Path, cancellationToken).ConfigureAwait(false);
        AddFile(blob, Key(location.Workspace, location.Datastore), into, location.Path[(location.Path.LastIndexOf('/') + 1)..], note);
    }

    /// <summary>Adds a document of a run.</summary>
    public void AddDocument(WorkspaceRef workspace, string name, string into, string file)
    {
        if (_choices.Copy is { } copy)
        {
            copy.Documents++;
            return;
        }

        var mapped = _names.Map(into, file);
        _draft.Add(new TransferItem(0, TransferKind.Document, Key(workspace, null), name, mapped.Path ?? into + file, null, null, null, null, null));
    }

    /// <summary>Adds a file of which the service has told already.</summary>
    /// <param name="location">Where it is.</param>
    /// <param name="blob">What was told.</param>
    /// <param name="into">Local folder, safe, ending in <c>/</c> or empty.</param>
    /// <param name="relative">Its name below that.</param>
    public void AddFile(FileLocation location, BlobItem blob, string into, string relative) => AddFile(blob, Key(location.Workspace, location.Datastore), into, relative, null);

    /// <summary>Which item a file is that is taken once; null when it is none.</summary>
    public long? ItemOf(FileLocation location) => _choices.Once?.IndexOf(Key(location.Workspace, location.Datastore), location.Path);

    /// <summary>Adds a document that a search kept.</summary>
    /// <returns>The item.</returns>
    public long AddFound(WorkspaceRef workspace, string name, string into, string file, PersonalData.DocumentPart part)
    {
        var mapped = _names.Map(into, file);
        Renamed += mapped.Change == NameChange.None ? 0 : 1;
        var index = _draft.Items;
        _draft.Add(new TransferItem(0, TransferKind.Document, Key(workspace, null), name, mapped.Path ?? into + file, part.Length, null, null, null, mapped.Refusal) { Found = part });
        return index;
    }

    /// <summary>Adds the document on what was added since, written when all that has ended.</summary>
    public void AddSummary(WorkspaceRef workspace, string name, string into, string file, long from)
    {
        if (_choices.Copy is { } copy)
        {
            copy.Documents++;
            return;
        }

        var mapped = _names.Map(into, file);
        _draft.Add(new TransferItem(0, TransferKind.Summary, Key(workspace, null), name, mapped.Path ?? into + file, null, null, null, null, null) { From = from });
    }

    /// <summary>Adds something that is not taken, so that the receipt tells of it.</summary>
    /// <param name="workspace">Whose it is.</param>
    /// <param name="name">What it is, in words.</param>
    /// <param name="path">Where it would have gone, safe.</param>
    /// <param name="code">Stable code of why.</param>
    /// <param name="why">Why, in a sentence.</param>
    /// <param name="isNothing">Whether there is nothing to be had, which is no failure.</param>
    public void AddLeftOut(WorkspaceRef workspace, string name, string path, string code, string why, bool isNothing) =>
        _draft.Add(new TransferItem(0, TransferKind.Document, Key(workspace, null), name, path, null, null, null, null, why) { RefusedCode = code, IsNothing = isNothing ? true : null });

    private void LookAt(string place)
    {
        // For a message: of a hundred thousand runs nobody reads them all.
        if (_looked.Count < MostLooked)
        {
            _looked.Add(place);
        }
        else
        {
            _lookedAlso++;
        }
    }

    private void Add(BlobItem blob, string key, string into, string relative, string? note, bool isRunFolder)
    {
        if (blob.IsFolder || (blob.Length == 0 && relative.EndsWith('/')))
        {
            AddMarker(blob, key, into, relative.TrimEnd('/'));
        }
        else if ((_choices.LogsOnly && isRunFolder && !LogFolders.Any(f => relative.StartsWith(f, StringComparison.Ordinal))) || !_patterns.Matches(relative))
        {
            LeftOut++;
        }
        else
        {
            AddFile(blob, key, into, relative, note);
        }
    }

    private void AddFile(BlobItem blob, string key, string into, string relative, string? note)
    {
        if (_choices.Once is { } once && !once.Take(key, blob.Name, _draft.Items))
        {
            return;
        }

        var mapped = _choices.Copy is { } copy ? copy.Map(into, relative) : _names.Map(into, relative);
        Renamed += mapped.Change == NameChange.None ? 0 : 1;
        WithoutMd5 += blob.Md5() is null ? 1 : 0;
        Refused += mapped.Path is null ? 1 : 0;
        note = mapped.Change == NameChange.None ? note : $"Its name is not possible {(_choices.Copy is null ? "on every disk" : "everywhere")}: it is written as {mapped.Path}.";
        _draft.Add(new TransferItem(0, TransferKind.File, key, blob.Name, mapped.Path ?? string.Empty, blob.Length, blob.ETag, blob.Md5(), note, mapped.Refusal));
    }

    /// <summary>A directory marker is made a folder; with patterns it would be an empty one nobody asked for.</summary>
    private void AddMarker(BlobItem blob, string key, string into, string relative)
    {
        if (_choices.Copy is not null)
        {
            // Storage has no folders that would have to be made.
            return;
        }

        if (relative.Length == 0 || _choices.LogsOnly || _choices.Include.Count + _choices.Exclude.Count > 0)
        {
            LeftOut++;
            return;
        }

        if (_choices.Once is { } once && !once.Take(key, relative.Length == 0 ? blob.Name : blob.Name + "/", _draft.Items))
        {
            return;
        }

        // The folder gets the name that files in it would get: asked for by way of one.
        var path = _names.Map(into, relative + "/.folder").Path ?? into;
        _draft.Add(new TransferItem(0, TransferKind.Folder, key, blob.Name, path[..Math.Max(0, path.LastIndexOf('/'))], 0, null, null, "A folder.", null));
    }

    private string Key(WorkspaceRef workspace, string? datastore)
    {
        var info = SourceInfo.Of(workspace, datastore);
        if (!_keys.TryGetValue(info, out var key))
        {
            key = $"s{_keys.Count}";
            _keys.Add(info, key);
        }

        return key;
    }
}
