using System.Globalization;
using System.Xml;
using Azure.Core;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Azure.Arm;

/// <summary>How Resource Manager answered a change.</summary>
/// <param name="Status">HTTP status: 200 or 204 done (204 of a DELETE: it was not there), 201 made, 202 goes on.</param>
/// <param name="RequestId">The service's request id, where it gives one.</param>
/// <param name="CorrelationId">To be quoted to Microsoft's support.</param>
/// <param name="RetryAfter">The wait the service asks for.</param>
/// <param name="RemainingDeletes">How many deletes the subscription has left for now: the smaller of both of Resource Manager's counters; null when not told.</param>
public sealed record ArmAnswer(int Status, string? RequestId, string? CorrelationId, TimeSpan? RetryAfter, int? RemainingDeletes)
{
    /// <summary>Whether a long-running operation was begun that <see cref="WorkspaceResources.WaitAsync"/> can follow.</summary>
    public bool IsRunning => Link is not null;

    /// <summary>
    /// True when the end of the operation is not known: its progress can no longer be asked (404, or 202 without any link). The
    /// caller reads the resource back to know.
    /// </summary>
    public bool OutcomeUnknown { get; init; }

    /// <summary>How long the service allows the operation (<c>x-ms-async-operation-timeout</c>); null when not told.</summary>
    public TimeSpan? OperationTimeout { get; init; }

    // The link is signed and so a secret: in a class of its own that no text form of this record shows.
    internal ArmPollingLink? Link { get; init; }

    internal static ArmAnswer From(int status, ResponseHeaders headers, Uri asked)
    {
        var link = status is 200 or 201 or 202 ? ArmPollingLink.From(headers, asked, status) : null;
        return new ArmAnswer(status, Text(headers, "x-ms-request-id"), Text(headers, "x-ms-correlation-request-id"), Http.RetryAfter.Read(headers), Deletes(headers))
        {
            Link = link,
            OutcomeUnknown = status == 202 && link is null,
            OperationTimeout = Timeout(headers),
        };
    }

    private static int? Deletes(ResponseHeaders headers)
    {
        int? least = null;
        foreach (var name in (ReadOnlySpan<string>)["x-ms-ratelimit-remaining-subscription-deletes", "x-ms-ratelimit-remaining-subscription-global-deletes"])
        {
            if (int.TryParse(Text(headers, name), NumberStyles.None, CultureInfo.InvariantCulture, out var left))
            {
                least = Math.Min(least ?? left, left);
            }
        }

        return least;
    }

    // ISO 8601: PT30M, PT1H.
    private static TimeSpan? Timeout(ResponseHeaders headers)
    {
        try
        {
            return Text(headers, "x-ms-async-operation-timeout") is { Length: > 0 } text ? XmlConvert.ToTimeSpan(text) : null;
        }
        catch (FormatException)
        {
            return null;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static string? Text(ResponseHeaders headers, string name) => headers.TryGetValue(name, out var value) ? value : null;
}

/// <summary>Where an operation's progress is asked. The address is signed: it has no text form.</summary>
internal sealed class ArmPollingLink
{
    private ArmPollingLink(Uri address, bool tellsStatus)
    {
        Address = address;
        TellsStatus = tellsStatus;
    }

    public Uri Address { get; }

    /// <summary>True for Azure-AsyncOperation, whose answers hold a status; false for Location, where the HTTP status tells.</summary>
    public bool TellsStatus { get; }

    /// <summary>
    /// The link of an answer; null when it has none, or none that is an address: the request was taken all the same. A
    /// Location counts only while the answer is 202: of 201 it is the new resource's.
    /// </summary>
    public static ArmPollingLink? From(ResponseHeaders headers, Uri asked, int status)
    {
        if (headers.TryGetValue("Azure-AsyncOperation", out var operation) && Uri.TryCreate(asked, operation, out var told))
        {
            return new ArmPollingLink(told, tellsStatus: true);
        }

        return status == 202 && headers.TryGetValue("Location", out var location) && Uri.TryCreate(asked, location, out var next)
            ? new ArmPollingLink(next, tellsStatus: false)
            : null;
    }

    public override string ToString() => "(signed)";
}
