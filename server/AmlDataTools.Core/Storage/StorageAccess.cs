using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Blobs;
using AmlDataTools.Azure.Files;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Transfer;
using Azure.Identity;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Storage;

/// <summary>
/// A datastore's container or share, by whichever way in works: the datastore's own secrets, else (of the workspace's own
/// account) the key that the workspace gives, else the person's token, else the artifact service's signed addresses. What has
/// expired is renewed once before the next way is taken.
/// </summary>
internal sealed partial class StorageAccess(AzureConnection connection, WorkspaceRef workspace, string datastore, ILogger logger) : IBlobSource
{
    /// <summary>The datastore for which the artifact service signs addresses.</summary>
    private const string ArtifactStore = "workspaceartifactstore";
    private const int TokenStep = 2;
    private const int SignedStep = 3;
    private static readonly TimeSpan RenewalPause = TimeSpan.FromMinutes(1);

    private readonly ShareWalks _walks = new();
    private readonly SemaphoreSlim _choosing = new(1);
    private readonly List<(string Way, Exception Why)> _refusals = [];
    private DatastorePlace? _place;
    private Held? _held;

    /// <inheritdoc/>
    public string Access => Volatile.Read(ref _held)?.Way.Name ?? "none yet";

    /// <summary>Whether the way in that is used opens folders of single runs only, and nothing above them.</summary>
    public bool OpensRunsOnly => Volatile.Read(ref _held)?.Way is SignedWay;

