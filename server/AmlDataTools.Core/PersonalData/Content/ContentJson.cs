using System.Text.Json.Serialization;

namespace AmlDataTools.Core.PersonalData.Content;

/// <summary>Where the search of datastores goes on.</summary>
/// <param name="Done">Datastores that are done.</param>
/// <param name="Store">The one at hand; null between two.</param>
/// <param name="Place">Where in it.</param>
/// <param name="Gaps">What of it was not searched so far.</param>
internal sealed record FilesCheckpoint(IReadOnlyList<string> Done, string? Store, ScanPlace? Place, IReadOnlyList<CountedGap> Gaps)
{
    /// <summary>The container or datastore that alone is searched; null for all.</summary>
    public string? Alone { get; init; }
}

/// <summary>Where the search of the notebooks goes on.</summary>
/// <param name="Folders">The marker of the page of people's folders; null for the first.</param>
/// <param name="HasFolders">Whether all people's folders are done.</param>
/// <param name="Unit">The folder whose files are at hand; null before the first.</param>
/// <param name="Place">Where in it; null when it is done.</param>
/// <param name="Gaps">What of it was not searched so far.</param>
internal sealed record NotebooksCheckpoint(string? Folders, bool HasFolders, string? Unit, ScanPlace? Place, IReadOnlyList<CountedGap> Gaps);

/// <summary>How checkpoints are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectRequiredConstructorParameters = false)]
[JsonSerializable(typeof(FilesCheckpoint))]
[JsonSerializable(typeof(NotebooksCheckpoint))]
internal sealed partial class ContentJson : JsonSerializerContext;
