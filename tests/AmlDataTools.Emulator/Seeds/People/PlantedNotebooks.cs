using System.Text.Json.Nodes;
using AmlDataTools.Emulator.State;
using static AmlDataTools.Emulator.Seeds.People.PlantedPeople;

namespace AmlDataTools.Emulator.Seeds.People;

/// <summary>The share of notebooks: folders of people, and mentions of them in files of others.</summary>
internal static class PlantedNotebooks
{
    private const string Store = "workspaceworkingdirectory";

    /// <summary>Fills the share.</summary>
    public static void Add(Seeder seeder, Workspace workspace, PlantedPlaces places)
    {
        var share = seeder.State.Shares.Ensure(workspace.StorageAccount, workspace.CodeShare);
        void Put(string path, string text) => Seeder.PutFile(share, SeedFile.Text(path, text));
        void Mention(string path, string text, string field, string value, Access.Person person, PlantedBy by)
        {
            Put(path, text);
            places.Add("file", $"{Store}:{path}", field, value, person, by: by);
        }

        void Folder(string name, string value, Access.Person person) => places.Add("userFolder", $"Users/{name}/", "name", value, person, authorship: true);

        Folder("maria.muster", Maria.Upn, Maria);
        Folder("maria.muster", Maria.Name, Maria);
        Put("Users/maria.muster/src/train.py", "print('hello')\n");
        Mention("Users/maria.muster/analysis.ipynb", Notebook([$"# Analysis\n", $"with {Bob.Upn}\n"], $"loaded\n{Juergen.Name} has 3 rows\n"), "cell 1", Bob.Upn, Bob, PlantedBy.FileContent);
        places.Add("file", $"{Store}:Users/maria.muster/analysis.ipynb", "cell 2, output", Juergen.Name, Juergen, by: PlantedBy.FileContent);
        Folder("m.muster", OtherMaria.Upn, OtherMaria);
        Put("Users/m.muster/plan.md", "# Plan\n");
        Folder("bob.oneil", Bob.Upn, Bob);
        Put("Users/bob.oneil/notes.txt", "nothing\n");
        Folder("juergen.groesse", Juergen.Upn, Juergen);
        lock (share.Gate)
        {
            share.Ensure("Users/juergen.groesse/empty");
        }

        // As compute instances name the folder of somebody whose alias was taken.
        Folder(Maria.Name, Maria.Name, Maria);
        Put($"Users/{Maria.Name}/notes.txt", "nothing\n");
        Mention("Users/ada.example/plan.md", $"# Plan\n\nAsk {Maria.Upn}\n", "line 3", Maria.Upn, Maria, PlantedBy.FileContent);
        Mention($"Users/ada.example/review of {Maria.Name}.md", "# Review\n", "name", Maria.Name, Maria, PlantedBy.FileNames);
        Mention("shared/team.yml", $"owner: {Juergen.Upn}\n", "line 1", Juergen.Upn, Juergen, PlantedBy.FileContent);

        foreach (var (path, why) in new[]
        {
            ("Users/annamaria.muster/plan.md", "somebody else's folder"),
            ("Users/maria.muster2/plan.md", "somebody else's folder"),
            ("Users/ada.example/x.maria.muster@contoso.example.md", "a longer address"),
        })
        {
            Put(path, "nothing\n");
            places.Decoy("file", $"{Store}:{path}", why);
        }
    }

    /// <summary>A notebook whose second cell wrote something; as a program writes it, in ASCII.</summary>
    private static string Notebook(string[] source, string output) => new JsonObject
    {
        ["cells"] = new JsonArray(
            new JsonObject { ["cell_type"] = "markdown", ["metadata"] = new JsonObject(), ["source"] = new JsonArray([.. source.Select(line => (JsonNode?)line)]) },
            new JsonObject
            {
                ["cell_type"] = "code",
                ["execution_count"] = 1,
                ["metadata"] = new JsonObject(),
                ["source"] = new JsonArray("print(frame)"),
                ["outputs"] = new JsonArray(new JsonObject { ["name"] = "stdout", ["output_type"] = "stream", ["text"] = new JsonArray([.. output.Split('\n').Select(line => (JsonNode?)(line + "\n"))]) }),
            }),
        ["metadata"] = new JsonObject(),
        ["nbformat"] = 4,
        ["nbformat_minor"] = 2,
    }.ToJsonString();
}
