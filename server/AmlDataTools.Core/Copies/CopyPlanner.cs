using AmlDataTools.Azure;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Export;
using AmlDataTools.Core.Names;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Storage;
using AmlDataTools.Core.Transfer;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.Copies;

/// <summary>
/// Works out what a copy in storage would do: the blobs that an export would bring, under the same paths below the target's folder, compared with
/// what is there. Changes nothing.
/// </summary>
internal sealed class CopyPlanner(StorageAccesses accesses, OperationStore store, ExportPlanner exports, CopyTargetReader targets, ILogger logger)
{
    private const int MaxNameLength = 1024;
    private const int MaxSegments = 254;
    private const int Page = 1000;

    /// <summary>So many folders are listed one by one; of more, the whole target folder is.</summary>
    private const int ListedRoots = 100;

    /// <summary>Makes a plan.</summary>
    /// <exception cref="ProblemException">
    /// <c>copy.badTarget</c>, <c>copy.targetHasSas</c>, <c>copy.foreignTarget</c>, <c>copy.noContainer</c>, <c>copy.ontoItself</c>, <c>copy.intoSource</c>,
    /// <c>storage.needsWriteAccess</c>, or what the plan of an export refuses.
    /// </exception>
    public async Task<OperationPlan> PlanAsync(CopyRequest request, IProgress<PlanStep>? progress, CancellationToken cancellationToken)
    {
        if (request.NodeIds.Count == 0)
        {
            throw new ProblemException("export.nothingChosen", "Choose a run, a folder, a file, a named output, a model or a data asset first.");
        }

        var target = await targets.ReadAsync(request, WorkspaceOf(NodeTargets.Parse(request.NodeIds[0])), cancellationToken).ConfigureAwait(false);
        var listing = new TargetListing(targets.Open(target), logger);
        progress?.Report(new PlanStep($"Looking at {target.Text}", 0, 0));
        await listing.EnsureContainerAsync(target, cancellationToken).ConfigureAwait(false);
        var scope = new CopyScope();
        var export = await exports.PlanAsync(request.NodeIds, request.Choices with { FullRecord = false, Copy = scope }, progress, cancellationToken).ConfigureAwait(false);
        try
        {
            var containers = await ContainersAsync(export, cancellationToken).ConfigureAwait(false);
            RefuseInside(target, scope, export, containers);
            foreach (var root in Roots(export, target))
            {
                progress?.Report(new PlanStep($"Looking at what is in {root}", export.Items, export.Bytes));
                await listing.ReadAsync(root, cancellationToken).ConfigureAwait(false);
            }

            return Write(export, target, scope, listing, containers, cancellationToken);
        }
        finally
        {
            store.Drop(export.Id);
        }
    }

    private async Task<Dictionary<string, Uri>> ContainersAsync(OperationPlan export, CancellationToken cancellationToken)
    {
        var containers = new Dictionary<string, Uri>(StringComparer.Ordinal);
        foreach (var (key, info) in export.Sources)
        {
            // A registry's own storage, which nobody may write to, is no target.
            if (info is { Datastore: { } datastore, Registry: null })
            {
                var place = await accesses.Of(info.Place, datastore).GetPlaceAsync(cancellationToken).ConfigureAwait(false);
                containers[key] = place.IsShare ? throw CopyProblems.NoCopies() : place.Container;
            }
        }

        return containers;
    }

    /// <summary>A copy into what is copied would be copied itself the next time, and makes the source another one.</summary>
    private static void RefuseInside(CopyTarget target, CopyScope scope, OperationPlan export, Dictionary<string, Uri> containers)
    {
        foreach (var (source, prefix) in scope.Folders)
        {
            var key = export.Sources.First(s => s.Value == source).Key;
            if (containers.TryGetValue(key, out var container) && IsSame(container, target.Container) && FolderPrefix.Contains(prefix, target.Folder))
            {
                throw new ProblemException("copy.intoSource", $"The target {target.Text} lies in what would be copied ({prefix}). Choose a folder outside it.") { Target = target.Text };
            }
        }
    }

    private IEnumerable<string> Roots(OperationPlan export, CopyTarget target)
    {
        if (export.FolderName is { } name)
        {
            return [$"{target.Folder}{name}/"];
        }

        var roots = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in Items(export.Id))
        {
            var slash = item.Path.IndexOf('/', StringComparison.Ordinal);
            roots.Add(target.Folder + (slash < 0 ? item.Path : item.Path[..(slash + 1)]));
            if (roots.Count > ListedRoots)
            {
                return [target.Folder];
            }
        }

