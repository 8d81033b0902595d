using AmlDataTools.Core.PersonalData.Matching;

namespace AmlDataTools.Core.PersonalData.Content;

/// <summary>
/// Tells whose a person's folder is by its name. The service calls it by the alias of who opened the workspace first: what stands before the
/// at sign of the user principal name (of a guest, before <c>#EXT#</c>).
/// </summary>
internal sealed class FolderOwner
{
    private const string Guest = "#EXT#";

    private readonly HashSet<string> _aliases = new(StringComparer.Ordinal);

    /// <summary>The folders of a subject.</summary>
    public FolderOwner(Subject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        foreach (var address in new[] { subject.UserPrincipalName, subject.Email }.OfType<string>())
        {
            Add(address);
            Add(address[..Math.Max(0, address.IndexOf('@', StringComparison.Ordinal))]);
            if (address.IndexOf(Guest, StringComparison.OrdinalIgnoreCase) is var end and > 0)
            {
                // Of maria_contoso.example#EXT#@host the address at home is maria@contoso.example.
                Add(address[..end]);
                Add(address[..Math.Max(0, address[..end].LastIndexOf('_'))]);
            }
        }
    }

    /// <summary>How sure it is that a folder is the subject's; null when nothing says so.</summary>
    /// <param name="name">The folder's name.</param>
    /// <param name="terms">The words of the subject.</param>
    public MatchGrade? GradeOf(string name, TextTerms terms)
    {
        var named = NameSearch.Search(name, terms) is [var one, ..] ? one.Grade : (MatchGrade?)null;
        return _aliases.Contains(FoldedText.Of(name)) && named is not MatchGrade.ExactId ? MatchGrade.SignInName : named;
    }

    private void Add(string alias)
    {
        if (FoldedText.Of(alias) is { Length: > 0 } folded)
        {
            _aliases.Add(folded);
        }
    }
}
