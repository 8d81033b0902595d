using AmlDataTools.Azure;
using AmlDataTools.Azure.Artifacts;
using AmlDataTools.Azure.Blobs;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Core.Storage;

/// <summary>A way into a datastore's container.</summary>
internal abstract class StorageWay
{
    /// <summary>In words, for the receipt.</summary>
    public abstract string Name { get; }

    /// <summary>A page of what is below a prefix.</summary>
    public abstract Task<BlobListPage> ListPageAsync(string prefix, bool delimiter, string? marker, int pageSize, CancellationToken cancellationToken);

    /// <summary>A blob as it is now.</summary>
    public abstract Task<BlobItem> GetPropertiesAsync(string name, CancellationToken cancellationToken);

    /// <summary>Reads a blob.</summary>
    public abstract Task<BlobDownload> ReadAsync(string name, (long Offset, long Count)? range, string? ifMatch, CancellationToken cancellationToken);

    /// <summary>Copies a blob, with what storage needs to read it by itself.</summary>
    public virtual Task<T> CopyFromAsync<T>(string name, Func<CopySource, Task<T>> copy, CancellationToken cancellationToken) => throw Copies.CopyProblems.NoCopies();

    /// <summary>A blob with the properties that a copy takes over.</summary>
    public virtual Task<BlobForCopy> GetForCopyAsync(string name, CancellationToken cancellationToken) => throw Copies.CopyProblems.NoCopies();
}

/// <summary>A way by which data can also be changed: straight to the storage account, with a key, a SAS or a token.</summary>
internal abstract class WritableWay : StorageWay
{
    /// <summary>A page of what is below a prefix, with what is asked for besides, as far as this kind of storage has it.</summary>
    public abstract Task<BlobVersionPage> ListPageAsync(string prefix, string? marker, int pageSize, BlobListDetails details, CancellationToken cancellationToken);

    /// <summary>Deletes several blobs; one result each, in order.</summary>
    public abstract Task<IReadOnlyList<BlobDeletion>> DeleteBatchAsync(IReadOnlyList<BlobDeleteRequest> blobs, CancellationToken cancellationToken);

    /// <summary>Deletes one.</summary>
    public abstract Task<BlobDeletion> DeleteAsync(BlobDeleteRequest blob, CancellationToken cancellationToken);

    /// <summary>Deletes a real directory; without <paramref name="recursive"/> only an empty one.</summary>
    public abstract Task<string?> DeleteDirectoryAsync(string path, bool recursive, CancellationToken cancellationToken);

    /// <summary>What the service keeps of deleted blobs.</summary>
    public abstract Task<BlobServiceKeeps> GetServiceKeepsAsync(CancellationToken cancellationToken);

    /// <summary>What kind of account it is.</summary>
    public abstract Task<BlobAccountInfo> GetAccountInfoAsync(CancellationToken cancellationToken);

    /// <summary>Brings a soft-deleted blob back.</summary>
    public abstract Task UndeleteAsync(string name, CancellationToken cancellationToken);

    /// <summary>Brings back what was soft-deleted in a hierarchical account.</summary>
    public abstract Task UndeletePathAsync(string path, string deletionId, CancellationToken cancellationToken);

    /// <summary>Makes a former version the current one.</summary>
    public abstract Task PromoteVersionAsync(string name, string versionId, CancellationToken cancellationToken);
}

/// <summary>Straight to a container, with a key, a SAS or a token.</summary>
/// <param name="name">In words.</param>
/// <param name="connection">The connection.</param>
/// <param name="address">Address of the container at its blob endpoint.</param>
/// <param name="authorization">How requests are authorised.</param>
internal sealed class DirectWay(string name, AzureConnection connection, Uri address, BlobAuthorization authorization) : WritableWay
{
    private readonly BlobContainer _container = new(connection.Pipelines, address, authorization);

    public override string Name => name;

    /// <summary>The container, for what only a direct way can do.</summary>
    public BlobContainer Container => _container;

    public override Task<BlobListPage> ListPageAsync(string prefix, bool delimiter, string? marker, int pageSize, CancellationToken cancellationToken) =>
        _container.ListPageAsync(prefix, delimiter, marker, pageSize, cancellationToken);

    public override Task<BlobItem> GetPropertiesAsync(string name, CancellationToken cancellationToken) => _container.GetPropertiesAsync(name, cancellationToken);

    public override Task<BlobDownload> ReadAsync(string name, (long Offset, long Count)? range, string? ifMatch, CancellationToken cancellationToken) =>
        _container.ReadAsync(name, range, ifMatch, cancellationToken);

    public override Task<BlobVersionPage> ListPageAsync(string prefix, string? marker, int pageSize, BlobListDetails details, CancellationToken cancellationToken) =>
        _container.ListPageAsync(prefix, marker, pageSize, details, cancellationToken);

    public override Task<IReadOnlyList<BlobDeletion>> DeleteBatchAsync(IReadOnlyList<BlobDeleteRequest> blobs, CancellationToken cancellationToken) =>
        _container.DeleteBatchAsync(blobs, cancellationToken);

    public override Task<BlobDeletion> DeleteAsync(BlobDeleteRequest blob, CancellationToken cancellationToken) => _container.DeleteAsync(blob, cancellationToken);

    public override Task<string?> DeleteDirectoryAsync(string path, bool recursive, CancellationToken cancellationToken) =>
        FileSystem().DeleteDirectoryAsync(path, recursive, null, null, cancellationToken);

