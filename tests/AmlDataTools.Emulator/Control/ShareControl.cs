using System.Globalization;
using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.Seeds;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Control;

/// <summary>Files and shares that tests ask for.</summary>
/// <param name="state">The emulator's state.</param>
internal sealed class ShareControl(EmulatorState state)
{
    /// <summary>Puts, replaces or deletes files and directories; one, or a list under <c>files</c>.</summary>
    public async Task FilesAsync(Exchange exchange)
    {
        var body = await exchange.ReadObjectAsync();
        var items = body["files"] is JsonArray many ? many.OfType<JsonObject>().ToArray() : [body];
        await exchange.JsonAsync(new JsonObject { ["files"] = JsonShape.List(items.Select(item => File(body, item))) }, 201);
    }

    /// <summary>Makes a share, deletes it, or sets how many snapshots it has.</summary>
    public async Task SharesAsync(Exchange exchange)
    {
        var body = await exchange.ReadObjectAsync();
        var (account, name) = Place(body);
        if (body.Truth("delete") == true)
        {
            await exchange.JsonAsync(new JsonObject { ["deleted"] = state.Shares.Remove(account, name) });
            return;
        }

        var share = state.Shares.Ensure(account, name);
        if (body.Number("snapshots") is { } count)
        {
            lock (share.Gate)
            {
                share.Snapshots.Clear();
                share.Snapshots.AddRange(Enumerable.Range(0, (int)count).Select(i => DateTimeOffset.UtcNow.AddDays(-i - 1).ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture)));
            }
        }

        await exchange.JsonAsync(new JsonObject { ["account"] = account, ["share"] = name, ["snapshots"] = share.Snapshots.Count }, 201);
    }

    private static ServiceException Bad(string message) => new(400, "BadRequest", message);

    private (string Account, string Share) Place(JsonObject body)
    {
        var workspace = state.Workspaces.Values.OrderBy(w => w.Created).First();
        var account = body.Text("account") ?? workspace.StorageAccount;
        return state.Accounts.ContainsKey(account)
            ? (account, body.Text("share") ?? workspace.CodeShare)
            : throw Bad($"There is no account '{account}'. Known: {string.Join(", ", state.Accounts.Keys)}.");
    }

    private JsonObject File(JsonObject common, JsonObject json)
    {
        var (account, name) = Place(json["share"] is null ? common : json);
        var share = state.Shares.Ensure(account, name);
        var path = json.Text("path") is { Length: > 0 } given ? given.Trim('/') : throw Bad("'path' is missing.");
        if (json.Truth("delete") == true)
        {
            lock (share.Gate)
            {
                return new JsonObject { ["path"] = path, ["deleted"] = share.Find(path) is ({ } parent, { } node) && parent.Nodes.Remove(node.Name) };
            }
        }

        if (json.Truth("directory") == true)
        {
            lock (share.Gate)
            {
                return new JsonObject { ["path"] = path, ["etag"] = share.Ensure(path).ETag };
            }
        }

        ShareFile file;
        JsonObject answer;
        if (json["text"] is null && json["base64"] is null && json["size"] is null)
        {
            // Nothing is said of its content: only how it is held is set.
            lock (share.Gate)
            {
                file = share.Find(path).Node as ShareFile ?? throw Bad($"There is no file '{path}'.");
            }

            answer = new JsonObject { ["path"] = path, ["size"] = file.Length };
        }
        else
        {
            var content = RunMaker.File(json, path);
            file = Seeder.PutFile(share, content);
            answer = ControlService.Describe(content);
        }

        lock (share.Gate)
        {
            file.ContentMd5 = json.Text("contentMd5") ?? (json.Truth("md5") == true ? file.ComputeMd5() : file.ContentMd5);
            file.HeldBy = json["heldBy"] is null ? file.HeldBy : json.Text("heldBy") is { Length: > 0 } held ? held : null;
            file.ReadOnly = json.Truth("readOnly") ?? file.ReadOnly;
            answer["etag"] = file.ETag;
        }

        return answer;
    }
}
