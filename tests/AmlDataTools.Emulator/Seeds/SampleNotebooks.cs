using System.Text.Json.Nodes;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Seeds;

/// <summary>What people keep in the file shares of the sample workspace.</summary>
internal static class SampleNotebooks
{
    private static readonly string[] Hyperparameters = ["learning_rate", "max_depth", "n_estimators"];

    /// <summary>Fills the shares.</summary>
    public static void Add(EmulatorState state, Workspace workspace)
    {
        var code = state.Shares.Ensure(workspace.StorageAccount, workspace.CodeShare);
        foreach (var file in Files())
        {
            Seeder.PutFile(code, file);
        }

        lock (code.Gate)
        {
            // Everybody who opened a compute has a folder, with or without files in it.
            code.Ensure("Users/chloe.example");
            code.Ensure("Users/ben.example/empty");
        }

        var store = state.Shares.Ensure(workspace.StorageAccount, workspace.FileStoreShare);
        Seeder.PutFile(store, SeedFile.Text("labels/2024/labels.csv", "image,label\n0001.png,cat\n0002.png,dog\n"));
        Seeder.PutFile(store, SeedFile.Binary("labels/2024/images/0001.png", 48_211, "0001.png"));
        Seeder.PutFile(store, SeedFile.Binary("labels/2024/images/0002.png", 51_007, "0002.png"));
        var hashed = Seeder.PutFile(store, SeedFile.Text("scorers/loan/model.pkl", "not really a pickle\n"));
        hashed.ContentMd5 = hashed.ComputeMd5();
    }

    private static IEnumerable<SeedFile> Files()
    {
        const string ada = "Users/ada.example/";
        const string ben = "Users/ben.example/";
        yield return SeedFile.Text(ada + ".amlignore", ".ipynb_aml_checkpoints/\n*.amltmp\n");
        yield return Notebook(ada + "Train credit model.ipynb", "Train the credit model", "model = mlflow.sklearn.load_model('models:/credit-model/latest')", "model");
        yield return Notebook(ada + "churn/explore.ipynb", "Who leaves?", "frame = pd.read_csv('churn.csv')\nframe.describe()", "frame");
        yield return SeedFile.Text(ada + "churn/churn.csv", "customer,left\n1,0\n2,1\n3,0\n");
        yield return SeedFile.Text(ada + "src/features/encode.py", "def encode(frame):\n    return frame.fillna(0)\n");
        yield return SeedFile.Text(ada + "src/train.py", "import argparse\n\n\ndef main():\n    parser = argparse.ArgumentParser()\n" + string.Concat(Hyperparameters.Select(h => $"    parser.add_argument('--{h}')\n")) + "    print(parser.parse_args())\n");
        yield return SeedFile.Text(ada + "notes/Report #1 (50% done).md", "# Report\n\nHalf of it.\n");
        yield return SeedFile.Text(ada + "notes/\u00dcberblick \u2013 \u30ce\u30fc\u30c8.txt", "\u00dcberblick\n");
        yield return SeedFile.Text(ada + "notes/drafts.", "The name of this one ends in a dot.\n");
        yield return SeedFile.Text(ada + "a/b/c/d/e/f/g/deep.txt", "deep\n");
        yield return Notebook(ada + "churn/.ipynb_aml_checkpoints/explore-checkpoint2024-5-3-9-41-12.ipynb", "Who leaves?", "frame", "frame");
        yield return Notebook(ben + "image tags.ipynb", "Tags of images", "labels = pd.read_csv('labels.csv')", "labels");
        yield return SeedFile.Binary(ben + "cache/embeddings.npy", 3 * 1024 * 1024, "embeddings");
    }

    private static SeedFile Notebook(string path, string title, string code, string last)
    {
        static JsonArray Lines(string text) => text.Split('\n') is var lines ? new([.. lines.Select((line, i) => (JsonNode?)(i == lines.Length - 1 ? line : line + "\n"))]) : [];
        var notebook = new JsonObject
        {
            ["cells"] = new JsonArray(
                new JsonObject { ["cell_type"] = "markdown", ["metadata"] = new JsonObject(), ["source"] = Lines("# " + title) },
                new JsonObject { ["cell_type"] = "code", ["execution_count"] = 1, ["metadata"] = new JsonObject(), ["outputs"] = new JsonArray(), ["source"] = Lines(code) },
                new JsonObject { ["cell_type"] = "code", ["execution_count"] = null, ["metadata"] = new JsonObject(), ["outputs"] = new JsonArray(), ["source"] = Lines(last) }),
            ["metadata"] = new JsonObject { ["kernelspec"] = new JsonObject { ["display_name"] = "Python 3.10 - SDK v2", ["language"] = "python", ["name"] = "python310-sdkv2" } },
            ["nbformat"] = 4,
            ["nbformat_minor"] = 2,
        };
        return SeedFile.Text(path, notebook.ToJsonString());
    }
}
