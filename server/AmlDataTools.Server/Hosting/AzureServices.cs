using AmlDataTools.Azure;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Problems;
using AmlDataTools.Server.Credentials;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Rpc;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Server.Hosting;

/// <summary>The connection to Azure, made when it is first needed, and the sign-in that goes with it.</summary>
internal sealed class AzureServices : ICredentialApi, IDisposable
{
    private readonly Lazy<ClientTokens> _tokens;

    /// <summary>Remembers how to connect; nothing of Azure's libraries is touched yet.</summary>
    /// <param name="settings">The cloud and the way to sign in.</param>
    /// <param name="rpc">The connection to the client.</param>
    /// <param name="logs">Loggers.</param>
    public AzureServices(InitializeParams settings, JsonRpc rpc, ILoggerFactory logs)
    {
        var client = new CredentialClient(rpc);
        _tokens = new Lazy<ClientTokens>(() => new ClientTokens(client, TimeProvider.System));
        Connection = new Lazy<AzureConnection>(() => Connect(settings, client, _tokens.Value, logs));
    }

    /// <summary>The connection. Making it throws a <see cref="ProblemException"/> <c>settings.cloudInvalid</c> when its certificates cannot be read.</summary>
    public Lazy<AzureConnection> Connection { get; }

    /// <inheritdoc/>
    public Task ChangedAsync(Empty parameters, CancellationToken cancellationToken)
    {
        if (_tokens.IsValueCreated)
        {
            _tokens.Value.Forget();
        }

        if (Connection.IsValueCreated)
        {
            Connection.Value.Forget();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Connection.IsValueCreated)
        {
            Connection.Value.Dispose();
        }
    }

    private static AzureConnection Connect(InitializeParams settings, CredentialClient client, ClientTokens tokens, ILoggerFactory logs)
    {
        var cloud = CloudReader.Read(settings.Cloud);
        AzureTransport transport;
        try
        {
            transport = new AzureTransport(cloud);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            throw new ProblemException("settings.cloudInvalid", "The certificates named by the custom cloud's setting caCertificatePath cannot be read.", e)
            {
                Target = cloud.CaCertificatePath,
                Actions = [ProblemAction.OpenSettings],
            };
        }

        return new AzureConnection(cloud, CredentialFactory.Create(settings.Credential, cloud, transport, client, tokens), logs, transport);
    }
}
