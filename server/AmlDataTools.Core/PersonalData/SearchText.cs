using AmlDataTools.Core.Operations;

namespace AmlDataTools.Core.PersonalData;

/// <summary>What a search says about itself when it has ended.</summary>
internal static class SearchText
{
    /// <summary>What was searched, what was not, and what a person has to know about the result.</summary>
    /// <param name="status">How it stands.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="searched">The parts that were to be searched.</param>
    public static string Summary(SearchStatus status, SearchRequest request, IReadOnlyList<string> searched)
    {
        var where = request.Workspaces.Count <= 3 ? string.Join(", ", request.Workspaces.Select(one => one.Name)) : $"{request.Workspaces.Count} workspaces";
        var lines = new List<string>();
        if (status.Found == 0)
        {
            lines.Add("Nothing was found.");
        }

        lines.Add($"Searched in {where}: {string.Join("; ", searched)}; {Sizes.Count(status.Looked, "thing")} looked at.");
        if (status.Left.Count > 0)
        {
            lines.Add($"{Sizes.Count(status.Left.Count, "place")} could not be read for now ({status.Left[0].Message}) Resume to try again.");
        }

        if (status.NotSearched > 0)
        {
            lines.Add($"{Sizes.Count(status.NotSearched, "thing")} could not be searched: see Not searched.");
            if (status is { Again.Count: > 0, Left: [] })
            {
                lines.Add("Resume to try again what was refused.");
            }
        }

        if (status.Namesakes.Count > 1 || (status.Namesakes.Count == 1 && request.Subject.ObjectId is not null))
        {
            lines.Add($"The name is that of several people ({string.Join(", ", status.Namesakes)}{(request.Subject.ObjectId is { } own ? ", besides " + own : string.Empty)}): nothing found by the name alone is ticked.");
        }

        return string.Join(' ', lines);
    }
}
