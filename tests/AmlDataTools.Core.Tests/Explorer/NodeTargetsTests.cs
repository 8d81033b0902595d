using AmlDataTools.Azure;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Storage;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace AmlDataTools.Core.Tests.Explorer;

public sealed class NodeTargetsTests
{
    private static readonly Gen<string> Name = Gen.Elements(
            "a", "sample-ws", "00000000-0000-0000-0000-000000000001", "A0000000-0000-4000-8000-00000000000F", "Müller & Söhne", "日本語", "x|y=z %20", "\u0001", "e\u0301", "a\"b", "...", new string('n', 300))
        .Or(ArbMap.Default.GeneratorFor<NonEmptyString>().Select(text => Valid(text.Get)).Where(text => text is not ("" or "." or "..")));

    private static readonly Gen<string?> MaybeName = Name.Select(text => (string?)text).Or(Gen.Constant<string?>(null));

    private static readonly Gen<string> PathText = ArbMap.Default.GeneratorFor<string?>().Select(text => Unicode(text ?? string.Empty));

    private static readonly Gen<WorkspaceRef> Workspaces =
        from subscription in Name
        from resourceGroup in Name
        from name in Name
        from tenant in MaybeName
        select new WorkspaceRef(subscription, resourceGroup, name, tenant);

    private static readonly Gen<FileLocation> Folders =
        from workspace in Workspaces
        from store in Name
        from path in PathText
        from container in MaybeName
        select new FileLocation(workspace, store, path.Length == 0 ? path : path.TrimEnd('/') + "/", container);

    private static readonly Gen<NodeTarget> Targets = Gen.OneOf(
        from id in Name from tenant in MaybeName select (NodeTarget)new SubscriptionTarget(id, tenant),
        Workspaces.Select(workspace => (NodeTarget)new WorkspaceTarget(workspace)),
        Workspaces.Select(workspace => (NodeTarget)new ExperimentsTarget(workspace)),
        from workspace in Workspaces from name in Name select (NodeTarget)new ExperimentTarget(workspace, name),
        from workspace in Workspaces from run in Name select (NodeTarget)new RunTarget(workspace, run),
        from folder in Folders from run in Name select (NodeTarget)new RunFilesTarget(folder, run),
        from workspace in Workspaces from run in Name select (NodeTarget)new NamedOutputsTarget(workspace, run),
        from workspace in Workspaces from run in Name from name in Name select (NodeTarget)new NamedOutputTarget(workspace, run, name),
        from workspace in Workspaces from run in Name select (NodeTarget)new ChildRunsTarget(workspace, run),
        from folder in Folders from run in MaybeName select (NodeTarget)new FolderTarget(folder, run),
        from folder in Folders from run in MaybeName from name in Name select (NodeTarget)new FileTarget(folder with { Path = folder.Path + name }, run),
        from workspace in Workspaces from kind in Gen.Elements(Enum.GetValues<ResourceGroupKind>()) select (NodeTarget)new ResourceGroupTarget(workspace, kind),
        from workspace in Workspaces
        from kind in Gen.Elements(Enum.GetValues<ResourceKind>().Where(kind => kind is not (ResourceKind.Run or ResourceKind.Experiment or ResourceKind.Workspace) && !DependentKinds.Is(kind)).ToArray())
        from name in Name.Or(Gen.Elements("a/b", "..", "%2e%2e", "a?b#c"))
        from child in MaybeName
        from id in MaybeName
        select (NodeTarget)new ResourceTarget(new ResourceAddress(workspace, kind, name, child), id),
        from workspace in Workspaces
        from dependent in Gen.Elements(
            (ResourceKind.StorageAccount, "Microsoft.Storage/storageAccounts"), (ResourceKind.KeyVault, "Microsoft.Keyvault/vaults"), (ResourceKind.ContainerRegistry, "Microsoft.ContainerRegistry/registries"),
            (ResourceKind.ApplicationInsights, "microsoft.insights/components"), (ResourceKind.LogAnalytics, "Microsoft.OperationalInsights/workspaces"))
        from name in Gen.Elements("kv", "team-kv-01", "Größe")
        select (NodeTarget)new ResourceTarget(new ResourceAddress(workspace, dependent.Item1, name, null), $"/subscriptions/s/resourceGroups/a group/providers/{dependent.Item2}/{name}"),
        from id in Name from tenant in MaybeName select (NodeTarget)new LeftoversTarget(id, tenant),
        from id in Gen.Elements("s", "00000000-0000-0000-0000-000000000001") from tenant in MaybeName from rg in Gen.Elements("rg", "a group (1)", "Größe") select (NodeTarget)new LeftoverGroupTarget(id, tenant, rg),
        from name in Gen.Elements("kv", "team-kv-01") from tenant in MaybeName select (NodeTarget)new LeftoverTarget($"/subscriptions/s/resourceGroups/a group/providers/Microsoft.KeyVault/vaults/{name}", tenant),
        from parent in PathText from code in Name select (NodeTarget)new NoticeTarget(parent, code));

