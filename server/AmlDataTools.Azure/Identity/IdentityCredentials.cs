using System.Collections.Concurrent;
using Azure.Core;
using Azure.Identity;
using AmlDataTools.Azure.Cloud;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Azure.Identity;

/// <summary>The ways to sign in that Azure.Identity carries out.</summary>
public enum IdentityKind
{
    /// <summary>The Azure CLI's sign-in.</summary>
    AzureCli,

    /// <summary>Environment, workload and managed identity, and the developer tools, in Azure.Identity's order.</summary>
    Default,

    /// <summary>A browser on this machine.</summary>
    InteractiveBrowser,

    /// <summary>A code to type in a browser anywhere.</summary>
    DeviceCode,

    /// <summary>Environment variables.</summary>
    Environment,

    /// <summary>The machine's managed identity.</summary>
    ManagedIdentity,
}

/// <summary>A device code to show.</summary>
/// <param name="Message">The whole message of the identity service.</param>
/// <param name="UserCode">The code to type.</param>
/// <param name="VerificationUri">Where to type it.</param>
public sealed record DeviceCodePrompt(string Message, string UserCode, Uri VerificationUri);

/// <summary>Which way to sign in.</summary>
/// <param name="Kind">The way.</param>
/// <param name="TenantId">The tenant to sign in to; null for the account's own.</param>
/// <param name="ClientId">Application, or user-assigned managed identity; null for the default.</param>
/// <param name="ShowDeviceCode">Shows a device code; demanded by <see cref="IdentityKind.DeviceCode"/>.</param>
public sealed record IdentityOptions(
    IdentityKind Kind,
    string? TenantId,
    string? ClientId,
    Func<DeviceCodePrompt, CancellationToken, Task>? ShowDeviceCode);

/// <summary>Azure.Identity's credentials against the cloud's authority; one a tenant, made when first asked for.</summary>
public sealed class IdentityCredentials : ITenantCredentials
{
    private readonly ConcurrentDictionary<string, Lazy<TokenCredential>> _byTenant = new(StringComparer.OrdinalIgnoreCase);
    private readonly CloudDescription _cloud;
    private readonly IdentityOptions _options;
    private readonly AzureTransport? _transport;

    /// <summary>Makes the credentials; nothing is asked or opened yet.</summary>
    /// <param name="cloud">Names the authority.</param>
    /// <param name="options">The way to sign in.</param>
    /// <param name="transport">Connections through the proxy that is set, with the certificates that are trusted; null takes Azure.Identity's.</param>
    /// <exception cref="ArgumentException">A device code is wanted without a way to show it.</exception>
    public IdentityCredentials(CloudDescription cloud, IdentityOptions options, AzureTransport? transport = null)
    {
        ArgumentNullException.ThrowIfNull(cloud);
        ArgumentNullException.ThrowIfNull(options);
        if (options is { Kind: IdentityKind.DeviceCode, ShowDeviceCode: null })
        {
            throw new ArgumentException("A sign-in with a device code needs a way to show the code.", nameof(options));
        }

        _cloud = cloud;
        _options = options;
        _transport = transport;
    }

    /// <inheritdoc/>
    public TokenCredential ForTenant(string? tenantId)
    {
        var tenant = tenantId ?? _options.TenantId;
        if (_options.Kind is IdentityKind.InteractiveBrowser or IdentityKind.DeviceCode)
        {
            // One sign-in for all tenants: a credential for each would ask the person again and again.
            var shared = _byTenant.GetOrAdd(string.Empty, _ => new Lazy<TokenCredential>(() => Make(_options.TenantId))).Value;
            return tenant is null ? shared : new TenantScopedCredential(shared, tenant);
        }

        return _byTenant.GetOrAdd(tenant ?? string.Empty, _ => new Lazy<TokenCredential>(() => Make(tenant))).Value;
    }

