using AmlDataTools.Azure;

namespace AmlDataTools.Core.PersonalData;

/// <summary>Tells whether the index service answers in place of reading all runs: the one place of that rule.</summary>
internal interface IRunIndex
{
    /// <summary>
    /// Whether runs need not be read one by one: the search is not exhaustive, the index can be asked for this subject (it
    /// knows object ids and display names of those who made a run, no other field), and the workspace's index answers.
    /// </summary>
    /// <param name="request">The search.</param>
    /// <param name="workspace">Where.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    ValueTask<bool> StandsInAsync(SearchRequest request, WorkspaceRef workspace, CancellationToken cancellationToken);
}
