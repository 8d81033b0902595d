using AmlDataTools.Azure.Arm.Dependents;
using AmlDataTools.Azure.Http;
using Xunit;

namespace AmlDataTools.Azure.Tests.Arm;

public sealed class DependentTests
{
    private const string Group = "/subscriptions/s/resourceGroups/g/providers/";

    [Theory]
    [InlineData("Microsoft.Storage/storageAccounts/a", DependentKind.StorageAccount)]
    [InlineData("Microsoft.Keyvault/vaults/a", DependentKind.KeyVault)]
    [InlineData("microsoft.insights/components/a", DependentKind.ApplicationInsights)]
    [InlineData("Microsoft.ContainerRegistry/registries/a", DependentKind.ContainerRegistry)]
    [InlineData("Microsoft.OperationalInsights/workspaces/a", DependentKind.LogAnalytics)]
    public void Ids_of_what_workspaces_use_are_understood_in_any_spelling(string id, DependentKind kind)
    {
        var found = DependentRef.FromResourceId(Group + id);
        Assert.Equal((kind, "s", "g", "a"), (found?.Kind, found?.SubscriptionId, found?.ResourceGroup, found?.Name));
        Assert.Equal(found, DependentRef.FromResourceId((Group + id).ToUpperInvariant()));
    }

    /// <summary>Ids are data of a workspace: nothing but these kinds is read or deleted through them.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Microsoft.Compute/virtualMachines/a")]
    [InlineData("Microsoft.MachineLearningServices/workspaces/a")]
    [InlineData("Microsoft.Storage/storageAccounts/")]
    [InlineData("Microsoft.Storage/storageAccounts/..")]
    [InlineData("Microsoft.Storage/storageAccounts")]
    [InlineData("Microsoft.Storage/storageAccounts/a/blobServices/default")]
    [InlineData("Microsoft.Storage/storageAccounts/a?x=1")]
    [InlineData("Microsoft.Storage/storageAccounts/a%2Fb")]
    public void Other_ids_are_not(string? id) => Assert.Null(DependentRef.FromResourceId(id is null or "" ? id : Group + id));

    [Fact]
    public async Task A_vault_is_read_deleted_found_among_the_deleted_and_purged()
    {
        var service = new FakeService()
            .On("GET", "/deletedVaults/kv?", """{"name":"kv"}""")
            .On("POST", "/deletedVaults/kv/purge?", string.Empty)
            .On("DELETE", "/vaults/kv?", string.Empty)
            .On("GET", "/vaults/kv?", """{"name":"kv","location":"eastus","properties":{"enablePurgeProtection":true,"softDeleteRetentionInDays":7}}""");
        using var connection = service.Connect();
        var client = connection.Dependents(null);
        var vault = DependentRef.FromResourceId(Group + "Microsoft.KeyVault/vaults/kv") ?? throw new InvalidOperationException();
        var document = await client.GetAsync(vault, default);
        Assert.Equal(("eastus", 7, true), (document.Location, document.KeptDays, document.IsPurgeProtected));
        Assert.Equal(200, (await client.DeleteAsync(vault, permanently: true, default)).Status);
        Assert.True(await client.IsVaultKeptAsync(vault, "eastus", default));
        Assert.Equal(200, (await client.PurgeVaultAsync(vault, "eastus", default)).Status);
        Assert.All(service.Requests, sent => Assert.Equal("?api-version=2023-07-01", sent.Address.Query));
        Assert.EndsWith("/providers/Microsoft.KeyVault/locations/eastus/deletedVaults/kv/purge", service.Requests[^1].Address.AbsolutePath, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "?api-version=2022-10-01&force=true")]
    [InlineData(false, "?api-version=2022-10-01")]
    public async Task Logs_are_deleted_for_good_only_when_asked(bool permanently, string query)
    {
        var service = new FakeService().On("DELETE", "/workspaces/logs?", string.Empty);
        using var connection = service.Connect();
        await connection.Dependents(null).DeleteAsync(DependentRef.FromResourceId(Group + "Microsoft.OperationalInsights/workspaces/logs") ?? throw new InvalidOperationException(), permanently, default);
        Assert.Equal(query, service.Requests.Single().Address.Query);
    }

    [Fact]
    public async Task Only_vaults_are_purged()
    {
        using var connection = new FakeService().Connect();
        var storage = DependentRef.FromResourceId(Group + "Microsoft.Storage/storageAccounts/a") ?? throw new InvalidOperationException();
        await Assert.ThrowsAsync<ArgumentException>(() => connection.Dependents(null).PurgeVaultAsync(storage, "eastus", default));
    }

    [Fact]
    public async Task A_vault_that_is_not_kept_is_no_error()
    {
        using var connection = new FakeService().On("GET", "/deletedVaults/kv?", """{"error":{"code":"DeletedVaultNotFound","message":"m"}}""", System.Net.HttpStatusCode.NotFound).Connect();
        Assert.False(await connection.Dependents(null).IsVaultKeptAsync(DependentRef.FromResourceId(Group + "Microsoft.KeyVault/vaults/kv") ?? throw new InvalidOperationException(), "eastus", default));
    }
}
