using AmlDataTools.Azure;
using AmlDataTools.Core.Places;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.Changes.Planning;

/// <summary>Finds where the data of models, data assets and datasets lies, and adds it to the plan.</summary>
internal sealed class AssetPlaces
{
    // Folders that belong to nobody in particular: everything of a workspace is below them.
    private static readonly HashSet<string> Roots = new(StringComparer.Ordinal)
    {
        "azureml", "dataset", "ExperimentRun", "ArtifactZip", "ArtifactZip/ExperimentRun", "ComputeRecord", "LocalUpload", "UI", "managed-dataset", "ServiceReplicated",
        "azureml/ExperimentRun", "azureml/ArtifactZip", "azureml/ArtifactZip/ExperimentRun", "azureml/ComputeRecord",
    };

    /// <summary>Adds the data of something, where the plan takes data and it has any.</summary>
    public async Task AddAsync(PlanContext context, PlannedRecord record, ListedResource item, CancellationToken cancellationToken)
    {
        if (!context.FindsPlaces || !record.GivesData)
        {
            return;
        }

        var workspace = item.Address.Workspace;
        var what = item.Address.Kind switch
        {
            ResourceKind.ModelVersion => "files of the model",
            ResourceKind.DataVersion => $"data of version {item.Address.Child}",
            _ => "data of the dataset",
        };
        var addresses = AssetAddress.Of(item);
        foreach (var address in addresses)
        {
            if (address.InStore is { } path)
            {
                await AddAsync(context, record, workspace, path.Datastore, path.Path, address.Form, what, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await AddAsync(context, record, workspace, address.Address, address.Form, what, cancellationToken, isName: item.Address.Kind == ResourceKind.ModelVersion).ConfigureAwait(false);
            }
        }

        if (addresses.Count == 0 && item.Address.Kind == ResourceKind.Dataset)
        {
            AddRefused(context, record, workspace, "its data", "The record does not tell where its data lies (a query, or a public address), so none is deleted.");
        }
    }

    /// <summary>Adds the place an address names.</summary>
    /// <param name="context">The plan.</param>
    /// <param name="record">Whose it is.</param>
    /// <param name="workspace">Where it was found.</param>
    /// <param name="address">The address.</param>
    /// <param name="form">What is there.</param>
    /// <param name="what">What is there, in words.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <param name="isName">Whether <c>*</c> and <c>?</c> in the address are letters, as in that of a model; in a dataset's they are a pattern.</param>
    public async Task AddAsync(
        PlanContext context, PlannedRecord? record, WorkspaceRef workspace, string? address, PlaceForm form, string what, CancellationToken cancellationToken, bool isName = false)
    {
        var found = await FoundPlace.OfAsync(address, workspace, context.StoresAsync, cancellationToken).ConfigureAwait(false);
        if (found is { Datastore: { } datastore })
        {
            await AddAsync(context, record, found.Workspace, datastore, found.Path, form, what, cancellationToken, isName: isName).ConfigureAwait(false);
        }
        else if (found?.Unreached is { } direct)
        {
            AddRefused(context, record, workspace, direct.Path, $"It lies in {direct.Container}, to which no datastore of this workspace leads. Make a datastore for it first, or delete it in the storage account.");
        }
        else
        {
            var where = string.IsNullOrWhiteSpace(address) ? "nowhere that is told" : $"outside the workspace's storage ({address.Split('?')[0]})";
            AddRefused(context, record, workspace, "its data", $"Its data lies {where} and is not deleted here.");
        }
    }

    /// <summary>Adds a path of a datastore.</summary>
    public async Task<PlannedPlace?> AddAsync(
        PlanContext context, PlannedRecord? record, WorkspaceRef workspace, string datastore, string path, PlaceForm form, string what, CancellationToken cancellationToken, string? chosenInRun = null, bool isName = false, bool isOffered = false)
    {
        var bare = path.Trim('/');
        var stores = await context.StoresAsync(workspace, cancellationToken).ConfigureAwait(false);
        if (stores.Of(datastore, bare) is not { } where)
        {
            AddRefused(context, record, workspace, bare, stores.IsOther(datastore)
                ? $"The datastore {datastore} holds no files (a database): what lies there is not deleted here."
                : $"The datastore {datastore} is not in this workspace any more, so there is no way to its data.");
            return null;
        }

        if (where.IsShare && bare.Equals(NotebookShare.UsersFolder, StringComparison.OrdinalIgnoreCase))
        {
            AddRefused(context, record, workspace, $"{datastore}: {bare}/", $"{bare}/ holds the files of everybody who uses the workspace: that is not deleted as a whole. Choose a person's folder in it.");
            return null;
        }

        if (bare.Length == 0 || (!where.IsShare && Roots.Contains(bare)))
        {
            AddRefused(context, record, workspace, $"{datastore}: {bare}/", bare.Length == 0
                ? $"It is the whole datastore {datastore}, with everything in it: that is not deleted as the data of one thing. Choose a folder."
                : $"{bare}/ holds the data of many things of the workspace: that is not deleted as a whole. Choose a folder in it.");
            return null;
        }

        if (path.StartsWith('/') || path.EndsWith("//", StringComparison.Ordinal))
        {
            AddRefused(context, record, workspace, path, "Its path begins or ends in an empty folder name, which storage, SDKs and tools read differently: it is not deleted here.");
            return null;
        }

        // What was chosen in the tree is a name, whatever its letters.
        if ((chosenInRun is null || record is not null) && !isName && bare.AsSpan().IndexOfAny('*', '?') >= 0)
        {
            AddRefused(context, record, workspace, bare, $"Its place is a pattern ({bare}), not a folder or file. Delete the folder {DataAddress.WithoutWildcards(bare)} by itself if all of it may go.");
            return null;
        }

        if (bare.Split('/').Any(segment => segment is "." or ".."))
        {
            AddRefused(context, record, workspace, bare, "Its path holds dots as a folder, which storage, SDKs and tools read differently: it is not deleted here.");
            return null;
        }

        var place = new PlannedPlace(workspace, datastore, bare, path.EndsWith('/') && form == PlaceForm.Either ? PlaceForm.Folder : form, where, what) { Owner = record, ChosenInRun = chosenInRun, IsOffered = isOffered };
        context.Places.Add(place);
        return place;
    }

    private static void AddRefused(PlanContext context, PlannedRecord? record, WorkspaceRef workspace, string path, string why) =>
        context.Places.Add(new PlannedPlace(workspace, string.Empty, path, PlaceForm.Either, default, path) { Owner = record, Refused = why });
}
