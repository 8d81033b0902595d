using AmlDataTools.Azure.Http;
using Xunit;

namespace AmlDataTools.Azure.Tests.Arm;

public sealed class StorageAccountTests
{
    private const string Id = "/subscriptions/s/resourceGroups/my group/providers/Microsoft.Storage/storageAccounts/acc";
    private const string Address = "https://management.azure.com/subscriptions/s/resourceGroups/my%20group/providers/Microsoft.Storage/storageAccounts/acc";

    [Fact]
    public async Task What_an_account_keeps_is_read()
    {
        var service = new FakeService()
            .On("GET", "/containers/azureml?", """{"name":"azureml","properties":{"hasImmutabilityPolicy":true,"hasLegalHold":true,"immutabilityPolicy":{"properties":{"immutabilityPeriodSinceCreationInDays":3}}}}""")
            .On("GET", "/blobServices/default?", """{"properties":{"deleteRetentionPolicy":{"enabled":true,"days":7},"containerDeleteRetentionPolicy":{"enabled":false},"isVersioningEnabled":true,"changeFeed":{"enabled":true}}}""")
            .On("GET", "/storageAccounts/acc?", """{"name":"acc","sku":{"name":"Standard_LRS"},"properties":{"isHnsEnabled":true,"allowSharedKeyAccess":false}}""");
        using var connection = service.Connect();
        var client = connection.StorageAccount(Id, null);
        var account = await client.GetAsync(default);
        Assert.Equal(("acc", true, "Standard_LRS", false), (account.Name, account.IsHierarchical, account.Sku, account.AllowSharedKeyAccess));
        var blobs = await client.GetBlobServiceAsync(default);
        Assert.Equal((7, null, true, null, true, false), (blobs.BlobRetentionDays, blobs.ContainerRetentionDays, blobs.IsVersioningEnabled, blobs.RestoreDays, blobs.IsChangeFeedEnabled, blobs.AllowPermanentDelete));
        var container = await client.GetContainerAsync("azureml", default);
        Assert.Equal((true, 3, true, false), (container.HasImmutabilityPolicy, container.ImmutabilityDays, container.HasLegalHold, container.ImmutableStorageWithVersioning));
        Assert.Equal(
            [Address, Address + "/blobServices/default", Address + "/blobServices/default/containers/azureml"],
            service.Requests.Select(sent => sent.Address.GetLeftPart(UriPartial.Path)));
        Assert.All(service.Requests, sent => Assert.Equal("?api-version=2023-05-01", sent.Address.Query));
    }

    [Fact]
    public async Task What_is_not_told_is_not_kept()
    {
        using var connection = new FakeService().On("GET", "/storageAccounts/acc", "{}").Connect();
        var client = connection.StorageAccount(Id, null);
        Assert.Equal((false, null), ((await client.GetAsync(default)).IsHierarchical, (await client.GetBlobServiceAsync(default)).BlobRetentionDays));
        Assert.False((await client.GetContainerAsync("c", default)).HasLegalHold);
    }

    [Theory]
    [InlineData("")]
    [InlineData("acc")]
    [InlineData("/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/acc")]
    [InlineData("/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/")]
    [InlineData("/subscriptions/s/resourceGroups/../providers/Microsoft.Storage/storageAccounts/acc")]
    [InlineData("/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/acc/listKeys")]
    public void Another_id_is_refused(string id)
    {
        using var connection = new FakeService().Connect();
        Assert.Throws<ArgumentException>(() => connection.StorageAccount(id, null));
    }

    [Fact]
    public async Task A_refusal_is_told()
    {
        using var connection = new FakeService().On("GET", "/storageAccounts/acc", """{"error":{"code":"AuthorizationFailed","message":"m"}}""", System.Net.HttpStatusCode.Forbidden).Connect();
        Assert.Equal("AuthorizationFailed", (await Assert.ThrowsAsync<AzureServiceException>(() => connection.StorageAccount(Id, null).GetAsync(default))).Code);
    }
}
