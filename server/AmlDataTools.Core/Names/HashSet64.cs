namespace AmlDataTools.Core.Names;

/// <summary>A set of 64-bit hashes that takes 8 bytes a slot: 11 to 22 bytes an entry.</summary>
internal sealed class HashSet64
{
    private ulong[] _slots = new ulong[64];
    private int _count;

    /// <summary>Whether the hash is in the set.</summary>
    public bool Contains(ulong hash) => _slots[Find(_slots, Spread(hash))] != 0;

    /// <summary>Adds the hash; <c>false</c> when it was there.</summary>
    public bool Add(ulong hash)
    {
        hash = Spread(hash);
        var slot = Find(_slots, hash);
        if (_slots[slot] != 0)
        {
            return false;
        }

        _slots[slot] = hash;
        if (++_count > _slots.Length / 4 * 3)
        {
            Grow();
        }

        return true;
    }

    private static int Find(ulong[] slots, ulong hash)
    {
        var mask = slots.Length - 1;
        var slot = (int)(hash >> 32) & mask;
        while (slots[slot] != 0 && slots[slot] != hash)
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    // Zero marks an empty slot. The place is taken from the upper half, to which the multiplication carries every bit.
    private static ulong Spread(ulong hash)
    {
        hash *= 0xC2B2AE3D27D4EB4F;
        return hash == 0 ? 1 : hash;
    }

    private void Grow()
    {
        var larger = new ulong[_slots.Length * 2];
        foreach (var hash in _slots)
        {
            if (hash != 0)
            {
                larger[Find(larger, hash)] = hash;
            }
        }

        _slots = larger;
    }
}
