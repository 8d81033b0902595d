namespace AmlDataTools.Azure.Http;

/// <summary>How a request is repeated after throttling, a passing fault of the service, or a broken connection.</summary>
/// <param name="MaxRetries">How often at most after the first attempt.</param>
/// <param name="Delay">Before the first repetition when the service names no time; doubled each time, with jitter.</param>
/// <param name="MaxDelay">The longest wait of our own choosing.</param>
/// <param name="MaxRetryAfter">The longest wait a service may ask for; a longer one ends the attempts with its answer.</param>
/// <param name="NetworkTimeout">For one attempt: until the answer's head, then between two reads of its body.</param>
public sealed record RetrySettings(int MaxRetries, TimeSpan Delay, TimeSpan MaxDelay, TimeSpan MaxRetryAfter, TimeSpan NetworkTimeout)
{
    /// <summary>Five repetitions, from 0.8 s to 30 s apart; up to two minutes when the service asks for it; 100 s for an attempt.</summary>
    public static RetrySettings Default { get; } = new(
        5, TimeSpan.FromSeconds(0.8), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(100));

    /// <summary>One attempt only, for callers that repeat by themselves.</summary>
    public static RetrySettings None { get; } = Default with { MaxRetries = 0 };
}
