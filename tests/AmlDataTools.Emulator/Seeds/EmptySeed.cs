using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Seeds;

/// <summary>One subscription with one workspace that holds nothing but its own datastores.</summary>
internal static class EmptySeed
{
    /// <summary>Fills the state.</summary>
    public static void Add(Seeder seeder, DateTimeOffset now)
    {
        const string subscription = "00000000-0000-0000-0000-000000000001";
        seeder.State.Subscriptions.Add(new Subscription(subscription, "Contoso Research", seeder.State.TenantId));
        seeder.AddWorkspace(subscription, "sample-rg", "sample-ws", "a0000000-0000-4000-8000-000000000002", "eastus", now);
    }
}
