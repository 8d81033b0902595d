namespace AmlDataTools.Core.PersonalData.Export.Redaction;

/// <summary>Something that was taken out of a document. Never holds what it was.</summary>
/// <param name="Pointer">Where (RFC 6901), in the document as it is written.</param>
/// <param name="Within">Where in the JSON that stands there as text; null for none.</param>
/// <param name="Why">Stable: see <see cref="RedactionCause"/>.</param>
internal sealed record Redaction(string Pointer, string? Within, string Why);

/// <summary>Why something was taken out.</summary>
internal static class RedactionCause
{
    /// <summary>The field says who made, changed or owns the thing, and that is another person.</summary>
    public const string Person = "person";

    /// <summary>An e-mail address that is not the subject's.</summary>
    public const string Address = "address";

    /// <summary>A name or id of a person whom the documents tell of.</summary>
    public const string Mention = "mention";
}
