using Azure.Core;
using AmlDataTools.Azure.Cloud;
using AmlDataTools.Azure.Identity;
using Xunit;

namespace AmlDataTools.Azure.Tests.Identity;

public sealed class IdentityCredentialsTests
{
    [Theory]
    [InlineData(IdentityKind.AzureCli)]
    [InlineData(IdentityKind.Default)]
    [InlineData(IdentityKind.Environment)]
    [InlineData(IdentityKind.ManagedIdentity)]
    public void A_tenant_has_one_credential(IdentityKind kind)
    {
        var credentials = new IdentityCredentials(CloudDescription.China, new IdentityOptions(kind, null, null, null));
        Assert.Same(credentials.ForTenant("t1"), credentials.ForTenant("T1"));
        Assert.NotSame(credentials.ForTenant("t1"), credentials.ForTenant("t2"));
        Assert.Same(credentials.ForTenant(null), credentials.ForTenant(null));
    }

    [Theory]
    [InlineData(IdentityKind.InteractiveBrowser)]
    [InlineData(IdentityKind.DeviceCode)]
    public void People_are_asked_once_for_all_tenants(IdentityKind kind)
    {
        var credentials = new IdentityCredentials(CloudDescription.Public, new IdentityOptions(kind, "home", null, (_, _) => Task.CompletedTask));
        Assert.IsType<TenantScopedCredential>(credentials.ForTenant("t1"));
        Assert.IsType<TenantScopedCredential>(credentials.ForTenant(null));
    }

    [Fact]
    public void A_device_code_needs_someone_to_show_it()
        => Assert.Throws<ArgumentException>(() => new IdentityCredentials(CloudDescription.Public, new IdentityOptions(IdentityKind.DeviceCode, null, null, null)));

    [Fact]
    public async Task A_shared_sign_in_is_asked_for_the_tenant()
    {
        var inner = new RecordingCredentials();
        await new TenantScopedCredential(inner, "t1").GetTokenAsync(new TokenRequestContext(["scope"], "p", "claims", null, true), default);
        var asked = Assert.Single(inner.Asked);
        Assert.Equal(("t1", "claims", true, "scope"), (asked.TenantId, asked.Claims, asked.IsCaeEnabled, asked.Scopes[0]));
    }
}
