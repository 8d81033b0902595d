using AmlDataTools.Azure;
using AmlDataTools.Core.Audit;
using AmlDataTools.Core.Changes;
using AmlDataTools.Core.Changes.Execution;
using AmlDataTools.Core.Changes.Planning;
using AmlDataTools.Core.Changes.Review;
using AmlDataTools.Core.Changes.Undo;
using AmlDataTools.Core.Copies;
using AmlDataTools.Core.Datastores;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Explorer.Nodes;
using AmlDataTools.Core.Export;
using AmlDataTools.Core.Notebooks;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.PersonalData;
using AmlDataTools.Core.PersonalData.Content;
using AmlDataTools.Core.PersonalData.Erase;
using AmlDataTools.Core.PersonalData.Export;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.RetentionRules;
using AmlDataTools.Core.Runs;
using AmlDataTools.Core.Storage;
using AmlDataTools.Core.Transfer;
using AmlDataTools.Core.Workspaces.Leftovers;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core;

/// <summary>The product, put together over a connection: the tree, the planner and the operations. Knows no editor and no wire.</summary>
public sealed class Workbench : IAsyncDisposable
{
    private readonly AzureConnection _connection;
    private readonly StorageAccesses _accesses;
    private readonly OperationStore _store;
    private readonly ExportPlanner _planner;
    private readonly FoundPlanner _found;
    private readonly CopyPlanner _copies;
    private readonly ChangePlanner _changes;
    private readonly UndoPlanner _undo;
    private readonly ErasePlanner _erase;
    private readonly ChangePlanPages _pages;
    private readonly FileTexts _texts;

