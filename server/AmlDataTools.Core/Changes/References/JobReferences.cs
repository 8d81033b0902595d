using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using AmlDataTools.Azure.Arm;

namespace AmlDataTools.Core.Changes.References;

/// <summary>
/// The addresses that a workspace's jobs name, in a file for as long as a plan is made. The service gives jobs in small pages
/// one after another, so their list is read once for all who ask, and memory does not grow with it.
/// </summary>
internal sealed class JobReferences : IDisposable
{
    private readonly FileStream _file = new(
        Path.Combine(Path.GetTempPath(), $"aml-data-tools-{Guid.NewGuid():N}.jobs"),
        new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 1 << 16, Options = FileOptions.DeleteOnClose });

    /// <summary>Keeps what a job names.</summary>
    /// <param name="job">The job.</param>
    /// <exception cref="IOException">The disk is full or not writable.</exception>
    public void Add(JobDocument job)
    {
        var addresses = In(job.Properties ?? default).Select(WithoutQuery).Distinct(StringComparer.Ordinal).ToList();
        using var writer = new BinaryWriter(_file, Encoding.UTF8, leaveOpen: true);
        writer.Write(job.Name);
        writer.Write(job.DisplayName ?? string.Empty);
        writer.Write7BitEncodedInt(addresses.Count);
        addresses.ForEach(writer.Write);
    }

    /// <summary>All that was kept, in the order it came. One reader at a time.</summary>
    public IEnumerable<(string Name, string DisplayName, IReadOnlyList<string> Addresses)> Read()
    {
        _file.Position = 0;
        using var reader = new BinaryReader(_file, Encoding.UTF8, leaveOpen: true);
        while (_file.Position < _file.Length)
        {
            var (name, displayName) = (reader.ReadString(), reader.ReadString());
            var addresses = new string[reader.Read7BitEncodedInt()];
            for (var at = 0; at < addresses.Length; at++)
            {
                addresses[at] = reader.ReadString();
            }

            yield return (name, displayName, addresses);
        }
    }

    /// <summary>All texts below an element that may be addresses or ids.</summary>
    /// <param name="element">A document or a part of one.</param>
    public static IReadOnlyList<string> In(JsonElement element)
    {
        var found = new List<string>();
        Collect(element, found);
        return found;
    }

    /// <summary>Removes the file.</summary>
    public void Dispose() => _file.Dispose();

    /// <summary>In an address of an account's the query says nothing about where, and may be a signature, which is not for a disk.</summary>
    private static string WithoutQuery(string text) => text[0] == '/' || text.StartsWith("azureml:", StringComparison.OrdinalIgnoreCase) || text.StartsWith("runs:/", StringComparison.OrdinalIgnoreCase)
        ? text
        : text.Split('?', 2)[0];

    private static void Collect(JsonElement element, List<string> found)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    // Where its own portal pages are says nothing about data.
                    if (!member.NameEquals("services"u8))
                    {
                        Collect(member.Value, found);
                    }
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    Collect(item, found);
                }

                break;
            case JsonValueKind.String when MayBeAddress(JsonMarshal.GetRawUtf8Value(element)) && element.GetString() is { Length: > 6 } text && IsAddress(text):
                found.Add(text);
                break;
            default:
                break;
        }
    }

    /// <summary>By its first letter, or an escape that may hide it: most texts are none, and need not be made.</summary>
    private static bool MayBeAddress(ReadOnlySpan<byte> quoted) =>
        quoted.Length > 8 && quoted[1] is (byte)'/' or (byte)'\\' or (byte)'a' or (byte)'A' or (byte)'r' or (byte)'R' or (byte)'h' or (byte)'H' or (byte)'w' or (byte)'W';

    private static bool IsAddress(string text) =>
        text[0] == '/' || text.StartsWith("azureml:", StringComparison.OrdinalIgnoreCase) || text.StartsWith("runs:/", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("http", StringComparison.OrdinalIgnoreCase) || text.StartsWith("abfs", StringComparison.OrdinalIgnoreCase) || text.StartsWith("wasb", StringComparison.OrdinalIgnoreCase);
}
