using System.Globalization;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.State;
using AmlDataTools.Emulator.Storage;

namespace AmlDataTools.Emulator.Seeds;

/// <summary>The experiments and runs of the sample workspace.</summary>
/// <param name="seeder">Takes them.</param>
/// <param name="workspace">Where they go.</param>
/// <param name="now">Times are relative to it.</param>
internal sealed class SampleRuns(Seeder seeder, Workspace workspace, DateTimeOffset now)
{
    private static readonly string[] First =
        ["mango", "plum", "olive", "amber", "coral", "ivory", "maple", "cedar", "lemon", "basil", "pearl", "sunny", "brave", "quiet", "jolly", "gentle", "clever", "dusty", "frosty", "silver"];

    private static readonly string[] Second = ["leaf", "stone", "river", "cloud", "ant", "fig", "boat", "kite", "lamp", "seed", "shell", "wolf", "star"];
    private static readonly Person[] People = [PeopleDirectory.Ada, PeopleDirectory.Ben, PeopleDirectory.Chloe];
    private int _number;

    /// <summary>Adds everything.</summary>
    public void Add()
    {
        Many("credit-scoring", 60, TimeSpan.FromHours(7), TimeSpan.FromDays(120));
        Many("churn-forecast", 14, TimeSpan.FromHours(31), TimeSpan.FromDays(60));
        Many("image-tagging", 6, TimeSpan.FromHours(50), TimeSpan.FromDays(40), computeName: "gpu-cluster");
        Pipelines();
        Sweep();
        LargeModel();
        Archived();
        Seeder.AddExperiment(workspace, "fraud-detection", now.AddDays(-2));
        Seeder.AddExperiment(workspace, "old-baseline", now.AddDays(-400), archived: now.AddDays(-200));
        seeder.AddRun(workspace, Run("old-baseline", "dusty_shell_0a", RunKind.Command, "Completed", now.AddDays(-390), TimeSpan.FromMinutes(9), PeopleDirectory.Ben), []);
    }

    private void Many(string experiment, int count, TimeSpan apart, TimeSpan age, string computeName = "cpu-cluster")
    {
        Seeder.AddExperiment(workspace, experiment, now - age);
        for (var i = 0; i < count; i++)
        {
            var status = (experiment, i) switch
            {
                ("credit-scoring", 0) => "Running",
                ("credit-scoring", 1) => "Queued",
                ("credit-scoring", 2) => "Completed",
                ("churn-forecast", 0) => "Preparing",
                ("image-tagging", 0) => "Running",
                _ => (i % 11) switch { 3 => "Failed", 7 => "Canceled", _ => "Completed" },
            };
            var created = now - TimeSpan.FromMinutes(14) - (apart * i);
            var run = Run(experiment, i == 2 && experiment == "credit-scoring" ? "mango_leaf_3f" : Name(), RunKind.Command, status, created, TimeSpan.FromSeconds(40 + (i * 53 % 1900)), People[i % 3], compute: computeName);
            run.Tags["model"] = i % 2 == 0 ? "gradient-boosting" : "logistic";
            if (i % 5 == 0)
            {
                run.Tags["candidate"] = "yes";
            }

            seeder.AddRun(workspace, run, status == "Queued" ? [] : SampleFiles.Training(run, i, 12_000 + (i * 1_711)));
        }
    }

    private void Pipelines()
    {
        const string experiment = "nightly-scoring";
        Seeder.AddExperiment(workspace, experiment, now.AddDays(-30));
        RunRecord? original = null;
        for (var night = 3; night >= 0; night--)
        {
            var created = now.AddDays(-night).AddHours(-5);
            var pipeline = Run(experiment, $"nightly_{created:MMdd}", RunKind.Pipeline, "Completed", created, TimeSpan.FromMinutes(21), PeopleDirectory.Chloe,
                outputs: run => new() { ["metrics_output"] = Output(run, "metrics_output"), ["model_output"] = Output(run, "model_output") });
            seeder.AddRun(workspace, pipeline, [SeedFile.Log("logs/azureml/executionlogs.txt", SampleFiles.UserLog(pipeline, 3)), SeedFile.Log("logs/azureml/stderrlogs.txt", string.Empty), SeedFile.Log("logs/azureml/stdoutlogs.txt", SampleFiles.UserLog(pipeline, 1))]);
            pipeline.Description = "Prepares, trains and scores every night";
            NamedOutputs(pipeline);

            var prepare = Step(pipeline, "prepare_data", created.AddSeconds(20), night < 3 ? original : null);
            original ??= prepare;
            var train = Step(pipeline, "train_model", created.AddMinutes(6), null, Output);
            Step(pipeline, "score", created.AddMinutes(14), null);
            NamedOutputs(train);
        }
    }

