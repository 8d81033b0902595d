using AmlDataTools.Azure;
using AmlDataTools.Core.Changes;
using AmlDataTools.Core.Changes.Planning;
using AmlDataTools.Core.Export;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.PersonalData.Matching;
using AmlDataTools.Core.Places;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Runs;
using AmlDataTools.Core.Storage;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.PersonalData.Erase;

/// <summary>
/// Works out what erasing the ticked findings of a search would do, and writes it down as a plan of the engine of changes: what
/// the person made is deleted, of the rest the texts that name the person are cleared, and what must stay is named. Changes nothing.
/// </summary>
internal sealed class ErasePlanner(
    AzureConnection connection,
    StorageAccesses accesses,
    OperationStore store,
    RunReader runs,
    NamedOutputResolver outputs,
    ResourceLister lister,
    IFoundData found,
    LogMask? mask,
    TimeProvider time,
    ILogger logger) : IChangePlanner
{
    private const int ShownOfHash = 8;

    // Findings looked at together.
    private const int Together = 256;

    /// <inheritdoc/>
    /// <exception cref="ProblemException"><c>erase.noSearch</c>, <c>erase.nothingTicked</c>, <c>erase.nothingPossible</c>, <c>search.*</c>, or what the services refused.</exception>
    public async Task<OperationPlan> PlanAsync(ChangeRequest request, IProgress<PlanStep>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var searchId = request.SearchId ?? throw new ProblemException("erase.noSearch", "Only what a search found of a person is erased. Search first (Find Personal Data...), then choose what is to be erased.");
        var searched = found.Request(searchId).Subject;
        mask?.Add(searched);
        var subject = SubjectHash.Describe(searched, SubjectHash.NewSalt());
        var hidden = new HiddenTexts(subject);
        var terms = TextTerms.Of(searched);

        // What a person made is deleted by the rules of every deletion.
        using var context = new PlanContext(request with { Verb = OperationVerb.Delete, NodeIds = [], Filter = null, OperationId = null }, connection, time.GetUtcNow(), progress) { Hidden = hidden };
        var planner = new FindingPlanner(connection, runs, lister, context, new FieldHash(subject.Salt), text => terms.Surest(text) is not null);

        // What holds others comes second: by then it is known what of them goes.
        foreach (var holders in new[] { false, true })
        {
            foreach (var findings in found.Chosen(searchId).Chunk(Together))
            {
                await planner.AddAsync(findings, holders, cancellationToken).ConfigureAwait(false);
            }
        }

        if (planner.First is not { } workspace)
        {
            throw new ProblemException("erase.nothingTicked", "Nothing that this search found is ticked. Tick what is to be erased first.") { Target = searchId };
        }

        using var draft = store.DraftChange();
        var data = new DataPlanner(connection, accesses, runs, outputs, lister, planner.Places, logger);
        var (retentions, atWork) = await data.AddAsync(context, draft, cancellationToken).ConfigureAwait(false);
        planner.OfferOnly(atWork);
        var writer = new PlanWriter(context, draft, place => retentions.GetValueOrDefault((place.Workspace, place.Datastore)));
        writer.Write();
        if (writer.Possible == 0 && context.Records.Count == 0 && context.Places.Count == 0)
        {
            throw new ProblemException("erase.nothingPossible", "Of what is ticked nothing is there any more, or nothing of it can be erased. Search again to see what is left.") { Target = searchId };
        }

        PlanSummary.Warn(context);
        planner.Warn(found.Gaps(searchId).LongCount());
        var kept = retentions.Values.DistinctBy(r => (r.Account, r.Share)).ToList();
        var who = await Caller.DescribeAsync(connection, workspace.TenantId, cancellationToken).ConfigureAwait(false);
        var plan = new OperationPlan(
            draft.Id,
            OperationVerb.Erase,
            $"Erase personal data of subject {subject.Hash[..ShownOfHash]}",
            context.Now.ToUnixTimeMilliseconds(),
            hidden.HideIfSet(who),
            workspace.ResourceId,
            writer.Counted,
            writer.Bytes,
            [.. context.Warnings.Select(warning => warning with { Message = hidden.Hide(warning.Message) })],
            [.. EraseSurvivors.Of(context, kept).Select(hidden.Hide)],
            context.Sources,
            FolderName: null,
            context.HasChildRuns)
        {
            Change = request.Choices,
            Subject = subject,
            Retentions = kept,
        };
        draft.Finish(plan);
        return plan;
    }
}
