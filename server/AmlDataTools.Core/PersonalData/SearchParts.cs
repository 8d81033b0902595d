using AmlDataTools.Azure;
using AmlDataTools.Core.PersonalData.Content;
using AmlDataTools.Core.PersonalData.Index;
using AmlDataTools.Core.PersonalData.Parts;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Storage;

namespace AmlDataTools.Core.PersonalData;

/// <summary>What searches are made of, in the order in which a workspace is searched.</summary>
internal static class SearchParts
{
    /// <summary>All parts.</summary>
    /// <param name="connection">The cloud and the sign-in.</param>
    /// <param name="accesses">The ways into datastores.</param>
    /// <param name="texts">Reads files.</param>
    public static IReadOnlyList<ISearchPart> All(AzureConnection connection, StorageAccesses accesses, FileTexts texts)
    {
        var scan = new FileScan(accesses, texts);
        return
        [
            new AssetsPart(connection, new ResourceLister(connection)),
            new IndexedRunsPart(connection, new RunsPart(connection)),
            new JobsPart(connection),
            new NotebooksPart(accesses, scan),
            new FilesPart(connection, scan),
        ];
    }
}
