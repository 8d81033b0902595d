using System.Security.Cryptography;
using System.Text.Json.Nodes;
using AmlDataTools.Core.Resources;
using AmlDataTools.Server.Protocol;

namespace AmlDataTools.Server.Tests.Exports;

/// <summary>Models, data assets and datasets: from every kind of place, byte for byte, with the document beside them.</summary>
[Collection(ExportCollection.Name)]
public sealed class AssetTests(EmulatorProcess emulator)
{
    private static readonly string[] Receipts = ["export-receipt.json", "export-receipt.md"];

    private readonly AssetMaker _make = new(emulator);

    [Theory]
    [InlineData("long")]
    [InlineData("short")]
    [InlineData("workspaceId")]
    [InlineData("https")]
    [InlineData("dfs")]
    [InlineData("abfss")]
    [InlineData("runs")]
    [InlineData("jobArtifacts")]
    [InlineData("jobOutput")]
    [InlineData("amlArtifact")]
    public async Task A_model_comes_from_wherever_its_address_says(string form)
    {
        using var folder = new TestFolder();
        var name = AssetMaker.NewName("forms");
        (string, long)[] sizes = [("MLmodel", 300), ("model.pkl", 90_000), ("data/deep/part.bin", 5), ("empty.txt", 0)];
        var place = $"LocalUpload/{name}/model";
        string uri;
        IReadOnlyList<MadeFile> files;
        if (form is "runs" or "jobArtifacts" or "amlArtifact")
        {
            var run = await emulator.AddRunAsync([.. sizes.Select(s => ("outputs/model/" + s.Item1, s.Item2))]);
            files = [.. run.Files.Select(f => f with { Path = f.Path["outputs/model/".Length..] })];
            uri = form == "runs" ? $"runs:/{run.RunId}/outputs/model" : form == "jobArtifacts" ? $"azureml://jobs/{run.RunId}/outputs/artifacts/paths/outputs/model/" : $"aml://artifact/ExperimentRun/dcid.{run.RunId}/outputs/model";
        }
        else if (form == "jobOutput")
        {
            var run = await emulator.AddRunAsync(new JsonObject { ["outputs"] = new JsonObject { ["best"] = new JsonObject { ["folder"] = $"elsewhere/{name}/", ["files"] = new JsonArray() } } });
            files = await _make.FilesAsync($"elsewhere/{name}/", sizes);
            uri = $"azureml://jobs/{run.RunId}/outputs/best";
        }
        else
        {
            files = await _make.FilesAsync(place + "/", sizes);
            var (account, container) = await _make.StoreAsync();
            uri = form switch
            {
                "long" => _make.Long("workspaceblobstore", place),
                "short" => $"azureml://datastores/workspaceblobstore/paths/{place}/",
                "workspaceId" => $"azureml://workspaces/a0000000-0000-4000-8000-000000000002/datastores/workspaceblobstore/paths/{place}",
                "https" => await _make.DirectAsync(place),
                "dfs" => await _make.DirectAsync(place, "dfs"),
                _ => $"abfss://{container}@{account}.dfs.{emulator["storageSuffix"]}/{place}",
            };
        }

        // Of a folder whose name only begins so nothing is taken.
        await _make.FilesAsync($"LocalUpload/{name}/model-other/", ("no.bin", 3));
        await _make.ModelAsync(name, "1", uri, new JsonObject { ["modelType"] = "mlflow_model" });
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var export = await sidecar.ExportAsync(_make.Node(ResourceKind.ModelVersion, name, "1"), folder.Out);
        Assert.Equal(OperationState.Succeeded, export.Operation.State);
        Assert.Equal((5L, 90_305L), (export.Plan.Items, export.Plan.Bytes));
        AssertAsset(folder, $"{name}/1", files, "model.json");
    }

