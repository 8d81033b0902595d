using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Operations;

/// <summary>What an export becomes on disk, over all lives of the operation: files in a folder, or one zip.</summary>
internal interface IExportOutput
{
    /// <summary>What items are brought to, from <see cref="Open"/> to <see cref="Release"/>.</summary>
    ITransferTarget Target { get; }

    /// <summary>Bytes it takes on disk beside those of the items.</summary>
    long Overhead { get; }

    /// <summary>Where an item goes, relative to the destination or within the zip.</summary>
    /// <param name="path">Where the plan says it goes.</param>
    string PathOf(string path);

    /// <summary>Makes it ready to take items, with what earlier lives left.</summary>
    /// <exception cref="Problems.ProblemException">The folder cannot be used.</exception>
    void Open(Journal journal);

    /// <summary>Whether an item that the journal calls done is there; finishes what was only one step away.</summary>
    Task<bool> StandsAsync(ItemResult result, Journal journal, CancellationToken cancellationToken);

    /// <summary>A summary whose items are done again is no longer true: it is taken away.</summary>
    Task TakeAwayAsync(ItemResult summary, Journal journal, CancellationToken cancellationToken);

    /// <summary>No more items come in this life.</summary>
    void Release();

    /// <summary>The operation has ended: makes it whole where it should be, and leaves the receipts.</summary>
    /// <returns>The status to keep.</returns>
    OperationStatus Close(OperationStatus final);
}
