using AmlDataTools.Core.Changes;
using AmlDataTools.Core.Changes.Review;
using AmlDataTools.Core.Operations;
using Xunit;

namespace AmlDataTools.Core.Tests.Changes.Review;

public sealed class PlanWorkspacesTests
{
    [Fact]
    public void With_one_workspace_nothing_is_said()
    {
        var workspaces = Of(("a", "rg", "one"), ("b", "RG", "One"));
        Assert.Single(workspaces.Ids);
        Assert.Null(workspaces.NameOf(Item("a")));
        Assert.Equal("x", workspaces.LabelOf(Item("b")));
    }

    [Fact]
    public void With_several_each_item_says_which_and_those_of_the_same_name_say_more()
    {
        var workspaces = Of(("a", "rg", "one"), ("b", "rg", "two"), ("c", "other", "one"));
        Assert.Equal(3, workspaces.Ids.Count);
        Assert.Equal(["one in rg", "two", "one in other"], new[] { "a", "b", "c" }.Select(s => workspaces.NameOf(Item(s))));
        Assert.EndsWith("/resourceGroups/other/providers/Microsoft.MachineLearningServices/workspaces/one", workspaces.IdOf(Item("c")), StringComparison.Ordinal);
        Assert.Equal("x (two)", workspaces.LabelOf(Item("b")));
    }

    private static ChangeItem Item(string source) => new(0, 0, ChangeAction.DeleteData, null, new DataPlace(source, "p/", false), "x", true);

    private static PlanWorkspaces Of(params (string Key, string Group, string Name)[] sources)
    {
        var first = $"/subscriptions/s/resourceGroups/{sources[0].Group}/providers/Microsoft.MachineLearningServices/workspaces/{sources[0].Name}";
        return new PlanWorkspaces(new OperationPlan(
            "p", OperationVerb.Delete, "t", 1, null, first, 1, 0, [], [], sources.ToDictionary(s => s.Key, s => new SourceInfo("s", s.Group, s.Name, null, null)), null, false));
    }
}
