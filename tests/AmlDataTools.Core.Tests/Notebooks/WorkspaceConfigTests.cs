using AmlDataTools.Core.Notebooks;
using AmlDataTools.Core.Tests.Names;
using Xunit;

namespace AmlDataTools.Core.Tests.Notebooks;

public sealed class WorkspaceConfigTests : IDisposable
{
    private const string Config = """{ "subscription_id": "s", "resource_group": "g", "workspace_name": "w" }""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("config.json", "project/src")]
    [InlineData(".azureml/config.json", "project/src")]
    [InlineData("project/config.json", "project/src")]
    [InlineData("project/src/.azureml/config.json", "project/src")]
    public async Task It_is_found_in_the_folder_or_above(string at, string from)
    {
        Write(at, Config);
        var found = await FindAsync(from);
        Assert.Equal(new NotebookWorkspaceName("s", "g", "w"), found?.Workspace);
        Assert.Equal(Path.GetFullPath(Path.Join(_folder.Root, at)), Path.GetFullPath(found?.Path ?? string.Empty));
    }

    [Fact]
    public async Task The_nearest_counts_and_none_above_the_boundary()
    {
        Write("config.json", Config);
        Write("project/src/config.json", Config.Replace("\"w\"", "\"near\"", StringComparison.Ordinal));
        Assert.Equal("near", (await FindAsync("project/src/deep"))?.Workspace.Name);
        Assert.Equal("w", (await FindAsync("project"))?.Workspace.Name);
        Assert.Null(await FindAsync("project", "project"));
        Assert.Equal("w", (await FindAsync("project", string.Empty))?.Workspace.Name);
    }

    [Theory]
    [InlineData("not json at all")]
    [InlineData("[]")]
    [InlineData("""{ "name": "another program's" }""")]
    [InlineData("""{ "subscription_id": "s", "resource_group": "g" }""")]
    [InlineData("""{ "subscription_id": 1, "resource_group": "g", "workspace_name": "w" }""")]
    [InlineData("""{ "subscription_id": "../..", "resource_group": "g", "workspace_name": "w" }""")]
    [InlineData("""{ "subscription_id": "s", "resource_group": "g", "workspace_name": "w?x" }""")]
    public async Task What_names_no_workspace_is_passed_over(string content)
    {
        Write("config.json", Config);
        Write("project/config.json", content);
        Assert.Equal("w", (await FindAsync("project"))?.Workspace.Name);
    }

    [Fact]
    public async Task Comments_and_a_byte_order_mark_do_no_harm()
    {
        Write("config.json", "\uFEFF// which one\n" + Config);
        Assert.Equal("w", (await FindAsync("project"))?.Workspace.Name);
        Assert.Null(await WorkspaceConfig.FindAsync("relative", null, CancellationToken.None));
    }

    // The temporary folder is the boundary: above it there may be anything.
    private Task<ConfiguredWorkspace?> FindAsync(string from, string? boundary = null)
        => WorkspaceConfig.FindAsync(Path.Join(_folder.Root, from), Path.Join(_folder.Root, boundary), CancellationToken.None);

    private void Write(string path, string content)
    {
        var full = Path.Join(_folder.Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full) ?? string.Empty);
        File.WriteAllText(full, content);
    }
}
