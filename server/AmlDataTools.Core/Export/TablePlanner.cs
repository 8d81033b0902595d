using System.Text;
using AmlDataTools.Azure;
using AmlDataTools.Core.Names;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Places;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Storage;

namespace AmlDataTools.Core.Export;

/// <summary>
/// Adds what the <c>MLTable</c> file of a table names besides the files in its folder, as far as datastores of the workspace
/// lead there. What they do not is told, and never fetched.
/// </summary>
internal sealed class TablePlanner(StorageAccesses accesses, AssetLocator locator)
{
    private const string FileName = "MLTable";
    private const int MaxBytes = 4 << 20;
    private const int Named = 5;

    /// <summary>Adds it.</summary>
    /// <param name="planning">Takes the items, and what is worth knowing.</param>
    /// <param name="asset">The table.</param>
    /// <param name="own">Its own folder, of which everything is in the plan.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task AddAsync(ExportPlanning planning, ChosenAsset asset, AssetPlace own, CancellationToken cancellationToken)
    {
        var isFile = own.Bare.EndsWith("/" + FileName, StringComparison.Ordinal);
        var folder = isFile ? own.Bare[..^FileName.Length] : own.Folder;
        if (await ReadAsync(own, folder, cancellationToken).ConfigureAwait(false) is not { } text)
        {
            planning.Notes.Add(new PlanWarning("mltable.noFile", $"There is no readable file {FileName} in the folder of {asset.InWords}: only what lies in the folder is taken.", 1));
            return;
        }

        var table = MLTableText.Parse(text);
        if (!table.IsWhole)
        {
            planning.Notes.Add(new PlanWarning("mltable.notUnderstood", $"Not all paths in the file {FileName} of {asset.InWords} could be understood: look into it whether files elsewhere are missing.", 1));
        }

        var outside = new List<string>();
        var empty = new List<string>();
        var taken = new List<AssetPlace>();
        foreach (var path in table.Paths)
        {
            if (await PlaceOfAsync(own, folder, path, cancellationToken).ConfigureAwait(false) is not { } place)
            {
                outside.Add(Shown(path.Value));
            }
            else if (!(SameStore(place, own) && !isFile && FolderPrefix.Contains(folder, place.Folder + "x")) && !taken.Any(t => Covers(t, place)))
            {
                taken.Add(place);
                await TakeAsync(planning, asset, place, path, empty, cancellationToken).ConfigureAwait(false);
            }
        }

        Warn("mltable.pathOutside", outside, own.Workspace.IsRegistry ? "a registry's table is read with what lies in its own container, and nothing is fetched from elsewhere" : "no datastore of this workspace leads there, and nothing is fetched from elsewhere");
        Warn("mltable.pathEmpty", empty, "nothing that can be read is there");

        void Warn(string code, List<string> paths, string why)
        {
            if (paths.Count > 0)
            {
                var more = paths.Count > Named ? $" and {paths.Count - Named} more" : string.Empty;
                planning.Notes.Add(new PlanWarning(code, $"{asset.InWords} names {string.Join(", ", paths.Take(Named))}{more}: {why}.".Replace("the data asset", "The data asset", StringComparison.Ordinal), paths.Count));
            }
        }
    }

    private static async Task TakeAsync(ExportPlanning planning, ChosenAsset asset, AssetPlace place, MLTablePath path, List<string> empty, CancellationToken cancellationToken)
    {
        var before = planning.Builder.Items;
        try
        {
            if (await planning.Builder.AddPlaceAsync(place, $"{asset.Root}/mltable-paths/{place.LocalFolder}", cancellationToken).ConfigureAwait(false) == 0)
            {
                empty.Add(Shown(path.Value));
            }
        }
        catch (Exception exception) when (planning.Builder.Items == before && !(exception is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            var problem = ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Storage, $"the datastore {place.Datastore}", place.Datastore));
            if (problem.Code.StartsWith("auth.", StringComparison.Ordinal) || problem.Code.StartsWith("network.", StringComparison.Ordinal))
            {
                throw problem;
            }

            planning.Notes.Add(new PlanWarning("mltable.pathUnreadable", $"{Shown(path.Value)}, which {asset.InWords} names, is left out. {problem.Message}", 1));
        }
    }

    /// <summary>The place a path means: relative ones begin at the table's folder.</summary>
    private async Task<AssetPlace?> PlaceOfAsync(AssetPlace own, string folder, MLTablePath path, CancellationToken cancellationToken)
    {
        var form = path.Kind switch { "file" => PlaceForm.Blob, "folder" => PlaceForm.Folder, _ => PlaceForm.Either };
        var isPattern = path.Kind == "pattern" || path.Value.Contains('*', StringComparison.Ordinal);
        if (path.Value.Contains("://", StringComparison.Ordinal))
        {
            // A pattern's signs would be taken for a query in an address of a storage account.
            return await locator.FindAsync(own.Workspace, path.Value, form, cancellationToken).ConfigureAwait(false) is { } found ? found with { IsPattern = isPattern } : null;
        }

        if (path.Value.StartsWith('/') || path.Value.StartsWith('~') || path.Value.Contains('\\', StringComparison.Ordinal) || path.Value is [_, ':', ..])
        {
            // A path on the machine where the table was written.
            return null;
        }

        var segments = folder.Split('/', StringSplitOptions.RemoveEmptyEntries).ToList();
        foreach (var segment in path.Value.Split('/'))
        {
            if (segment == ".." && segments.Count == 0)
            {
                return null;
            }

            if (segment == "..")
            {
                segments.RemoveAt(segments.Count - 1);
            }
            else if (segment is not ("" or "."))
            {
                segments.Add(segment);
            }
        }

        return own with { Path = string.Join('/', segments), Form = form, IsPattern = isPattern };
    }

    private async Task<string?> ReadAsync(AssetPlace own, string folder, CancellationToken cancellationToken)
    {
        try
        {
            using var download = await accesses.Of(own.Workspace, own.Datastore).ReadAsync(folder + FileName, null, null, cancellationToken).ConfigureAwait(false);
            if (download.Length > MaxBytes)
            {
                return null;
            }

            var bytes = new byte[download.Length];
            await download.Content.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
            return Encoding.UTF8.GetString(bytes);
        }
        catch (Azure.Http.AzureServiceException exception) when (exception.Status == 404)
        {
            return null;
        }
    }

    private static bool SameStore(AssetPlace one, AssetPlace other) =>
        one.Workspace == other.Workspace && one.Datastore.Equals(other.Datastore, StringComparison.OrdinalIgnoreCase);

    private static bool Covers(AssetPlace outer, AssetPlace inner) =>
        SameStore(outer, inner) && (outer == inner || (!outer.IsPattern && outer.Form != PlaceForm.Blob && FolderPrefix.Contains(outer.Folder, inner.Folder + "x")));

    /// <summary>Without a signature, and not longer than a line.</summary>
    private static string Shown(string path)
    {
        var bare = path.Contains("://", StringComparison.Ordinal) ? path.Split('?')[0] : path;
        return bare.Length > 200 ? bare[..200] + "..." : bare;
    }
}
