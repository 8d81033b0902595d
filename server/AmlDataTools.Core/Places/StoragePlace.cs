namespace AmlDataTools.Core.Places;

/// <summary>
/// A place in storage, whichever datastore or address leads there: two datastores may lead into one container, and a
/// dataset may name the account itself.
/// </summary>
/// <param name="Container">Account and container: <c>account/container</c>; of a file share <c>account.file/share</c>.</param>
/// <param name="Path">The path in it, without slashes at its ends; empty for all of it. A blob or a folder: it covers itself and what is below.</param>
internal readonly record struct StoragePlace(string Container, string Path)
{
    private const string ShareMark = ".file";

    /// <summary>Makes one; case of accounts and containers does not count, that of paths does.</summary>
    /// <param name="account">The account.</param>
    /// <param name="container">The container.</param>
    /// <param name="path">The path, with any slashes at its ends.</param>
    public static StoragePlace Of(string account, string container, string path) => new($"{account}/{container}".ToLowerInvariant(), path.Trim('/'));

    /// <summary>The place of a path in a file share. Shares and containers of one account do not meet.</summary>
    /// <param name="account">The account.</param>
    /// <param name="share">The share.</param>
    /// <param name="path">The path, with any slashes at its ends.</param>
    public static StoragePlace OfShare(string account, string share, string path) => Of(account + ShareMark, share, path);

    /// <summary>Whether it is in a file share.</summary>
    public bool IsShare => Container?.Contains(ShareMark + "/", StringComparison.Ordinal) == true;

    /// <summary>The place to compare with others: in a share, case does not tell two files apart.</summary>
    public StoragePlace Folded => IsShare ? this with { Path = Path.ToLowerInvariant() } : this;

    /// <summary>Whether one is the other, or is in it. <c>a/b</c> is in <c>a</c>, <c>ab</c> is not.</summary>
    /// <param name="other">The other place.</param>
    public bool Overlaps(StoragePlace other) =>
        Container == other.Container && (Covers(Folded.Path, other.Folded.Path) || Covers(other.Folded.Path, Folded.Path));

    /// <summary>Whether the outer path is the inner one or a folder it is in.</summary>
    internal static bool Covers(string outer, string inner) =>
        outer.Length == 0 || (inner.StartsWith(outer, StringComparison.Ordinal) && (inner.Length == outer.Length || inner[outer.Length] == '/'));
}
