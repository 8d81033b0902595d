using System.Text.Json;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Export;
using AmlDataTools.Core.Names;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.PersonalData.Export.Redaction;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Storage;

namespace AmlDataTools.Core.PersonalData.Export;

/// <summary>
/// Works out what giving out the ticked findings of a search brings: their documents as the search kept them, their files where
/// asked for, the index, the report. Findings are read once or twice and never held.
/// </summary>
internal sealed class FoundPlanner(
    OperationStore store, IFoundData data, StorageAccesses accesses, FoundFiles files, Func<string?, CancellationToken, Task<string?>> who, TimeProvider time)
{
    // Listings that are on their way at the same time; each holds a page.
    private const int Ahead = 8;
    private const int ProgressEvery = 500;

    /// <summary>Makes a plan.</summary>
    /// <param name="searchId">The search.</param>
    /// <param name="redactOthers">Takes other people out of the documents.</param>
    /// <param name="includeFiles">The files too.</param>
    /// <param name="progress">Told while planning.</param>
    /// <param name="cancellationToken">Stops planning; nothing is left of it.</param>
    /// <exception cref="ProblemException"><c>search.notFound</c>, <c>search.running</c>, <c>export.nothingChosen</c>, or what the services refused for all.</exception>
    public async Task<OperationPlan> PlanAsync(string searchId, bool redactOthers, bool includeFiles, IProgress<PlanStep>? progress, CancellationToken cancellationToken)
    {
        using var quiet = QuietPaths.Begin();
        var request = data.Request(searchId);
        var created = time.GetUtcNow();
        var folder = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"personal-data-{created.UtcDateTime:yyyyMMdd-HHmmss}");
        using var draft = store.Draft();
        var choices = ExportChoices.Default with { Once = new FilesOnce() };
        var planning = new ExportPlanning(new PlanBuilder(draft, choices, accesses, folder, progress), choices);
        var redactor = redactOthers ? new Redactor(FoundDocuments.PeopleOf(data.Chosen(searchId), part => data.Document(searchId, part), request.Subject, cancellationToken)) : null;
        var run = new Run(searchId, request, folder + "/", planning, redactor, includeFiles, progress);
        using (var list = new FoundListWriter(store.FoundOfDraft(draft.Id)))
        {
            list.Add(new FoundLine { Request = request });
            foreach (var gap in data.Gaps(searchId))
            {
                list.Add(new FoundLine { Gap = gap });
                run.Gaps++;
            }

            await AddAsync(run, list, cancellationToken).ConfigureAwait(false);
            list.Finish();
        }

        if (run.Findings == 0)
        {
            throw new ProblemException("export.nothingChosen", "Nothing is ticked in this search, so there is nothing to give out. Tick at least one finding.");
        }

        AddSummaries(planning.Builder, request.Workspaces[0], run);
        var plan = new OperationPlan(
            draft.Id, OperationVerb.Export, TitleOf(request), created.ToUnixTimeMilliseconds(), await who(request.Workspaces[0].TenantId, cancellationToken).ConfigureAwait(false),
            request.Workspaces[0].ResourceId, draft.Items, draft.Bytes, WarningsOf(run), [], planning.Builder.Sources, folder, HasChildRuns: false)
        {
            PersonalData = new FoundSelection(searchId, redactOthers, includeFiles, run.Findings, [.. request.Workspaces.Select(workspace => workspace.ResourceId)], SubjectPrint.Of(request.Subject)),
        };
        draft.Finish(plan);
        return plan;
    }

    private async Task AddAsync(Run run, FoundListWriter list, CancellationToken cancellationToken)
    {
        // First what has files in it: a file that was found too then stands where it belongs, and is taken once.
        foreach (var findings in data.Chosen(run.SearchId).Where(finding => finding.Kind != FindingKind.File).Chunk(Ahead))
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var begun = findings.Select(finding => (Finding: finding, Target: NodeTargets.Parse(finding.NodeId)))
                .Select(one => (one.Finding, one.Target, Listing: run.IncludeFiles && FoundFiles.HasFiles(one.Finding, one.Target)
                    ? files.BeginAsync(one.Target, DocumentOf(run.SearchId, one.Finding), ending.Token)
                    : null))
                .ToList();
            try
            {
                foreach (var (finding, target, listing) in begun)
                {
                    list.Add(new FoundLine { Found = await AddAsync(run, finding, target, listing, cancellationToken).ConfigureAwait(false) });
                    run.Count(finding);
                }
            }
            finally
            {
                await ending.CancelAsync().ConfigureAwait(false);
                await Task.WhenAll(begun.Select(one => one.Listing).OfType<Task>()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        foreach (var findings in data.Chosen(run.SearchId).Where(finding => finding.Kind == FindingKind.File).Chunk(Ahead * 4))
        {
            var asked = await Task.WhenAll(findings.Select(finding => AskAsync(run, finding, cancellationToken))).ConfigureAwait(false);
            foreach (var (finding, answer) in findings.Zip(asked))
            {
                list.Add(new FoundLine { Found = AddFile(run, finding, answer) });
                run.Count(finding);
            }
        }
    }

    private async Task<FoundItem> AddAsync(Run run, Finding finding, NodeTarget target, Task<FoundFiles.Listing?>? listing, CancellationToken cancellationToken)
    {
        var document = AddDocument(run, finding, target);
        if (!run.IncludeFiles)
        {
            return new FoundItem(finding, document, null, 0, 0, 0, null);
        }

        if (listing is null)
        {
            return new FoundItem(finding, document, null, 0, 0, 0, FoundFiles.WhyNot(target));
        }

        var builder = run.Planning.Builder;
        var (first, again) = (builder.Items, run.Once?.Again ?? 0);
        var why = await files.AddAsync(run.Planning, run.Root, target, listing, cancellationToken).ConfigureAwait(false);
        run.Unlisted += why is null ? 0 : 1;
        return new FoundItem(finding, document, null, first, builder.Items - first, (run.Once?.Again ?? 0) - again, why);
    }

    private async Task<(Azure.Blobs.BlobItem? Blob, string? Why)> AskAsync(Run run, Finding finding, CancellationToken cancellationToken) =>
        run.IncludeFiles && NodeTargets.Parse(finding.NodeId) is FileTarget file && run.Planning.Builder.ItemOf(file.Location) is null
            ? await files.AskAsync(file, cancellationToken).ConfigureAwait(false)
            : (null, null);

    private FoundItem AddFile(Run run, Finding finding, (Azure.Blobs.BlobItem? Blob, string? Why) answer)
    {
        var target = NodeTargets.Parse(finding.NodeId);
        var document = AddDocument(run, finding, target);
        if (!run.IncludeFiles || target is not FileTarget file)
        {
            return new FoundItem(finding, document, null, 0, 0, 0, null);
        }

        var builder = run.Planning.Builder;
        if (answer.Blob is { } blob && builder.ItemOf(file.Location) is null)
        {
            var (into, relative) = FoundFiles.PlaceOf(file);
            builder.AddFile(file.Location, blob, run.Root + into, relative);
        }

        run.Unlisted += answer.Why is null ? 0 : 1;
        return new FoundItem(finding, document, builder.ItemOf(file.Location), 0, 0, 0, answer.Why);
    }

    private static long? AddDocument(Run run, Finding finding, NodeTarget target)
    {
        if (finding.Document is not { } part)
        {
            run.WithoutDocument++;
            return null;
        }

        var (folder, name) = FoundNames.DocumentOf(finding, target, run.Redactor);
        var kind = ReceiptForm.Camel(finding.Kind.ToString());
        return run.Planning.Builder.AddFound(run.WorkspaceOf(finding), $"{kind}:{name}", run.Root + folder, LocalNames.Segment(name) + ".json", part);
    }

    private static void AddSummaries(PlanBuilder builder, WorkspaceRef workspace, Run run)
    {
        string[] names = run.Redactor is null
            ? [FoundNames.IndexJson, FoundNames.IndexCsv, FoundNames.ReportMarkdown, FoundNames.ReportHtml]
            : [FoundNames.IndexJson, FoundNames.IndexCsv, FoundNames.Redactions, FoundNames.ReportMarkdown, FoundNames.ReportHtml];
        foreach (var name in names)
        {
            builder.AddSummary(workspace, FoundSources.Summary + name, run.Root, name, from: 0);
        }
    }

    private ReadOnlyMemory<byte>? DocumentOf(string searchId, Finding finding) => finding.Document is { } part ? data.Document(searchId, part) : null;

    /// <summary>Without the person's name: titles stand in lists, logs and receipts.</summary>
    private static string TitleOf(SearchRequest request) => request.Workspaces is [var only]
        ? $"Export personal data found in {only.Name}"
        : $"Export personal data found in {Sizes.Count(request.Workspaces.Count, "workspace")}";

    private static IReadOnlyList<PlanWarning> WarningsOf(Run run)
    {
        var warnings = new List<PlanWarning>();
        Warn(run.Redactor is null ? 1 : 0, "personalData.othersStay", _ => "The documents also tell of other people, such as who changed a run of this person. They stay in: choose to take them out if this goes to the person.");
        Warn(run.Redactor is not null && run.IncludeFiles ? 1 : 0, "personalData.filesAsTheyAre", _ => "Files and their names are given as they are: what they tell of other people is not taken out.");
        Warn(run.ByNameOnly, "personalData.byNameOnly", n => $"For {Sizes.Count(n, "finding")} only the display name speaks: perhaps somebody else's of the same name.");
        Warn(run.Gaps, "personalData.notSearched", n => $"{Sizes.Count(n, "thing")} {(n == 1 ? "was" : "were")} not searched; the report says which and why.");
        Warn(run.WithoutDocument, "personalData.noDocument", n => $"{Sizes.Count(n, "finding")} {(n == 1 ? "has" : "have")} no document: listed in the index only.");
        Warn(run.Unlisted, "personalData.filesLeftOut", n => $"The files of {Sizes.Count(n, "finding")} are not all there; the index says why.");
        warnings.AddRange(run.Planning.Warnings());
        return warnings;

        void Warn(long count, string code, Func<long, string> message)
        {
            if (count > 0)
            {
                warnings.Add(new PlanWarning(code, message(count), count));
            }
        }
    }

    /// <summary>What is gathered while a plan is made.</summary>
    private sealed class Run(string searchId, SearchRequest request, string root, ExportPlanning planning, Redactor? redactor, bool includeFiles, IProgress<PlanStep>? progress)
    {
        public string SearchId => searchId;

        public string Root => root;

        public ExportPlanning Planning => planning;

        public FilesOnce? Once => planning.Choices.Once;

        public Redactor? Redactor => redactor;

        public bool IncludeFiles => includeFiles;

        public long Findings { get; private set; }

        public WorkspaceRef WorkspaceOf(Finding finding) =>
            request.Workspaces.FirstOrDefault(workspace => workspace.ResourceId.Equals(finding.Workspace, StringComparison.OrdinalIgnoreCase)) ?? request.Workspaces[0];

        public long ByNameOnly { get; private set; }

        public long Gaps { get; set; }

        public long WithoutDocument { get; set; }

        public long Unlisted { get; set; }

        public void Count(Finding finding)
        {
            Findings++;
            ByNameOnly += finding.Grade == MatchGrade.DisplayName ? 1 : 0;
            if (Findings % ProgressEvery == 0)
            {
                progress?.Report(new PlanStep("Planning what was found", planning.Builder.Items, planning.Builder.Bytes));
            }
        }
    }
}