    public override Task<BlobServiceKeeps> GetServiceKeepsAsync(CancellationToken cancellationToken) => _container.GetServiceKeepsAsync(cancellationToken);

    public override Task<BlobAccountInfo> GetAccountInfoAsync(CancellationToken cancellationToken) => _container.GetAccountInfoAsync(cancellationToken);

    public override Task UndeleteAsync(string name, CancellationToken cancellationToken) => _container.UndeleteAsync(name, cancellationToken);

    public override Task UndeletePathAsync(string path, string deletionId, CancellationToken cancellationToken) => FileSystem().UndeleteAsync(path, deletionId, cancellationToken);

    public override Task PromoteVersionAsync(string name, string versionId, CancellationToken cancellationToken) => _container.PromoteVersionAsync(name, versionId, cancellationToken);

    public override async Task<T> CopyFromAsync<T>(string name, Func<CopySource, Task<T>> copy, CancellationToken cancellationToken) =>
        await copy(await _container.SourceAsync(name, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);

    public override Task<BlobForCopy> GetForCopyAsync(string name, CancellationToken cancellationToken) => _container.GetForCopyAsync(name, cancellationToken);

    private DataLakePath FileSystem() => new(connection.Pipelines, connection.Cloud, address, authorization);
}

/// <summary>
/// By the artifact service, which lists a run's files and signs an address for each: for people who may use the workspace
/// but not the storage account. It knows no sizes, so they are asked of storage one by one.
/// </summary>
internal sealed class SignedWay(ArtifactClient artifacts, BlobContainer anonymous, Func<Uri, bool> isStorageHost) : StorageWay
{
    private const int RememberedAddresses = 256;
    private const int Questions = 16;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Uri> _addresses = new(StringComparer.Ordinal);

    public override string Name => "signed addresses of the artifact service";

    public override async Task<BlobListPage> ListPageAsync(string prefix, bool delimiter, string? marker, int pageSize, CancellationToken cancellationToken)
    {
        var (container, path) = Split(prefix);
        var page = await artifacts.ListPageAsync(ArtifactClient.ExperimentRun, container, path.Length == 0 ? null : path, marker, cancellationToken).ConfigureAwait(false);
        var root = $"{ArtifactClient.ExperimentRun}/{container}/";
        var names = page.Items.Select(i => root + i.Path).Where(n => n.StartsWith(prefix, StringComparison.Ordinal)).ToList();
        var folders = delimiter
            ? names.Select(n => n.IndexOf('/', prefix.Length) is var end and >= 0 ? n[..(end + 1)] : null).OfType<string>().Distinct(StringComparer.Ordinal).ToList()
            : [];
        var files = delimiter ? names.Where(n => n.IndexOf('/', prefix.Length) < 0) : names;
        var blobs = new List<BlobItem>();
        foreach (var few in files.Chunk(Questions))
        {
            blobs.AddRange(await Task.WhenAll(few.Select(n => GetPropertiesAsync(n, cancellationToken))).ConfigureAwait(false));
        }

        return new BlobListPage(blobs, folders, page.ContinuationToken);
    }

    public override Task<BlobItem> GetPropertiesAsync(string name, CancellationToken cancellationToken) =>
        WithAddressAsync(name, address => anonymous.GetPropertiesAsync(name, address, cancellationToken), cancellationToken);

    public override Task<BlobDownload> ReadAsync(string name, (long Offset, long Count)? range, string? ifMatch, CancellationToken cancellationToken) =>
        WithAddressAsync(name, address => anonymous.ReadAsync(name, address, range, ifMatch, cancellationToken), cancellationToken);

    public override Task<T> CopyFromAsync<T>(string name, Func<CopySource, Task<T>> copy, CancellationToken cancellationToken) =>
        WithAddressAsync(name, address => copy(CopySource.Signed(address)), cancellationToken);

    public override Task<BlobForCopy> GetForCopyAsync(string name, CancellationToken cancellationToken) =>
        WithAddressAsync(name, address => anonymous.GetForCopyAsync(name, address, cancellationToken), cancellationToken);

    private async Task<T> WithAddressAsync<T>(string name, Func<Uri, Task<T>> ask, CancellationToken cancellationToken)
    {
        Uri? known;
        lock (_lock)
        {
            _addresses.TryGetValue(name, out known);
        }

        if (known is not null)
        {
            try
            {
                return await ask(known).ConfigureAwait(false);
            }
            catch (AzureServiceException exception) when (exception.Status is 401 or 403)
            {
                // Signed addresses are good for a limited time: a fresh one is asked for below.
            }
        }

        var (container, path) = Split(name);
        var fresh = (await artifacts.GetContentInfoAsync(ArtifactClient.ExperimentRun, container, path, cancellationToken).ConfigureAwait(false)).ContentUri;
        if (!isStorageHost(fresh))
        {
            throw new ForeignHostException(fresh);
        }

        lock (_lock)
        {
            if (_addresses.Count >= RememberedAddresses)
            {
                _addresses.Clear();
            }

            _addresses[name] = fresh;
        }

        return await ask(fresh).ConfigureAwait(false);
    }

    private static (string Container, string Path) Split(string name)
    {
        var parts = name.Split('/', 3);
        return parts.Length == 3 && parts[0] == ArtifactClient.ExperimentRun
            ? (parts[1], parts[2])
            : throw new Problems.ProblemException("storage.noWay", $"{(name.Length == 0 ? "The root of the datastore" : name)} is not in the folder of a run, and the artifact service signs addresses there only. Ask for the role Storage Blob Data Reader on the storage account, or open the run's own Outputs + logs.") { Target = name };
    }
}
