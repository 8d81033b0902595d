using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using System.Text.RegularExpressions;
using Azure;
using Azure.Identity;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.Http.Network;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.Problems;

/// <summary>Turns whatever was thrown into a problem with a stable code and a sentence that says what to do.</summary>
public static partial class ProblemMapper
{
    /// <summary>Maps an exception. The caller's own cancellation is no problem and is not to be passed here.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="context">What was being done.</param>
    /// <returns>The problem; the same one when it already is one.</returns>
    public static ProblemException From(Exception exception, ProblemContext context)
    {
        ArgumentNullException.ThrowIfNull(exception);
        ArgumentNullException.ThrowIfNull(context);
        if (exception is not ProblemException && NetworkFailure.Of(exception) is { } failure)
        {
            // Before all else: a sign-in fails too when the identity service cannot be reached.
            return NetworkProblems.From(failure, exception);
        }

        return exception switch
        {
            ProblemException problem => problem,
            AzureServiceException service => ServiceProblems.From(service, context),
            ForeignHostException foreign => new ProblemException("security.foreignHost", foreign.Message + " If this cloud is a private one, add the host to its data-plane hosts in the settings.", foreign)
            {
                Target = foreign.Host,
                Actions = [ProblemAction.OpenSettings, ProblemAction.ShowLog],
            },
            AuthenticationFailedException identity => FromIdentity(identity, context),
            OperationCanceledException => Network("network.timeout", "did not answer in time. Check the network connection, VPN or proxy, and try again.", exception, context),
            RequestFailedException { Status: 0 } or HttpRequestException or SocketException or AuthenticationException => FromNetwork(exception, context),
            AggregateException aggregate => FromAggregate(aggregate, context),
            IOException io when Find<SocketException>(io) is not null || Find<HttpRequestException>(io) is not null || context.Subject is not (ProblemSubject.LocalFile or ProblemSubject.Other) => FromNetwork(io, context),
            IOException or UnauthorizedAccessException => LocalDisk.Problem(TargetOf(context) ?? "a file", exception),
            JsonException or InvalidDataException => new ProblemException("service.invalidAnswer", $"The service gave an answer about {context.InWords} that could not be understood. Try again; if it stays so, report it with the log.", exception)
            {
                Target = TargetOf(context),
                Retryable = true,
                Actions = [ProblemAction.Retry, ProblemAction.ShowLog],
            },
            _ => new ProblemException("internal.unexpected", $"Something went wrong that was not foreseen ({exception.GetType().Name}) with {context.InWords}. The log has the details.", exception)
            {
                Target = TargetOf(context),
                Actions = [ProblemAction.Retry, ProblemAction.ShowLog],
            },
        };
    }

    /// <summary>What it happened to.</summary>
    internal static string? TargetOf(ProblemContext context)
    {
        var target = context.Target ?? context.Name;
        var query = target?.IndexOf('?', StringComparison.Ordinal) ?? -1;
        return query >= 0 && target is not null && target.Contains("://", StringComparison.Ordinal) ? target[..query] : target;
    }

    private static ProblemException FromIdentity(AuthenticationFailedException exception, ProblemContext context)
    {
        // Only the code is taken from the message: it may quote whole answers of the identity service.
        var code = Aadsts().Match(exception.Message) is { Success: true } match ? match.Value : null;
        var message = code switch
        {
            "AADSTS50076" or "AADSTS50079" or "AADSTS50158" or "AADSTS53000" or "AADSTS53003" or "AADSTS53001"
                => $"Signing in needs a further step, such as a second factor or a managed device ({code}). Sign in again and complete it.",
            "AADSTS50020" or "AADSTS500011" or "AADSTS90072" => $"The signed-in account does not belong to the tenant of {context.InWords} ({code}). Sign in with an account of that tenant.",
            "AADSTS65001" => "The application has no consent in this tenant (AADSTS65001). Ask an administrator, or choose another way to sign in in the settings.",
            not null => $"Signing in failed ({code}). Sign in again.",
            _ when exception is CredentialUnavailableException => "No sign-in was found. Sign in, or choose another way to sign in in the settings.",
            _ => "Signing in failed. Sign in again, or choose another way to sign in in the settings.",
        };
        return new ProblemException("auth.signInRequired", message, exception)
        {
            Target = TargetOf(context),
            Actions = [ProblemAction.SignIn, ProblemAction.OpenSettings],
        };
    }

    private static ProblemException FromAggregate(AggregateException aggregate, ProblemContext context)
    {
        var inner = aggregate.Flatten().InnerExceptions;
        return inner.Count > 0 ? From(inner[^1], context) : FromNetwork(aggregate, context);
    }

    private static ProblemException FromNetwork(Exception exception, ProblemContext context)
    {
        if (Find<AuthenticationException>(exception) is not null)
        {
            return new ProblemException("network.untrustedCertificate", $"The certificate of the host behind {context.InWords} is not trusted. If a proxy or a private cloud uses its own certificates, name the file of its authority in the settings.", exception)
            {
                Target = TargetOf(context),
                Actions = [ProblemAction.OpenSettings, ProblemAction.ShowLog],
            };
        }

        var unknownHost = Find<SocketException>(exception) is { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }
            || Find<HttpRequestException>(exception) is { HttpRequestError: HttpRequestError.NameResolutionError };
        return unknownHost
            ? Network("network.unreachable", "could not be reached: its host name is not known here. Check the network connection; if the workspace or its storage has a private endpoint, connect to its network (VPN) and check that its private DNS names resolve.", exception, context)
            : Network("network.unreachable", "could not be reached, or the connection broke. Check the network connection, VPN or proxy; a workspace or storage with a private endpoint is reached from its own network only.", exception, context);
    }

    private static ProblemException Network(string code, string what, Exception exception, ProblemContext context)
        => new(code, $"The service behind {context.InWords} {what}", exception)
        {
            Target = TargetOf(context),
            Retryable = true,
            Actions = [ProblemAction.Retry, ProblemAction.OpenSettings, ProblemAction.ShowLog],
        };

    private static T? Find<T>(Exception exception)
        where T : Exception
    {
        for (var current = (Exception?)exception; current is not null; current = current.InnerException)
        {
            if (current is T found)
            {
                return found;
            }
        }

        return null;
    }

    [GeneratedRegex(@"\bAADSTS\d{4,8}\b", RegexOptions.CultureInvariant)]
    private static partial Regex Aadsts();
}
