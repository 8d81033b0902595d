namespace AmlDataTools.Core.PersonalData.Export;

/// <summary>What of a search a plan gives out. The person stands in it only as a hash: a plan's head is copied into receipts.</summary>
/// <param name="SearchId">The search.</param>
/// <param name="RedactOthers">Whether other people are taken out of the documents.</param>
/// <param name="IncludeFiles">Whether files are given too.</param>
/// <param name="Findings">How many findings.</param>
/// <param name="Workspaces">Resource Manager ids of the workspaces searched.</param>
/// <param name="Subject">The person.</param>
public sealed record FoundSelection(string SearchId, bool RedactOthers, bool IncludeFiles, long Findings, IReadOnlyList<string> Workspaces, SubjectPrint Subject);