    /// <summary>A page of what is below a prefix.</summary>
    /// <exception cref="ProblemException"><c>storage.accessChanged</c>: the page before came by another way, whose place in the listing this one does not know.</exception>
    public Task<BlobListPage> ListPageAsync(string prefix, bool delimiter, string? marker, int pageSize, CancellationToken cancellationToken) =>
        Stumbling.RetryAsync(logger, () => UseAsync(
            async way =>
            {
                var kind = way is SignedWay ? "signed:" : "direct:";
                if (marker?.StartsWith(kind, StringComparison.Ordinal) == false)
                {
                    throw new ProblemException("storage.accessChanged", "The access to the storage account changed while its files were listed. List them again.")
                    {
                        Target = datastore,
                        Actions = [ProblemAction.Retry],
                    };
                }

                var page = await way.ListPageAsync(prefix, delimiter, marker?[kind.Length..], pageSize, cancellationToken).ConfigureAwait(false);
                return page.NextMarker is { } next ? page with { NextMarker = kind + next } : page;
            },
            cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<BlobItem> GetPropertiesAsync(string name, CancellationToken cancellationToken) =>
        Stumbling.RetryAsync(logger, () => UseAsync(way => way.GetPropertiesAsync(name, cancellationToken), cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<BlobDownload> ReadAsync(string name, (long Offset, long Count)? range, string? ifMatch, CancellationToken cancellationToken) =>
        UseAsync(way => way.ReadAsync(name, range, ifMatch, cancellationToken), cancellationToken);

    private async Task<T> UseAsync<T>(Func<StorageWay, Task<T>> use, CancellationToken cancellationToken)
    {
        while (true)
        {
            var held = Volatile.Read(ref _held) ?? await ChooseAsync(null, null, cancellationToken).ConfigureAwait(false);
            try
            {
                var result = await use(held.Way).ConfigureAwait(false);
                held.Worked();
                return result;
            }
            catch (Exception exception) when (IsRefusal(exception, held))
            {
                await ChooseAsync(held, exception, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>
    /// Whether another way may be let in where this one was not. A person who could not be given a token for storage may
    /// still read by addresses that the workspace signs; one who broke the sign-in off has been asked enough.
    /// </summary>
    private static bool IsRefusal(Exception exception, Held held) =>
        exception is AzureServiceException { Status: 401 or 403 }
        || (held.Step == TokenStep && exception is AuthenticationFailedException or ProblemException { Code: "auth.signInRequired" });

    /// <summary>The way to use after one was refused; others may have chosen meanwhile, then theirs is taken.</summary>
    private async Task<Held> ChooseAsync(Held? refused, Exception? why, CancellationToken cancellationToken)
    {
        await _choosing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_held is { } current && !ReferenceEquals(current, refused))
            {
                return current;
            }

            if (refused is not null && why is not null)
            {
                logger.LogInformation("{Datastore} refused {Way}: {Reason}.", datastore, refused.Way.Name, why is AzureServiceException answer ? $"{answer.Status} {answer.Code}" : why.GetType().Name);
                _refusals.Add((refused.Way.Name, why));
            }

            // A key or SAS may have been changed and a token may have expired: the same way once more, with a new secret.
            var renew = refused is not null && refused.IsWorthRenewing(why);
            for (var step = renew ? refused?.Step ?? 0 : (refused?.Step ?? -1) + 1; step <= SignedStep; step++)
            {
                if (await TryStepAsync(step, cancellationToken).ConfigureAwait(false) is { } way)
                {
                    var held = new Held(way, step);
                    Volatile.Write(ref _held, held);
                    return held;
                }
            }

            // Asked again later, all ways are tried anew: a role may have been given meanwhile.
            Volatile.Write(ref _held, null);
            var problem = Refusal();
            _refusals.Clear();
            throw problem;
        }
        finally
        {
            _choosing.Release();
        }
    }

    private async Task<StorageWay?> TryStepAsync(int step, CancellationToken cancellationToken)
    {
        var client = connection.Workspace(workspace);
        if (workspace.IsRegistry)
        {
            return step == 0 ? await RegistryAsync(client, cancellationToken).ConfigureAwait(false) : null;
        }

        var place = await PlaceAsync(client, cancellationToken).ConfigureAwait(false);
        return step switch
        {
            0 => await SecretsAsync(client, place, cancellationToken).ConfigureAwait(false),
            1 => place.IsShare ? await WorkspaceKeyAsync(client, place, cancellationToken).ConfigureAwait(false) : null,
            TokenStep => Direct(
                "your token", place, BlobAuthorization.Token(connection.Credentials.ForTenant(workspace.TenantId), connection.Cloud.StorageAudience, workspace.TenantId)),
            _ when place.IsShare => null,
            _ => datastore.Equals(ArtifactStore, StringComparison.OrdinalIgnoreCase)
                ? new SignedWay(client.Artifacts, new BlobContainer(connection.Pipelines, place.Container, BlobAuthorization.None), connection.Cloud.IsStorageHost)
                : null,
        };
    }

    private async Task<StorageWay?> SecretsAsync(WorkspaceClient client, DatastorePlace place, CancellationToken cancellationToken)
    {
        if (place.CredentialsType is not ("AccountKey" or "Sas"))
        {
            return null;
        }

        try
        {
            var secrets = await client.Arm.ListSecretsAsync(datastore, cancellationToken).ConfigureAwait(false);
            return secrets switch
            {
                { AccountKey: { } key } => Direct("account key of the datastore", place, BlobAuthorization.SharedKey(place.Account, key)),
                { SasToken: { } sas } => Direct("SAS of the datastore", place, BlobAuthorization.Sas(sas)),
                _ => null,
            };
        }
        catch (AzureServiceException exception) when (exception.Status is 401 or 403 or 404 or 500 or 504 || exception.HasCode("ScopeLocked"))
        {
            // Readers of a workspace may not see its secrets, nobody may under a read-only lock, and the call is known to time out; there are other ways in.
            logger.LogInformation("The secrets of {Datastore} were not given: {Status} {Code}.", datastore, exception.Status, exception.Code);
            return null;
        }
        catch (FormatException)
        {
            logger.LogWarning("The key of {Datastore} is not a valid key.", datastore);
            return null;
        }
    }

    /// <summary>The key of the workspace's own account, which the workspace gives to who may use its notebooks; null for shares of other accounts, or when it is not given.</summary>
    private async Task<StorageWay?> WorkspaceKeyAsync(WorkspaceClient client, DatastorePlace place, CancellationToken cancellationToken)
    {
        try
        {
            var document = await client.Arm.GetWorkspaceAsync(cancellationToken).ConfigureAwait(false);
            if (document.StorageAccountId?.EndsWith("/" + place.Account, StringComparison.OrdinalIgnoreCase) != true)
            {
                return null;
            }

            var key = await client.Arm.ListStorageAccountKeyAsync(cancellationToken).ConfigureAwait(false);
            return key is null ? null : Direct("account key of the workspace", place, BlobAuthorization.SharedKey(place.Account, key));
        }
        catch (AzureServiceException exception) when (exception.Status is 400 or 401 or 403 or 404 or 405 or 500 or 504 || exception.HasCode("ScopeLocked"))
        {
            logger.LogInformation("The workspace did not give its storage key for {Datastore}: {Status} {Code}.", datastore, exception.Status, exception.Code);
            return null;
        }
        catch (FormatException)
        {
            logger.LogWarning("The storage key that the workspace gave is not a valid key.");
            return null;
        }
    }

    private async Task<DatastorePlace> PlaceAsync(WorkspaceClient client, CancellationToken cancellationToken)
    {
        try
        {
            return _place ??= DatastorePlace.Of(await client.Arm.GetDatastoreAsync(datastore, cancellationToken).ConfigureAwait(false), connection.Cloud);
        }
        catch (Exception exception) when (exception is AzureServiceException or ForeignHostException)
        {
            throw ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Datastore, datastore));
        }
    }

    private WritableWay Direct(string name, DatastorePlace place, BlobAuthorization authorization) =>
        place.IsShare ? new ShareWay(name, new AzureFileShare(connection.Pipelines, place.Container, authorization), _walks) : new DirectWay(name, connection, place.Container, authorization);

    /// <summary>One problem for all refusals: the firewall explains every one of them, else what the token was told helps most.</summary>
    private ProblemException Refusal()
    {
        var context = new ProblemContext(ProblemSubject.Storage, workspace.IsRegistry ? $"the files of {datastore} in the registry {workspace.Name}" : $"the datastore {datastore}", datastore);
        if (_refusals.Count == 0)
        {
            return new ProblemException("storage.noWay", $"There is no way into the datastore {datastore}: it has no key or SAS, and you were not given a token for it.")
            {
                Target = datastore,
                Actions = [ProblemAction.SignIn, ProblemAction.Retry],
            };
        }

        var telling = _refusals.FirstOrDefault(r => r.Why is AzureServiceException { Code: "AuthorizationFailure" or "NetworkAclsValidationFailure" });
        telling = telling.Why is not null ? telling : _refusals.FirstOrDefault(r => r.Way == "your token");
        telling = telling.Why is not null ? telling : _refusals[0];
        var mapped = ProblemMapper.From(telling.Why, context);
        return new ProblemException(mapped.Code, $"{mapped.Message} Tried: {string.Join(", ", _refusals.Select(r => r.Way).Distinct())}.", telling.Why)
        {
            CorrelationId = mapped.CorrelationId,
            Target = mapped.Target,
            Actions = mapped.Actions,
        };
    }

    private sealed class Held(StorageWay way, int step)
    {
        private readonly DateTimeOffset _since = DateTimeOffset.UtcNow;
        private bool _worked;

        public StorageWay Way => way;

        public int Step => step;

        /// <summary>It was let in with this.</summary>
        public void Worked() => Volatile.Write(ref _worked, true);

        /// <summary>
        /// Not a signed address, which renews itself, nor a fresh secret, which would be refused just so: but what has
        /// been good for a while, or was good until it was no longer believed.
        /// </summary>
        public bool IsWorthRenewing(Exception? why) =>
            step < SignedStep
            && why is AzureServiceException
            && (DateTimeOffset.UtcNow - _since > RenewalPause
                || (Volatile.Read(ref _worked) && why is AzureServiceException { Status: 401 } or AzureServiceException { Code: "AuthenticationFailed" or "InvalidAuthenticationInfo" }));
    }
}