    [Fact]
    public async Task The_document_holds_the_record_and_the_hashes_and_a_second_download_leaves_all_as_it_is()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var node = _make.Node(ResourceKind.ModelVersion, "churn-mlflow", "1");
        var first = await sidecar.ExportAsync(node, folder.Out);
        first.Receipt.AssertTotals(done: 5);
        Assert.Equal("Download churn-mlflow:1", first.Plan.Title);
        var inside = Path.Combine(folder.Out, "churn-mlflow", "1");
        var document = Document(inside, "model.json");
        Assert.Equal(("churn-mlflow", "1", "mlflow_model", "Production", "Churn, logged with MLflow"), (
            (string?)document["name"], (string?)document["version"], (string?)document["type"], (string?)document["stage"], (string?)document["description"]));
        Assert.Equal(("retention", "0.91", "1.5.2"), ((string?)document["tags"]?["team"], (string?)document["properties"]?["auc"], (string?)document["flavors"]?["sklearn"]?["data"]?["sklearn_version"]));
        Assert.StartsWith("azureml://subscriptions/", (string?)document["uri"], StringComparison.Ordinal);
        Assert.Contains("mlflow.sklearn", await File.ReadAllTextAsync(Path.Combine(inside, "MLmodel")), StringComparison.Ordinal);
        AssertHashes(inside, document, 4);

