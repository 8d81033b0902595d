using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using AmlDataTools.Azure.Blobs;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Storage;
using AmlDataTools.Core.Transfer;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Copies;

/// <summary>What is under the names of a copy: about a hundred bytes for each blob below the folders it makes.</summary>
internal sealed class TargetListing(ICopyTarget target, ILogger logger)
{
    private const int PageSize = 5000;

    private readonly Dictionary<UInt128, There> _there = [];

    /// <summary>Whether protected blobs could be told from others.</summary>
    public bool KnowsProtection { get; private set; } = true;

    /// <summary>Makes sure that the container is there and can be listed.</summary>
    /// <exception cref="ProblemException"><c>copy.noContainer</c>, <c>storage.needsWriteAccess</c>.</exception>
    public async Task EnsureContainerAsync(CopyTarget place, CancellationToken cancellationToken)
    {
        try
        {
            await Stumbling.RetryAsync(logger, () => target.UseAsync(c => c.ListPageAsync(place.Folder, delimiter: true, null, 1, cancellationToken), cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (AzureServiceException exception) when (exception.Status == 404)
        {
            throw CopyProblems.NoContainer(place);
        }
        catch (Exception exception) when (exception is not ProblemException && !(exception is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            throw ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Storage, place.Text));
        }
    }

    /// <summary>Reads what begins with a prefix.</summary>
    public async Task ReadAsync(string prefix, CancellationToken cancellationToken)
    {
        string? marker = null;
        do
        {
            var page = await PageAsync(prefix, marker, cancellationToken).ConfigureAwait(false);
            foreach (var item in page.Items.Where(i => i.IsLive && !i.Blob.IsFolder))
            {
                var isProtected = item.LegalHold || item.ImmutabilityUntil > DateTimeOffset.UtcNow;
                _there[KeyOf(item.Blob.Name)] = new There(item.Blob.Length, item.Blob.ETag, item.Blob.Md5() is { } md5 ? new UInt128(High(md5), Low(md5)) : null, isProtected);
            }

            marker = page.NextMarker;
        }
        while (marker is not null);
    }

    /// <summary>What is under a name; null for nothing.</summary>
    /// <param name="name">The whole name.</param>
    /// <param name="length">Bytes of the source.</param>
    /// <param name="md5">Its MD5, base64; null when it has none.</param>
    public (BlobThere Blob, bool IsProtected)? Find(string name, long? length, string? md5) => _there.TryGetValue(KeyOf(name), out var there)
        ? (new BlobThere(there.ETag, md5 is not null && there.Length == length && there.Md5 == new UInt128(High(md5), Low(md5))), there.IsProtected)
        : null;

    private async Task<BlobVersionPage> PageAsync(string prefix, string? marker, CancellationToken cancellationToken)
    {
        if (KnowsProtection)
        {
            try
            {
                return await ListAsync(prefix, marker, BlobListDetails.Protection, cancellationToken).ConfigureAwait(false);
            }
            catch (AzureServiceException exception) when (exception.Status is 400 or 501 && marker is null)
            {
                KnowsProtection = false;
            }
        }

        return await ListAsync(prefix, marker, BlobListDetails.None, cancellationToken).ConfigureAwait(false);
    }

    private Task<BlobVersionPage> ListAsync(string prefix, string? marker, BlobListDetails details, CancellationToken cancellationToken) =>
        Stumbling.RetryAsync(logger, () => target.UseAsync(c => c.ListPageAsync(prefix, marker, PageSize, details, cancellationToken), cancellationToken), cancellationToken);

    private static UInt128 KeyOf(string name) => BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    private static ulong High(string md5) => BinaryPrimitives.ReadUInt64BigEndian(Convert.FromBase64String(md5));

    private static ulong Low(string md5) => BinaryPrimitives.ReadUInt64BigEndian(Convert.FromBase64String(md5).AsSpan(8));

    private readonly record struct There(long Length, string? ETag, UInt128? Md5, bool IsProtected);
}
