using System.Globalization;
using System.Text;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Seeds;

/// <summary>Believable files of a run.</summary>
internal static class SampleFiles
{
    /// <summary>What a training run of some kind leaves behind, depending on how it ended.</summary>
    public static IReadOnlyList<SeedFile> Training(RunRecord run, int index, long modelSize)
    {
        var files = new List<SeedFile>
        {
            SeedFile.Log("user_logs/std_log.txt", UserLog(run, 12 + (index % 30))),
            SeedFile.Log("system_logs/lifecycler/lifecycler.log", SystemLog(run, "lifecycler", 20)),
        };

        // The newest runs have every log; the others fewer, so that the emulator starts soon.
        if (index < 8)
        {
            files.AddRange([
                SeedFile.Log("system_logs/cs_capability/cs-capability.log", SystemLog(run, "cs-capability", 6)),
                SeedFile.Log("system_logs/data_capability/data-capability.log", SystemLog(run, "data-capability", 9)),
                SeedFile.Log("system_logs/lifecycler/execution-wrapper.log", SystemLog(run, "execution-wrapper", 14)),
                SeedFile.Log("system_logs/snapshot_capability/snapshot-capability.log", string.Empty),
            ]);
        }

        if (run.Status == "Completed")
        {
            files.Add(SeedFile.Binary("outputs/model.pkl", modelSize, run.RunId + "model"));
            files.Add(SeedFile.Text("outputs/metrics.json", "{\n" + string.Join(",\n", run.Metrics.Select(m => string.Create(CultureInfo.InvariantCulture, $"  \"{m.Key}\": {m.Value[^1].Value:0.0000}"))) + "\n}\n"));
            files.Add(SeedFile.Text("outputs/reports/feature_importance.csv", Csv(run)));
            if (index % 3 == 0)
            {
                files.Add(SeedFile.Binary("outputs/reports/confusion matrix.png", 18_000 + (index * 37), run.RunId + "png"));
                files.Add(SeedFile.Text("outputs/_SUCCESS", string.Empty));
            }
        }

        return files;
    }

    /// <summary>A log as people write it.</summary>
    public static string UserLog(RunRecord run, int epochs)
    {
        var text = new StringBuilder();
        var time = run.Started ?? run.Created;
        text.Append(CultureInfo.InvariantCulture, $"{time:yyyy-MM-dd HH:mm:ss} INFO  Start {run.DisplayName} ({run.RunId})\n");
        for (var i = 1; i <= epochs; i++)
        {
            time = time.AddSeconds(7);
            text.Append(CultureInfo.InvariantCulture, $"{time:yyyy-MM-dd HH:mm:ss} INFO  epoch {i,3}/{epochs}  loss {1.2 / i:0.0000}  accuracy {1 - (0.4 / (i + 1)):0.0000}\n");
        }

        text.Append(run.ErrorMessage is null
            ? string.Create(CultureInfo.InvariantCulture, $"{time:yyyy-MM-dd HH:mm:ss} INFO  Done\n")
            : string.Create(CultureInfo.InvariantCulture, $"{time:yyyy-MM-dd HH:mm:ss} ERROR {run.ErrorMessage}\nTraceback (most recent call last):\n  File \"train.py\", line 88, in <module>\n    main()\n"));
        return text.ToString();
    }

    private static string SystemLog(RunRecord run, string component, int lines)
    {
        var text = new StringBuilder();
        var time = run.Started ?? run.Created;
        for (var i = 0; i < lines; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{time.AddMilliseconds(i * 317):yyyy-MM-dd'T'HH:mm:ss.fff}Z  INFO {component}: step {i} of {lines}, operation {Seeder.GuidOf(run.RunId + component + i)}\n");
        }

        return text.ToString();
    }

    private static string Csv(RunRecord run)
    {
        var text = new StringBuilder("feature,importance\n");
        foreach (var (feature, i) in new[] { "income", "age", "tenure_months", "open_accounts", "late_payments", "région", "utilisation" }.Select((f, i) => (f, i)))
        {
            text.Append(CultureInfo.InvariantCulture, $"{feature},{1.0 / (i + 2 + (run.RunId.Length % 3)):0.00000}\n");
        }

        return text.ToString();
    }
}
