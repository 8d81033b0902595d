namespace AmlDataTools.Core.Changes;

/// <summary>What a storage account keeps of deleted blobs, as read of it.</summary>
/// <param name="Account">The account's name.</param>
/// <param name="SoftDeleteDays">For how many days deleted blobs can be brought back; 0 when soft delete is off; null when it could not be read.</param>
/// <param name="Versioning">Whether older versions are kept; null when it could not be read.</param>
/// <param name="Hierarchical">Whether the account has real folders; null when it could not be read.</param>
/// <param name="Immutability">What forbids deletion in the container (a policy, a legal hold), in words; null for nothing known.</param>
public sealed record Retention(string Account, int? SoftDeleteDays, bool? Versioning, bool? Hierarchical, string? Immutability);