        var second = await sidecar.ExportAsync(node, folder.Out);
        second.Receipt.AssertTotals(done: 0, skipped: 5);
        Assert.Equal(7, Directory.EnumerateFiles(inside).Count());
    }

    [Fact]
    public async Task A_single_file_a_triton_model_one_in_a_data_lake_and_one_of_the_first_version()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        Assert.Equal(["1/loan-scorer.pkl"], await FilesOfAsync("loan-scorer"));
        Assert.Equal(["1/tagger/1/model.onnx", "1/tagger/config.pbtxt"], await FilesOfAsync("image-triton"));
        Assert.Equal(["1/config/params.json", "1/weights.bin"], await FilesOfAsync("lake-uplift"));
        Assert.Equal(["1/scorer.pkl"], await FilesOfAsync("classic-scorer"));

        async Task<IEnumerable<string>> FilesOfAsync(string name)
        {
            var export = await sidecar.ExportAsync(_make.Node(ResourceKind.Model, name), folder.Out);
            Assert.Equal(OperationState.Succeeded, export.Operation.State);
            var inside = Path.Combine(folder.Out, name);
            AssertHashes(Path.Combine(inside, "1"), Document(Path.Combine(inside, "1"), "model.json"), export.Receipt.Items.Count(i => i.Sha256 is not null) - 1);
            return Below(inside).Where(path => !Receipts.Append("model.json").Contains(Path.GetFileName(path)));
        }
    }

    [Fact]
    public async Task Of_a_container_the_latest_that_is_not_archived_is_taken_and_everything_once()
    {
        using var folder = new TestFolder();
        var name = AssetMaker.NewName("latest");
        foreach (var (version, archived, created) in new[] { ("1", false, "2024-01-01T00:00:00Z"), ("2", false, "2024-02-01T00:00:00Z"), ("10", true, "2024-03-01T00:00:00Z") })
        {
            await _make.FilesAsync($"LocalUpload/{name}/{version}/", ("model.pkl", 100 + int.Parse(version, System.Globalization.CultureInfo.InvariantCulture)));
            await _make.ModelAsync(name, version, _make.Long("workspaceblobstore", $"LocalUpload/{name}/{version}"), new JsonObject { ["isArchived"] = archived }, created);
        }

        await _make.DataAsync(name, "2", "uri_folder", _make.Long("workspaceblobstore", $"LocalUpload/{name}/1"));
        var run = await emulator.AddRunAsync(("outputs/a.bin", 11));
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var plan = await sidecar.PlanAsync(
            [_make.Node(ResourceKind.Model, name), _make.Node(ResourceKind.ModelVersion, name, "2"), _make.Node(ResourceKind.DataAsset, name), emulator.NodeOf(run.RunId), _make.Node(ResourceKind.ModelVersion, name, "10")], null);
        await sidecar.BeginAsync(plan.PlanId, folder.Out);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(plan.PlanId)).State);
        Assert.Equal(
            new[] { $"{name}-data/2/data.json", $"{name}-data/2/model.pkl", $"{name}/10/model.json", $"{name}/10/model.pkl", $"{name}/2/model.json", $"{name}/2/model.pkl", $"{run.RunId}/outputs/a.bin" }.Order(StringComparer.Ordinal),
            Below(folder.Out));
        Assert.Equal((102L, 101L), (new FileInfo(Path.Combine(folder.Out, name, "2", "model.pkl")).Length, new FileInfo(Path.Combine(folder.Out, $"{name}-data", "2", "model.pkl")).Length));
    }

    [Fact]
    public async Task Data_assets_and_datasets()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var file = await sidecar.ExportAsync(_make.Node(ResourceKind.DataVersion, "income", "2"), folder.Out);
        Assert.Equal((2L, 17L), (file.Plan.Items, file.Plan.Bytes));
        Assert.Equal("id,income\n1,3000\n", await File.ReadAllTextAsync(Path.Combine(folder.Out, "income", "2", "income.csv")));
        Assert.Equal("uri_file", (string?)Document(Path.Combine(folder.Out, "income", "2"), "data.json")["type"]);

        await sidecar.ExportAsync(_make.Node(ResourceKind.DataAsset, "applicants"), folder.Out);
        Assert.Equal(["1/applicants.csv", "1/data.json", "1/export-receipt.json", "1/export-receipt.md", "1/more/2025.csv"], Below(Path.Combine(folder.Out, "applicants")));

        var dataset = await sidecar.ExportAsync(_make.Node(ResourceKind.Dataset, "incoming"), folder.Out);
        Assert.Equal(OperationState.Succeeded, dataset.Operation.State);
        var version = (string?)Document(Directory.EnumerateFiles(Path.Combine(folder.Out, "incoming"), "data.json", SearchOption.AllDirectories).Select(f => Path.GetDirectoryName(f) ?? string.Empty).Single(), "data.json")["version"];
        Assert.Equal("id,name\n1,Ada\n2,Ben\n", await File.ReadAllTextAsync(Path.Combine(folder.Out, "incoming", version ?? string.Empty, "customers.csv")));

        // Wildcards, as the first version's datasets have them.
        var name = AssetMaker.NewName("wild");
        await _make.FilesAsync($"UI/{name}/", ("2024/a.csv", 10), ("2025/b.csv", 11), ("2025/c.txt", 12), ("2025/deep/d.csv", 13));
        await emulator.ControlAsync(HttpMethod.Post, "datasets", new JsonObject { ["name"] = name, ["path"] = $"UI/{name}/*/*.csv" });
        var wild = await sidecar.ExportAsync(_make.Node(ResourceKind.Dataset, name), folder.Out);
        Assert.Equal(["2024/a.csv", "2025/b.csv"], wild.Receipt.Items.Where(i => i.Sha256 is not null && !i.Path.EndsWith(".json", StringComparison.Ordinal)).Select(i => i.Name[$"UI/{name}/".Length..]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_table_brings_its_own_files_and_what_it_names_elsewhere_and_tells_what_is_out_of_reach()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var mark = await emulator.MarkAsync();
        var export = await sidecar.ExportAsync(_make.Node(ResourceKind.DataVersion, "wide-features", "1"), folder.Out);
        Assert.Equal(OperationState.Succeeded, export.Operation.State);
        var warning = Assert.Single(export.Plan.Warnings, w => w.Code.StartsWith("mltable.", StringComparison.Ordinal));
        Assert.Equal(("mltable.pathOutside", 1L), (warning.Code, warning.Count));
        Assert.Contains("https://example.org/public/rates.csv", warning.Message, StringComparison.Ordinal);
        Assert.Contains((export.Receipt.Json["warnings"] as JsonArray ?? []), w => (string?)w?["code"] == "mltable.pathOutside");
        Assert.DoesNotContain(await emulator.RequestsAsync(mark), r => r.Host.Contains("example.org", StringComparison.Ordinal));
        var inside = Path.Combine(folder.Out, "wide-features", "1");
        Assert.Equal(
            new[]
            {
                "MLTable", "data.json", "export-receipt.json", "export-receipt.md", "mltable-paths/partner_data/2024/customers.csv", "mltable-paths/research_lake/credit/2024/loans.csv",
                "mltable-paths/research_lake/credit/2025/loans.csv", "mltable-paths/workspaceblobstore/UI/tables/shared-parts/part-1.csv", "part-0.csv",
            },
            Below(inside));
        AssertHashes(inside, Document(inside, "data.json"), 6);
        Assert.Equal("a,b\n3,4\n", await File.ReadAllTextAsync(Path.Combine(inside, "mltable-paths/workspaceblobstore/UI/tables/shared-parts/part-1.csv")));
    }

    [Fact]
    public async Task A_model_becomes_a_bag_with_its_document_in_the_payload()
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var plan = await sidecar.PlanAsync(_make.Node(ResourceKind.ModelVersion, "image-triton", "1"));
        await sidecar.BeginAsync(plan.PlanId, folder.Out, format: ExportFormat.Bag);
        Assert.Equal(OperationState.Succeeded, (await sidecar.EndAsync(plan.PlanId)).State);
        var payload = Path.Combine(folder.Out, "image-triton-1", "data");
        Assert.Equal(["model.json", "tagger/1/model.onnx", "tagger/config.pbtxt"], Below(payload));
        AssertHashes(payload, Document(payload, "model.json"), 2);
        Assert.Equal(3, File.ReadLines(Path.Combine(folder.Out, "image-triton-1", "manifest-sha256.txt")).Count());
    }

    private static JsonNode Document(string folder, string name)
    {
        var text = File.ReadAllText(Path.Combine(folder, name));
        Secrets.AssertNone(text, name);
        return JsonNode.Parse(text) ?? throw new InvalidDataException(name);
    }

    /// <summary>That the document names every file beside it with the hash of its bytes.</summary>
    [Theory]
    [InlineData("partner_data")]
    [InlineData("research_lake")]
    public async Task A_whole_datastore_comes_with_its_size_known_before(string name)
    {
        using var folder = new TestFolder();
        await using var sidecar = await ExportSidecar.StartAsync(emulator, folder);
        var export = await sidecar.ExportAsync(_make.Node(ResourceKind.Datastore, name), folder.Out);
        Assert.Equal(OperationState.Succeeded, export.Operation.State);
        Assert.Equal(($"Download the datastore {name}", name), (export.Plan.Title, export.Plan.SuggestedFolderName));
        var files = Below(Path.Combine(folder.Out, name)).Where(path => !Receipts.Contains(path)).ToList();
        Assert.NotEmpty(files);
        Assert.Equal(export.Plan.Bytes, files.Sum(path => new FileInfo(Path.Combine(folder.Out, name, path)).Length));
        Assert.Equal(export.Receipt.Items.Count(item => item.Sha256 is not null), files.Count);
    }

    internal static void AssertHashes(string folder, JsonNode document, long count)
    {
        var files = (document["files"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        Assert.Equal(count, files.Count);
        Assert.Equal(0, (int?)document["filesMissing"]);
        Assert.All(files, file =>
        {
            var bytes = File.ReadAllBytes(Path.Combine(folder, (string?)file["path"] ?? string.Empty));
            Assert.Equal((Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.LongLength), ((string?)file["sha256"], (long?)file["bytes"]));
        });
    }

    private static void AssertAsset(TestFolder folder, string root, IReadOnlyList<MadeFile> files, string document)
    {
        var inside = Path.Combine(folder.Out, root);
        TestFolder.AssertFiles(files, inside);
        Assert.Equal(files.Select(f => f.Path).Concat(Receipts).Append(document).Order(StringComparer.Ordinal), Below(inside));
        AssertHashes(inside, Document(inside, document), files.Count);
    }

    private static IEnumerable<string> Below(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/')).Order(StringComparer.Ordinal);
}
