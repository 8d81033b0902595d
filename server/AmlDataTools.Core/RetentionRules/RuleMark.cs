namespace AmlDataTools.Core.RetentionRules;

/// <summary>A retention rule as plans and receipts name it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What it was called when the plan was made.</param>
public sealed record RuleMark(string Id, string Name);
