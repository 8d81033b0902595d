using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.ResourceManager;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Seeds;

/// <summary>Models of every type and from every kind of place, and a table that names paths elsewhere.</summary>
/// <param name="seeder">Takes them.</param>
/// <param name="workspace">Where they go.</param>
/// <param name="now">Times are relative to it.</param>
internal sealed class SampleModels(Seeder seeder, Workspace workspace, DateTimeOffset now)
{
    /// <summary>The v1 asset that holds the artifact of <c>classic-scorer</c>.</summary>
    public const string ClassicAsset = "a0000000-0000-4000-8000-0000000000f1";

    private const string Upload = "LocalUpload/3f8a1c5de2b74f60a9d1c8e7b6a54321/";

    /// <summary>Adds everything.</summary>
    public void Add()
    {
        const string MLflow = Upload + "churn-mlflow/";
        Blobs(
            SeedFile.Text(MLflow + "MLmodel", "artifact_path: model\nflavors:\n  python_function:\n    loader_module: mlflow.sklearn\n    model_path: model.pkl\n    python_version: 3.10.14\n  sklearn:\n    pickled_model: model.pkl\n    sklearn_version: 1.5.2\n"),
            SeedFile.Binary(MLflow + "model.pkl", 120_000, "churn-mlflow"),
            SeedFile.Text(MLflow + "conda.yaml", "name: mlflow-env\ndependencies:\n- python=3.10.14\n- pip:\n  - mlflow\n"),
            SeedFile.Text(MLflow + "requirements.txt", "mlflow\nscikit-learn==1.5.2\n"));
        Model("churn-mlflow", "mlflow_model", Store("workspaceblobstore", MLflow.TrimEnd('/')), null, new JsonObject
        {
            ["description"] = "Churn, logged with MLflow",
            ["stage"] = "Production",
            ["tags"] = new JsonObject { ["team"] = "retention" },
            ["properties"] = new JsonObject { ["auc"] = "0.91" },
            ["flavors"] = new JsonObject
            {
                ["sklearn"] = new JsonObject { ["data"] = new JsonObject { ["sklearn_version"] = "1.5.2" } },
                ["python_function"] = new JsonObject { ["data"] = new JsonObject { ["loader_module"] = "mlflow.sklearn", ["python_version"] = "3.10.14" } },
            },
        });

        const string Triton = Upload + "image-triton/";
        Blobs(SeedFile.Text(Triton + "tagger/config.pbtxt", "name: \"tagger\"\nplatform: \"onnxruntime_onnx\"\n"), SeedFile.Binary(Triton + "tagger/1/model.onnx", 64_000, "image-triton"));
        Model("image-triton", "triton_model", Store("workspaceblobstore", Triton), null);

        Blobs(SeedFile.Binary(Upload + "loan-scorer.pkl", 31_000, "loan-scorer"));
        Model("loan-scorer", "custom_model", Store("workspaceblobstore", Upload + "loan-scorer.pkl"), null);

        seeder.AddBlob("samplelake", "raw", SeedFile.Binary("models/uplift/weights.bin", 22_000, "uplift"));
        seeder.AddBlob("samplelake", "raw", SeedFile.Text("models/uplift/config/params.json", "{\"depth\":4}\n"));
        Model("lake-uplift", "custom_model", Store("research_lake", "models/uplift"), null);

        // The run was deleted, with its files.
        Model("lost-model", "mlflow_model", Store("workspaceartifactstore", "ExperimentRun/dcid.sunny_parcel_0a/outputs/model"), "sunny_parcel_0a");

        // As the first version has it.
        seeder.AddBlob(workspace.StorageAccount, "azureml", SeedFile.Binary("LocalUpload/240105T091500-a0f1/scorer.pkl", 7_000, "classic-scorer"));
        workspace.Classic.Put("assets/" + ClassicAsset, new JsonObject
        {
            ["id"] = ClassicAsset,
            ["name"] = "classic-scorer",
            ["description"] = null,
            ["artifacts"] = new JsonArray(new JsonObject { ["id"] = null, ["prefix"] = "LocalUpload/240105T091500-a0f1/scorer.pkl" }),
            ["kvTags"] = new JsonObject(),
            ["properties"] = new JsonObject(),
            ["runid"] = null,
            ["meta"] = null,
            ["createdTime"] = JsonShape.Time(now.AddDays(-320)),
        });
        Model("classic-scorer", "custom_model", "aml://asset/" + ClassicAsset, null);

        Blobs(
            SeedFile.Text("UI/tables/wide/MLTable", "type: mltable\npaths:\n- file: ./part-0.csv\n- file: ../shared-parts/part-1.csv\n- folder: azureml://datastores/partner_data/paths/2024\n- pattern: azureml://datastores/research_lake/paths/credit/*/loans.csv\n- file: https://example.org/public/rates.csv # a public address\ntransformations:\n- read_delimited:\n    delimiter: ','\n"),
            SeedFile.Text("UI/tables/wide/part-0.csv", "a,b\n1,2\n"),
            SeedFile.Text("UI/tables/shared-parts/part-1.csv", "a,b\n3,4\n"));
        Put("data/wide-features", "data", Container(new JsonObject { ["dataType"] = "mltable" }), 20);
        Put("data/wide-features/versions/1", "data/versions", Version(new JsonObject { ["dataType"] = "mltable", ["dataUri"] = Store("workspaceblobstore", "UI/tables/wide/") }), 19);
    }

    private void Model(string name, string type, string uri, string? job, JsonObject? more = null)
    {
        var version = new JsonObject { ["flavors"] = new JsonObject(), ["modelType"] = type, ["modelUri"] = uri, ["jobName"] = job };
        foreach (var (key, value) in more ?? [])
        {
            version[key] = value?.DeepClone();
        }

        Put($"models/{name}", "models", Container([]), 30);
        Put($"models/{name}/versions/1", "models/versions", Version(version), 29);
    }

    private static JsonObject Container(JsonObject more) => With(
        new JsonObject { ["description"] = null, ["tags"] = new JsonObject(), ["properties"] = new JsonObject(), ["isArchived"] = false, ["latestVersion"] = "1", ["nextVersion"] = "2" }, more);

    private static JsonObject Version(JsonObject more) => With(
        new JsonObject { ["description"] = null, ["tags"] = new JsonObject(), ["properties"] = new JsonObject(), ["isArchived"] = false, ["isAnonymous"] = false }, more);

    private static JsonObject With(JsonObject document, JsonObject more)
    {
        foreach (var (key, value) in more)
        {
            document[key] = value?.DeepClone();
        }

        return document;
    }

    private string Store(string datastore, string path) =>
        $"azureml://subscriptions/{workspace.SubscriptionId}/resourceGroups/{workspace.ResourceGroup}/workspaces/{workspace.Name}/datastores/{datastore}/paths/{path}";

    private void Blobs(params SeedFile[] files)
    {
        foreach (var file in files)
        {
            seeder.AddBlob(workspace.StorageAccount, workspace.BlobStoreContainer, file);
        }
    }

    private void Put(string path, string type, JsonObject properties, int days) =>
        workspace.Resources.Put(path, ResourceRoutes.Envelope(workspace, path, type, properties, PeopleDirectory.Ada.Name, now.AddDays(-days)));
}
