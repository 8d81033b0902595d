using System.Globalization;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.State;
using AmlDataTools.Emulator.Storage;

namespace AmlDataTools.Emulator.Seeds;

/// <summary>100,000 runs in one experiment and one run with 100,000 artifacts, none of them stored.</summary>
internal static class LargeSeed
{
    /// <summary>How many runs, and how many artifacts of the one run.</summary>
    public const int Count = 100_000;

    /// <summary>The run with many artifacts.</summary>
    public const string ManyFilesRun = "many_files_run";

    private const string Runs = "ExperimentRun/";
    private const string Prefix = Runs + "dcid.";
    private const string Bulk = Prefix + "bulk_";
    private static readonly string[] SmallRunFiles = ["outputs/metrics.json", "outputs/model.pkl", "user_logs/std_log.txt"];

    /// <summary>Fills the state.</summary>
    public static void Add(Seeder seeder, DateTimeOffset now)
    {
        const string subscription = "00000000-0000-0000-0000-000000000001";
        seeder.State.Subscriptions.Add(new Subscription(subscription, "Contoso Research", seeder.State.TenantId));
        var workspace = seeder.AddWorkspace(subscription, "sample-rg", "sample-ws", "a0000000-0000-4000-8000-000000000002", "eastus", now.AddDays(-420));
        var experimentId = Seeder.GuidOf(workspace.WorkspaceId + "bulk");
        RunRecord At(int index) => Run(experimentId, index, now);
        Seeder.AddExperiment(workspace, "bulk", now.AddDays(-400), generated: new GeneratedRuns(Count, At, id => Index(id) is { } i ? At(i) : null));
        Seeder.AddExperiment(workspace, "many-files", now.AddDays(-1));
        workspace.Runs.Add(new RunRecord
        {
            RunId = ManyFilesRun,
            RunUuid = Seeder.GuidOf(ManyFilesRun),
            ExperimentId = Seeder.GuidOf(workspace.WorkspaceId + "many-files"),
            ExperimentName = "many-files",
            Kind = RunKind.Command,
            DisplayName = "many_files",
            Created = now.AddHours(-9),
            Started = now.AddHours(-9),
            Ended = now.AddHours(-8),
            By = PeopleDirectory.Ada,
            Files = new ComputedList<RunFile>(Count, i => new RunFile(ManyFilesPath(i), SizeOf(i), now.AddHours(-8), $"\"{Blob(i, now).ETag}\"")),
        });
        var account = workspace.StorageAccount;
        seeder.State.Virtual.Add((asked, container, name) => asked != account || container != "azureml" ? null : Folder(account, name, now));
    }

    private static VirtualFolder? Folder(string account, string name, DateTimeOffset now)
    {
        const string many = Prefix + ManyFilesRun + "/";
        if (name.StartsWith(many, StringComparison.Ordinal))
        {
            return new VirtualFolder(account, "azureml", many, Count, i => Blob(i, now));
        }

        var slash = name.IndexOf('/', Math.Min(Prefix.Length, name.Length));
        if (!name.StartsWith(Prefix, StringComparison.Ordinal) && !Prefix.StartsWith(name, StringComparison.Ordinal))
        {
            return null;
        }

        if (slash < 0 || name == Runs)
        {
            // A listing across runs: those of the long experiment come before the one with many files.
            const int small = Count * 3;
            return name.StartsWith(Bulk, StringComparison.Ordinal) || Bulk.StartsWith(name, StringComparison.Ordinal) || many.StartsWith(name, StringComparison.Ordinal)
                ? new VirtualFolder(account, "azureml", name == Runs ? Runs : Prefix, small + Count, i => i < small ? SmallBlob(i / 3, i % 3, now) : Blob(i - small, now))
                : null;
        }

        if (Index(name[Prefix.Length..slash]) is not { } index)
        {
            return null;
        }

        return new VirtualFolder(account, "azureml", name[..(slash + 1)], SmallRunFiles.Length, i => SmallBlob(Count - 1 - index, i, now));
    }

    /// <summary>A file of a run, runs counted from the oldest, in the order of their names.</summary>
    private static VirtualBlob SmallBlob(int run, int file, DateTimeOffset now)
    {
        var folder = string.Create(CultureInfo.InvariantCulture, $"{Bulk}{run + 1:000000}/");
        return new VirtualBlob(folder + SmallRunFiles[file], 400 + (file * 900), Content.SeedOf(folder) + (ulong)file, now.AddMinutes(run + 1 - Count));
    }

    private static string ManyFilesPath(int index) => string.Create(CultureInfo.InvariantCulture, $"outputs/part-{index / 1000:000}/item-{index % 1000:0000}.bin");

    private static long SizeOf(int index) => index % 997 == 0 ? 0 : 256 + (index % 4096);

    private static VirtualBlob Blob(int index, DateTimeOffset now) =>
        new($"{Prefix}{ManyFilesRun}/{ManyFilesPath(index)}", SizeOf(index), 0xABCDEF + (ulong)index, now.AddHours(-8));

    private static int? Index(string runId) =>
        runId.StartsWith("bulk_", StringComparison.Ordinal) && runId.Length == 11 && int.TryParse(runId.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= Count
            ? Count - number
            : null;

    private static RunRecord Run(string experimentId, int index, DateTimeOffset now)
    {
        var number = Count - index;
        var created = now.AddMinutes(-3 * (index + 1));
        var status = (index % 13) switch { 4 => "Failed", 9 => "Canceled", _ => "Completed" };
        var id = string.Create(CultureInfo.InvariantCulture, $"bulk_{number:000000}");
        return new RunRecord
        {
            RunId = id,
            RunUuid = new Guid(number, 0x4000, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 1).ToString(),
            ExperimentId = experimentId,
            ExperimentName = "bulk",
            Kind = RunKind.Command,
            DisplayName = string.Create(CultureInfo.InvariantCulture, $"bulk run {number}"),
            Status = status,
            Created = created,
            Started = created.AddSeconds(5),
            Ended = created.AddSeconds(65 + (index % 50)),
            By = (index % 3) switch { 0 => PeopleDirectory.Ada, 1 => PeopleDirectory.Ben, _ => PeopleDirectory.Chloe },
            Files = new ComputedList<RunFile>(SmallRunFiles.Length, i => new RunFile(SmallRunFiles[i], 400 + (i * 900), created, "\"0x8D0000000000001\"")),
        };
    }
}
