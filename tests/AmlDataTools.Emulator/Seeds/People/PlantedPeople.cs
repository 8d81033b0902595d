using AmlDataTools.Emulator.Access;

namespace AmlDataTools.Emulator.Seeds.People;

/// <summary>The people of the planted workspace. Two of them are called the same; one is called by what would be a pattern; one writes with marks.</summary>
internal static class PlantedPeople
{
    /// <summary>A person.</summary>
    public static Person Maria { get; } = new("11111111-1111-4111-8111-111111110001", "Maria Muster", "maria.muster@contoso.example", "1003200000000101");

    /// <summary>Another person of the same name.</summary>
    public static Person OtherMaria { get; } = new("11111111-1111-4111-8111-111111110002", "Maria Muster", "m.muster@contoso.example", "1003200000000102");

    /// <summary>Somebody whose name is a regular expression, which matches much but not itself.</summary>
    public static Person Bob { get; } = new("11111111-1111-4111-8111-111111110003", "R. (Bob) O'Neil+", "bob.oneil@contoso.example", "1003200000000103");

    /// <summary>Somebody whose name has marks, written composed here and decomposed in some files.</summary>
    public static Person Juergen { get; } = new("11111111-1111-4111-8111-111111110004", "J\u00fcrgen Gr\u00f6\u00dfe", "juergen.groesse@contoso.example", "1003200000000104");

    /// <summary>An application: the service tells its application id where a person's name would be.</summary>
    public static Person Robot { get; } = new("11111111-1111-4111-8111-111111110005", "33333333-3333-4333-8333-333333330001", string.Empty, string.Empty) { IsApplication = true };

    /// <summary>Everybody with the word by which the list of places calls them.</summary>
    public static IReadOnlyList<(string Key, Person Person)> All { get; } =
        [("maria", Maria), ("otherMaria", OtherMaria), ("bob", Bob), ("juergen", Juergen), ("robot", Robot)];
}
