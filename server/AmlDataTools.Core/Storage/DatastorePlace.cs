using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Cloud;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.Storage;

/// <summary>Where a datastore leads.</summary>
/// <param name="Account">Storage account.</param>
/// <param name="Container">Address of its container (blob), file system (Data Lake Gen2, by its blob endpoint) or file share.</param>
/// <param name="CredentialsType">What the datastore has to offer: AccountKey, Sas, None, ...</param>
/// <param name="IsShare">Whether it is a file share.</param>
internal sealed record DatastorePlace(string Account, Uri Container, string CredentialsType, bool IsShare)
{
    /// <summary>Reads it off a datastore.</summary>
    /// <exception cref="ProblemException"><c>datastore.unsupported</c>: it is of a kind that holds no files.</exception>
    /// <exception cref="ForeignHostException">Its endpoint, which somebody else wrote, is no storage host of the cloud.</exception>
    public static DatastorePlace Of(DatastoreDocument datastore, CloudDescription cloud)
    {
        var (service, container) = datastore.DatastoreType switch
        {
            "AzureBlob" or "AzureDataLakeGen2" => ("blob", datastore.ContainerName),
            "AzureFile" => ("file", datastore.FileShareName),
            _ => (string.Empty, null),
        };
        if (container is not { Length: > 0 } || datastore.AccountName is not { } account)
        {
            throw new ProblemException(
                "datastore.unsupported", $"The datastore {datastore.Name} is of the kind {datastore.DatastoreType}, from which files cannot be read here.")
            { Target = datastore.Name };
        }

        var address = new Uri($"{datastore.Protocol ?? "https"}://{account}.{service}.{datastore.Endpoint ?? cloud.StorageSuffix}/{Uri.EscapeDataString(container)}");
        return cloud.IsStorageHost(address) ? new DatastorePlace(account, address, datastore.CredentialsType, service == "file") : throw new ForeignHostException(address);
    }
}
