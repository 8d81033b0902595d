namespace AmlDataTools.Core.Problems;

/// <summary>What a person can do about a problem.</summary>
public enum ProblemAction
{
    /// <summary>Try the same again.</summary>
    Retry,

    /// <summary>Sign in, or sign in to another tenant.</summary>
    SignIn,

    /// <summary>Choose other subscriptions.</summary>
    SelectSubscriptions,

    /// <summary>Open the settings of the extension.</summary>
    OpenSettings,

    /// <summary>Choose another folder.</summary>
    ChooseFolder,

    /// <summary>Open the log.</summary>
    ShowLog,

    /// <summary>Open the resource in Azure ML studio.</summary>
    OpenInStudio,

    /// <summary>Plan anew: the plan is too old or what it saw has changed.</summary>
    PlanAgain,

    /// <summary>Open the editor's settings of proxies and certificates.</summary>
    OpenNetworkSettings,

    /// <summary>Open the documentation.</summary>
    OpenHelp,
}

/// <summary>
/// A failure in the product's own terms: a stable code for programs, one sentence for people that says what to do.
/// Everything that leaves Core as an error is one of these; its texts never hold a token, a key, a SAS or a query string.
/// </summary>
public sealed class ProblemException : Exception
{
    /// <summary>Makes a problem.</summary>
    /// <param name="code">Stable: <c>area.whatHappened</c>, camelCase, such as <c>storage.authorizationMismatch</c>.</param>
    /// <param name="message">For people: what happened and what to do.</param>
    /// <param name="innerException">What caused it, for the log only.</param>
    public ProblemException(string code, string message, Exception? innerException = null)
        : base(message, innerException) => Code = code;

    /// <summary>The stable code.</summary>
    public string Code { get; }

    /// <summary>Whether the same may succeed later without anything being changed.</summary>
    public bool Retryable { get; init; }

    /// <summary>The service's correlation id, when there is one.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>What it happened to: a resource id, a path, a host, without query string.</summary>
    public string? Target { get; init; }

    /// <summary>What the person can do about it, in the order to offer them.</summary>
    public IReadOnlyList<ProblemAction> Actions { get; init; } = [];
}