    /// <summary>Puts it together.</summary>
    /// <param name="connection">The cloud and the sign-in; disposed of with this.</param>
    /// <param name="storageFolder">Absolute folder for plans, journals and receipts, shared by all windows.</param>
    /// <param name="loggers">For the log.</param>
    /// <param name="mask">Told of the people who must not be named in the log; null for a log that names nobody anyway.</param>
    /// <exception cref="Problems.ProblemException">The folder cannot be used.</exception>
    public Workbench(AzureConnection connection, string storageFolder, ILoggerFactory loggers, LogMask? mask = null)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(loggers);
        var time = TimeProvider.System;
        _connection = connection;
        _accesses = new StorageAccesses(connection, loggers.CreateLogger("AmlDataTools.Core.Storage"));
        Files = new FileContents(_accesses, loggers.CreateLogger("AmlDataTools.Core.Datastores"));
        _store = new OperationStore(storageFolder);
        _store.Prepare();
        var browser = new FileBrowser(_accesses);
        var runs = new RunReader(connection);
        var outputs = new NamedOutputResolver(connection, runs, browser);
        Explorer = new ExplorerService(connection, browser, outputs, loggers, time, _store.DeletedWorkspaces);
        Assets = new AssetDescriber(connection, new PlaceMeter(_accesses), runs, outputs, time);
        Candidates = new WorkspaceCandidates(connection, loggers.CreateLogger("AmlDataTools.Core.Notebooks"));
        var assets = new AssetPlanner(connection, _accesses, new ResourceLister(connection), runs, outputs);
        _planner = new ExportPlanner(connection, _accesses, _store, runs, outputs, assets, time);
        var logger = loggers.CreateLogger("AmlDataTools.Core.Operations");
        var services = new ChangeServices(connection, _accesses);
        var targets = new CopyTargetReader(connection, _accesses);
        _copies = new CopyPlanner(_accesses, _store, _planner, targets, logger);
        _texts = new FileTexts(new TransferSettings(), time);
        PersonalData = new SearchService(
            new SearchStore(storageFolder),
            SearchParts.All(connection, _accesses, _texts),
            new StudioLinks(connection.Cloud.PortalUrl),
            time,
            loggers.CreateLogger("AmlDataTools.Core.PersonalData"),
            mask);
        _found = new FoundPlanner(
            _store, PersonalData, _accesses, new FoundFiles(_accesses, runs, assets), (tenant, token) => Caller.DescribeAsync(connection, tenant, token), time);
        var audit = new AuditLog(Path.Combine(storageFolder, "audit"), time, loggers.CreateLogger("AmlDataTools.Core.Audit"));
        var audited = new OperationAudit(audit, _store, loggers.CreateLogger("AmlDataTools.Core.Audit"));
        Audit = new AuditService(audit, audited, _store, time);
        Operations = new OperationsService(
            _store,
            new ExecutionFactory(
                _store, new FoundSourceFactory(new ExportSourceFactory(connection, _accesses), PersonalData, _store), new TransferSettings(), services, new ChangeSettings(), time, logger, new CopyExecutions(_accesses, targets, new CopySettings()), mask),
            time,
            logger,
            audited);
        _pages = new ChangePlanPages(_store);
        _changes = new ChangePlanner(
            connection, _accesses, _store, runs, outputs, new ResourceLister(connection), new LeftoverFinder(connection, _store.DeletedWorkspaces, time), time, loggers.CreateLogger("AmlDataTools.Core.Changes"));
        _erase = new ErasePlanner(
            connection, _accesses, _store, runs, outputs, new ResourceLister(connection), PersonalData, mask, time, loggers.CreateLogger("AmlDataTools.Core.Changes"));
        Retention = new RetentionService(new RetentionStore(storageFolder, time, loggers.CreateLogger("AmlDataTools.Core.RetentionRules")), _changes);
        _undo = new UndoPlanner(_store, services, (tenant, token) => Caller.DescribeAsync(connection, tenant, token), time, logger);
    }

    /// <summary>The tree.</summary>
    public ExplorerService Explorer { get; }

    /// <summary>What references in code are to.</summary>
    public AssetDescriber Assets { get; }

    /// <summary>Which workspaces and registries have something of a name.</summary>
    public WorkspaceCandidates Candidates { get; }

    /// <summary>Files of datastores, to be looked at.</summary>
    public FileContents Files { get; }

    /// <summary>The operations.</summary>
    public OperationsService Operations { get; }

    /// <summary>Retention rules.</summary>
    public RetentionService Retention { get; }

    /// <summary>The audit log of the operations.</summary>
    public AuditService Audit { get; }
    /// <summary>The searches for personal data.</summary>
    public SearchService PersonalData { get; }

    /// <summary>The signed-in person as a subject of searches; null when the token tells nothing, or is that of a program.</summary>
    /// <param name="tenantId">The tenant; null for the account's own.</param>
    /// <param name="cancellationToken">Stops asking for a token.</param>
    public Task<Subject?> MeAsync(string? tenantId, CancellationToken cancellationToken) => Caller.SubjectAsync(_connection, tenantId, cancellationToken);

    /// <summary>Works out what an export would bring. Fetches nothing but lists and records.</summary>
    /// <param name="nodeIds">Nodes of the tree.</param>
    /// <param name="choices">What to take.</param>
    /// <param name="progress">Told while listing; null for nobody.</param>
    /// <param name="cancellationToken">Stops planning; nothing is left of it.</param>
    /// <exception cref="Problems.ProblemException"><c>export.nothingFound</c>, <c>export.notPossible</c>, or what the services refused.</exception>
    public Task<OperationPlan> PlanExportAsync(
        IReadOnlyList<string> nodeIds, ExportChoices choices, IProgress<PlanStep>? progress, CancellationToken cancellationToken) =>
        _planner.PlanAsync(nodeIds, choices, progress, cancellationToken);

    /// <summary>Works out what giving out the ticked findings of a search brings. Changes nothing.</summary>
    /// <param name="searchId">The search.</param>
    /// <param name="redactOthers">Other people are taken out of the documents.</param>
    /// <param name="includeFiles">The files too, not the documents alone.</param>
    /// <param name="progress">Told while planning; null for nobody.</param>
    /// <param name="cancellationToken">Stops planning; nothing is left of it.</param>
    /// <exception cref="Problems.ProblemException"><c>search.notFound</c>, <c>search.running</c>, <c>export.nothingChosen</c>, or what the services refused.</exception>
    public Task<OperationPlan> PlanFoundAsync(string searchId, bool redactOthers, bool includeFiles, IProgress<PlanStep>? progress, CancellationToken cancellationToken) =>
        _found.PlanAsync(searchId, redactOthers, includeFiles, progress, cancellationToken);

    /// <summary>Works out what a copy in storage would do. Changes nothing.</summary>
    /// <param name="request">What is to be copied where.</param>
    /// <param name="progress">Told while listing; null for nobody.</param>
    /// <param name="cancellationToken">Stops planning; nothing is left of it.</param>
    /// <exception cref="Problems.ProblemException"><c>copy.*</c>, <c>storage.needsWriteAccess</c>, or what the plan of an export refuses.</exception>
    public Task<OperationPlan> PlanCopyAsync(CopyRequest request, IProgress<PlanStep>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _copies.PlanAsync(request, progress, cancellationToken);
    }

    /// <summary>A page of a plan's items.</summary>
    /// <param name="planId">The plan.</param>
    /// <param name="offset">Where to begin, from the page before; 0 for the first.</param>
    /// <param name="count">How many at most.</param>
    /// <exception cref="Problems.ProblemException"><c>plan.notFound</c>, <c>request.badPageToken</c>.</exception>
    public (IReadOnlyList<PlannedItem> Items, long? Next) PlanItems(string planId, long offset, int count)
    {
        var (items, next) = _store.PlanItems(planId, offset, count);
        return ([.. items.Select(i => new PlannedItem(i.Index, i.Kind switch { TransferKind.Folder => "folder", TransferKind.Document or TransferKind.Summary => "document", _ => "file" }, i.Name, i.Path, i.Length, i.Refused ?? i.Note))], next);
    }

    /// <summary>Works out what archiving, restoring, unregistering, deleting, undeleting or erasing would do. Changes nothing.</summary>
    /// <param name="request">What is to be done, with nodes of the tree or with a finished operation.</param>
    /// <param name="progress">Told while reading; null for nobody.</param>
    /// <param name="cancellationToken">Stops planning; nothing is left of it.</param>
    /// <exception cref="Problems.ProblemException">Nothing is there to do, or the services refused.</exception>
    public Task<OperationPlan> PlanChangeAsync(ChangeRequest request, IProgress<PlanStep>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        IChangePlanner planner = request.Verb == OperationVerb.Erase ? _erase : request.OperationId is null ? _changes : _undo;
        return planner.PlanAsync(request, progress, cancellationToken);
    }

    /// <summary>A page of the items of a change's plan.</summary>
    /// <param name="planId">The plan, started or not.</param>
    /// <param name="order">The order.</param>
    /// <param name="descending">Backwards.</param>
    /// <param name="search">A part of the name or label, whatever the case; null for all.</param>
    /// <param name="first">How many items to leave out, from the page before; 0 for the first.</param>
    /// <param name="count">How many at most.</param>
    /// <exception cref="Problems.ProblemException"><c>plan.notFound</c>, <c>request.badPageToken</c>.</exception>
    public (IReadOnlyList<PlannedChange> Items, long? Next) PlannedChanges(string planId, PlanOrder order, bool descending, string? search, long first, int count) =>
        _pages.Page(planId, order, descending, search, first, count);

    /// <summary>Whether a plan is that of a download or a copy.</summary>
    /// <param name="planId">The plan, started or not.</param>
    /// <exception cref="Problems.ProblemException"><c>plan.notFound</c>.</exception>
    public bool IsExport(string planId) => (_store.Find(planId)?.Plan ?? _store.Plan(planId)).Verb is OperationVerb.Export or OperationVerb.Copy;

    /// <summary>Whether a plan is that of a copy.</summary>
    /// <param name="planId">The plan, started or not.</param>
    /// <exception cref="Problems.ProblemException"><c>plan.notFound</c>.</exception>
    public bool IsCopy(string planId) => _store.PlanOrOperation(planId).Verb == OperationVerb.Copy;

    /// <summary>The account changed: ways in and addresses found with the old one are dropped.</summary>
    public void Forget()
    {
        _connection.Forget();
        _accesses.Forget();
        Assets.Forget();
        Explorer.Refresh(null);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await PersonalData.DisposeAsync().ConfigureAwait(false);
        _texts.Dispose();
        await Operations.DisposeAsync().ConfigureAwait(false);
        _connection.Dispose();
    }
}

/// <summary>An item of a plan, to look at.</summary>
/// <param name="Id">Its number within the plan.</param>
/// <param name="Kind"><c>file</c>, <c>folder</c> or <c>document</c>.</param>
/// <param name="Name">Its name at the service.</param>
/// <param name="Path">Where it would be written, relative to the destination.</param>
/// <param name="Bytes">Its size; null when it is made on the way.</param>
/// <param name="Note">What is special about it; null for nothing.</param>
public sealed record PlannedItem(long Id, string Kind, string Name, string Path, long? Bytes, string? Note);