    private RunRecord Step(RunRecord pipeline, string name, DateTimeOffset created, RunRecord? reused, Func<RunSeed, string, RunOutput>? output = null)
    {
        var run = Run(pipeline.ExperimentName, name, RunKind.Step, "Completed", created, reused is null ? TimeSpan.FromMinutes(5) : TimeSpan.Zero, pipeline.By, pipeline, reused: reused,
            outputs: output is null ? null : seed => new() { ["model_output"] = output(seed, "model_output") });
        run.Properties["azureml.moduleName"] = name;
        run.Properties["azureml.pipelinerunid"] = pipeline.RunId;
        run.Properties["StepType"] = "PythonScriptStep";
        if (reused is not null)
        {
            run.Properties["azureml.isreused"] = "true";
            run.Properties["azureml.reusedrunid"] = reused.RunId;
            run.Properties["azureml.reusedpipelinerunid"] = reused.Root.RunId;
            run.Properties["azureml.reusedpipeline"] = reused.Root.RunId;
            run.Files = reused.Files;
        }

        seeder.AddRun(workspace, run, SampleFiles.Training(run, 4, 30_000));
        return run;
    }

    private void NamedOutputs(RunRecord run)
    {
        foreach (var name in run.Outputs.Keys)
        {
            var folder = $"azureml/{run.RunId}/{name}/";
            var files = name == "metrics_output"
                ? new[] { SeedFile.Text("metrics.json", "{ \"auc\": 0.913, \"ks\": 0.57 }\n"), SeedFile.Text("by_segment/retail.csv", "segment,auc\nretail,0.91\n"), SeedFile.Text("by_segment/business.csv", "segment,auc\nbusiness,0.88\n") }
                : [SeedFile.Binary("model.onnx", 350_000, run.RunId + name), SeedFile.Text("MLmodel", "flavors:\n  onnx:\n    data: model.onnx\n"), SeedFile.Text("conda.yaml", "dependencies:\n- python=3.10\n")];
            foreach (var file in files)
            {
                seeder.AddBlob(workspace.StorageAccount, workspace.BlobStoreContainer, file with { Path = folder + file.Path });
            }
        }
    }

    private RunOutput Output(RunSeed run, string name) => new(
        $"{workspace.AssetRoot}/data/azureml_{run.RunId}_output_data_{name}/versions/1", "UriFolder",
        $"azureml://subscriptions/{workspace.SubscriptionId}/resourcegroups/{workspace.ResourceGroup}/workspaces/{workspace.Name}/datastores/workspaceblobstore/paths/azureml/{run.RunId}/{name}/");

    private void Sweep()
    {
        const string experiment = "churn-forecast";
        var created = now.AddHours(-20);
        var sweep = Run(experiment, "sweep_learning_rate", RunKind.Sweep, "Completed", created, TimeSpan.FromMinutes(48), PeopleDirectory.Ben);
        seeder.AddRun(workspace, sweep, [SeedFile.Log("azureml-logs/hyperdrive.txt", SampleFiles.UserLog(sweep, 6))]);
        var best = 0.0;
        for (var i = 0; i < 6; i++)
        {
            var trial = Run(experiment, $"{sweep.DisplayName}_{i}", RunKind.Trial, i == 5 ? "Canceled" : "Completed", created.AddMinutes(3 + (i * 7)), TimeSpan.FromMinutes(6), PeopleDirectory.Ben, sweep, id: $"{sweep.RunId}_{i}");
            seeder.AddRun(workspace, trial, SampleFiles.Training(trial, i, 22_000));
            if (trial.Status == "Completed" && trial.Metrics["accuracy"][^1].Value > best)
            {
                best = trial.Metrics["accuracy"][^1].Value;
                sweep.Properties["best_child_run_id"] = trial.RunId;
                sweep.Properties["score"] = best.ToString(CultureInfo.InvariantCulture);
            }
        }
    }

