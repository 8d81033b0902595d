using System.Text.Json.Nodes;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Runs;
using AmlDataTools.Core.Tests.Explorer;
using Xunit;

namespace AmlDataTools.Core.Tests.Runs;

public sealed class RunReaderTests
{
    [Fact]
    public async Task All_descendants_are_found_once_down_to_the_leaves()
    {
        var runs = new List<JsonObject> { FakeAzure.Run("root") };
        for (var child = 0; child < 20; child++)
        {
            runs.Add(FakeAzure.Run($"c{child}", parent: "root"));
            for (var leaf = 0; leaf < 3; leaf++)
            {
                runs.Add(FakeAzure.Run($"c{child}-l{leaf}", parent: $"c{child}"));
            }
        }

        var found = await DescendAsync(new FakeAzure().WithRuns("e", runs), "root");
        Assert.Equal(80, found.Count);
        Assert.Equal(80, found.Select(one => one.Run.RunId).Distinct().Count());
        Assert.Equal(20, found.Count(one => one.Depth == 1));
        Assert.All(found.Where(one => one.Depth == 2), one => Assert.StartsWith(one.ParentRunId, one.Run.RunId, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Children_of_many_pages_are_all_found()
    {
        var azure = new FakeAzure().On("GET", "/runs/r", """{"value":[]}""");
        azure.On("GET", "/runs/root/children", (request, _) =>
        {
            var query = request.RequestUri?.Query ?? string.Empty;
            var page = query.Contains("continuationtoken=", StringComparison.Ordinal) ? int.Parse(query.Split('=', '&')[1], null) : 0;
            return FakeAzure.Json($$"""{"value":[{"runId":"r{{page}}"}],"continuationToken":{{(page < 9 ? $"\"{page + 1}\"" : "null")}}}""");
        });
        Assert.Equal(10, (await DescendAsync(azure, "root")).Count);
    }

    [Fact]
    public async Task A_cycle_ends()
    {
        var azure = new FakeAzure()
            .On("GET", "/runs/a/children", """{"value":[{"runId":"b"},{"runId":"a"},{"runId":"b"}]}""")
            .On("GET", "/runs/b/children", """{"value":[{"runId":"a"}]}""");
        var found = await DescendAsync(azure, "a");
        Assert.Equal("b", Assert.Single(found).Run.RunId);
    }

    [Fact]
    public async Task A_bottomless_pipeline_is_a_clear_problem()
    {
        var count = 0;
        var azure = new FakeAzure().On("GET", "/children", (_, _) => FakeAzure.Json($$"""{"value":[{"runId":"r{{count++}}"}]}"""));
        Assert.Equal("run.tooDeep", (await Assert.ThrowsAsync<ProblemException>(() => DescendAsync(azure, "root"))).Code);
    }

    [Fact]
    public async Task The_original_of_a_reused_step_is_read()
    {
        var step = FakeAzure.Run("step");
        step["properties"] = new JsonObject { ["azureml.isreused"] = "true", ["azureml.reusedrunid"] = "original" };
        step["dataContainerId"] = null;
        using var connection = new FakeAzure().WithRuns("e", [step, FakeAzure.Run("original")]).Connect();
        var run = await new RunReader(connection).GetWithOriginalAsync(FakeAzure.Workspace, "step", default);
        Assert.Equal(("step", "original", "dcid.original"), (run.Run.RunId, run.Original?.RunId, run.ArtifactContainer));
        Assert.Equal("dcid.original", RunWithOriginal.ContainerOf(run.Run));
    }

    [Fact]
    public async Task Steps_that_reuse_each_other_are_a_clear_problem()
    {
        var one = FakeAzure.Run("one");
        one["properties"] = new JsonObject { ["azureml.isreused"] = "True", ["azureml.reusedrunid"] = "two" };
        var two = FakeAzure.Run("two");
        two["properties"] = new JsonObject { ["azureml.isreused"] = "True", ["azureml.reusedrunid"] = "one" };
        using var connection = new FakeAzure().WithRuns("e", [one, two]).Connect();
        var problem = await Assert.ThrowsAsync<ProblemException>(() => new RunReader(connection).GetWithOriginalAsync(FakeAzure.Workspace, "one", default));
        Assert.Equal("run.reuseCycle", problem.Code);
    }

    private static async Task<List<RunDescendant>> DescendAsync(FakeAzure azure, string runId)
    {
        using var connection = azure.Connect();
        var found = new List<RunDescendant>();
        await foreach (var descendant in new RunReader(connection).DescendantsAsync(FakeAzure.Workspace, runId, default))
        {
            found.Add(descendant);
        }

        return found;
    }
}
