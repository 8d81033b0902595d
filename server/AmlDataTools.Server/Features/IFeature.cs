using AmlDataTools.Azure.Http.Network;
using AmlDataTools.Core.Operations;
using AmlDataTools.Server.Credentials;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Rpc;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Server.Features;

/// <summary>A part of the product on the wire: its methods, and how it stops.</summary>
internal interface IFeature : IAsyncDisposable
{
    /// <summary>The name under which the answer to <c>initialize</c> lists it.</summary>
    string Capability { get; }

    /// <summary>Further names, where it can do more than one thing.</summary>
    IReadOnlyList<string> FurtherCapabilities => [];

    /// <summary>Registers its methods. Done while <c>initialize</c> is answered: nothing slow, and nothing of Azure touched.</summary>
    /// <param name="rpc">The connection.</param>
    void Register(JsonRpc rpc);

    /// <summary>Brings what is running to a safe point from which it can be resumed; the process ends soon.</summary>
    /// <param name="cancellationToken">There is no more time.</param>
    Task StopAsync(CancellationToken cancellationToken);
}

/// <summary>What features are made of, once the client has introduced itself.</summary>
/// <param name="Settings">What the client said.</param>
/// <param name="Rpc">The connection, to notify the client.</param>
/// <param name="Logs">Loggers.</param>
/// <param name="CredentialClient">Asks the client to sign in, and shows device codes.</param>
/// <param name="ClientTokens">Tokens the client gives, for <see cref="ClientTokenCredential"/>; says when the account changed.</param>
/// <param name="LogMask">Keeps people out of the log whose data is searched for.</param>
/// <param name="Network">Proxies and certificates.</param>
internal sealed record FeatureContext(
    InitializeParams Settings,
    JsonRpc Rpc,
    ILoggerFactory Logs,
    CredentialClient CredentialClient,
    Lazy<ClientTokens> ClientTokens,
    LogMask LogMask,
    NetworkRules Network);
