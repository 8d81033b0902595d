using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.ResourceManager;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Seeds;

/// <summary>Assets and runs that share data and code, and names that begin alike.</summary>
/// <param name="seeder">Takes them.</param>
/// <param name="workspace">Where they go.</param>
/// <param name="now">Times are relative to it.</param>
internal sealed class SampleSharing(Seeder seeder, Workspace workspace, DateTimeOffset now)
{
    private const string SharedFolder = "LocalUpload/5b1e9c0d7a3f4e2186c4d2f0a9b8c7d6/shared-model/";
    private const string SharedData = "UI/shared/applicants/";
    private const string SharedCode = "LocalUpload/77c2f4b8e1d94a5fb0a3c6d9e2f15847/src/";

    /// <summary>Adds everything.</summary>
    public void Add()
    {
        Blobs(SeedFile.Binary(SharedFolder + "model.pkl", 21_000, "shared"), SeedFile.Text(SharedFolder + "MLmodel", "flavors: {}\n"));
        Asset("models", "shared-model-a", 1, _ => Model(Store("workspaceblobstore", SharedFolder.TrimEnd('/')), null));
        Asset("models", "shared-model-b", 1, _ => Model(Store("workspaceblobstore", SharedFolder.TrimEnd('/')), null));

        Asset("codes", SampleSeed.SharedCodeId, 1, _ => new JsonObject { ["codeUri"] = Store("workspaceblobstore", SharedCode.TrimEnd('/')) });
        Blobs(SeedFile.Text(SharedCode + "train.py", "print('shared')\n"));

        Blobs(SeedFile.Text(SharedData + "applicants.csv", "id,age\n1,40\n"), SeedFile.Text(SharedData + "more/2025.csv", "id,age\n2,35\n"));
        Asset("data", "applicants", 1, _ => Data("uri_folder", Store("workspaceblobstore", SharedData)));
        Blobs(SeedFile.Text("UI/classic/customers-2024.csv", "id,name\n3,Chloe\n"));
        Blobs(SeedFile.Text("UI/training/income.csv", "id,income\n1,3000\n"));
        Asset("data", "income", 2, _ => Data("uri_file", Store("workspaceblobstore", "UI/training/income.csv")));
        Blobs(SeedFile.Text("UI/tables/features/MLTable", "type: mltable\npaths:\n- file: ./part-0.csv\n"), SeedFile.Text("UI/tables/features/part-0.csv", "a,b\n1,2\n"));
        Asset("data", "features", 1, _ => Data("mltable", Store("workspaceblobstore", "UI/tables/features/")));

        Runs();
        Asset("models", "from-run-model", 1, _ => Model(Store("workspaceartifactstore", "ExperimentRun/dcid.run1/outputs/model"), "run1"));
        Asset("components", "score_batch", 3, v => new JsonObject { ["componentSpec"] = new JsonObject { ["name"] = "score_batch", ["version"] = $"{v}", ["type"] = "command", ["command"] = "python score.py" } });
        Asset("components", "nightly_pipeline", 1, _ => new JsonObject { ["componentSpec"] = new JsonObject { ["name"] = "nightly_pipeline", ["version"] = "1", ["type"] = "pipeline", ["jobs"] = new JsonObject() } });
    }

