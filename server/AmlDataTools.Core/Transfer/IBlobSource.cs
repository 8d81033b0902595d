using AmlDataTools.Azure.Blobs;

namespace AmlDataTools.Core.Transfer;

/// <summary>Where blobs are read from. Deals with access: renews what has expired and falls back to the next way in.</summary>
internal interface IBlobSource
{
    /// <summary>Which way in was used last, in words for the receipt: <c>account key</c>, <c>your token</c>, ...</summary>
    string Access { get; }

    /// <summary>Asks for the blob as it is now.</summary>
    Task<BlobItem> GetPropertiesAsync(string name, CancellationToken cancellationToken);

    /// <summary>Reads the blob or a range of it.</summary>
    Task<BlobDownload> ReadAsync(string name, (long Offset, long Count)? range, string? ifMatch, CancellationToken cancellationToken);
}

/// <summary>What the engine fetches from.</summary>
internal interface ITransferSources
{
    /// <summary>The source of a key that stands in the plan.</summary>
    ValueTask<IBlobSource> BlobsAsync(string key, CancellationToken cancellationToken);

    /// <summary>Writes the document that an item names, from where an earlier life of the operation left off where it can.</summary>
    Task WriteDocumentAsync(TransferItem item, DocumentDraft draft, CancellationToken cancellationToken);

    /// <summary>Writes the summary that an item names.</summary>
    /// <param name="item">The summary.</param>
    /// <param name="results">How the items it is about ended.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="cancellationToken">Stops writing.</param>
    Task WriteSummaryAsync(TransferItem item, IAsyncEnumerable<ItemResult> results, Stream destination, CancellationToken cancellationToken);
}
