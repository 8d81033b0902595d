using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.Copies;

/// <summary>What can be wrong with a copy as a whole.</summary>
internal static class CopyProblems
{
    /// <summary>The target may not be written.</summary>
    public static ProblemException MayNotWrite(string target, ProblemException? cause) => new(
        "storage.needsWriteAccess",
        $"The signed-in account may not read and write data in {target}. Ask for the role Storage Blob Data Contributor on its storage account (a new role takes some minutes), then try again.",
        cause)
    {
        CorrelationId = cause?.CorrelationId,
        Target = cause?.Target ?? target,
        Actions = [ProblemAction.Retry, ProblemAction.SignIn],
    };

    /// <summary>The container is not there; none is ever made.</summary>
    public static ProblemException NoContainer(CopyTarget target) => new(
        "copy.noContainer",
        $"There is no container {target.ContainerName} in {target.Account}. Make it first, or choose another: a copy makes none by itself.")
    { Target = target.Text, Actions = [ProblemAction.PlanAgain] };

    /// <summary>The place is of a kind that storage does not copy from by itself.</summary>
    public static ProblemException NoCopies() =>
        new("copy.sourceUnsupported", "Storage can copy by itself only from blob containers. What lies elsewhere (file shares) can be downloaded.");

    /// <summary>An address that cannot be a target.</summary>
    public static ProblemException BadAddress(string why) =>
        new("copy.badTarget", $"{why} Give the address of a container, with a folder in it if you like: https://account.blob.core.windows.net/container/folder.");
}
