using System.Security.Cryptography;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Cloud;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.Http.Network;
using AmlDataTools.Core;
using AmlDataTools.Core.Problems;
using AmlDataTools.Server.Credentials;
using AmlDataTools.Server.Hosting;
using AmlDataTools.Server.Protocol;

namespace AmlDataTools.Server.Features;

/// <summary>Puts the product together from what the client said. Used when the first feature needs Azure, not before.</summary>
internal static class WorkbenchFactory
{
    /// <summary>Puts it together.</summary>
    /// <exception cref="ProblemException"><c>settings.*</c>: something the client said cannot be used.</exception>
    public static Workbench Create(FeatureContext context)
    {
        var settings = context.Settings;
        var cloud = CloudReader.Read(settings.Cloud);
        var transport = Open(cloud, context.Network);
        var credentials = CredentialFactory.Create(settings.Credential, cloud, transport, context.CredentialClient, context.ClientTokens);
        var connection = new AzureConnection(cloud, credentials, context.Logs, transport);
        var workbench = new Workbench(connection, settings.StorageFolder, context.Logs, context.LogMask);
        if (settings.Credential.Kind == CredentialKind.VsCode)
        {
            context.ClientTokens.Value.Changed += workbench.Forget;
        }

        return workbench;
    }

    private static AzureTransport Open(CloudDescription cloud, NetworkRules network)
    {
        try
        {
            return new AzureTransport(cloud, network);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ProblemException("settings.cloudInvalid", "The certificates named by the custom cloud's setting caCertificatePath cannot be read.", e)
            {
                Target = cloud.CaCertificatePath,
                Actions = [ProblemAction.OpenSettings],
            };
        }
    }
}
