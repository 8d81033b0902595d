using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using AmlDataTools.Azure.Http;
using Azure.Core;

namespace AmlDataTools.Azure.Blobs;

/// <content>What the account keeps beside the blobs that are there.</content>
public sealed partial class BlobContainer
{
    /// <summary>One page of blobs with their versions, snapshots, and what is soft-deleted.</summary>
    /// <param name="prefix">Names begin with this; empty for all.</param>
    /// <param name="marker">The previous page's marker; null for the first.</param>
    /// <param name="pageSize">How many at most; 1 to 5,000, the service's limit.</param>
    /// <param name="details">What is listed besides.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="AzureServiceException">The service refused: a hierarchical account, for one, has no versions (400).</exception>
    /// <exception cref="InvalidDataException">The answer is no listing.</exception>
    public async Task<BlobVersionPage> ListPageAsync(
        string prefix, string? marker, int pageSize, BlobListDetails details, CancellationToken cancellationToken)
    {
        var include = "metadata"
            + (details.HasFlag(BlobListDetails.Snapshots) ? ",snapshots" : string.Empty)
            + (details.HasFlag(BlobListDetails.Deleted) && !details.HasFlag(BlobListDetails.OnlyDeleted) ? ",deleted" : string.Empty)
            + (details.HasFlag(BlobListDetails.Versions) ? ",versions" : string.Empty)
            + (details.HasFlag(BlobListDetails.Protection) ? ",immutabilitypolicy,legalhold" : string.Empty);
        var query = "restype=container&comp=list&include=" + Uri.EscapeDataString(include)
            + "&maxresults=" + pageSize.ToString(CultureInfo.InvariantCulture)
            + "&prefix=" + Uri.EscapeDataString(prefix)
            + (details.HasFlag(BlobListDetails.OnlyDeleted) ? "&showonly=deleted" : string.Empty)
            + (marker is null ? string.Empty : "&marker=" + Uri.EscapeDataString(marker));
        using var message = await SendAsync(RequestMethod.Get, new Uri($"{_address}?{Authorized(query)}"), null, null, cancellationToken).ConfigureAwait(false);
        return await BlobVersionParser.ReadAsync(Body(message.Response), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What the blob service says it keeps of deleted blobs. Versioning is told by Resource Manager alone.</summary>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="AzureServiceException">The service refused, as it does for a SAS of a container.</exception>
    /// <exception cref="InvalidDataException">The answer is not what it should be.</exception>
    public async Task<BlobServiceKeeps> GetServiceKeepsAsync(CancellationToken cancellationToken)
    {
        var account = _address[.._address.LastIndexOf('/')];
        using var message = await SendAsync(
            RequestMethod.Get, new Uri($"{account}/?{Authorized("restype=service&comp=properties")}"), null, null, cancellationToken).ConfigureAwait(false);
        try
        {
            using var reader = XmlReader.Create(Body(message.Response), BlobListParser.Settings);
            var root = await XElement.LoadAsync(reader, LoadOptions.None, cancellationToken).ConfigureAwait(false);
            var policy = root.Element("DeleteRetentionPolicy");
            var enabled = IsTrue(policy?.Element("Enabled")?.Value);
            return new BlobServiceKeeps(
                enabled,
                enabled && int.TryParse(policy?.Element("Days")?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var days) ? days : null,
                IsTrue(policy?.Element("AllowPermanentDelete")?.Value));
        }
        catch (XmlException exception)
        {
            throw new InvalidDataException("The storage account answered properties that are not XML.", exception);
        }
    }

    /// <summary>What kind of account holds the container.</summary>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="AzureServiceException">The service refused, as it may for a person's token.</exception>
    public async Task<BlobAccountInfo> GetAccountInfoAsync(CancellationToken cancellationToken)
    {
        using var message = await SendAsync(
            RequestMethod.Get, new Uri($"{_address}?{Authorized("restype=account&comp=properties")}"), null, null, cancellationToken).ConfigureAwait(false);
        var headers = message.Response.Headers;
        return new BlobAccountInfo(
            headers.TryGetValue("x-ms-is-hns-enabled", out var hierarchical) ? IsTrue(hierarchical) : null,
            headers.TryGetValue("x-ms-account-kind", out var kind) ? kind : null,
            headers.TryGetValue("x-ms-sku-name", out var sku) ? sku : null);
    }

    private string Authorized(string query)
        => authorization.Query.Length == 0 ? query : query.Length == 0 ? authorization.Query : query + "&" + authorization.Query;

    private static bool IsTrue(string? text) => string.Equals(text, "true", StringComparison.OrdinalIgnoreCase);
}
