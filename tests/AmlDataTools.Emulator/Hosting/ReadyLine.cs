using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Hosting;

/// <summary>The one line of JSON on standard output: all a client needs.</summary>
internal static class ReadyLine
{
    /// <summary>Hosts that may be sent tokens besides Resource Manager's.</summary>
    public static readonly string[] DataPlaneSuffixes = [".azureml.localhost"];

    /// <summary>Makes the line's object.</summary>
    public static JsonObject Of(EmulatorState state, string caPath, string controlUrl)
    {
        var workspace = state.Workspaces.Values.OrderBy(w => w.Created).First();
        return new JsonObject
        {
            ["resourceManager"] = state.ResourceManager,
            ["dataPlane"] = state.DataPlane(workspace.Location),
            ["blob"] = state.Blob(workspace.StorageAccount),
            ["caCertificate"] = caPath,
            ["subscriptionId"] = workspace.SubscriptionId,
            ["resourceGroup"] = workspace.ResourceGroup,
            ["workspace"] = workspace.Name,
            ["accessToken"] = Tokens.Issue("https://management.azure.com", state.TenantId, PeopleDirectory.Ada, DateTimeOffset.UtcNow, TimeSpan.FromHours(24)),
            ["tenantId"] = state.TenantId,
            ["storageSuffix"] = state.StorageSuffix,
            ["dataPlaneSuffixes"] = JsonShape.List(DataPlaneSuffixes),
            ["controlUrl"] = controlUrl,
        };
    }
}
