using AmlDataTools.Azure.Blobs;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Storage;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Datastores;

/// <summary>A file to look at.</summary>
/// <param name="Location">Where it is.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Modified">When it was last written; null when the service did not tell.</param>
/// <param name="ETag">Which version of it was seen; null when the service did not tell.</param>
public sealed record FileFacts(FileLocation Location, long Bytes, DateTimeOffset? Modified, string? ETag);

/// <summary>A part of a file.</summary>
/// <param name="Data">The bytes.</param>
/// <param name="Facts">The file of which they are.</param>
public sealed record FilePart(ReadOnlyMemory<byte> Data, FileFacts Facts);

/// <summary>Reads files of datastores to be looked at without being saved. What is to be kept is downloaded: see the operations.</summary>
public sealed class FileContents
{
    /// <summary>The largest file that is opened, in bytes: it is held in memory as a whole by whoever shows it.</summary>
    public const long MaxBytes = 50L << 20;

    /// <summary>The most bytes given at once.</summary>
    public const int MaxPart = 4 << 20;

    // A log that is being written changes between the question and the read.
    private const int Attempts = 3;

    private readonly StorageAccesses _accesses;
    private readonly ILogger _logger;

    internal FileContents(StorageAccesses accesses, ILogger logger)
    {
        _accesses = accesses;
        _logger = logger;
    }

    /// <summary>What is known of a file now.</summary>
    /// <param name="nodeId">The node of the file.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    /// <exception cref="ProblemException"><c>datastores.notAFile</c>, <c>explorer.badNodeId</c>, or what the storage refused.</exception>
    public Task<FileFacts> GetAsync(string nodeId, CancellationToken cancellationToken)
    {
        var place = PlaceOf(nodeId);
        return MappedAsync(place, () => AskAsync(place, cancellationToken), cancellationToken);
    }

    /// <summary>Reads a part of a file.</summary>
    /// <param name="nodeId">The node of the file.</param>
    /// <param name="offset">The first byte.</param>
    /// <param name="count">How many at most; never more than <see cref="MaxPart"/> are given.</param>
    /// <param name="etag">The version of which the parts before are; null for the first part, which is of the version there is now.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="ProblemException">
    /// <c>file.changed</c>: it was written to since the parts before; <c>file.tooLargeToOpen</c>; <c>datastores.notAFile</c>; <c>request.badParameters</c>; or what the storage refused.
    /// </exception>
    public Task<FilePart> ReadAsync(string nodeId, long offset, long count, string? etag, CancellationToken cancellationToken)
    {
        var place = PlaceOf(nodeId);
        if (offset < 0 || count < 1 || (offset > 0 && etag is null))
        {
            throw new ProblemException("request.badParameters", "A part of a file begins at 0 or later, has at least one byte, and after the first names the version it belongs to.");
        }

        return MappedAsync(place, () => ReadAsync(place, offset, Math.Min(count, MaxPart), etag, cancellationToken), cancellationToken);
    }

    private async Task<FilePart> ReadAsync(FileLocation place, long offset, long count, string? etag, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (etag is not null)
                {
                    return await RangeAsync(place, offset, count, etag, cancellationToken).ConfigureAwait(false);
                }

                var facts = Small(await AskAsync(place, cancellationToken).ConfigureAwait(false));
                return facts.Bytes == 0
                    ? new FilePart(ReadOnlyMemory<byte>.Empty, facts)
                    : await RangeAsync(place, 0, Math.Min(count, facts.Bytes), facts.ETag, cancellationToken).ConfigureAwait(false);
            }
            catch (AzureServiceException exception) when (exception.Status == 412 && (etag is not null || attempt == Attempts))
            {
                throw new ProblemException("file.changed", $"{NameOf(place)} is being written to: it changed while it was read. Try again, or download it.", exception)
                {
                    Target = place.Path,
                    Retryable = true,
                    Actions = [ProblemAction.Retry],
                };
            }
            catch (AzureServiceException exception) when (exception.Status == 412)
            {
                _logger.LogDebug("A file changed before it was read; asking again.");
            }
        }
    }

    private Task<FilePart> RangeAsync(FileLocation place, long offset, long count, string? etag, CancellationToken cancellationToken) => Stumbling.RetryAsync(
        _logger,
        async () =>
        {
            using var download = await _accesses.Of(place.Workspace, place.Datastore).ReadAsync(place.Path, (offset, count), etag, cancellationToken).ConfigureAwait(false);
            var facts = Small(FactsOf(place, download.Blob));
            var data = new byte[Math.Min(count, download.Length)];
            await download.Content.ReadExactlyAsync(data, cancellationToken).ConfigureAwait(false);
            return new FilePart(data, facts);
        },
        cancellationToken);

    private async Task<FileFacts> AskAsync(FileLocation place, CancellationToken cancellationToken) =>
        FactsOf(place, await _accesses.Of(place.Workspace, place.Datastore).GetPropertiesAsync(place.Path, cancellationToken).ConfigureAwait(false));

    private static FileFacts FactsOf(FileLocation place, BlobItem blob) => new(place, blob.Length, blob.LastModified, blob.ETag);

    private static FileFacts Small(FileFacts facts) => facts.Bytes <= MaxBytes ? facts : throw new ProblemException(
        "file.tooLargeToOpen", $"{NameOf(facts.Location)} has {Sizes.Text(facts.Bytes)}; files up to {Sizes.Text(MaxBytes)} are opened here. Download it instead.")
    {
        Target = facts.Location.Path,
    };

    private static FileLocation PlaceOf(string nodeId) => NodeTargets.Parse(nodeId) is FileTarget file ? file.Location : throw new ProblemException(
        "datastores.notAFile", "Only a file can be opened. Choose one in the tree.");

    private static string NameOf(FileLocation place) => place.Path[(place.Path.LastIndexOf('/') + 1)..];

    private static async Task<T> MappedAsync<T>(FileLocation place, Func<Task<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not ProblemException && !(exception is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            throw ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Storage, NameOf(place), $"{place.Datastore}: {place.Path}"));
        }
    }
}
