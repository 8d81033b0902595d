namespace AmlDataTools.Emulator.State;

/// <summary>Ids of what a workspace uses.</summary>
internal static class WorkspaceIds
{
    /// <summary>Its storage account.</summary>
    public static string Storage(Workspace workspace) =>
        $"/subscriptions/{workspace.SubscriptionId}/resourceGroups/{workspace.StorageGroup ?? workspace.ResourceGroup}/providers/Microsoft.Storage/storageAccounts/{workspace.StorageAccount}";
}
