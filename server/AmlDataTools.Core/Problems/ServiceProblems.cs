using AmlDataTools.Azure.Http;

namespace AmlDataTools.Core.Problems;

/// <summary>Problems that a service reported.</summary>
internal static class ServiceProblems
{
    private sealed record Words(string Code, string Message, IReadOnlyList<ProblemAction> Actions, bool Retryable = false);

    /// <summary>Maps a service's error.</summary>
    public static ProblemException From(AzureServiceException exception, ProblemContext context)
    {
        var words = IsStorage(exception, context) ? Storage(exception, context) ?? Common(exception, context) : Common(exception, context);
        return new ProblemException(words.Code, words.Message, exception)
        {
            Retryable = words.Retryable,
            CorrelationId = exception.CorrelationId,
            Target = ProblemMapper.TargetOf(context) ?? exception.Host,
            Actions = words.Actions,
        };
    }

    private static bool IsStorage(AzureServiceException exception, ProblemContext context)
        => context.Subject == ProblemSubject.Storage
            || (exception.Host?.Split('.') is [_, "blob" or "dfs" or "file", ..]);

    private static Words? Storage(AzureServiceException exception, ProblemContext context)
    {
        var account = exception.Host?.Split('.')[0] ?? "the storage account";
        var isShare = exception.Host?.Split('.') is [_, "file", ..];
        var reader = isShare ? "Storage File Data Privileged Reader" : "Storage Blob Data Reader";
        return exception.Code switch
        {
            "AuthorizationPermissionMismatch" or "AuthorizationPermissionDenied" or "InsufficientAccountPermissions" => new(
                "storage.authorizationMismatch",
                $"The signed-in account may use the workspace but may not read the storage account {account}. Ask for the role {reader} on it (a new role takes some minutes), then try again.",
                [ProblemAction.Retry, ProblemAction.SignIn]),
            "AuthorizationFailure" or "NetworkAclsValidationFailure" => new(
                "storage.authorizationFailure",
                $"The firewall of the storage account {account} does not let this machine in. Connect to the network it allows (VPN, private endpoint), or have this machine's address added to its firewall.",
                [ProblemAction.Retry]),
            "AuthenticationFailed" or "InvalidAuthenticationInfo" or "NoAuthenticationInformation" => new(
                "storage.authenticationFailed",
                $"The storage account {account} did not accept the key, signature or token. The key of the datastore may have been changed, or this machine's clock is wrong. Update the datastore's credentials in Azure ML studio, or sign in again.",
                [ProblemAction.Retry, ProblemAction.SignIn, ProblemAction.OpenInStudio],
                Retryable: true),
            "KeyBasedAuthenticationNotPermitted" => new(
                "storage.keyAccessDisabled",
                $"The storage account {account} does not allow account keys. Ask for the role {reader} on it, so that your own sign-in is used.",
                [ProblemAction.SignIn, ProblemAction.Retry]),
            "PublicAccessNotPermitted" => new(
                "storage.publicAccessDisabled",
                $"The storage account {account} is closed to anonymous reading, and no sign-in was given. Sign in and try again.",
                [ProblemAction.SignIn, ProblemAction.Retry]),
            "AccountIsDisabled" => new("storage.accountDisabled", $"The storage account {account} is disabled. Ask its owner.", []),
            "BlobNotFound" or "PathNotFound" or "ResourceNotFound" => new(
                "storage.notFound", $"{Capital(context.InWords)} is not in the storage account {account} any more. Refresh the list.", [ProblemAction.Retry]),
            "ShareNotFound" or "ShareBeingDeleted" or "ShareDisabled" => new(
                "storage.containerNotFound", $"The file share behind {context.InWords} is not in the storage account {account} (any more). If it was deleted, its owner can bring it back while the account keeps deleted shares (Azure portal, File shares, Show deleted shares); else the datastore points to the wrong place.", [ProblemAction.Retry, ProblemAction.OpenInStudio]),
            "SharingViolation" or "DeletePending" or "FileLockConflict" when isShare => new(
                "storage.inUse", $"{Capital(context.InWords)} is open somewhere, perhaps in a compute that has the share mounted ({exception.Code}). Close it there, then try again.", [ProblemAction.Retry], Retryable: true),
            "ContainerNotFound" or "FilesystemNotFound" => new(
                "storage.containerNotFound", $"The container behind {context.InWords} is not in the storage account {account} any more. The datastore may point to the wrong place.", [ProblemAction.OpenInStudio]),
            "ContainerBeingDeleted" => new("storage.containerNotFound", $"The container behind {context.InWords} in the storage account {account} is being deleted.", []),
            "ConditionNotMet" => new("storage.changed", $"{Capital(context.InWords)} was changed in the meantime. Plan again.", [ProblemAction.PlanAgain]),
            "BlobArchived" => new("storage.archived", $"{Capital(context.InWords)} is in the archive tier. Bring it back to the hot or cool tier first; that takes hours.", []),
            "ServerBusy" => Throttled(exception),
            _ => exception.Status == 403 ? new(
                "storage.forbidden", $"The storage account {account} refused to give {context.InWords} ({exception.Code}). Check the roles on it and its firewall.", [ProblemAction.Retry, ProblemAction.SignIn]) : null,
        };
    }

