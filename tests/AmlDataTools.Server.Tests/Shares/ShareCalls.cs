using System.Text.Json.Nodes;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.Shares;

/// <summary>Files in the emulator's shares.</summary>
internal static class ShareCalls
{
    /// <summary>The share of notebooks.</summary>
    public const string Code = "workspaceworkingdirectory";

    /// <summary>The other share that a workspace is made with.</summary>
    public const string FileStore = "workspacefilestore";

    /// <summary>Writes files of the notebooks' share.</summary>
    public static async Task<IReadOnlyList<MadeFile>> FilesAsync(this EmulatorProcess emulator, params IEnumerable<(string Path, long Size)> files)
    {
        var answer = await emulator.ControlAsync(HttpMethod.Post, "files", new JsonObject
        {
            ["files"] = new JsonArray([.. files.Select(f => (JsonNode)new JsonObject { ["path"] = f.Path, ["size"] = f.Size, ["seed"] = f.Path + f.Size })]),
        });
        return [.. (answer["files"] as JsonArray ?? []).OfType<JsonObject>().Select(MadeFile.Of)];
    }

    /// <summary>Writes, holds or deletes one file, or makes a directory.</summary>
    public static async Task<MadeFile> FileAsync(this EmulatorProcess emulator, string path, JsonObject how)
    {
        how["path"] = path;
        var answer = await emulator.ControlAsync(HttpMethod.Post, "files", how);
        return MadeFile.Of(answer["files"]?[0] as JsonObject ?? []);
    }

    /// <summary>Requests for the bytes of a file of a share.</summary>
    public static async Task<IReadOnlyList<SeenRequest>> ReadsAsync(this EmulatorProcess emulator, long since, string name) =>
        [.. (await emulator.RequestsAsync(since)).Where(r => r.Method == "GET" && r.Host.Contains(".file.", StringComparison.Ordinal) && !r.Query.Contains("comp=", StringComparison.Ordinal) && r.Path.EndsWith(name, StringComparison.Ordinal))];

    /// <summary>Files of a folder on disk but receipts.</summary>
    public static IReadOnlyList<string> Under(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/')).Where(f => !f.Contains("export-receipt", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
}
