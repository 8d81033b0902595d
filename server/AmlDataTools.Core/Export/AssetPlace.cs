using AmlDataTools.Azure;
using AmlDataTools.Core.Names;
using AmlDataTools.Core.Places;
using AmlDataTools.Core.Storage;

namespace AmlDataTools.Core.Export;

/// <summary>A place in a datastore from which files of an asset are taken.</summary>
/// <param name="Workspace">The workspace through whose datastore it is reached.</param>
/// <param name="Datastore">The datastore.</param>
/// <param name="Path">The path in it; a file, a folder, or a pattern.</param>
/// <param name="Form">What is there, as far as is known; the other is taken when that is not there.</param>
/// <param name="IsPattern">Whether <c>*</c> and <c>?</c> in the path stand for others.</param>
/// <param name="RunId">The run whose files these are; null for none.</param>
internal sealed record AssetPlace(WorkspaceRef Workspace, string Datastore, string Path, PlaceForm Form, bool IsPattern, string? RunId)
{
    /// <summary>For people.</summary>
    public string Text => Workspace.IsRegistry ? $"registry {Workspace.Name}, {Datastore}: {Path}" : $"{Datastore}: {Path}";

    /// <summary>The place without slashes at its end.</summary>
    public string Bare => Path.TrimEnd('/');

    /// <summary>The folder from which a listing begins: itself, or of a pattern the one above the first wildcard.</summary>
    public string Folder => IsPattern ? DataAddress.WithoutWildcards(Path) : Bare.Length == 0 ? string.Empty : Bare + "/";

    /// <summary>Where it goes when there are several: the datastore and the folders in it, safe, ending in <c>/</c>.</summary>
    public string LocalFolder
    {
        get
        {
            var folder = Folder.TrimEnd('/');
            var parent = IsPattern || Form != PlaceForm.Blob ? folder : folder.Contains('/', StringComparison.Ordinal) ? folder[..folder.LastIndexOf('/')] : string.Empty;
            return string.Concat(new[] { Datastore }.Concat(parent.Split('/', StringSplitOptions.RemoveEmptyEntries)).Select(part => LocalNames.Segment(part) + "/"));
        }
    }

    /// <summary>A location in it.</summary>
    public FileLocation At(string path) => new(Workspace, Datastore, path, null);
}

/// <summary>Adds places to a plan.</summary>
internal static class AssetPlaceAdding
{
    /// <summary>Adds the files of a place: the file, all of the folder, or what fits the pattern.</summary>
    /// <param name="builder">Takes them.</param>
    /// <param name="place">The place.</param>
    /// <param name="into">Local folder, safe, ending in <c>/</c>.</param>
    /// <param name="cancellationToken">Stops listing.</param>
    /// <returns>How many files are there.</returns>
    public static async Task<long> AddPlaceAsync(this PlanBuilder builder, AssetPlace place, string into, CancellationToken cancellationToken)
    {
        if (place.IsPattern)
        {
            return await builder.AddFolderAsync(place.At(place.Folder), into, null, isRunFolder: false, cancellationToken, GlobPattern.Parse("/" + place.Path)).ConfigureAwait(false);
        }

        var mayBeFile = place.Bare.Length > 0 && !place.Path.EndsWith('/');
        var files = 0L;
        if (mayBeFile && place.Form != PlaceForm.Folder)
        {
            files = await builder.TryAddFileAsync(place.At(place.Bare), into, cancellationToken).ConfigureAwait(false) ? 1 : 0;
            if (files > 0 && place.Form == PlaceForm.Blob)
            {
                return files;
            }
        }

        files += await builder.AddFolderAsync(place.At(place.Folder), into, null, isRunFolder: false, cancellationToken).ConfigureAwait(false);

        // People register a single file as a folder too, and the service lets them.
        return files == 0 && mayBeFile && place.Form == PlaceForm.Folder && await builder.TryAddFileAsync(place.At(place.Bare), into, cancellationToken).ConfigureAwait(false) ? 1 : files;
    }
}
