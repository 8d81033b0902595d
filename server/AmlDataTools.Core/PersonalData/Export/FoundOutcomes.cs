using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.PersonalData.Export;

/// <summary>A file of the bag that was to be.</summary>
/// <param name="Path">Where it is, relative to the bag; null when it is not there.</param>
/// <param name="Sha256">SHA-256 in hex; null when it is not there.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Why">Why it is not there; null when it is.</param>
internal sealed record GivenFile(string? Path, string? Sha256, long Bytes, string? Why)
{
    /// <summary>How an item ended, as what a person was given.</summary>
    /// <param name="result">How it ended; null when it did not.</param>
    public static GivenFile Of(ItemResult? result) => result switch
    {
        null => new GivenFile(null, null, 0, "It was not fetched."),
        { Outcome: ItemOutcome.Done, Sha256: { } sha } => new GivenFile(result.Path[(result.Path.IndexOf('/', StringComparison.Ordinal) + 1)..], sha, result.Bytes, null),
        _ => new GivenFile(null, null, 0, result.Reason ?? "It could not be fetched."),
    };
}

/// <summary>A finding, and what is in the bag of it.</summary>
/// <param name="Item">The finding.</param>
/// <param name="Document">Its document; null when it has none.</param>
/// <param name="File">Its file; null when it is none, or files are not given.</param>
/// <param name="FilesGiven">How many of the files in it are there.</param>
/// <param name="FilesMissing">How many are not.</param>
/// <param name="FileBytes">Bytes of those that are.</param>
/// <param name="OwnsFile">Whether its file is counted with it, not with a finding before.</param>
internal sealed record FoundOutcome(FoundItem Item, GivenFile? Document, GivenFile? File, long FilesGiven, long FilesMissing, long FileBytes, bool OwnsFile);

/// <summary>Brings findings together with how their items ended. Both stand in the order of the plan; none are held but files that several findings share.</summary>
internal static class FoundOutcomes
{
    /// <summary>All of them, in the order of the plan.</summary>
    /// <param name="findings">The findings; read twice.</param>
    /// <param name="results">How items ended, in their order; read twice at most.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async IAsyncEnumerable<FoundOutcome> JoinAsync(
        IEnumerable<FoundItem> findings, IAsyncEnumerable<ItemResult> results, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var shared = await SharedAsync(findings, results, cancellationToken).ConfigureAwait(false);
        var reader = results.GetAsyncEnumerator(cancellationToken);
        await using (reader.ConfigureAwait(false))
        {
            var reached = -1L;
            var ended = !await reader.MoveNextAsync().ConfigureAwait(false);
            foreach (var finding in findings)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var document = finding.Document is { } index ? GivenFile.Of(await AtAsync(index).ConfigureAwait(false)) : null;
                var (given, missing, bytes) = (0L, 0L, 0L);
                for (var file = finding.FirstFile; file < finding.FirstFile + finding.Files; file++)
                {
                    // A folder is made and has no bytes to speak of.
                    if (await AtAsync(file).ConfigureAwait(false) is not { } result || result.Outcome != ItemOutcome.Done)
                    {
                        missing++;
                    }
                    else if (result.Sha256 is not null)
                    {
                        given++;
                        bytes += result.Bytes;
                    }
                }

                var own = finding.File is not { } at ? null : shared.TryGetValue(at, out var known) ? known : GivenFile.Of(await AtAsync(at).ConfigureAwait(false));
                yield return new FoundOutcome(finding, document, own, given, missing, bytes, OwnsFile: finding.File > reached);
                reached = LastOf(finding, reached);
            }

            async ValueTask<ItemResult?> AtAsync(long index)
            {
                while (!ended && reader.Current.Index < index)
                {
                    ended = !await reader.MoveNextAsync().ConfigureAwait(false);
                }

                return !ended && reader.Current.Index == index ? reader.Current : null;
            }
        }
    }

    private static long LastOf(FoundItem finding, long before) =>
        Math.Max(before, Math.Max(Math.Max(finding.Document ?? -1, finding.File ?? -1), finding.FirstFile + finding.Files - 1));

    /// <summary>The files that stand before the finding that names them.</summary>
    private static async Task<Dictionary<long, GivenFile>> SharedAsync(IEnumerable<FoundItem> findings, IAsyncEnumerable<ItemResult> results, CancellationToken cancellationToken)
    {
        var (wanted, reached) = (new HashSet<long>(), -1L);
        foreach (var finding in findings)
        {
            if (finding.File is { } file && file <= reached)
            {
                wanted.Add(file);
            }

            reached = LastOf(finding, reached);
        }

        var shared = new Dictionary<long, GivenFile>();
        if (wanted.Count == 0)
        {
            return shared;
        }

        await foreach (var result in results.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (wanted.Contains(result.Index))
            {
                shared[result.Index] = GivenFile.Of(result);
            }
        }

        foreach (var index in wanted)
        {
            shared.TryAdd(index, GivenFile.Of(null));
        }

        return shared;
    }
}
