using Azure.Core;
using AmlDataTools.Azure.Cloud;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Azure.Arm.Dependents;

/// <summary>The resources that workspaces use, at Resource Manager: read, delete, purge.</summary>
public sealed class DependentClient
{
    private readonly ArmPolling _polling;
    private readonly ArmRequests _requests;

    internal DependentClient(CloudDescription cloud, ArmRequests requests, ArmPollingSettings polling)
    {
        _requests = requests;
        _polling = new ArmPolling(cloud, requests.Sender, polling);
    }

    /// <summary>One resource.</summary>
    /// <param name="dependent">Which.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="AzureServiceException">Refused (403), or it is not there (404).</exception>
    public async Task<DependentDocument> GetAsync(DependentRef dependent, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(dependent);
        return new(dependent, await _requests.Sender.GetAsync(_requests.Address(dependent.EscapedPath, dependent.ApiVersion), cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The locks that concern a resource: on it and above it.</summary>
    /// <param name="dependent">Which.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="AzureServiceException">Refused (403).</exception>
    public IAsyncEnumerable<LockDocument> ListLocksAsync(DependentRef dependent, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(dependent);
        return _requests.AllAsync(
            _requests.Address(dependent.EscapedPath + "/providers/Microsoft.Authorization/locks", ArmRequests.LocksVersion), raw => new LockDocument(raw), cancellationToken);
    }

    /// <summary>Begins to delete a resource. 429 is not repeated, so that the caller can pace all its deletes.</summary>
    /// <param name="dependent">Which.</param>
    /// <param name="permanently">Of a Log Analytics workspace: that it is not kept for 14 days. Others take no such parameter.</param>
    /// <param name="cancellationToken">Stops waiting for the answer; the delete may still take effect.</param>
    /// <exception cref="AzureServiceException">Refused: 403, 404, 409 (<c>ScopeLocked</c>, protected data), 429.</exception>
    public async Task<ArmAnswer> DeleteAsync(DependentRef dependent, bool permanently, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(dependent);
        var force = permanently && dependent.Kind == DependentKind.LogAnalytics ? "true" : null;
        var address = _requests.Address(dependent.EscapedPath, dependent.ApiVersion, ("force", force));
        var answer = await _requests.Sender.SendAsync(RequestMethod.Delete, address, null, SendOptions.Delete, cancellationToken).ConfigureAwait(false);
        return ArmAnswer.From(answer.Status, answer.Headers, address);
    }

    /// <summary>Whether a deleted vault of this name is kept.</summary>
    /// <param name="vault">The vault.</param>
    /// <param name="location">Its region.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="ArgumentException">It is no vault.</exception>
    /// <exception cref="AzureServiceException">Refused (403).</exception>
    public async Task<bool> IsVaultKeptAsync(DependentRef vault, string location, CancellationToken cancellationToken)
    {
        try
        {
            await _requests.Sender.GetAsync(DeletedVault(vault, location, string.Empty), cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (AzureServiceException exception) when (exception.Status == 404)
        {
            return false;
        }
    }

    /// <summary>Begins to delete a deleted vault for good.</summary>
    /// <param name="vault">The vault.</param>
    /// <param name="location">Its region.</param>
    /// <param name="cancellationToken">Stops waiting for the answer.</param>
    /// <exception cref="ArgumentException">It is no vault.</exception>
    /// <exception cref="AzureServiceException">Refused: purge protection (<c>MethodNotAllowed</c>), 403, or it is not kept (404).</exception>
    public async Task<ArmAnswer> PurgeVaultAsync(DependentRef vault, string location, CancellationToken cancellationToken)
    {
        var address = DeletedVault(vault, location, "/purge");
        var answer = await _requests.Sender.SendAsync(RequestMethod.Post, address, null, SendOptions.Delete, cancellationToken).ConfigureAwait(false);
        return ArmAnswer.From(answer.Status, answer.Headers, address);
    }

    /// <summary>Follows a long-running operation to its end.</summary>
    /// <param name="begun">What the request answered.</param>
    /// <param name="cancellationToken">Stops waiting, not the operation.</param>
    /// <exception cref="AzureServiceException">It failed (<see cref="AzureServiceException.OperationFailed"/>), or <c>OperationTimedOut</c>.</exception>
    /// <exception cref="ForeignHostException">Its progress is said to be at a host that must not be sent a token.</exception>
    public Task<ArmAnswer> WaitAsync(ArmAnswer begun, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(begun);
        return _polling.WaitAsync(begun, null, cancellationToken);
    }

    private Uri DeletedVault(DependentRef vault, string location, string act)
    {
        ArgumentNullException.ThrowIfNull(vault);
        ArgumentException.ThrowIfNullOrWhiteSpace(location);
        return vault.Kind == DependentKind.KeyVault
            ? _requests.Address(
                $"subscriptions/{Uri.EscapeDataString(vault.SubscriptionId)}/providers/Microsoft.KeyVault/locations/{Uri.EscapeDataString(location)}/deletedVaults/{Uri.EscapeDataString(vault.Name)}{act}",
                vault.ApiVersion)
            : throw new ArgumentException("Only vaults are kept this way.", nameof(vault));
    }
}