        return roots;
    }

    private OperationPlan Write(
        OperationPlan export, CopyTarget target, CopyScope scope, TargetListing listing, Dictionary<string, Uri> containers, CancellationToken cancellationToken)
    {
        using var draft = store.Draft();
        var counts = new Counts();
        foreach (var item in Items(export.Id))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var path = target.Folder + item.Path;
            if (item.Refused is null && containers.TryGetValue(item.Source, out var container) && IsSame(container, target.Container) && path == item.Name)
            {
                throw new ProblemException("copy.ontoItself", $"{item.Name} would be copied onto itself: the target {target.Text} is where it lies. Choose another folder.") { Target = target.Text };
            }

            var there = item.Refused is null ? listing.Find(path, item.Length, item.Md5) : null;
            counts.Add(item, there);
            draft.Add(item with
            {
                Path = path,
                There = there?.Blob,
                Refused = item.Refused ?? (path.Length > MaxNameLength || path.Count(c => c == '/') >= MaxSegments ? "Its name would be too long for storage in that folder (1,024 characters, 254 folders)." : null),
                Note = item.Note ?? (there is null ? null : there.Value.Blob.IsIdentical ? "An identical blob is already there." : there.Value.IsProtected ? "Something else is there, and protected." : "Something else is there."),
            });
        }

        var plan = export with
        {
            Id = draft.Id,
            Verb = OperationVerb.Copy,
            Title = $"Copy {export.Title[(export.Title.IndexOf(' ', StringComparison.Ordinal) + 1)..]}",
            Items = draft.Items,
            Bytes = draft.Bytes,
            Warnings = [.. Warnings(export, scope, counts, listing)],
            FolderName = null,
            Copy = new CopyPlan(target, counts.Identical, counts.Different, counts.Protected),
        };
        draft.Finish(plan);
        return plan;
    }

    private static IEnumerable<PlanWarning> Warnings(OperationPlan export, CopyScope scope, Counts counts, TargetListing listing)
    {
        foreach (var warning in export.Warnings.Where(w => w.Code is not ("files.noHash" or "names.mapped")))
        {
            yield return warning;
        }

        if (counts.Identical > 0)
        {
            yield return new PlanWarning("copy.identical", $"{Sizes.Count(counts.Identical, "blob")} of the same length and MD5 {(counts.Identical == 1 ? "is" : "are")} there already.", counts.Identical);
        }

        if (counts.Different > 0)
        {
            yield return new PlanWarning("copy.different", $"Under {Sizes.Count(counts.Different, "name")} something else is there already.", counts.Different);
        }

        if (counts.Protected > 0)
        {
            yield return new PlanWarning("copy.protected", $"{Sizes.Count(counts.Protected, "blob")} of these {(counts.Protected == 1 ? "is" : "are")} protected by a policy or legal hold and cannot be replaced.", counts.Protected);
        }

        if (counts.Different > 0 && !listing.KnowsProtection)
        {
            yield return new PlanWarning("copy.protectionUnknown", "The target account does not tell which of its blobs are protected: those cannot be replaced.", 1);
        }

        if (counts.WithoutMd5 > 0)
        {
            yield return new PlanWarning("files.noHash", $"The service has no MD5 of {Sizes.Count(counts.WithoutMd5, "blob")}: verified by length and version only.", counts.WithoutMd5);
        }

        if (counts.Renamed > 0)
        {
            yield return new PlanWarning("names.mapped", $"{Sizes.Count(counts.Renamed, "blob")} with dots as a folder in the name: written under a changed name, recorded in the receipt.", counts.Renamed);
        }

        if (scope.Documents > 0)
        {
            yield return new PlanWarning("copy.blobsOnly", "Copied are blobs with their content properties: no metadata, no tags, no model.json or data.json.", 1);
        }
    }

    private IEnumerable<TransferItem> Items(string planId)
    {
        for (long? offset = 0; offset is { } at;)
        {
            var (items, next) = store.PlanItems(planId, at, Page);
            foreach (var item in items)
            {
                yield return item;
            }

            offset = next;
        }
    }

    private static bool IsSame(Uri one, Uri other) =>
        one.IdnHost.Equals(other.IdnHost, StringComparison.OrdinalIgnoreCase) && one.Port == other.Port && one.AbsolutePath.Trim('/') == other.AbsolutePath.Trim('/');

    private static WorkspaceRef WorkspaceOf(NodeTarget target) => target switch
    {
        RunTarget run => run.Workspace,
        RunFilesTarget files => files.Location.Workspace,
        Explorer.FolderTarget folder => folder.Location.Workspace,
        FileTarget file => file.Location.Workspace,
        NamedOutputTarget output => output.Workspace,
        ResourceTarget resource => resource.Resource.Workspace,
        _ => throw new ProblemException("export.notPossible", "Only runs, folders, files, named outputs, models, data assets and datasets can be copied."),
    };

    private sealed class Counts
    {
        public long Identical { get; private set; }

        public long Different { get; private set; }

        public long Protected { get; private set; }

        public long WithoutMd5 { get; private set; }

        public long Renamed { get; private set; }

        public void Add(TransferItem item, (BlobThere Blob, bool IsProtected)? there)
        {
            WithoutMd5 += item.Md5 is null ? 1 : 0;
            Renamed += item.Refused is null && item.Path.Contains("%2E", StringComparison.OrdinalIgnoreCase) && item.Note is not null ? 1 : 0;
            if (there is { } found)
            {
                Identical += found.Blob.IsIdentical ? 1 : 0;
                Different += found.Blob.IsIdentical ? 0 : 1;
                Protected += found is { Blob.IsIdentical: false, IsProtected: true } ? 1 : 0;
            }
        }
    }
}
