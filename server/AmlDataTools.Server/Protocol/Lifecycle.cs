using System.Text.Json.Serialization;

namespace AmlDataTools.Server.Protocol;

/// <summary>Start and end of the connection.</summary>
[RpcContract(RpcSide.Server)]
public interface ILifecycleApi
{
    /// <summary>The first request. Every other one before it is refused with <c>protocol.notInitialized</c>.</summary>
    [RpcRequest("initialize")]
    Task<InitializeResult> InitializeAsync(InitializeParams parameters, CancellationToken cancellationToken);

    /// <summary>Lets running operations reach a safe point; they show as interrupted and can be resumed. The process ends when its input closes.</summary>
    [RpcRequest("shutdown")]
    Task<Empty> ShutdownAsync(Empty parameters, CancellationToken cancellationToken);
}

/// <summary>What the sidecar is told at the start.</summary>
/// <param name="ProtocolVersion">The version of this contract the client was built for: <see cref="ProtocolVersions.Current"/>.</param>
/// <param name="ClientName">Name of the client, for logs and the user agent.</param>
/// <param name="ClientVersion">Version of the client.</param>
/// <param name="Locale">BCP 47 language tag of the person's editor, such as <c>en</c>.</param>
/// <param name="Cloud">The cloud to work with.</param>
/// <param name="Credential">How to sign in.</param>
/// <param name="StorageFolder">Absolute folder for plans, journals and receipts, shared by all windows; made if missing.</param>
/// <param name="LogFolder">Absolute folder for the rotating log file; null writes none.</param>
/// <param name="LogLevel">The least severe level to send and write.</param>
/// <param name="ParentProcessId">The process whose end ends the sidecar too; null watches only the input.</param>
/// <param name="Network">Proxies and certificates; null takes the environment's and the system's.</param>
public sealed record InitializeParams(
    int ProtocolVersion,
    string ClientName,
    string ClientVersion,
    string Locale,
    CloudSettings Cloud,
    CredentialSettings Credential,
    string StorageFolder,
    string? LogFolder,
    LogLevelName LogLevel,
    int? ParentProcessId,
    NetworkParams? Network = null);

/// <summary>The sidecar's answer to <see cref="InitializeParams"/>.</summary>
/// <param name="ProtocolVersion">The version the sidecar speaks.</param>
/// <param name="ServerVersion">The sidecar's product version.</param>
/// <param name="ProcessId">The sidecar's process.</param>
/// <param name="Capabilities">What it can do, by name: <c>explorer</c>, <c>export</c>, ...</param>
public sealed record InitializeResult(int ProtocolVersion, string ServerVersion, int ProcessId, IReadOnlyList<string> Capabilities);

/// <summary>Versions of this contract.</summary>
public static class ProtocolVersions
{
    /// <summary>Raised with every incompatible change.</summary>
    public const int Current = 1;
}

/// <summary>The clouds known by name.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<CloudName>))]
public enum CloudName
{
    /// <summary>Azure public cloud.</summary>
    Public,

    /// <summary>Azure operated by 21Vianet.</summary>
    China,

    /// <summary>Azure US Government.</summary>
    UsGovernment,

    /// <summary>Described by <see cref="CustomCloud"/>: Azure Stack Hub, an air-gapped cloud, the emulator.</summary>
    Custom,
}

/// <summary>The cloud to work with.</summary>
/// <param name="Name">Which one.</param>
/// <param name="Custom">Its description, when <paramref name="Name"/> is custom.</param>
public sealed record CloudSettings(CloudName Name, CustomCloud? Custom);

/// <summary>A cloud that is not known by name.</summary>
/// <param name="ResourceManager">Resource Manager endpoint: an absolute https address.</param>
/// <param name="AuthorityHost">Where Azure.Identity asks for tokens; null for credentials that do not ask.</param>
/// <param name="ResourceManagerAudience">Token audience of Resource Manager; null takes its endpoint.</param>
/// <param name="DataPlaneAudience">Token audience of the workspace's data plane; null takes Resource Manager's.</param>
/// <param name="StorageAudience">Token audience of storage; null takes https://storage.azure.com.</param>
/// <param name="StorageSuffix">What follows <c>account.blob.</c>, port included: <c>core.windows.net</c>, <c>localhost:10443</c>.</param>
/// <param name="DataPlaneSuffixes">Host names, or suffixes beginning with a dot, that may be sent a token besides Resource Manager's own host.</param>
/// <param name="CaCertificatePath">A PEM file with certificates trusted besides the machine's; null for none.</param>
/// <param name="PortalUrl">Where "open in studio" leads; null hides it.</param>
/// <param name="AzurePortalUrl">Where "open in Azure portal" leads; null hides it.</param>
public sealed record CustomCloud(
    string ResourceManager,
    string? AuthorityHost,
    string? ResourceManagerAudience,
    string? DataPlaneAudience,
    string? StorageAudience,
    string StorageSuffix,
    IReadOnlyList<string> DataPlaneSuffixes,
    string? CaCertificatePath,
    string? PortalUrl,
    string? AzurePortalUrl = null);

/// <summary>The ways to sign in.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<CredentialKind>))]
public enum CredentialKind
{
    /// <summary>Every token is asked of the client (<c>credential/token</c>): VS Code's Microsoft account.</summary>
    VsCode,

    /// <summary>Azure CLI.</summary>
    AzureCli,

    /// <summary>Azure.Identity's default chain.</summary>
    Default,

    /// <summary>A browser opened by the sidecar.</summary>
    InteractiveBrowser,

    /// <summary>A code shown to the person (<c>credential/deviceCode</c>).</summary>
    DeviceCode,

    /// <summary>Environment variables.</summary>
    Environment,

    /// <summary>Managed identity of the machine.</summary>
    ManagedIdentity,
}

/// <summary>How to sign in.</summary>
/// <param name="Kind">Which way.</param>
/// <param name="TenantId">The tenant to sign in to; null for the account's own.</param>
/// <param name="ClientId">Application or managed identity to use; null for the default.</param>
public sealed record CredentialSettings(CredentialKind Kind, string? TenantId, string? ClientId);