    private void LargeModel()
    {
        var run = Run("image-tagging", "silver_whale_64", RunKind.Command, "Completed", now.AddHours(-3), TimeSpan.FromHours(2), PeopleDirectory.Ada, compute: "gpu-cluster");
        run.Tags["candidate"] = "yes";
        seeder.AddRun(workspace, run, [.. SampleFiles.Training(run, 1, 40_000), SeedFile.Binary("outputs/checkpoints/model-final.pt", 64L * 1024 * 1024, "silver whale")]);
    }

    private void Archived()
    {
        for (var i = 0; i < 3; i++)
        {
            var run = Run("credit-scoring", Name(), RunKind.Command, "Completed", now.AddDays(-90 - i), TimeSpan.FromMinutes(3), People[i]);
            run.Hidden = true;
            seeder.AddRun(workspace, run, SampleFiles.Training(run, i, 9_000));
        }
    }

    private string Name()
    {
        _number++;
        return string.Create(CultureInfo.InvariantCulture, $"{First[_number * 7 % First.Length]}_{Second[_number * 5 % Second.Length]}_{(_number * 37 % 256):x2}");
    }

    private RunRecord Run(string experiment, string name, RunKind kind, string status, DateTimeOffset created, TimeSpan length, Person by, RunRecord? parent = null,
        RunRecord? reused = null, string compute = "cpu-cluster", string? id = null, Func<RunSeed, Dictionary<string, RunOutput>>? outputs = null)
    {
        var uuid = Seeder.GuidOf($"{workspace.WorkspaceId}/{experiment}/{name}/{created.Ticks - now.Ticks}/{parent?.RunId}");
        var runId = id ?? (kind == RunKind.Step ? uuid : $"{name}_{uuid[..10].Replace("-", string.Empty, StringComparison.Ordinal)}");
        var waiting = status is "Queued" or "Preparing" or "NotStarted";
        var ended = status is "Completed" or "Failed" or "Canceled";
        var snapshot = kind is RunKind.Command or RunKind.Sweep ? SampleSeed.SnapshotId : null;
        var run = new RunRecord
        {
            RunId = runId,
            RunUuid = uuid,
            ExperimentId = workspace.Runs.ByName(experiment)?.Id ?? throw new InvalidOperationException($"No experiment '{experiment}'."),
            ExperimentName = experiment,
            Kind = kind,
            Parent = parent,
            DisplayName = name,
            Name = kind == RunKind.Step ? name : null,
            Status = status,
            Created = created,
            Started = waiting ? null : created.AddSeconds(9),
            Ended = ended ? created.AddSeconds(9) + length : null,
            By = by,
            Compute = kind == RunKind.Pipeline ? null : compute,
            Command = kind == RunKind.Pipeline ? string.Empty : "python train.py --data ${{inputs.training_data}} --epochs 30",
            ErrorMessage = status == "Failed" ? "Column 'late_payments' holds text where a number was expected." : null,
            ReusedRunId = reused?.RunId,
            SnapshotId = snapshot,
            Metrics = kind is RunKind.Pipeline or RunKind.Sweep || waiting ? [] : Metrics(runId, created),
            Outputs = outputs?.Invoke(new RunSeed(runId)) ?? [],
        };
        run.Properties["_azureml.ComputeTargetType"] = "amlctrain";
        if (snapshot is not null)
        {
            run.Properties["ContentSnapshotId"] = snapshot;
        }

        run.Properties["azureml.runsource"] = kind switch { RunKind.Pipeline => "azureml.PipelineRun", RunKind.Step => "azureml.StepRun", RunKind.Sweep => "hyperdrive", _ => "commandjob" };
        return run;
    }

    private static Dictionary<string, IReadOnlyList<MetricPoint>> Metrics(string runId, DateTimeOffset created)
    {
        var shift = Content.SeedOf(runId) % 100 / 2000.0;
        return new()
        {
            ["loss"] = [.. Enumerable.Range(0, 20).Select(i => new MetricPoint(i, created.AddSeconds(10 + (i * 7)), (1.1 / (i + 1)) + shift))],
            ["accuracy"] = [.. Enumerable.Range(0, 20).Select(i => new MetricPoint(i, created.AddSeconds(10 + (i * 7)), 0.9 + shift - (0.3 / (i + 1))))],
            ["auc"] = [new MetricPoint(0, created.AddSeconds(160), 0.85 + shift)],
        };
    }

    /// <summary>What an output's address needs of a run that is still being made.</summary>
    private sealed record RunSeed(string RunId);
}
