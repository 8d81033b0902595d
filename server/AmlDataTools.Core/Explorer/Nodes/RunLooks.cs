namespace AmlDataTools.Core.Explorer.Nodes;

/// <summary>How the status of a run looks. Names are codicons and theme colours of VS Code.</summary>
internal static class RunLooks
{
    /// <summary>The colour of what is archived.</summary>
    public const string Muted = "disabledForeground";

    /// <summary>Icon and colour of a status as the service spells it.</summary>
    /// <param name="status">The status.</param>
    public static (string Icon, string? Color) Of(string? status) => (status ?? string.Empty).ToUpperInvariant() switch
    {
        "COMPLETED" or "FINISHED" => ("pass", "testing.iconPassed"),
        "FAILED" => ("error", "testing.iconFailed"),
        "CANCELED" or "CANCELLED" => ("circle-slash", "testing.iconSkipped"),
        "CANCELREQUESTED" => ("circle-slash", "charts.yellow"),
        "RUNNING" or "FINALIZING" => ("play-circle", "charts.blue"),
        "QUEUED" or "NOTSTARTED" or "STARTING" or "PREPARING" or "PROVISIONING" or "SCHEDULED" => ("clock", "testing.iconQueued"),
        "PAUSED" => ("debug-pause", "charts.yellow"),
        "NOTRESPONDING" => ("warning", "list.warningForeground"),
        "BYPASSED" => ("debug-step-over", "testing.iconSkipped"),
        _ => ("question", null),
    };

    /// <summary>Whether a run of this status will not change any more.</summary>
    /// <param name="status">The status.</param>
    public static bool IsOver(string? status)
        => (status ?? string.Empty).ToUpperInvariant() is "COMPLETED" or "FINISHED" or "FAILED" or "CANCELED" or "CANCELLED" or "BYPASSED";

    /// <summary>Whether a run of this type is known to have runs below it; others may have some too.</summary>
    /// <param name="runType">The type as run history or Resource Manager spells it.</param>
    public static bool IsParent(string? runType)
        => runType is not null
            && (runType.Contains("pipelinerun", StringComparison.OrdinalIgnoreCase) || runType.Equals("pipeline", StringComparison.OrdinalIgnoreCase)
                || runType.Contains("hyperdrive", StringComparison.OrdinalIgnoreCase) || runType.Contains("sweep", StringComparison.OrdinalIgnoreCase)
                || runType.Contains("automl", StringComparison.OrdinalIgnoreCase));
}
