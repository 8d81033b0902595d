using System.Text;
using AmlDataTools.Emulator.State;
using static AmlDataTools.Emulator.Seeds.People.PlantedPeople;

namespace AmlDataTools.Emulator.Seeds.People;

/// <summary>Files of runs and of datastores that name people: in their names, in their text, in several encodings, in what is no text.</summary>
internal static class PlantedFiles
{
    /// <summary>What is too large to be read.</summary>
    public const long HugeBytes = 10L << 30;

    private const string Artifacts = "workspaceartifactstore:ExperimentRun/dcid.";

    /// <summary>The files of Maria's run.</summary>
    public static IReadOnlyList<SeedFile> OfMariasRun(string run, long hugeBytes, PlantedPlaces places)
    {
        var files = new List<SeedFile>();
        void Text(string path, byte[] bytes, string field, string value, Access.Person person)
        {
            files.Add(new SeedFile(path, bytes.Length, 0, bytes));
            places.Add("file", $"{Artifacts}{run}/{path}", field, value, person, by: PlantedBy.FileContent);
        }

        Text("user_logs/std_log.txt", Encoding.UTF8.GetBytes($"start\nload\nnotify <{Bob.Upn}>, done.\n"), "line 3", Bob.Upn, Bob);
        Text("logs/utf16le.log", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes($"first\r\nseen by {Maria.Name}\r\n")], "line 2", Maria.Name, Maria);
        Text("logs/utf16be.log", [.. Encoding.BigEndianUnicode.GetPreamble(), .. Encoding.BigEndianUnicode.GetBytes($"first\nsecond\noid={Maria.ObjectId};\n")], "line 3", Maria.ObjectId, Maria);
        Text("logs/utf16-without-mark.log", Encoding.Unicode.GetBytes($"Mail went to {Maria.Upn}.\r\n"), "line 1", Maria.Upn, Maria);
        Text("logs/utf8-with-mark.log", [.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes($"{Bob.Name}\n")], "line 1", Bob.Name, Bob);
        Text("logs/latin1.log", Encoding.Latin1.GetBytes($"Gr\u00fc\u00dfe\nvon {Juergen.Name}\n"), "line 2", Juergen.Name, Juergen);
        Text("outputs/escaped.json", Encoding.ASCII.GetBytes("{\n  \"asked\": \"first\\nJ\\u00fcrgen Gr\\u00f6\\u00dfe\"\n}\n"), "line 2", Juergen.Name, Juergen);
        Text("outputs/long.txt", Long(), "line 40001", Maria.Upn, Maria);

        // Bytes of the name between bytes that are no text.
        files.Add(new SeedFile("outputs/model.bin", 0, 0, (byte[])[1, 0, 0, 7, .. Encoding.UTF8.GetBytes(Maria.Name), 0, 0, 255]) is var binary ? binary with { Size = binary.Bytes?.Length ?? 0 } : throw new InvalidOperationException());
        places.Unreadable($"{Artifacts}{run}/outputs/model.bin", "binary");
        files.Add(SeedFile.Binary("outputs/huge.csv", hugeBytes, "huge") with { Sparse = true });
        places.Unreadable($"{Artifacts}{run}/outputs/huge.csv", "tooLarge");
        Named(files, places, run, $"outputs/{Maria.Name}/scores.csv", "path", Maria.Name, Maria);
        Named(files, places, run, $"outputs/of {Bob.Upn}.csv", "name", Bob.Upn, Bob);
        Named(files, places, run, "outputs/Muster_Maria.Maria_Muster-cv.txt", "name", Maria.Name, Maria);
        return files;
    }

    /// <summary>The files of a run that nobody of these made.</summary>
    public static IReadOnlyList<SeedFile> OfPlainRun(string run, PlantedPlaces places)
    {
        var files = new List<SeedFile>();
        Named(files, places, run, $"outputs/{Maria.ObjectId}.txt", "name", Maria.ObjectId, Maria);
        foreach (var (path, text, why) in new[]
        {
            ("outputs/longer.txt", $"x.{Maria.Upn} {Maria.Upn}.au Annamaria Muster Maria Musterfrau {Maria.ObjectId}a\n", "longer words"),
            ("outputs/pattern.txt", "RX Bob O'Neillll, R. Bob O'Neil\n", "what the name would match if it were a pattern"),
            ("outputs/x.maria.muster@contoso.example.csv", "1,2\n", "a longer address"),
            ("outputs/empty.txt", string.Empty, "empty"),
        })
        {
            files.Add(SeedFile.Text(path, text));
            places.Decoy("file", $"{Artifacts}{run}/{path}", why);
        }

        return files;
    }

    /// <summary>Files of other datastores.</summary>
    public static void AddOthers(Seeder seeder, Workspace workspace, PlantedPlaces places)
    {
        void Add(string datastore, string container, string path, string text, string field, string value, Access.Person person, PlantedBy by)
        {
            seeder.AddBlob(workspace.StorageAccount, container, SeedFile.Text(path, text));
            places.Add("file", $"{datastore}:{path}", field, value, person, by: by);
        }

        const string blobs = "workspaceblobstore";
        Add(blobs, workspace.BlobStoreContainer, "UI/customers/contacts.csv", $"id,mail\n1,{Maria.Upn}\n2,nobody@contoso.example\n", "line 2", Maria.Upn, Maria, PlantedBy.FileContent);
        Add(blobs, workspace.BlobStoreContainer, "UI/customers/marks.csv", "id,name\n1,Ju\u0308rgen Gro\u0308\u00dfe\n", "line 2", Juergen.Name, Juergen, PlantedBy.FileContent);
        Add(blobs, workspace.BlobStoreContainer, "LocalUpload/3f8a/Maria_Muster_cv.pdf", "%PDF-1.7\n", "name", Maria.Name, Maria, PlantedBy.FileNames);
        Add("extra_data", PlantedAssets.ExtraContainer, "people/list.txt", $"1. {Bob.Name}\n", "line 1", Bob.Name, Bob, PlantedBy.FileContent);
        Add("closed_data", PlantedAssets.ClosedContainer, "people/list.txt", $"1. {Juergen.Name}\n", "line 1", Juergen.Name, Juergen, PlantedBy.FileContent);
        var share = seeder.State.Shares.Ensure(workspace.StorageAccount, workspace.FileStoreShare);
        Seeder.PutFile(share, SeedFile.Text($"labels/{Maria.Upn}.txt", "cat\n"));
        places.Add("file", $"workspacefilestore:labels/{Maria.Upn}.txt", "name", Maria.Upn, Maria, by: PlantedBy.FileNames);
    }

    private static void Named(List<SeedFile> files, PlantedPlaces places, string run, string path, string field, string value, Access.Person person)
    {
        files.Add(SeedFile.Text(path, "1,2\n"));
        places.Add("file", $"{Artifacts}{run}/{path}", field, value, person, by: PlantedBy.FileNames);
    }

    /// <summary>Some 2 MiB of lines, with an address near the end, and longer ones everywhere before it.</summary>
    private static byte[] Long()
    {
        var text = new StringBuilder();
        for (var i = 1; i <= 40_000; i++)
        {
            text.Append("row ").Append(i).Append(" of no.").Append(Maria.Upn).Append(".au ").Append("again and again\n");
        }

        return Encoding.UTF8.GetBytes(text.Append("by ").Append(Maria.Upn).Append('\n').ToString());
    }
}
