using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.V1;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.Places;

/// <summary>Where a model's or data asset's record says that its data lies.</summary>
/// <param name="Address">The address as written there; null for none.</param>
/// <param name="InStore">Of a dataset the datastore and path, which may hold wildcards; null for others.</param>
/// <param name="Form">What is there, as far as its type tells.</param>
internal readonly record struct AssetAddress(string? Address, DatasetPath? InStore, PlaceForm Form)
{
    /// <summary>The addresses of a model version, a version of a data asset or a dataset; nothing for a dataset that tells none, and for other kinds.</summary>
    /// <param name="item">The record.</param>
    public static IReadOnlyList<AssetAddress> Of(ListedResource item)
    {
        switch (item.Address.Kind)
        {
            case ResourceKind.ModelVersion:
                var form = Is(item.Properties.Text("modelType"), "mlflow_model", "triton_model") ? PlaceForm.Folder : PlaceForm.Either;
                return [new AssetAddress(item.Properties.Text("modelUri"), null, form)];
            case ResourceKind.DataVersion:
                var type = item.Properties.Text("dataType");
                var data = Is(type, "uri_file", "UriFile") ? PlaceForm.Blob : Is(type, "uri_folder", "UriFolder") || IsTable(type) ? PlaceForm.Folder : PlaceForm.Either;
                return [new AssetAddress(item.Properties.Text("dataUri"), null, data)];
            case ResourceKind.Dataset:
                return [.. new DatasetDocument(item.Raw).DataPaths.Select(path => new AssetAddress(null, path, PlaceForm.Either))];
            default:
                return [];
        }
    }

    /// <summary>Whether a data asset of this type is a table: a folder with an <c>MLTable</c> file, which names paths.</summary>
    /// <param name="type">The type as the service wrote it.</param>
    public static bool IsTable(string? type) => Is(type, "mltable", "MLTable");

    private static bool Is(string? type, string one, string other) =>
        string.Equals(type, one, StringComparison.OrdinalIgnoreCase) || string.Equals(type, other, StringComparison.OrdinalIgnoreCase);
}
