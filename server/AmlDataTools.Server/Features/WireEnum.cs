namespace AmlDataTools.Server.Features;

/// <summary>Turns an enum of the product into its twin on the wire, by the name of the member.</summary>
internal static class WireEnum
{
    /// <summary>The twin. That each member has one is tested.</summary>
    public static TWire To<TModel, TWire>(TModel value)
        where TModel : struct, Enum
        where TWire : struct, Enum =>
        Enum.Parse<TWire>(Enum.GetName(value) ?? throw new ArgumentOutOfRangeException(nameof(value)));
}