    // Microsoft's own authorities vouch for each other; a private one (Azure Stack Hub) is unknown to them.
    private bool IsPrivateAuthority => _cloud.AuthorityHost is { } authority
        && !new[] { CloudDescription.Public, CloudDescription.China, CloudDescription.UsGovernment }
            .Any(known => string.Equals(known.AuthorityHost?.Host, authority.Host, StringComparison.OrdinalIgnoreCase));

    private TokenCredential Make(string? tenant) => _options.Kind switch
    {
        IdentityKind.AzureCli => new AzureCliCredential(WithAuthority(new AzureCliCredentialOptions { TenantId = tenant })),
        IdentityKind.Default => new DefaultAzureCredential(WithAuthority(MakeDefault(tenant))),
        IdentityKind.InteractiveBrowser => new InteractiveBrowserCredential(WithAuthority(MakeBrowser(tenant))),
        IdentityKind.DeviceCode => new DeviceCodeCredential(WithAuthority(MakeDeviceCode(tenant))),
        IdentityKind.Environment => new EnvironmentCredential(WithAuthority(new EnvironmentCredentialOptions { DisableInstanceDiscovery = IsPrivateAuthority })),
        IdentityKind.ManagedIdentity => new ManagedIdentityCredential(WithAuthority(new ManagedIdentityCredentialOptions(
            _options.ClientId is { Length: > 0 } id ? ManagedIdentityId.FromUserAssignedClientId(id) : ManagedIdentityId.SystemAssigned))),
        _ => throw new InvalidOperationException($"There is no sign-in of kind {_options.Kind}."),
    };

    private DefaultAzureCredentialOptions MakeDefault(string? tenant)
    {
        var options = new DefaultAzureCredentialOptions
        {
            ExcludeInteractiveBrowserCredential = true,
            DisableInstanceDiscovery = IsPrivateAuthority,
        };
        if (tenant is not null)
        {
            options.TenantId = tenant;
        }

        if (_options.ClientId is { Length: > 0 } id)
        {
            options.ManagedIdentityClientId = id;
            options.WorkloadIdentityClientId = id;
        }

        return options;
    }

    private InteractiveBrowserCredentialOptions MakeBrowser(string? tenant)
    {
        var options = new InteractiveBrowserCredentialOptions { TenantId = tenant, DisableInstanceDiscovery = IsPrivateAuthority };
        options.AdditionallyAllowedTenants.Add("*");
        if (_options.ClientId is { Length: > 0 } id)
        {
            options.ClientId = id;
        }

        return options;
    }

    private DeviceCodeCredentialOptions MakeDeviceCode(string? tenant)
    {
        var options = new DeviceCodeCredentialOptions
        {
            TenantId = tenant,
            DisableInstanceDiscovery = IsPrivateAuthority,
            DeviceCodeCallback = (code, cancellationToken)
                => _options.ShowDeviceCode?.Invoke(new DeviceCodePrompt(code.Message, code.UserCode, code.VerificationUri), cancellationToken) ?? Task.CompletedTask,
        };
        options.AdditionallyAllowedTenants.Add("*");
        if (_options.ClientId is { Length: > 0 } id)
        {
            options.ClientId = id;
        }

        return options;
    }

    private T WithAuthority<T>(T options)
        where T : TokenCredentialOptions
    {
        if (_cloud.AuthorityHost is { } authority)
        {
            options.AuthorityHost = authority;
        }

        if (_transport is not null)
        {
            options.Transport = _transport.Transport;
        }

        return options;
    }
}

/// <summary>Asks a shared sign-in for tokens of one tenant.</summary>
internal sealed class TenantScopedCredential(TokenCredential inner, string tenantId) : TokenCredential
{
    /// <inheritdoc/>
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        => inner.GetToken(Scope(requestContext), cancellationToken);

    /// <inheritdoc/>
    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
        => inner.GetTokenAsync(Scope(requestContext), cancellationToken);

    private TokenRequestContext Scope(TokenRequestContext context)
        => new(context.Scopes, context.ParentRequestId, context.Claims, tenantId, context.IsCaeEnabled);
}
