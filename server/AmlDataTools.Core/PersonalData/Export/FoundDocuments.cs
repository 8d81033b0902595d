using System.Text.Json;
using AmlDataTools.Core.Export;
using AmlDataTools.Core.PersonalData.Export.Redaction;
using AmlDataTools.Core.Problems;

namespace AmlDataTools.Core.PersonalData.Export;

/// <summary>Documents as a search kept them, as they are given out: as received, or without other people; never with a signature.</summary>
internal static class FoundDocuments
{
    /// <summary>Gathers who is who in the documents of findings.</summary>
    /// <param name="findings">The findings.</param>
    /// <param name="read">Reads a document.</param>
    /// <param name="subject">Whose data is given out.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static People PeopleOf(IEnumerable<Finding> findings, Func<DocumentPart, ReadOnlyMemory<byte>> read, Subject subject, CancellationToken cancellationToken)
    {
        var people = new People(subject);
        foreach (var finding in findings)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (finding.Document is not { } part)
            {
                continue;
            }

            try
            {
                using var parsed = JsonDocument.Parse(read(part), new JsonDocumentOptions { MaxDepth = EmbeddedJson.Deepest });
                people.Learn(parsed.RootElement);
            }
            catch (JsonException)
            {
                // Nobody is learned from it; it is refused when its turn comes to be written.
            }
        }

        people.Settle();
        return people;
    }

    /// <summary>A document as it is given out.</summary>
    /// <param name="document">As the search kept it.</param>
    /// <param name="people">Who is who; null where nothing is taken out.</param>
    /// <param name="redactions">What was taken out is added.</param>
    /// <exception cref="ProblemException"><c>document.unreadable</c>: it is no JSON, so nobody can be taken out of it.</exception>
    public static ReadOnlyMemory<byte> Given(ReadOnlyMemory<byte> document, People? people, ICollection<Redaction.Redaction> redactions)
    {
        try
        {
            var unsigned = WithoutSignatures(document);
            return people is null ? unsigned : new Redactor(people).Redact(unsigned, redactions);
        }
        catch (JsonException exception)
        {
            throw new ProblemException("document.unreadable", "The document cannot be read as JSON, so other people cannot be taken out of it. It is left out.", exception);
        }
    }

    /// <summary>A search takes signatures away before it keeps a document; one that got through stops here.</summary>
    private static ReadOnlyMemory<byte> WithoutSignatures(ReadOnlyMemory<byte> document)
    {
        if (document.Span.IndexOf("sig="u8) < 0 && document.Span.IndexOf("SIG="u8) < 0)
        {
            return document;
        }

        using var parsed = JsonDocument.Parse(document, new JsonDocumentOptions { MaxDepth = EmbeddedJson.Deepest });
        return JsonSerializer.SerializeToUtf8Bytes(RunDocuments.WithoutSignatures(parsed.RootElement), FoundJson.Default.JsonElement);
    }
}
