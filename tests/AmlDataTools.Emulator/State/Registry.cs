using AmlDataTools.Emulator.Access;

namespace AmlDataTools.Emulator.State;

/// <summary>A registry and what it holds. Its storage belongs to the service: nobody has a role or a key there.</summary>
internal sealed class Registry
{
    /// <summary>Its subscription.</summary>
    public required string SubscriptionId { get; init; }

    /// <summary>Its resource group.</summary>
    public required string ResourceGroup { get; init; }

    /// <summary>Its name, unique in the whole cloud.</summary>
    public required string Name { get; init; }

    /// <summary>Its primary region.</summary>
    public required string Location { get; init; }

    /// <summary>Its storage account's name.</summary>
    public required string StorageAccount { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Who made it.</summary>
    public required Person CreatedBy { get; init; }

    /// <summary>Whether Resource Manager shows it: not one of somebody else's, which is only found by its name.</summary>
    public bool Listed { get; init; } = true;

    /// <summary>Its assets as Resource Manager shows them.</summary>
    public ResourceStore Resources { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Its Resource Manager id.</summary>
    public string ArmId => IdOf(SubscriptionId, ResourceGroup, Name);

    /// <summary>The id of an asset in it, by which workspaces and code refer to it.</summary>
    public string AssetId(string path) => $"azureml://registries/{Name}/{path}";

    /// <summary>The id of a registry.</summary>
    public static string IdOf(string subscriptionId, string resourceGroup, string name) =>
        $"/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}/providers/Microsoft.MachineLearningServices/registries/{name}";
}
