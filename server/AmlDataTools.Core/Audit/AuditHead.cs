using System.Text.Json;
using System.Text.Json.Serialization;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Audit;

/// <summary>Where the log ended when it was last written to, kept beside it: a log that was cut off shows by it.</summary>
/// <param name="Chain">Which chain it is.</param>
/// <param name="Sequence">Number of the last line.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="LineOffset">Where it begins; bytes.</param>
/// <param name="Length">Where it ends; bytes, with its line break.</param>
internal sealed record AuditHead(string Chain, long Sequence, string Hash, long LineOffset, long Length)
{
    /// <summary>Reads it; null when it is not there or cannot be read.</summary>
    /// <param name="path">The file.</param>
    public static AuditHead? Load(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), AuditJson.Default.AuditHead) is { Chain: not null, Hash: not null, Sequence: > 0, LineOffset: >= 0 } head && head.Length > head.LineOffset ? head : null;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw LocalDisk.Problem(path, exception);
        }
    }

    /// <summary>Writes it; the name only ever leads to a whole one.</summary>
    /// <param name="path">The file.</param>
    public void Save(string path) => LocalDisk.Try(path, () =>
    {
        var temporary = path + ".tmp";
        using (var file = File.Create(temporary))
        {
            JsonSerializer.Serialize(file, this, AuditJson.Default.AuditHead);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    });
}

/// <summary>How the note of the log's end is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AuditHead))]
internal sealed partial class AuditJson : JsonSerializerContext;
