using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using AmlDataTools.Core.Names;
using AmlDataTools.Core.Operations;

namespace AmlDataTools.Core.Copies;

/// <summary>How the plan of an export is made for a copy: names stay those of the blobs, and it is told where these lie. Not for concurrent use.</summary>
internal sealed class CopyScope
{
    private readonly HashSet64 _taken = new();

    /// <summary>Folders that are copied with all that is in them, each with its datastore.</summary>
    public List<(SourceInfo Source, string Prefix)> Folders { get; } = [];

    /// <summary>Documents that a download would write and a copy leaves out.</summary>
    public long Documents { get; set; }

    /// <summary>The name of a copy below the target's folder. Only what would lead out of it is written differently.</summary>
    /// <param name="into">Folder, ending in <c>/</c> or empty.</param>
    /// <param name="relative">The blob's name in it.</param>
    public MappedName Map(string into, string relative)
    {
        var change = NameChange.None;
        var name = relative;
        if (relative.Split('/') is var segments && segments.Any(IsDots))
        {
            change = NameChange.Encoded;
            name = string.Join('/', segments.Select(s => IsDots(s) ? LocalNames.Segment(s) : s));
        }

        var path = into + name;
        return _taken.Add(BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(path))))
            ? new MappedName(path, change, null)
            : new MappedName(null, change, $"Something else of this selection would be copied to {path} too. Copy it by itself, to another folder.");
    }

    private static bool IsDots(string segment) => segment is "." or "..";
}
