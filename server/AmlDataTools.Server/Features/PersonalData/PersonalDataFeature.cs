using AmlDataTools.Core;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Rpc;
using Model = AmlDataTools.Core.PersonalData;

namespace AmlDataTools.Server.Features.PersonalData;

/// <summary>Searches for personal data on the wire.</summary>
/// <param name="workbench">The product, put together when first asked; stopped with the operations.</param>
internal sealed class PersonalDataFeature(Lazy<Workbench> workbench) : IFeature, IPersonalDataApi
{
    private const int DefaultPage = 200;
    private const int LargestPage = 2000;

    private JsonRpc? _rpc;
    private int _watching;

    /// <inheritdoc/>
    public string Capability => "personalData";

    private Model.SearchService Service
    {
        get
        {
            var service = workbench.Value.PersonalData;
            if (Interlocked.Exchange(ref _watching, 1) == 0)
            {
                service.Changed += view => _rpc?.TryNotify("personalData/changed", PersonalDataMapping.ToResult(view), ProtocolJsonContext.Default.SearchResult);
                service.Removed += id => _rpc?.TryNotify("personalData/removed", new SearchIdParams(id), ProtocolJsonContext.Default.SearchIdParams);
                service.Watch();
            }

            return service;
        }
    }

    /// <inheritdoc/>
    public void Register(JsonRpc rpc)
    {
        _rpc = rpc;
        var context = ProtocolJsonContext.Default;
        rpc.AddLocalMethod("personalData/me", context.MeParams, context.MeResult, MeAsync);
        rpc.AddLocalMethod("personalData/search", context.SearchParams, context.SearchResult, SearchAsync);
        rpc.AddLocalMethod("personalData/searches", context.Empty, context.SearchesResult, SearchesAsync);
        rpc.AddLocalMethod("personalData/stop", context.SearchIdParams, context.SearchResult, StopAsync);
        rpc.AddLocalMethod("personalData/resume", context.SearchIdParams, context.SearchResult, ResumeAsync);
        rpc.AddLocalMethod("personalData/discard", context.SearchIdParams, context.Empty, DiscardAsync);
        rpc.AddLocalMethod("personalData/results", context.SearchResultsParams, context.SearchResultsPage, ResultsAsync);
        rpc.AddLocalMethod("personalData/choose", context.ChooseParams, context.SearchResult, ChooseAsync);
    }

    /// <inheritdoc/>
    public async Task<MeResult> MeAsync(MeParams parameters, CancellationToken cancellationToken) =>
        new(await workbench.Value.MeAsync(parameters.TenantId, cancellationToken).ConfigureAwait(false) is { } me ? PersonalDataMapping.ToSubject(me) : null);

    /// <inheritdoc/>
    public async Task<SearchResult> SearchAsync(SearchParams parameters, CancellationToken cancellationToken) => PersonalDataMapping.ToResult(
        await Service.SearchAsync(
            PersonalDataMapping.FromSubject(parameters.Subject), parameters.WorkspaceNodeIds, parameters.Exhaustive, parameters.FileNames, parameters.FileContent, parameters.MaxFileBytes, cancellationToken)
            .ConfigureAwait(false));

    /// <inheritdoc/>
    public Task<SearchesResult> SearchesAsync(Empty parameters, CancellationToken cancellationToken) =>
        Task.FromResult(new SearchesResult([.. Service.Searches().Select(PersonalDataMapping.ToSearch)]));

    /// <inheritdoc/>
    public async Task<SearchResult> StopAsync(SearchIdParams parameters, CancellationToken cancellationToken) =>
        PersonalDataMapping.ToResult(await Service.StopAsync(parameters.SearchId, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public async Task<SearchResult> ResumeAsync(SearchIdParams parameters, CancellationToken cancellationToken) =>
        PersonalDataMapping.ToResult(await Service.ResumeAsync(parameters.SearchId, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public async Task<Empty> DiscardAsync(SearchIdParams parameters, CancellationToken cancellationToken)
    {
        await Service.DiscardAsync(parameters.SearchId, cancellationToken).ConfigureAwait(false);
        return Empty.Instance;
    }

    /// <inheritdoc/>
    public Task<SearchResultsPage> ResultsAsync(SearchResultsParams parameters, CancellationToken cancellationToken)
    {
        var filter = PersonalDataMapping.ToFilter(parameters.Grades, parameters.Name);
        var (nodes, next) = Service.Results(parameters.SearchId, parameters.ParentId, filter, parameters.PageToken, Math.Clamp(parameters.PageSize ?? DefaultPage, 1, LargestPage));
        return Task.FromResult(new SearchResultsPage([.. nodes.Select(PersonalDataMapping.ToNode)], next));
    }

    /// <inheritdoc/>
    public async Task<SearchResult> ChooseAsync(ChooseParams parameters, CancellationToken cancellationToken) => PersonalDataMapping.ToResult(
        await Service.ChooseAsync(parameters.SearchId, parameters.NodeIds, PersonalDataMapping.ToFilter(parameters.Grades, parameters.Name), parameters.Chosen, cancellationToken)
            .ConfigureAwait(false));

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
