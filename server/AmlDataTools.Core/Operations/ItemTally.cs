using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Operations;

/// <summary>What the items of an export or a copy amount to, for the receipt.</summary>
internal sealed class ItemTally
{
    /// <summary>How many have ended.</summary>
    public long Found { get; private set; }

    /// <summary>How many were done.</summary>
    public long Done { get; private set; }

    /// <summary>How many were skipped.</summary>
    public long Skipped { get; private set; }

    /// <summary>How many failed.</summary>
    public long Failed { get; private set; }

    /// <summary>Bytes of those done.</summary>
    public long BytesDone { get; private set; }

    /// <summary>How many of those read from storage it has no MD5 of.</summary>
    public long WithoutMd5 { get; private set; }

    /// <summary>The ways in, in words.</summary>
    public SortedSet<string> Access { get; } = new(StringComparer.Ordinal);

    /// <summary>Adds one that has ended.</summary>
    public void Add(ItemResult result)
    {
        Found++;
        switch (result.Outcome)
        {
            case ItemOutcome.Skipped:
                Skipped++;
                return;
            case ItemOutcome.Failed:
                Failed++;
                return;
        }

        Done++;
        BytesDone += result.Bytes;
        if (result.Access is not null)
        {
            Access.Add(result.Access);
            WithoutMd5 += result.Md5 is null ? 1 : 0;
        }
    }
}
