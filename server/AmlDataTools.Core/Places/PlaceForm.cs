namespace AmlDataTools.Core.Places;

/// <summary>What a place in storage is known to be.</summary>
internal enum PlaceForm
{
    /// <summary>One blob.</summary>
    Blob,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A blob or a folder: the storage tells.</summary>
    Either,
}
