using System.Text.Json;
using System.Text.Json.Serialization;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.PersonalData.Export;

/// <summary>A line of what a plan gives out: what was searched (the first), a thing that was not, or a finding.</summary>
internal sealed record FoundLine
{
    /// <summary>What was asked for; of the first line only.</summary>
    public SearchRequest? Request { get; init; }

    /// <summary>What could not be searched.</summary>
    public SearchGap? Gap { get; init; }

    /// <summary>What was found.</summary>
    public FoundItem? Found { get; init; }
}

/// <summary>A finding, and what of the plan belongs to it.</summary>
/// <param name="Finding">The finding.</param>
/// <param name="Document">The item that is its document; null for none.</param>
/// <param name="File">The item that is its file, which may stand with another finding; null for none.</param>
/// <param name="FirstFile">The first of the items that are files in it.</param>
/// <param name="Files">How many these are, one after the other.</param>
/// <param name="Elsewhere">How many files in it stand with other findings.</param>
/// <param name="Why">Why there is no file, or not all; null for nothing to say.</param>
internal sealed record FoundItem(Finding Finding, long? Document, long? File, long FirstFile, long Files, long Elsewhere, string? Why);

/// <summary>How the list is written: camelCase, a line each, nothing that is null.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(FoundLine))]
[JsonSerializable(typeof(System.Text.Json.JsonElement))]
internal sealed partial class FoundJson : JsonSerializerContext;

/// <summary>
/// What is given out, as it was found when the plan was made: beside the plan's items, so that a tick that changes later changes
/// no plan. Personal data; goes when the operation goes.
/// </summary>
internal static class FoundList
{
    /// <summary>Reads it, line by line.</summary>
    /// <param name="path">Where it is.</param>
    public static IEnumerable<FoundLine> Read(string path)
    {
        using var file = LocalDisk.Try(path, () => File.OpenRead(path));
        foreach (var (_, line) in JsonLines.Read(file))
        {
            yield return JsonSerializer.Deserialize(line.Span, FoundJson.Default.FoundLine) ?? throw new InvalidDataException("The list of what was found holds an empty line.");
        }
    }

    /// <summary>What was asked for.</summary>
    public static SearchRequest RequestOf(string path) => Read(path).First().Request ?? throw new InvalidDataException("The list of what was found does not say what was asked for.");

    /// <summary>The findings, in the order of the plan.</summary>
    public static IEnumerable<FoundItem> FindingsOf(string path) => Read(path).Select(line => line.Found).OfType<FoundItem>();

    /// <summary>What was not searched.</summary>
    public static IEnumerable<SearchGap> GapsOf(string path) => Read(path).Select(line => line.Gap).OfType<SearchGap>();
}

/// <summary>Writes the list.</summary>
internal sealed class FoundListWriter(string path) : IDisposable
{
    private readonly FileStream _file = LocalDisk.Try(path, () => StateFiles.Open(path, FileMode.Create, isPrivate: true));
    private readonly JsonLineWriter _line = new();

    /// <summary>Adds a line.</summary>
    public void Add(FoundLine line) => LocalDisk.Try(path, () => _line.Write(_file, line, FoundJson.Default.FoundLine));

    /// <summary>Everything is on disk.</summary>
    public void Finish() => LocalDisk.Try(path, () => _file.Flush(flushToDisk: true));

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