    private static Words Common(AzureServiceException exception, ProblemContext context) => exception.Status switch
    {
        401 => new("auth.signInRequired", $"The service did not accept the sign-in for {context.InWords}. Sign in again, if needed to the right tenant.", [ProblemAction.SignIn, ProblemAction.Retry]),
        403 when IsClosedNetwork(exception) => new(
            "network.publicAccessDisabled",
            $"{Capital(context.InWords)} is closed to public networks. Connect to its own network (VPN, private endpoint) and try again.",
            [ProblemAction.Retry]),
        403 when context.Subject == ProblemSubject.Registry => new(
            "auth.forbidden",
            $"The signed-in account may not read {context.InWords} ({exception.Code}). Ask for the role AzureML Registry User on it, or sign in with another account.",
            [ProblemAction.SignIn, ProblemAction.SelectSubscriptions, ProblemAction.Retry]),
        403 => new(
            "auth.forbidden",
            $"The signed-in account may not read {context.InWords} ({exception.Code}). Ask for the role Reader or AzureML Data Scientist on the workspace, or sign in with another account.",
            [ProblemAction.SignIn, ProblemAction.SelectSubscriptions, ProblemAction.Retry]),
        404 or 410 => NotFound(exception, context),
        409 => new("service.conflict", $"Something else is being done to {context.InWords} right now. Try again in a moment.", [ProblemAction.Retry], Retryable: true),
        412 => new("service.changed", $"{Capital(context.InWords)} was changed in the meantime. Plan again.", [ProblemAction.PlanAgain]),
        429 => Throttled(exception),
        408 or 500 or 502 or 503 or 504 => new(
            "service.unavailable", $"The service behind {context.InWords} is not available right now ({exception.Status} {exception.Code}). Try again in a few minutes.", [ProblemAction.Retry, ProblemAction.ShowLog], Retryable: true),
        >= 200 and < 300 => new(
            "service.invalidAnswer", $"The service gave an answer about {context.InWords} that could not be used: {exception.Message}", [ProblemAction.Retry, ProblemAction.ShowLog], Retryable: true),
        >= 300 and < 400 => new(
            "service.redirected", $"The service sent the request for {context.InWords} somewhere else ({exception.Status}), which is not followed. A proxy may ask to sign in.", [ProblemAction.OpenSettings, ProblemAction.ShowLog]),
        400 => new(
            "service.badRequest", $"The service did not accept the request for {context.InWords}: {exception.Message}", [ProblemAction.ShowLog]),
        _ => new(
            "service.refused", $"The service refused the request for {context.InWords} ({exception.Status} {exception.Code}): {exception.Message}", [ProblemAction.Retry, ProblemAction.ShowLog], exception.IsRetryable),
    };

    private static Words Throttled(AzureServiceException exception)
    {
        var wait = exception.RetryAfter is { } time && time > TimeSpan.Zero ? $"in {Math.Ceiling(time.TotalSeconds):0} s" : "in a minute";
        return new("service.throttled", $"The service asks for fewer requests for a while. Try again {wait}.", [ProblemAction.Retry], Retryable: true);
    }

    private static Words NotFound(AzureServiceException exception, ProblemContext context)
    {
        if (exception.HasCode("ResourceGroupNotFound") || exception.HasCode("SubscriptionNotFound"))
        {
            return new(
                exception.HasCode("SubscriptionNotFound") ? "subscription.notFound" : "resourceGroup.notFound",
                $"The subscription or resource group of {context.InWords} was not found. It may have been deleted, or the signed-in account may not see it. Choose the subscriptions again.",
                [ProblemAction.SelectSubscriptions, ProblemAction.SignIn]);
        }

        var code = context.Subject switch
        {
            ProblemSubject.Tenant => "tenant.notFound",
            ProblemSubject.Subscription => "subscription.notFound",
            ProblemSubject.Workspace => "workspace.notFound",
            ProblemSubject.Registry => "registry.notFound",
            ProblemSubject.Experiment => "experiment.notFound",
            ProblemSubject.Run => "run.notFound",
            ProblemSubject.Datastore => "datastore.notFound",
            ProblemSubject.Storage => "storage.notFound",
            _ => "resource.notFound",
        };
        IReadOnlyList<ProblemAction> actions = context.Subject is ProblemSubject.Subscription or ProblemSubject.Workspace or ProblemSubject.Tenant
            ? [ProblemAction.Retry, ProblemAction.SelectSubscriptions]
            : [ProblemAction.Retry];
        return new(code, $"{Capital(context.InWords)} was not found. It may have been deleted or moved, or the name is wrong. Refresh the list.", actions);
    }

    // Resource Manager and the data plane word it differently; these codes and phrases occur.
    private static bool IsClosedNetwork(AzureServiceException exception)
        => exception.HasCode("PublicNetworkAccessDisabled") || exception.HasCode("RequestDisallowedByNetwork")
            || exception.Message.Contains("public network access", StringComparison.OrdinalIgnoreCase)
            || exception.Message.Contains("private endpoint", StringComparison.OrdinalIgnoreCase)
            || exception.Message.Contains("private link", StringComparison.OrdinalIgnoreCase);

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
}
