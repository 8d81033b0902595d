using AmlDataTools.Azure;
using AmlDataTools.Core.PersonalData.Parts;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.PersonalData;

/// <summary>What searches are made of, in the order in which a workspace is searched.</summary>
internal static class SearchParts
{
    /// <summary>All parts.</summary>
    public static IReadOnlyList<ISearchPart> All(AzureConnection connection) =>
    [
        new AssetsPart(connection, new ResourceLister(connection)),
        new RunsPart(connection),
        new JobsPart(connection),
    ];
}
