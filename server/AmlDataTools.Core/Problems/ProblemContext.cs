namespace AmlDataTools.Core.Problems;

/// <summary>What was being read or done when something failed; decides what "not found" and "forbidden" mean.</summary>
public enum ProblemSubject
{
    /// <summary>Nothing in particular.</summary>
    Other,

    /// <summary>A tenant.</summary>
    Tenant,

    /// <summary>A subscription.</summary>
    Subscription,

    /// <summary>A workspace.</summary>
    Workspace,

    /// <summary>A registry.</summary>
    Registry,

    /// <summary>An experiment.</summary>
    Experiment,

    /// <summary>A run.</summary>
    Run,

    /// <summary>A datastore.</summary>
    Datastore,

    /// <summary>A file or folder in storage.</summary>
    Storage,

    /// <summary>A file or folder on this machine.</summary>
    LocalFile,
}

/// <summary>What was being read or done when something failed.</summary>
/// <param name="Subject">The kind of thing.</param>
/// <param name="Name">Its name, for the message; null when there is none.</param>
/// <param name="Target">Its id, path or host, without query string; null takes the name.</param>
public sealed record ProblemContext(ProblemSubject Subject, string? Name = null, string? Target = null)
{
    /// <summary>Nothing in particular.</summary>
    public static ProblemContext None { get; } = new(ProblemSubject.Other);

    /// <summary>The thing in words: <c>the run mango_leaf</c>.</summary>
    internal string InWords
    {
        get
        {
            var noun = Subject switch
            {
                ProblemSubject.Tenant => "the tenant",
                ProblemSubject.Subscription => "the subscription",
                ProblemSubject.Workspace => "the workspace",
                ProblemSubject.Registry => "the registry",
                ProblemSubject.Experiment => "the experiment",
                ProblemSubject.Run => "the run",
                ProblemSubject.Datastore => "the datastore",
                ProblemSubject.Storage or ProblemSubject.LocalFile => Name is null ? "the file" : string.Empty,
                _ => Name is null ? "this" : string.Empty,
            };
            return $"{noun} {Name}".Trim();
        }
    }
}
