using System.Collections.Concurrent;
using System.Text.Json;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.PersonalData.Export.Redaction;
using AmlDataTools.Core.PersonalData.Export.Reports;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Transfer;

namespace AmlDataTools.Core.PersonalData.Export;

/// <summary>Opens the sources of exports: of those that give out what a search found, its documents and what is written about them too.</summary>
internal sealed class FoundSourceFactory(ISourceFactory others, IFoundData data, OperationStore store) : ISourceFactory
{
    /// <inheritdoc/>
    public ITransferSources For(OperationPlan plan) => plan.PersonalData is { } selection ? new FoundSources(others.For(plan), data, plan, selection, store.FoundOf(plan.Id)) : others.For(plan);
}

/// <summary>
/// Writes what a search found: documents from the search's own store, then index, redactions and report. All of it can be
/// written again with the same bytes, so nothing of it needs a journal of its own.
/// </summary>
internal sealed class FoundSources : ITransferSources
{
    /// <summary>What the names of the summaries begin with.</summary>
    public const string Summary = "personalData:";

    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    private readonly ITransferSources _others;
    private readonly IFoundData _data;
    private readonly OperationPlan _plan;
    private readonly FoundSelection _selection;
    private readonly string _list;
    private readonly Lazy<SearchRequest> _request;
    private readonly Lock _gathering = new();
    private readonly ConcurrentDictionary<long, int> _redacted = new();
    private People? _people;

    /// <summary>Opens them.</summary>
    /// <param name="others">Where files come from.</param>
    /// <param name="data">What searches found.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="selection">What it gives out.</param>
    /// <param name="list">Where its list of findings is.</param>
    public FoundSources(ITransferSources others, IFoundData data, OperationPlan plan, FoundSelection selection, string list)
    {
        (_others, _data, _plan, _selection, _list) = (others, data, plan, selection, list);
        _request = new Lazy<SearchRequest>(() => FoundList.RequestOf(list));
    }

    private IEnumerable<FoundItem> Findings => FoundList.FindingsOf(_list);

    /// <inheritdoc/>
    public ValueTask<IBlobSource> BlobsAsync(string key, CancellationToken cancellationToken) => _others.BlobsAsync(key, cancellationToken);

    /// <inheritdoc/>
    public async Task WriteDocumentAsync(TransferItem item, DocumentDraft draft, CancellationToken cancellationToken)
    {
        if (item.Found is not { } part)
        {
            await _others.WriteDocumentAsync(item, draft, cancellationToken).ConfigureAwait(false);
            return;
        }

        var redactions = new List<Redaction.Redaction>();
        var document = FoundDocuments.Given(Read(part), People(cancellationToken), redactions);
        _redacted[item.Index] = redactions.Count;
        await draft.Content.WriteAsync(document, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task WriteSummaryAsync(TransferItem item, IAsyncEnumerable<ItemResult> results, Stream destination, CancellationToken cancellationToken)
    {
        if (!item.Name.StartsWith(Summary, StringComparison.Ordinal))
        {
            await _others.WriteSummaryAsync(item, results, destination, cancellationToken).ConfigureAwait(false);
            return;
        }

        var redactor = People(cancellationToken) is { } people ? new Redactor(people) : null;
        var outcomes = FoundOutcomes.JoinAsync(Findings, results, cancellationToken);
        var head = new FoundHead(_plan, _selection, _request.Value, redactor);
        switch (item.Name[Summary.Length..])
        {
            case FoundNames.IndexJson:
                await IndexJson.WriteAsync(head, outcomes, FoundList.GapsOf(_list), destination, cancellationToken).ConfigureAwait(false);
                break;
            case FoundNames.IndexCsv:
                await IndexCsv.WriteAsync(head, outcomes, destination, cancellationToken).ConfigureAwait(false);
                break;
            case FoundNames.Redactions:
                await WriteRedactionsAsync(outcomes, destination, cancellationToken).ConfigureAwait(false);
                break;
            case FoundNames.ReportMarkdown:
                await WriteReportAsync(head, outcomes, new MarkdownForm(destination), cancellationToken).ConfigureAwait(false);
                break;
            case FoundNames.ReportHtml:
                await WriteReportAsync(head, outcomes, new HtmlForm(destination), cancellationToken).ConfigureAwait(false);
                break;
            default:
                throw new ProblemException("document.unknown", $"This version does not know the document {item.Name}. Plan again.") { Actions = [ProblemAction.PlanAgain] };
        }
    }

    private async Task WriteReportAsync(FoundHead head, IAsyncEnumerable<FoundOutcome> outcomes, ReportForm form, CancellationToken cancellationToken)
    {
        await using (form.ConfigureAwait(false))
        {
            var facts = await ReportFacts.GatherAsync(outcomes, FoundList.GapsOf(_list), item => RedactionsOf(item, cancellationToken), cancellationToken).ConfigureAwait(false);
            ReportText.Write(form, head, facts);
        }
    }

    private async Task WriteRedactionsAsync(IAsyncEnumerable<FoundOutcome> outcomes, Stream destination, CancellationToken cancellationToken)
    {
        var writer = new Utf8JsonWriter(destination, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        await using (writer.ConfigureAwait(false))
        {
            await foreach (var outcome in outcomes.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                if (outcome is not { Document.Path: { } path, Item: { Document: { } index, Finding.Document: { } part } } || (_redacted.TryGetValue(index, out var count) && count == 0))
                {
                    continue;
                }

                foreach (var redaction in Redact(part, cancellationToken))
                {
                    writer.WriteStartObject();
                    writer.WriteString("document", path);
                    writer.WriteString("pointer", redaction.Pointer);
                    ReceiptForm.WriteIfSet(writer, "within", redaction.Within);
                    writer.WriteString("why", redaction.Why);
                    writer.WriteEndObject();
                    await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
                    writer.Reset();
                    await destination.WriteAsync(LineEnd, cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    /// <summary>How many things were taken out of a document; known of those written in this life.</summary>
    private int RedactionsOf(FoundItem item, CancellationToken cancellationToken) =>
        !_selection.RedactOthers || item is not { Document: { } index, Finding.Document: { } part } ? 0
        : _redacted.GetOrAdd(index, _ => Redact(part, cancellationToken).Count);

    /// <summary>Who is who; null where nobody is taken out. The first who asks gathers it, for all.</summary>
    private People? People(CancellationToken cancellationToken)
    {
        if (!_selection.RedactOthers)
        {
            return null;
        }

        lock (_gathering)
        {
            return _people ??= FoundDocuments.PeopleOf(Findings.Select(item => item.Finding), Read, _request.Value.Subject, cancellationToken);
        }
    }

    private ReadOnlyMemory<byte> Read(DocumentPart part)
    {
        try
        {
            return _data.Document(_selection.SearchId, part);
        }
        catch (ProblemException problem) when (problem.Code == "search.notFound")
        {
            throw new ProblemException("search.notFound", "The search whose findings this export gives out was removed from this machine. Search again, then export again.", problem) { Actions = [ProblemAction.PlanAgain] };
        }
    }

    private List<Redaction.Redaction> Redact(DocumentPart part, CancellationToken cancellationToken)
    {
        var redactions = new List<Redaction.Redaction>();
        FoundDocuments.Given(Read(part), People(cancellationToken), redactions);
        return redactions;
    }
}
