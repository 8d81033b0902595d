using System.Net;
using System.Text.Json;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Http;
using Xunit;

namespace AmlDataTools.Azure.Tests.Arm;

/// <summary>Management locks, as Microsoft's specification of 2016-09-01 describes them.</summary>
public sealed class LockTests
{
    private const string Group = "/subscriptions/s/resourcegroups/g";
    private static readonly WorkspaceRef Workspace = new("s", "g", "w", null);

    [Fact]
    public async Task All_pages_are_read_with_the_locks_own_version()
    {
        var service = new FakeService()
            .On("GET", "/workspaces/w/providers/Microsoft.Authorization/locks?api-version=2016-09-01", $$$"""{"value":[{"id":"{{{Group}}}/providers/Microsoft.Authorization/locks/a","name":"a","properties":{"level":"CanNotDelete","notes":"why"}}],"nextLink":"https://management.azure.com/next?page=2"}""")
            .On("GET", "/next?page=2", $$$"""{"value":[{"id":"{{{Group}}}/providers/Microsoft.Authorization/locks/b","properties":{"level":"ReadOnly"}}]}""");
        using var connection = service.Connect();
        var locks = new List<LockDocument>();
        await foreach (var found in connection.Workspace(Workspace).Arm.ListLocksAsync(default))
        {
            locks.Add(found);
        }

        Assert.Equal([("a", Group, true, false), ("b", Group, true, true)], locks.Select(l => (l.Name, l.Scope ?? string.Empty, l.ForbidsDelete, l.ForbidsWrite)));
    }

    [Theory]
    [InlineData("/subscriptions/S/resourceGroups/G", true)]
    [InlineData("/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/jobs/j", true)]
    [InlineData("/subscriptions/s/resourceGroups/g2", false)]
    [InlineData("/subscriptions/s", false)]
    public void A_lock_holds_for_its_scope_and_what_is_below(string id, bool covers) =>
        Assert.Equal(covers, Of($"{Group}/providers/Microsoft.Authorization/locks/a").Covers(id));

    [Fact]
    public void A_lock_on_a_lock_s_scope_ends_at_the_last_name_and_none_is_made_up()
    {
        Assert.Equal("/x/providers/Microsoft.Authorization/locks/a", Of("/x/providers/Microsoft.Authorization/locks/a/providers/microsoft.authorization/locks/b").Scope);
        Assert.Null(Of("/providers/Microsoft.Authorization/locks/testlock").Scope);
        Assert.False(Of("/providers/Microsoft.Authorization/locks/testlock").Covers("/subscriptions/s"));
        Assert.False(Of("/x/providers/Microsoft.Authorization/locks/a", "NotSpecified").ForbidsDelete);
    }

    [Fact]
    public async Task That_locks_may_not_be_read_is_told()
    {
        var service = new FakeService().On("GET", "/locks?", """{"error":{"code":"AuthorizationFailed","message":"no"}}""", HttpStatusCode.Forbidden);
        using var connection = service.Connect();
        var exception = await Assert.ThrowsAsync<AzureServiceException>(async () =>
        {
            await foreach (var _ in connection.Workspace(Workspace).Arm.ListLocksAsync(default))
            {
            }
        });
        Assert.Equal(403, exception.Status);
    }

    private static LockDocument Of(string id, string level = "CanNotDelete")
    {
        using var document = JsonDocument.Parse($$$"""{"id":"{{{id}}}","properties":{"level":"{{{level}}}"}}""");
        return new LockDocument(document.RootElement.Clone());
    }
}
