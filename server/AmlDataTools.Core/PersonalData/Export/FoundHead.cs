using AmlDataTools.Core.Operations;
using AmlDataTools.Core.PersonalData.Export.Redaction;

namespace AmlDataTools.Core.PersonalData.Export;

/// <summary>What an export of what was found is about, for its index and report.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Selection">What of a search.</param>
/// <param name="Request">The search.</param>
/// <param name="Redactor">Takes other people out of texts; null where they stay.</param>
internal sealed record FoundHead(OperationPlan Plan, FoundSelection Selection, SearchRequest Request, Redactor? Redactor)
{
    /// <summary>A text as it may be given out.</summary>
    public string Text(string text) => Redactor?.Redact(text) ?? text;

    /// <summary>The same of what may be missing.</summary>
    public string? TextIfSet(string? text) => text is null ? null : Text(text);

    /// <summary>A workspace's name.</summary>
    /// <param name="resourceId">Its Resource Manager id.</param>
    public static string NameOf(string resourceId) => resourceId[(resourceId.LastIndexOf('/') + 1)..];

    /// <summary>What there is to say on the files of a finding; null for nothing.</summary>
    public static string? FilesNote(FoundItem item) => (item.Elsewhere, item.Why) switch
    {
        (0, var why) => why,
        (var elsewhere, null) => $"{Sizes.Count(elsewhere, "file")} in it stand with another finding.",
        var (elsewhere, why) => $"{Sizes.Count(elsewhere, "file")} in it stand with another finding. {why}",
    };
}
