namespace AmlDataTools.Core.PersonalData;

/// <summary>What a search found, for those who plan with it. Reads from disk; any number of findings in little memory.</summary>
internal interface IFoundData
{
    /// <summary>What was asked for.</summary>
    /// <param name="searchId">The search.</param>
    /// <exception cref="Problems.ProblemException"><c>search.notFound</c>, <c>search.running</c>.</exception>
    SearchRequest Request(string searchId);

    /// <summary>The ticked findings, in the order found.</summary>
    /// <param name="searchId">The search.</param>
    /// <exception cref="Problems.ProblemException"><c>search.notFound</c>, <c>search.running</c>.</exception>
    IEnumerable<Finding> Chosen(string searchId);

    /// <summary>What could not be searched.</summary>
    /// <param name="searchId">The search.</param>
    /// <exception cref="Problems.ProblemException"><c>search.notFound</c>.</exception>
    IEnumerable<SearchGap> Gaps(string searchId);

    /// <summary>The document a finding was found in, as received but for signatures; UTF-8 JSON.</summary>
    /// <param name="searchId">The search.</param>
    /// <param name="part">Where it stands.</param>
    /// <exception cref="Problems.ProblemException"><c>search.notFound</c>.</exception>
    ReadOnlyMemory<byte> Document(string searchId, DocumentPart part);
}
