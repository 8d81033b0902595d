using AmlDataTools.Azure.RunHistory;
using AmlDataTools.Core.Places;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Runs;
using AmlDataTools.Core.Storage;

namespace AmlDataTools.Core.Explorer.Branches;

/// <summary>Files and folders, and the named outputs that lead to them.</summary>
internal sealed class FilesBranch(BranchContext context, IFileBrowser browser, NamedOutputResolver outputs, RunNames names)
{
    /// <summary>What a datastore holds at its root.</summary>
    public async Task<ChildrenPage> ReadAsync(ResourceAddress store, ChildrenRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(new FileLocation(store.Workspace, store.Name, string.Empty, null), null, request, cancellationToken).ConfigureAwait(false);
        }
        catch (ProblemException problem) when (problem.Code == "datastore.unsupported")
        {
            return new ChildrenPage(
                [context.Nodes.Notice(request.NodeId, problem.Code, $"{store.Name} cannot be browsed here yet: only blob containers, Data Lake Storage Gen2 file systems and file shares can. Open it in Azure ML studio or the portal.")],
                null);
        }
    }

    /// <summary>What a folder holds.</summary>
    public async Task<ChildrenPage> ReadAsync(FileLocation folder, string? runId, ChildrenRequest request, CancellationToken cancellationToken)
    {
        var size = BranchContext.PageSize(request, BranchContext.DefaultFilePageSize);
        var page = await ListAsync(folder, request.PageToken, size, cancellationToken).ConfigureAwait(false);
        var nodes = new List<ExplorerNode>(page.Entries.Count + 1);
        if (page.Notice is { Length: > 0 } notice)
        {
            nodes.Add(context.Nodes.Notice(request.NodeId, "listing:" + request.PageToken, notice));
        }

        // Below a run everything is that run's; below a datastore the folders of runs bear their ids only.
        var known = runId is null ? await names.ReadAsync(folder.Workspace, page.Entries, cancellationToken).ConfigureAwait(false) : RunNames.None;
        nodes.AddRange(page.Entries.Select(entry => context.Files.Of(folder, entry, runId, known.GetValueOrDefault(entry.Path))));
        if (page.Entries.Count == 0 && request.PageToken is null && page.NextPageToken is null)
        {
            nodes.Add(context.Nodes.Notice(request.NodeId, "empty", $"No files here. Looked in {folder.Datastore}: {(folder.Path.Length == 0 ? "/" : folder.Path)}"));
        }

        return new ChildrenPage(nodes, page.NextPageToken);
    }

    private async Task<FilePage> ListAsync(FileLocation folder, string? token, int size, CancellationToken cancellationToken)
    {
        try
        {
            return await browser.ListFolderAsync(folder, token, size, cancellationToken).ConfigureAwait(false);
        }
        catch (ProblemException problem) when (problem.Code == "datastore.notFound" && folder == NotebookShare.UsersOf(folder.Workspace))
        {
            throw new ProblemException(
                "notebooks.noShare",
                $"The workspace {folder.Workspace.Name} has no datastore {NotebookShare.Datastore}, through which its notebooks are reached: it is of a kind without notebooks, or the datastore was unregistered. If the file share is still there, register it anew in Azure ML studio.",
                problem)
            { Target = NotebookShare.Datastore, Actions = [ProblemAction.Retry, ProblemAction.OpenInStudio] };
        }
    }

    /// <summary>The named outputs of a run.</summary>
    public async Task<ChildrenPage> ReadAsync(NamedOutputsTarget target, ChildrenRequest request, CancellationToken cancellationToken)
    {
        var run = await GetRunAsync(target.Workspace, target.RunId, cancellationToken).ConfigureAwait(false);
        var nodes = new List<ExplorerNode>();
        await foreach (var output in outputs.ResolveAsync(target.Workspace, run, cancellationToken).ConfigureAwait(false))
        {
            nodes.Add(context.Nodes.NamedOutput(target.Workspace, target.RunId, output));
        }

        return new ChildrenPage(
            nodes.Count > 0 ? nodes : [context.Nodes.Notice(request.NodeId, "empty", "This run has no named outputs: none on its record, in its job, or in the default datastore.")],
            null);
    }

    /// <summary>What a named output holds.</summary>
    public async Task<ChildrenPage> ReadAsync(NamedOutputTarget target, ChildrenRequest request, CancellationToken cancellationToken)
    {
        var run = await GetRunAsync(target.Workspace, target.RunId, cancellationToken).ConfigureAwait(false);
        await foreach (var output in outputs.ResolveAsync(target.Workspace, run, cancellationToken).ConfigureAwait(false))
        {
            if (output.Name != target.Name)
            {
                continue;
            }

            var path = output.Path.Length == 0 || output.Path.EndsWith('/') ? output.Path : output.Path + "/";
            return output.Kind == NamedOutputKind.Unknown && request.PageToken is null && await FindFileAsync(output.Location, cancellationToken).ConfigureAwait(false) is { } file
                ? new ChildrenPage([context.Files.Of(output.Location, file, target.RunId, null)], null)
                : await ReadAsync(output.Location with { Path = path }, target.RunId, request, cancellationToken).ConfigureAwait(false);
        }

        throw new ProblemException("namedOutput.notFound", $"The run {target.RunId} has no named output {target.Name} any more. Refresh the list.")
        {
            Target = target.Name,
            Actions = [ProblemAction.Retry],
        };
    }

    // A model may be one file; then its own name is all that tells, in a listing of the folder it lies in.
    private async Task<FileEntry?> FindFileAsync(FileLocation location, CancellationToken cancellationToken)
    {
        if (location.Path.Length == 0 || location.Path.EndsWith('/'))
        {
            return null;
        }

        var parent = location with { Path = location.Path[..(location.Path.LastIndexOf('/') + 1)] };
        var page = await browser.ListFolderAsync(parent, null, BranchContext.MaxPageSize, cancellationToken).ConfigureAwait(false);
        return page.Entries.FirstOrDefault(entry => !entry.IsFolder && entry.Path == location.Path);
    }

    private Task<RunDocument> GetRunAsync(Azure.WorkspaceRef workspace, string runId, CancellationToken cancellationToken)
        => context.Connection.Workspace(workspace).RunHistory.GetRunAsync(runId, cancellationToken);
}
