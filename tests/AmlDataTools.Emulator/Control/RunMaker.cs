using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.Seeds;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Control;

/// <summary>Makes runs that tests ask for: hostile file names, reused steps, deep pipelines.</summary>
/// <param name="state">The emulator's state.</param>
/// <param name="seeder">Writes files.</param>
internal sealed class RunMaker(EmulatorState state, Seeder seeder)
{
    /// <summary>Answers <c>POST /runs</c>.</summary>
    public async Task HandleAsync(Exchange exchange)
    {
        var body = await exchange.ReadObjectAsync();
        var workspace = state.Workspaces.Values.OrderBy(w => w.Created).FirstOrDefault(w => body.Text("workspace") is null || w.Name == body.Text("workspace"))
            ?? throw Bad($"There is no workspace '{body.Text("workspace")}'.");
        var answers = new JsonArray();
        if (body["runs"] is JsonArray list)
        {
            foreach (var run in list.OfType<JsonObject>())
            {
                answers.Add(Add(workspace, run));
            }
        }
        else
        {
            answers.Add(Add(workspace, body));
        }

        await seeder.WriteAsync(exchange.Aborted);
        await exchange.JsonAsync(new JsonObject { ["runs"] = answers }, 201);
    }

    /// <summary>A file as a test describes it: <c>text</c>, <c>base64</c>, or <c>size</c> with an optional <c>seed</c>.</summary>
    public static SeedFile File(JsonObject json, string path)
    {
        var append = json.Truth("append") == true;
        if (json.Text("text") is { } text)
        {
            return SeedFile.Text(path, text) with { Append = append };
        }

        if (json.Text("base64") is { } base64)
        {
            var buffer = new byte[base64.Length];
            return Convert.TryFromBase64String(base64, buffer, out var length)
                ? new SeedFile(path, length, 0, buffer.AsMemory(0, length), append)
                : throw Bad($"The base64 of '{path}' cannot be read.");
        }

        var size = json.Number("size") ?? 0;
        if (json.Truth("sparse") == true)
        {
            return size > 0 && size % 512 == 0 ? SeedFile.Binary(path, size, path) with { Sparse = true } : throw Bad("A sparse blob has a positive multiple of 512 bytes.");
        }

        return size < 0 ? throw Bad($"The size of '{path}' is negative.")
            : append && size > 4 * 1024 * 1024 ? throw Bad("An append blob may have at most 4 MiB here.")
            : SeedFile.Binary(path, size, json.Text("seed") ?? path) with { Append = append };
    }

    private static ServiceException Bad(string message) => new(400, "BadRequest", message);