    /// <summary>Runs and experiments whose names begin alike, with code in common; one reads a data asset.</summary>
    private void Runs()
    {
        foreach (var (experiment, id, days) in new[] { ("trial", "run1", 12), ("trial-2", "run10", 11) })
        {
            var known = Seeder.AddExperiment(workspace, experiment, now.AddDays(-days));
            var created = now.AddDays(-days);
            var run = new RunRecord
            {
                RunId = id,
                RunUuid = Seeder.GuidOf(id),
                ExperimentId = known.Id,
                ExperimentName = experiment,
                Kind = RunKind.Command,
                DisplayName = id,
                Created = created,
                Started = created.AddSeconds(9),
                Ended = created.AddMinutes(6),
                By = PeopleDirectory.Ada,
                SnapshotId = SampleSeed.SharedCodeId,
                Properties = new() { ["ContentSnapshotId"] = SampleSeed.SharedCodeId, ["_azureml.ComputeTargetType"] = "amlctrain", ["azureml.runsource"] = "commandjob" },
                Inputs = id == "run10" ? new() { ["training_data"] = new RunInput($"{workspace.ArmId}/data/income/versions/1", "uri_file", $"{workspace.AssetRoot}/data/income/versions/1") } : [],
                Outputs = new() { ["scores"] = new RunOutput($"{workspace.AssetRoot}/data/azureml_{id}_output_data_scores/versions/1", "UriFolder", Store("workspaceblobstore", $"azureml/{id}/scores/")) },
                Metrics = new() { ["auc"] = [new MetricPoint(0, created.AddMinutes(5), 0.9)] },
            };
            seeder.AddRun(workspace, run,
            [
                SeedFile.Log("user_logs/std_log.txt", $"{id} done\n"),
                SeedFile.Binary("outputs/model/model.pkl", 9_000, id),
                SeedFile.Text("outputs/metrics.json", "{\"auc\":0.9}\n"),
            ]);
            Blobs(SeedFile.Text($"azureml/{id}/scores/part-0.csv", "id,score\n1,0.4\n"), SeedFile.Text($"azureml/{id}/scores/part-1.csv", "id,score\n2,0.7\n"));
            seeder.AddBlob(workspace.StorageAccount, "azureml", SeedFile.Binary($"ArtifactZip/ExperimentRun/dcid.{id}.zip", 900, id + "zip"));
            seeder.AddBlob(workspace.StorageAccount, "azureml", SeedFile.Text($"ComputeRecord/dcid.{id}", "{}\n"));
        }
    }

    private static JsonObject Model(string uri, string? job) => new() { ["flavors"] = new JsonObject(), ["modelType"] = "custom_model", ["modelUri"] = uri, ["jobName"] = job };

    private static JsonObject Data(string type, string uri) => new() { ["dataUri"] = uri, ["dataType"] = type };

    private string Store(string datastore, string path) =>
        $"azureml://subscriptions/{workspace.SubscriptionId}/resourceGroups/{workspace.ResourceGroup}/workspaces/{workspace.Name}/datastores/{datastore}/paths/{path}";

    private void Blobs(params SeedFile[] files)
    {
        foreach (var file in files)
        {
            seeder.AddBlob(workspace.StorageAccount, workspace.BlobStoreContainer, file);
        }
    }

    private void Asset(string kind, string name, int versions, Func<int, JsonObject> version)
    {
        var last = versions.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var container = new JsonObject { ["description"] = null, ["tags"] = new JsonObject(), ["properties"] = new JsonObject(), ["isArchived"] = false, ["latestVersion"] = last, ["nextVersion"] = (versions + 1).ToString(System.Globalization.CultureInfo.InvariantCulture) };
        if (kind == "data")
        {
            container["dataType"] = version(1)["dataType"]?.DeepClone();
        }

        Put($"{kind}/{name}", kind, container, 40);
        for (var v = 1; v <= versions; v++)
        {
            var properties = new JsonObject { ["description"] = null, ["tags"] = new JsonObject(), ["properties"] = new JsonObject(), ["isArchived"] = v == 1 && versions > 2, ["isAnonymous"] = false };
            foreach (var (key, value) in version(v))
            {
                properties[key] = value?.DeepClone();
            }

            Put($"{kind}/{name}/versions/{v}", kind + "/versions", properties, 40 - v);
        }
    }

    private void Put(string path, string type, JsonObject properties, int days) =>
        workspace.Resources.Put(path, ResourceRoutes.Envelope(workspace, path, type, properties, PeopleDirectory.Ada.Name, now.AddDays(-days)));
}
