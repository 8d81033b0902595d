using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace AmlDataTools.Core.Export;

/// <summary>Sees that a plan takes a file once, whatever leads to it, and tells where it stands. Some 40 bytes a file.</summary>
internal sealed class FilesOnce
{
    private readonly Dictionary<UInt128, long> _taken = [];

    /// <summary>How often a file was met again.</summary>
    public long Again { get; private set; }

    /// <summary>Takes a file.</summary>
    /// <param name="source">Key of its source in the plan.</param>
    /// <param name="name">Its name there.</param>
    /// <param name="index">The item it becomes.</param>
    /// <returns>False when it is in the plan already.</returns>
    public bool Take(string source, string name, long index)
    {
        var isNew = _taken.TryAdd(KeyOf(source, name), index);
        Again += isNew ? 0 : 1;
        return isNew;
    }

    /// <summary>The item that a file became; null when it is in the plan under no item.</summary>
    public long? IndexOf(string source, string name) => _taken.TryGetValue(KeyOf(source, name), out var index) ? index : null;

    private static UInt128 KeyOf(string source, string name) =>
        MemoryMarshal.Read<UInt128>(SHA256.HashData(Encoding.UTF8.GetBytes($"{source}\n{name}")));
}
