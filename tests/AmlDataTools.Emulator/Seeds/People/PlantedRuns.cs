using AmlDataTools.Emulator.Access;
using AmlDataTools.Emulator.State;
using static AmlDataTools.Emulator.Seeds.People.PlantedPeople;

namespace AmlDataTools.Emulator.Seeds.People;

/// <summary>Experiments and runs by several people: made by one and changed by another, mentions in every field, and what only looks like somebody.</summary>
/// <param name="seeder">Takes them.</param>
/// <param name="workspace">Where they go.</param>
/// <param name="places">Told of every place.</param>
/// <param name="now">Times are relative to it.</param>
/// <param name="hugeBytes">How large a file is that nobody reads.</param>
internal sealed class PlantedRuns(Seeder seeder, Workspace workspace, PlantedPlaces places, DateTimeOffset now, long hugeBytes)
{
    /// <summary>A run of Maria's, with files.</summary>
    public const string MariasRun = "calm_river_01";

    /// <summary>A run of nobody's, with files.</summary>
    public const string PlainRun = "plain_stone_09";

    private int _made;

    /// <summary>Adds everything.</summary>
    public void Add()
    {
        Experiment("credit", null, new() { ["owner"] = Maria.Upn }, null);
        places.Add("experiment", "credit", "tags.owner", Maria.Upn, Maria);
        Experiment("churn", $"Maintained by {Bob.Name}, not by R. BBob O'Neilllll", [], null);
        places.Add("experiment", "churn", "description", Bob.Name, Bob);
        Experiment("old-credit", null, [], now.AddDays(-50));

        By(MariasRun, "credit", Maria, Maria, files: PlantedFiles.OfMariasRun(MariasRun, hugeBytes, places));
        By("other_brook_02", "credit", OtherMaria, Maria);
        By("bobs_creek_03", "churn", Bob, OtherMaria, tags: new() { ["reviewer"] = "checked: " + Maria.Name });
        places.Add("run", "bobs_creek_03", "tags.reviewer", Maria.Name, Maria);
        By("juergens_lake_04", "churn", Juergen, null, description: $"Asked {Maria.Upn}, who agreed.");
        places.Add("run", "juergens_lake_04", "description", Maria.Upn, Maria);
        By("robots_pond_05", "churn", Robot, null, tags: new() { ["requestedBy"] = Bob.Upn.ToUpperInvariant() });
        places.Add("run", "robots_pond_05", "tags.requestedBy", Bob.Upn, Bob);
        By("archived_bay_06", "credit", Maria, null, hidden: true);
        By("old_shore_07", "old-credit", Maria, null);
        var pipeline = By("marias_flow_08", "credit", Maria, null, kind: RunKind.Pipeline);
        By("a0000000-0000-4000-8000-00000000f001", "credit", Maria, null, kind: RunKind.Step, parent: pipeline);

        By(PlainRun, "churn", PeopleDirectory.Ada, null, files: PlantedFiles.OfPlainRun(PlainRun, places));
        By("ada_props_10", "churn", PeopleDirectory.Ada, null, properties: new() { ["dataOwner"] = Maria.ObjectId.ToUpperInvariant() });
        places.Add("run", "ada_props_10", "properties.dataOwner", Maria.ObjectId, Maria);

        // The same letters, written with marks of their own, and in capitals.
        By("ada_marks_11", "churn", PeopleDirectory.Ada, null, tags: new() { ["asked"] = "Ju\u0308rgen Gro\u0308\u00dfe" });
        places.Add("run", "ada_marks_11", "tags.asked", Juergen.Name, Juergen);
        By("ada_pattern_12", "churn", PeopleDirectory.Ada, null, description: $"{Bob.Name} has seen it.");
        places.Add("run", "ada_pattern_12", "description", Bob.Name, Bob);
        By("ada_failed_13", "churn", PeopleDirectory.Ada, null, error: $"Access of {Bob.Upn} was denied.");
        places.Add("run", "ada_failed_13", "error.error.message", Bob.Upn, Bob);
        By("ada_named_14", "churn", PeopleDirectory.Ada, null, displayName: "for Maria  Muster");
        places.Add("run", "ada_named_14", "displayName", Maria.Name, Maria);
        By("ada_key_15", "churn", PeopleDirectory.Ada, null, tags: new() { [Juergen.Upn] = "asked" });
        places.Add("run", "ada_key_15", "tags." + Juergen.Upn, Juergen.Upn, Juergen);

        By("decoy_mail_16", "churn", PeopleDirectory.Ada, null, tags: new() { ["a"] = "x." + Maria.Upn, ["b"] = Maria.Upn + ".au", ["c"] = "not" + Bob.Upn });
        places.Decoy("run", "decoy_mail_16", "longer addresses");
        By("decoy_name_17", "churn", PeopleDirectory.Ada, null, description: "Annamaria Muster, Maria Musterfrau, Maria K. Muster");
        places.Decoy("run", "decoy_name_17", "longer names");
        By("decoy_pattern_18", "churn", PeopleDirectory.Ada, null, description: "RX Bob O'Neillll, R. Bob O'Neil, R. (Bob) ONeil+");
        places.Decoy("run", "decoy_pattern_18", "what the name would match if it were a pattern");
        By("decoy_id_19", "churn", PeopleDirectory.Ada, null, tags: new() { ["a"] = Maria.ObjectId + "0", ["b"] = "f" + Maria.ObjectId });
        places.Decoy("run", "decoy_id_19", "longer ids");
    }

    private void Experiment(string name, string? description, Dictionary<string, string> tags, DateTimeOffset? archived)
    {
        var made = Seeder.AddExperiment(workspace, name, now.AddDays(-60).AddMinutes(_made++), archived);
        made.Description = description;
        made.Tags = tags;
    }

    private RunRecord By(
        string id, string experiment, Person by, Person? changed, Dictionary<string, string>? tags = null, Dictionary<string, string>? properties = null, string? description = null,
        string? displayName = null, string? error = null, bool hidden = false, RunKind kind = RunKind.Command, RunRecord? parent = null, IReadOnlyList<SeedFile>? files = null)
    {
        var created = now.AddDays(-40).AddHours(_made++);
        var run = new RunRecord
        {
            RunId = id,
            RunUuid = Seeder.GuidOf(workspace.WorkspaceId + id),
            ExperimentId = workspace.Runs.ByName(experiment)?.Id ?? throw new InvalidOperationException($"No experiment '{experiment}'."),
            ExperimentName = experiment,
            Kind = kind,
            Parent = parent,
            DisplayName = displayName ?? id,
            Description = description,
            Status = error is null ? "Completed" : "Failed",
            ErrorMessage = error,
            Created = created,
            Started = created.AddSeconds(5),
            Ended = created.AddSeconds(65),
            By = by,
            ModifiedBy = changed,
            Hidden = hidden,
            Tags = tags ?? [],
            Properties = properties ?? [],
        };
        seeder.AddRun(workspace, run, files ?? []);
        if (by != PeopleDirectory.Ada)
        {
            places.Add("run", id, "createdBy.userObjectId", by.ObjectId, by, authorship: true);
            places.Add("run", id, "createdBy.userName", by.Name, by, authorship: true);
            places.Add("run", id, "userId", by.ObjectId, by, authorship: true);
            var last = changed ?? by;
            places.Add("run", id, "lastModifiedBy.userObjectId", last.ObjectId, last, authorship: true);
            places.Add("run", id, "lastModifiedBy.userName", last.Name, last, authorship: true);
        }

        return run;
    }
}
