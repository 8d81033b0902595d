using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Cloud;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.Storage;

/// <summary>Where a datastore leads.</summary>
/// <param name="Account">Storage account.</param>
/// <param name="Container">Address of its container (blob) or file system (Data Lake Gen2, by its blob endpoint).</param>
/// <param name="CredentialsType">What the datastore has to offer: AccountKey, Sas, None, ...</param>
internal sealed record DatastorePlace(string Account, Uri Container, string CredentialsType)
{
    /// <summary>Reads it off a datastore.</summary>
    /// <exception cref="ProblemException"><c>datastore.unsupported</c>: it is of a kind that holds no blobs.</exception>
    /// <exception cref="ForeignHostException">Its endpoint, which somebody else wrote, is no storage host of the cloud.</exception>
    public static DatastorePlace Of(DatastoreDocument datastore, CloudDescription cloud)
    {
        if (datastore.DatastoreType is not ("AzureBlob" or "AzureDataLakeGen2") || datastore.AccountName is not { } account || datastore.ContainerName is not { } container)
        {
            throw new ProblemException(
                "datastore.unsupported", $"The datastore {datastore.Name} is of the kind {datastore.DatastoreType}, from which runs' files cannot be read here.")
            { Target = datastore.Name };
        }

        var address = new Uri($"{datastore.Protocol ?? "https"}://{account}.blob.{datastore.Endpoint ?? cloud.StorageSuffix}/{Uri.EscapeDataString(container)}");
        return cloud.IsStorageHost(address) ? new DatastorePlace(account, address, datastore.CredentialsType) : throw new ForeignHostException(address);
    }
}
