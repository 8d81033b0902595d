using Azure.Core.Pipeline;

namespace AmlDataTools.Azure.Http;

/// <summary>Keeps the paths of requests out of the log: in a search for a person's data they name files, folders and things that are called like people.</summary>
public static class QuietPaths
{
    private const string Key = "AmlDataTools.QuietPaths";

    /// <summary>From here on, in what is done here and what that begins, the log tells of requests without their paths.</summary>
    /// <returns>Ends it when disposed of.</returns>
    public static IDisposable Begin() => HttpPipeline.CreateHttpMessagePropertiesScope(new Dictionary<string, object?> { [Key] = Key });

    /// <summary>Whether the path of a request is not to be logged.</summary>
    internal static bool Covers(global::Azure.Core.HttpMessage message) => message.TryGetProperty(Key, out _);
}
