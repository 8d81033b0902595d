namespace AmlDataTools.Core.Changes.Execution;

/// <summary>FNV-1a of 64 bits, for sets of many names.</summary>
internal static class BlobHash
{
    /// <summary>Of a name, and of an entity tag where one is meant.</summary>
    public static ulong Of(string name, string? etag = null)
    {
        var hash = Add(14695981039346656037UL, name);
        return etag is null ? hash : Add(Add(hash, "\n"), etag);
    }

    private static ulong Add(ulong hash, string text)
    {
        foreach (var c in text)
        {
            hash = (hash ^ c) * 1099511628211UL;
        }

        return hash;
    }
}
