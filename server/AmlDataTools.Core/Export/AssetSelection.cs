using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.Export;

/// <summary>A model version, a version of a data asset or a dataset that is to be taken.</summary>
/// <param name="Item">Its record.</param>
/// <param name="Root">The folder it goes to, safe: name and version.</param>
internal sealed record ChosenAsset(ListedResource Item, string Root)
{
    /// <summary>In words: <c>the model credit-scoring:3</c>.</summary>
    public string InWords => InWordsOf(Item.Address);

    /// <summary>A thing in words.</summary>
    public static string InWordsOf(ResourceAddress address) => address.Kind switch
    {
        ResourceKind.Model or ResourceKind.ModelVersion => $"the model {address.Text}",
        ResourceKind.DataAsset or ResourceKind.DataVersion => $"the data asset {address.Text}",
        _ => $"the {ResourceCatalog.Of(address.Kind).Singular} {address.Text}",
    };
}

/// <summary>What was chosen of models and data, as far as it is there.</summary>
/// <param name="Assets">What is to be taken, each once.</param>
/// <param name="LeftOut">What is not, and why.</param>
/// <param name="FirstRefusal">The first reason as it came; null when nothing is left out.</param>
internal sealed record AssetSelection(IReadOnlyList<ChosenAsset> Assets, IReadOnlyList<PlanWarning> LeftOut, ProblemException? FirstRefusal);
