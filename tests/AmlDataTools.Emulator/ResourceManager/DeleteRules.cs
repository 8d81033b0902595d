using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.ResourceManager;

/// <summary>When a compute is not deleted. That it is refused is documented or specified; statuses and words are guesses.</summary>
internal static class ComputeRules
{
    /// <summary>Refuses a second delete, a detach of what was not attached, and a compute that a job runs on.</summary>
    /// <exception cref="ServiceException">400 or 409.</exception>
    public static void CheckDelete(Workspace workspace, string name, JsonObject properties, string action)
    {
        if (properties.Text("provisioningState") is "Deleting")
        {
            throw ArmErrors.User(409, $"The compute {name} is being deleted already.", "Conflict", "ComputeBeingDeleted");
        }

        if (action == "Detach" && properties.Truth("isAttachedCompute") != true)
        {
            throw ArmErrors.User(400, $"The compute {name} of type {properties.Text("computeType")} was not attached and cannot be detached; delete it.", "BadArgument", "ArgumentInvalid");
        }

        if (workspace.Runs.Stored.FirstOrDefault(r => !r.Terminal && string.Equals(r.Compute, name, StringComparison.OrdinalIgnoreCase)) is { } run)
        {
            throw ArmErrors.User(409, $"The compute {name} is in use by the run {run.RunId}.", "Conflict", "ComputeInUse");
        }
    }
}

/// <summary>When a deployment is not deleted: while its endpoint sends it traffic.</summary>
internal static class EndpointRules
{
    /// <summary>Refuses to delete an online deployment with traffic, as the documentation says; status and words are guesses.</summary>
    /// <exception cref="ServiceException">400.</exception>
    public static void CheckDelete(Workspace workspace, string kind, string path)
    {
        var segments = path.Split('/');
        if (kind == "onlineEndpoints" && segments.Length == 4
            && ((workspace.Resources.Get($"{kind}/{segments[1]}")?["properties"] as JsonObject)?["traffic"] as JsonObject)?.Number(segments[3]) is > 0 and var percent)
        {
            throw ArmErrors.User(400, $"The deployment {segments[3]} receives {percent}% of the traffic of the endpoint {segments[1]}. Set it to 0 before the deployment is deleted.", "BadArgument", "ArgumentInvalid");
        }
    }
}
