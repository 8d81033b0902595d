using System.IO.Compression;
using System.Text.Json.Nodes;
using AmlDataTools.Emulator.DataPlane;
using AmlDataTools.Emulator.ResourceManager;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Seeds;

/// <summary>A believable workspace, and a second subscription with another one.</summary>
internal static class SampleSeed
{
    /// <summary>The code all sample runs were made with.</summary>
    public const string SnapshotId = "a0000000-0000-4000-8000-0000000000c0";

    /// <summary>The code that the runs <c>run1</c> and <c>run10</c> share.</summary>
    public const string SharedCodeId = "a0000000-0000-4000-8000-0000000000c1";

    private const string Research = "00000000-0000-0000-0000-000000000001";
    private const string Marketing = "00000000-0000-0000-0000-000000000002";

    /// <summary>Fills the state.</summary>
    public static void Add(Seeder seeder, DateTimeOffset now)
    {
        seeder.State.Subscriptions.Add(new Subscription(Research, "Contoso Research", seeder.State.TenantId));
        seeder.State.Subscriptions.Add(new Subscription(Marketing, "Contoso Marketing", seeder.State.TenantId));
        var workspace = seeder.AddWorkspace(Research, "sample-rg", "sample-ws", "a0000000-0000-4000-8000-000000000002", "eastus", now.AddDays(-420));
        new SampleRuns(seeder, workspace, now).Add();
        Snapshot(seeder, workspace, SnapshotId);
        Snapshot(seeder, workspace, SharedCodeId);
        Datastores(seeder, workspace);
        SampleAssets.Add(seeder, workspace, now);
        new SampleSharing(seeder, workspace, now).Add();
        new SampleModels(seeder, workspace, now).Add();
        SampleEndpoints.Add(seeder, workspace, now);
        SampleClassics.Add(seeder.State, workspace, now);
        new SampleRegistries(seeder, now).Add(Research);
        SampleNotebooks.Add(seeder.State, workspace);

        // Its account has a hierarchical namespace.
        var lake = seeder.AddWorkspace(Marketing, "marketing-rg", "campaign-ws", "a0000000-0000-4000-8000-000000000102", "westeurope", now.AddDays(-90), hierarchical: true, registry: false);
        Seeder.AddExperiment(lake, "uplift", now.AddDays(-40));
        LakeRun(seeder, lake, now);
    }

    private static void LakeRun(Seeder seeder, Workspace lake, DateTimeOffset now)
    {
        var run = new RunRecord
        {
            RunId = "gentle_kite_7b_31c0",
            RunUuid = Seeder.GuidOf("gentle_kite_7b"),
            ExperimentId = lake.Runs.ByName("uplift")?.Id ?? throw new InvalidOperationException("No experiment 'uplift'."),
            ExperimentName = "uplift",
            Kind = RunKind.Command,
            DisplayName = "gentle_kite_7b",
            Created = now.AddDays(-4),
            Started = now.AddDays(-4).AddSeconds(8),
            Ended = now.AddDays(-4).AddMinutes(7),
            By = Access.PeopleDirectory.Chloe,
        };
        seeder.AddRun(lake, run, SampleFiles.Training(run, 3, 60_000));
    }

    private static void Snapshot(Seeder seeder, Workspace workspace, string id)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in new[]
            {
                ("train.py", "import argparse\n\n\ndef main():\n    parser = argparse.ArgumentParser()\n    parser.add_argument('--data')\n    parser.add_argument('--epochs', type=int, default=30)\n    print(parser.parse_args())\n\n\nif __name__ == '__main__':\n    main()\n"),
                ("features/encode.py", "def encode(frame):\n    return frame.fillna(0)\n"),
                ("requirements.txt", "scikit-learn==1.5.2\npandas==2.2.3\n"),
            })
            {
                using var writer = new StreamWriter(zip.CreateEntry(name).Open());
                writer.Write(text);
            }
        }

        seeder.AddBlob(workspace.StorageAccount, SnapshotRoutes.Container, new SeedFile(id + ".zip", stream.Length, 0, stream.ToArray()));
        workspace.Snapshots[id] = stream.Length;
    }

    private static void Datastores(Seeder seeder, Workspace workspace)
    {
        seeder.AddAccount(workspace.SubscriptionId, workspace.ResourceGroup, "samplepartnerstore", workspace.Location, hierarchical: false);
        seeder.AddAccount(workspace.SubscriptionId, workspace.ResourceGroup, "samplelake", workspace.Location, hierarchical: true);
        seeder.AddDatastore(workspace, "partner_data", "samplepartnerstore", "incoming", "Sas");
        seeder.AddDatastore(workspace, "research_lake", "samplelake", "raw", "None");
        seeder.AddBlob("samplepartnerstore", "incoming", SeedFile.Text("2024/customers.csv", "id,name\n1,Ada\n2,Ben\n"));
        seeder.AddBlob("samplelake", "raw", SeedFile.Text("credit/2024/loans.csv", "id,amount\n1,12000\n2,900\n"));
        seeder.AddBlob("samplelake", "raw", SeedFile.Text("credit/2025/loans.csv", "id,amount\n3,5000\n"));
    }
}
