using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Storage;

/// <summary>Brings deleted paths of an account with a hierarchical namespace back.</summary>
/// <param name="state">What is kept.</param>
/// <param name="engine">Azurite.</param>
/// <param name="kept">Moves blobs.</param>
internal sealed class DeletedPaths(EmulatorState state, BlobEngine engine, KeptStore kept)
{
    /// <summary>Whether a request names a deletion.</summary>
    public static bool Wanted(HttpContext http, StorageAccount account) => account.Hierarchical && http.Request.Headers.ContainsKey("x-ms-undelete-source");

    /// <summary>Path - Undelete, which clients ask of the blob address: the deletion is named in a header, with the path or without; a directory comes back with all that went with it.</summary>
    public async Task UndeleteAsync(HttpContext http, StorageAccount account, string container, string path)
    {
        path = path.TrimEnd('/');
        var source = http.Request.Headers["x-ms-undelete-source"].ToString().Split("?deletionid=", 2);
        if (source.Length != 2 || (source[0].Length > 0 && Uri.UnescapeDataString(source[0]).Trim('/') != path))
        {
            throw new ServiceException(400, "InvalidHeaderValue", "The value for one of the HTTP headers is not in the correct format.");
        }

        var deletion = Uri.UnescapeDataString(source[1]);
        var found = kept.Find(account, container, path).FirstOrDefault(k => k.DeletionId == deletion && !k.InDirectory) ?? throw new ServiceException(404, "PathNotFound", "The specified path does not exist.");
        if (await kept.HeadAsync(account, container, path, [], http.RequestAborted) is not null)
        {
            throw new ServiceException(409, "PathAlreadyExists", "The specified path already exists.");
        }

        var with = found.Directory ? state.Kept.Under(account.Name, container, path + "/").Where(k => k.InDirectory && k.DeletionId == deletion).ToList() : [];
        foreach (var one in with.Where(k => !k.Directory).Append(found))
        {
            if (!one.Directory)
            {
                await engine.CopyAsync(account, BlobEngine.Target(KeptBlobs.Shadow, one.Content), BlobEngine.Target(container, one.Name), one.About.Type, http.RequestAborted);
            }

            await HierarchicalListing.EnsureParentsAsync(engine, account, container, one.Directory ? one.Name + "/" : one.Name, http.RequestAborted);
        }

        foreach (var one in with)
        {
            if (one.Directory)
            {
                await HierarchicalListing.EnsureParentsAsync(engine, account, container, one.Name + "/", http.RequestAborted);
            }

            await kept.ForgetAsync(account, one, http.RequestAborted);
        }

        await kept.ForgetAsync(account, found, http.RequestAborted);
        http.Response.StatusCode = 200;
        http.Response.Headers["x-ms-resource-type"] = found.Directory ? "directory" : "file";
        http.Response.ContentLength = 0;
    }
}