    /// <summary>An id that names something else than its node says is refused: what is deleted is what the node shows.</summary>
    [Theory]
    [InlineData(ResourceKind.KeyVault, "kv", "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/other")]
    [InlineData(ResourceKind.KeyVault, "kv", "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/kv")]
    [InlineData(ResourceKind.KeyVault, "kv", "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/kv")]
    [InlineData(ResourceKind.KeyVault, "kv", null)]
    [InlineData(ResourceKind.Workspace, "ws", null)]
    public void What_a_workspace_uses_is_named_by_its_own_id_only(ResourceKind kind, string name, string? id) => Assert.Throws<ArgumentException>(
        () => NodeTargets.Format(new ResourceTarget(new ResourceAddress(new WorkspaceRef("s", "g", "ws", null), kind, name, null), id)));

    [Theory]
    [InlineData("/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm")]
    [InlineData("/subscriptions/s/resourceGroups/g")]
    [InlineData("")]
    public void Only_what_workspaces_use_can_be_left_over(string id) => Assert.Throws<ArgumentException>(() => NodeTargets.Format(new LeftoverTarget(id, null)));

    [Fact]
    public void Every_target_survives_its_id() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(1000),
        Prop.ForAll(Targets.ToArbitrary(), target => NodeTargets.Parse(NodeTargets.Format(target)) == target));

    [Fact]
    public void Different_targets_have_different_ids() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500),
        Prop.ForAll(Targets.ToArbitrary(), Targets.ToArbitrary(), (one, other) => one == other == (NodeTargets.Format(one) == NodeTargets.Format(other))));

    [Fact]
    public void A_cut_id_is_no_id() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(300),
        Prop.ForAll(Targets.ToArbitrary(), Gen.Choose(1, 30).ToArbitrary(), (target, cut) =>
        {
            // A check byte lets one damaged id in 256 through; what then comes out must still be a whole target with that id.
            var id = NodeTargets.Format(target);
            var damaged = id[..Math.Max(0, id.Length - cut)];
            return !NodeTargets.TryParse(damaged, out var found) || NodeTargets.Format(found) == damaged;
        }));

    [Fact]
    public void Any_text_is_an_id_or_a_clear_problem() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2000),
        Prop.ForAll(ArbMap.Default.ArbFor<string?>(), text => !NodeTargets.TryParse(text, out var found) || NodeTargets.Format(found) == text));

    [Theory]
    [InlineData("")]
    [InlineData("AQ")]
    [InlineData("not an id")]
    [InlineData("////")]
    public void A_bad_id_says_what_to_do(string id)
    {
        var problem = Assert.Throws<ProblemException>(() => NodeTargets.Parse(id));
        Assert.Equal("explorer.badNodeId", problem.Code);
        Assert.Contains("Refresh", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_makes_no_sense_gets_no_id()
    {
        var workspace = new WorkspaceRef("s", "g", "w", null);
        NodeTarget[] bad =
        [
            new RunTarget(workspace, string.Empty),
            new ExperimentTarget(workspace with { Name = string.Empty }, "e"),
            new RunTarget(workspace with { ResourceGroup = "a/b" }, "r"),
            new RunTarget(workspace with { SubscriptionId = ".." }, "r"),
            new FolderTarget(new FileLocation(workspace, "store", "no/slash", null), "r"),
            new FileTarget(new FileLocation(workspace, "store", "folder/", null), "r"),
            new FileTarget(new FileLocation(workspace, "store", string.Empty, null), "r"),
            new RunTarget(workspace, "\ud800"),
            new RunTarget(workspace, new string('x', 20_000)),
        ];
        Assert.All(bad, target => Assert.ThrowsAny<ArgumentException>(() => NodeTargets.Format(target)));
    }

    [Fact]
    public void An_id_of_a_run_is_short()
    {
        var workspace = new WorkspaceRef("00000000-0000-0000-0000-000000000001", "sample-rg", "sample-ws", "22222222-2222-2222-2222-222222222222");
        Assert.True(NodeTargets.Format(new RunTarget(workspace, "mango_leaf_3f")).Length < 120);
    }

    private static string Valid(string text) => string.Concat(Unicode(text).Where(letter => letter is not ('/' or '\\' or '?' or '#' or '\0')));

    private static string Unicode(string text) => string.Concat(text.EnumerateRunes().Where(rune => rune != System.Text.Rune.ReplacementChar));
}
