using AmlDataTools.Azure;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.PersonalData;

/// <summary>What could not be searched, and why, in the same words everywhere.</summary>
internal static class SearchGaps
{
    /// <summary>A service that the workspace does not have: nothing can be there.</summary>
    public const string Absent = "absent";

    /// <summary>What was not asked for.</summary>
    public const string NotAsked = "notAsked";

    /// <summary>A file above the size up to which files are read.</summary>
    public const string TooLarge = "tooLarge";

    /// <summary>A file that is no text.</summary>
    public const string Binary = "binary";

    /// <summary>A record without a name.</summary>
    public const string Unnamed = "unnamed";

    /// <summary>A datastore of a kind that cannot be searched.</summary>
    public const string Unsupported = "unsupported";

    /// <summary>Whether a gap means that something may be there that was not seen though it was to be searched.</summary>
    public static bool IsReal(SearchGap gap) => gap.Code is not (Absent or NotAsked);

    /// <summary>Whether the same search may find it readable some other time, as when rights were given: not what lies in the thing itself or in what was asked for.</summary>
    public static bool MayChange(SearchGap gap) => IsReal(gap) && gap.Code is not (TooLarge or Binary or Unnamed or Unsupported);

    /// <summary>Whether what failed so may be read some other time.</summary>
    public static bool MayPass(Exception exception) => exception is AzureServiceException { IsRetryable: true } or not (AzureServiceException or ProblemException or ForeignHostException) || exception is ProblemException { Retryable: true };

    /// <summary>A gap of what failed.</summary>
    /// <param name="workspace">Where.</param>
    /// <param name="what">What was to be read, for people.</param>
    /// <param name="exception">Why it was not.</param>
    public static SearchGap Of(WorkspaceRef workspace, string what, Exception exception)
    {
        var problem = ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Workspace, workspace.Name));
        var code = (exception as AzureServiceException ?? exception.InnerException as AzureServiceException)?.Status switch
        {
            401 or 403 => "forbidden",
            404 => "notFound",
            _ => problem.Code,
        };
        return new SearchGap(workspace.ResourceId, what, code, problem.Message);
    }
}
