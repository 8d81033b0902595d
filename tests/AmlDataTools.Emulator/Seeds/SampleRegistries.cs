using System.Globalization;
using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.ResourceManager;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Seeds;

/// <summary>A registry of the sample's people, and one of somebody else that is open to all.</summary>
/// <param name="seeder">Takes blobs.</param>
/// <param name="now">The time of the start.</param>
internal sealed class SampleRegistries(Seeder seeder, DateTimeOffset now)
{
    /// <summary>Adds everything.</summary>
    /// <param name="subscription">The subscription of the first.</param>
    public void Add(string subscription)
    {
        var registry = Make(subscription, "shared-rg", "contoso-registry", "contosoregstore", listed: true);
        Asset(registry, "models", "credit-scoring-shared", 2, v => new JsonObject
        {
            ["modelType"] = "mlflow_model",
            ["modelUri"] = Blobs(registry, $"models/credit-scoring-shared/{v}",
                SeedFile.Text("model/MLmodel", "artifact_path: model\nflavors:\n  python_function:\n    loader_module: mlflow.sklearn\n  sklearn:\n    pickled_model: model.pkl\n    sklearn_version: 1.5.2\n"),
                SeedFile.Binary("model/model.pkl", 90_000, "credit-scoring-shared" + v),
                SeedFile.Text("model/requirements.txt", "mlflow\nscikit-learn==1.5.2\n")) + "/model",
            ["description"] = "Credit scoring, for all teams",
            ["stage"] = v == 2 ? "Production" : null,
            ["tags"] = new JsonObject { ["team"] = "risk" },
            ["flavors"] = new JsonObject { ["sklearn"] = new JsonObject { ["data"] = new JsonObject { ["sklearn_version"] = "1.5.2" } } },
        });
        Asset(registry, "models", "shared-tokenizer", 1, v => new JsonObject
        {
            ["modelType"] = "custom_model",
            ["modelUri"] = Blobs(registry, $"models/shared-tokenizer/{v}", SeedFile.Binary("tokenizer.json", 14_000, "shared-tokenizer")) + "/tokenizer.json",
            ["flavors"] = new JsonObject(),
        });
        Asset(registry, "data", "income-shared", 1, v => new JsonObject
        {
            ["dataType"] = "uri_folder",
            ["dataUri"] = Blobs(registry, $"data/income-shared/{v}", SeedFile.Text("2024/income.csv", "id,income\n1,52000\n"), SeedFile.Text("2025/income.csv", "id,income\n1,54000\n")),
        }, "uri_folder");
        Asset(registry, "environments", "sklearn-shared", 1, _ => new JsonObject { ["environmentType"] = "UserCreated", ["image"] = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04", ["osType"] = "Linux" });
        Asset(registry, "components", "score_shared", 1, _ => new JsonObject { ["componentSpec"] = new JsonObject { ["name"] = "score_shared", ["version"] = "1", ["type"] = "command", ["command"] = "python score.py" } });

        var open = Make("00000000-0000-0000-0000-0000000000f0", "open-rg", "open-models", "openmodelstore", listed: false);
        Asset(open, "models", "tiny-bert", 1, v => new JsonObject
        {
            ["modelType"] = "custom_model",
            ["modelUri"] = Blobs(open, $"models/tiny-bert/{v}", SeedFile.Binary("weights.bin", 40_000, "tiny-bert"), SeedFile.Text("config.json", "{\"layers\":2}\n")),
            ["flavors"] = new JsonObject(),
        });
    }

    private Registry Make(string subscription, string group, string name, string account, bool listed)
    {
        var registry = new Registry
        {
            SubscriptionId = subscription,
            ResourceGroup = group,
            Name = name,
            Location = "eastus",
            StorageAccount = account,
            Created = now.AddDays(-200),
            CreatedBy = PeopleDirectory.Ada,
            Listed = listed,
        };
        seeder.State.Registries[registry.ArmId] = registry;
        seeder.State.Accounts[account] = StorageAccount.Create(subscription, group + "-managed", account, hierarchical: false) with { Managed = true };
        return registry;
    }

    /// <summary>Puts files into a container of their own, as the service does for each version.</summary>
    /// <returns>The container's address.</returns>
    private string Blobs(Registry registry, string asset, params SeedFile[] files)
    {
        var container = registry.Name[..2] + "-" + Seeder.GuidOf(registry.Name + asset);
        foreach (var file in files)
        {
            seeder.AddBlob(registry.StorageAccount, container, file);
        }

        return $"{seeder.State.Blob(registry.StorageAccount)}/{container}";
    }

    private void Asset(Registry registry, string kind, string name, int versions, Func<int, JsonObject> version, string? dataType = null)
    {
        var container = Common();
        container["latestVersion"] = versions.ToString(CultureInfo.InvariantCulture);
        container["nextVersion"] = (versions + 1).ToString(CultureInfo.InvariantCulture);
        if (dataType is not null)
        {
            container["dataType"] = dataType;
        }

        registry.Resources.Put($"{kind}/{name}", RegistryRoutes.Envelope(registry, $"{kind}/{name}", container, PeopleDirectory.Ada.Name, now.AddDays(-50)));
        for (var v = 1; v <= versions; v++)
        {
            var properties = Common();
            properties["isAnonymous"] = false;
            foreach (var (key, value) in version(v))
            {
                properties[key] = value?.DeepClone();
            }

            var path = $"{kind}/{name}/versions/{v}";
            registry.Resources.Put(path, RegistryRoutes.Envelope(registry, path, properties, PeopleDirectory.Ben.Name, now.AddDays(-50 + v)));
        }
    }

    private static JsonObject Common() => new() { ["description"] = null, ["tags"] = new JsonObject(), ["properties"] = new JsonObject(), ["isArchived"] = false, ["provisioningState"] = "Succeeded" };
}
