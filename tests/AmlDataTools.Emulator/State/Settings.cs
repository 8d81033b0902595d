namespace AmlDataTools.Emulator.State;

/// <summary>What tests may change while the emulator runs.</summary>
internal sealed class Settings
{
    /// <summary>How long signatures in datastore secrets are good.</summary>
    public TimeSpan SasLifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long the artifact service's signed addresses are good.</summary>
    public TimeSpan SignedUrlLifetime { get; set; } = TimeSpan.FromHours(24);
}