    private JsonObject Add(Workspace workspace, JsonObject json)
    {
        var experiment = json.Text("experiment") ?? "made-by-test";
        var known = workspace.Runs.ByName(experiment) ?? Seeder.AddExperiment(workspace, experiment, DateTimeOffset.UtcNow);
        if (json.Truth("experimentOnly") == true)
        {
            return new JsonObject { ["experiment"] = known.Name, ["experimentId"] = known.Id };
        }

        RunRecord? Named(string name) => json.Text(name) is { } id ? workspace.Runs.Find(id) ?? throw Bad($"There is no run '{id}' for '{name}'.") : null;
        var (parent, reused) = (Named("parentRunId"), Named("reusedRunId"));
        var kind = json.Text("kind") is not { } text ? (parent is null ? RunKind.Command : parent.Kind == RunKind.Sweep ? RunKind.Trial : RunKind.Step)
            : Enum.TryParse<RunKind>(text, ignoreCase: true, out var read) ? read : throw Bad($"'{text}' is not a kind. Known: {string.Join(", ", Enum.GetNames<RunKind>())}.");
        var id = json.Text("runId") ?? $"test_{Guid.NewGuid():N}"[..21];
        if (workspace.Runs.Find(id) is not null)
        {
            throw Bad($"There is a run '{id}' already.");
        }

        var created = json.Text("created") is { } time && DateTimeOffset.TryParse(time, out var at) ? at : DateTimeOffset.UtcNow;
        var status = json.Text("status") ?? "Completed";
        var run = new RunRecord
        {
            RunId = id,
            RunUuid = Guid.NewGuid().ToString(),
            ExperimentId = known.Id,
            ExperimentName = known.Name,
            Kind = kind,
            Parent = parent,
            DisplayName = json.Text("displayName") ?? id,
            Name = kind == RunKind.Step ? json.Text("displayName") ?? id : null,
            Status = status,
            Created = created,
            Started = status is "Queued" or "NotStarted" ? null : created.AddSeconds(5),
            Ended = status is "Completed" or "Failed" or "Canceled" ? created.AddSeconds(65) : null,
            By = json.Text("user") is { } who ? state.People.Find(who) ?? throw Bad($"There is nobody '{who}'.") : PeopleDirectory.Ada,
            Hidden = json.Truth("archived") ?? false,
            Tags = json.TextMap("tags"),
            Properties = json.TextMap("properties"),
            ReusedRunId = reused?.RunId,
            SnapshotId = json.Text("codeId") ?? json.Text("snapshotId"),
            Outputs = Outputs(workspace, json, id),
            Inputs = Inputs(workspace, json),
            Compute = json.Text("compute") ?? "cpu-cluster",
            Metrics = json.Texts("metrics").ToDictionary(m => m, _ => (IReadOnlyList<MetricPoint>)[new MetricPoint(0, created, 0.5)]),
        };
        if (reused is not null)
        {
            run.Properties["azureml.isreused"] = "true";
            run.Properties["azureml.reusedrunid"] = reused.RunId;
            run.Files = reused.Files;
        }

        var files = (json["files"] as JsonArray ?? []).OfType<JsonObject>().Select(f => File(f, f.Text("path") ?? throw Bad("A file needs a 'path'."))).ToList();
        seeder.AddRun(workspace, run, files);
        return new JsonObject
        {
            ["runId"] = id,
            ["experiment"] = known.Name,
            ["experimentId"] = known.Id,
            ["dataContainerId"] = run.DataContainerId,
            ["files"] = JsonShape.List(files.Select(ControlService.Describe)),
        };
    }

    /// <summary>Named inputs: a data asset's path below the workspace, or any address.</summary>
    private static Dictionary<string, RunInput> Inputs(Workspace workspace, JsonObject json) => (json["inputs"] as JsonObject ?? []).ToDictionary(p => p.Key, p =>
    {
        var given = p.Value as JsonObject ?? [];
        var type = given.Text("type") ?? "uri_folder";
        return given.Text("asset") is { } asset
            ? new RunInput($"{workspace.ArmId}/{asset}", type, $"{workspace.AssetRoot}/{asset}")
            : new RunInput(given.Text("uri") ?? throw Bad($"The input '{p.Key}' needs an 'asset' or a 'uri'."), type, null);
    });

    /// <summary>Named outputs: a name with its files, kept where the service keeps them.</summary>
    private Dictionary<string, RunOutput> Outputs(Workspace workspace, JsonObject json, string runId)
    {
        var outputs = new Dictionary<string, RunOutput>();
        foreach (var (name, value) in json["outputs"] as JsonObject ?? [])
        {
            var description = value as JsonObject ?? [];
            var folder = description.Text("folder") ?? $"azureml/{runId}/{name}/";
            var datastore = description.Text("datastore") ?? "workspaceblobstore";
            var store = workspace.Resources.Get("datastores/" + datastore)?["properties"] as JsonObject ?? throw Bad($"There is no datastore '{datastore}'.");
            outputs[name] = new RunOutput(
                $"{workspace.AssetRoot}/data/azureml_{runId}_output_data_{name}/versions/1", description.Text("type") ?? "UriFolder",
                $"azureml://subscriptions/{workspace.SubscriptionId}/resourcegroups/{workspace.ResourceGroup}/workspaces/{workspace.Name}/datastores/{datastore}/paths/{folder}");
            foreach (var file in (description["files"] as JsonArray ?? []).OfType<JsonObject>())
            {
                seeder.AddBlob(store.Text("accountName") ?? workspace.StorageAccount, store.Text("containerName") ?? store.Text("filesystem") ?? workspace.BlobStoreContainer,
                    File(file, folder + (file.Text("path") ?? throw Bad("A file needs a 'path'."))));
            }
        }

        return outputs;
    }
}
