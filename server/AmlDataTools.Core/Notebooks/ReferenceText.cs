using System.Diagnostics.CodeAnalysis;

namespace AmlDataTools.Core.Notebooks;

/// <summary>
/// Reads what a text names: <c>azureml:name:1</c>, <c>azureml:name@latest</c>, Resource Manager ids behind <c>azureml:</c>,
/// <c>azureml://</c> addresses, and MLflow's <c>models:/name/1</c>. The whole text must be a reference: one inside a sentence is prose.
/// </summary>
internal static class ReferenceText
{
    private const int MaxName = 255;
    private const string Short = "azureml:";
    private const string Long = "azureml://";
    private const string MlflowModels = "models:/";
    private const string MlflowRuns = "runs:/";

    /// <summary>Whether a text can be a reference at all; cheap.</summary>
    /// <param name="text">The text, or its beginning.</param>
    public static bool MayBe(ReadOnlySpan<char> text) => text.StartsWith(Short, StringComparison.Ordinal) || text.StartsWith(MlflowModels, StringComparison.Ordinal) || text.StartsWith(MlflowRuns, StringComparison.Ordinal);

    /// <summary>Reads a text; false when it names nothing of a workspace, or something this product does not download.</summary>
    /// <param name="text">The value of a literal.</param>
    /// <param name="asset">What it names.</param>
    /// <param name="versionAt">Where in the text the version begins; -1 when there is none.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out NotebookAsset? asset, out int versionAt)
    {
        versionAt = -1;
        asset = text.StartsWith(MlflowModels, StringComparison.Ordinal) ? FromMlflow(text, ref versionAt)
            : text.StartsWith(MlflowRuns, StringComparison.Ordinal) ? FromRun(text)
            : text.StartsWith(Long, StringComparison.Ordinal) ? FromAddress(text, Long.Length, ref versionAt)
            : text.StartsWith(Short + "/", StringComparison.Ordinal) ? FromAddress(text, Short.Length + 1, ref versionAt)
            : text.StartsWith(Short, StringComparison.Ordinal) ? FromShort(text, ref versionAt)
            : null;
        return asset is not null;
    }

    /// <summary>Whether it can be the name of a model or a data asset. Those of SDK v1 may hold blanks.</summary>
    /// <param name="name">The name.</param>
    public static bool IsName(string name)
        => name.Length is > 0 and <= MaxName && name is not ("." or "..") && !string.IsNullOrWhiteSpace(name) && !name.Any(c => c is '/' or '\\' or ':' or '@' or '?' or '#' || char.IsControl(c) || char.IsSurrogate(c));

    /// <summary>Whether it can be the name of a registry.</summary>
    /// <param name="name">The name.</param>
    public static bool IsRegistry(ReadOnlySpan<char> name) => name.Length is > 0 and <= 64 && IsWord(name);

    /// <summary>Whether it can be a version.</summary>
    /// <param name="version">The version.</param>
    public static bool IsVersion(ReadOnlySpan<char> version) => version.Length is > 0 and <= 64 && IsWord(version);

    private static NotebookAsset? FromShort(string text, ref int versionAt)
    {
        var name = text[Short.Length..];
        var at = name.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0)
        {
            return name[(at + 1)..] == NotebookAsset.Latest && IsWord(name.AsSpan(0, at)) && at <= MaxName
                ? new NotebookAsset(NotebookAssetKind.Any, name[..at], null, NotebookAsset.Latest, null, null)
                : null;
        }

        var colon = name.IndexOf(':', StringComparison.Ordinal);
        if (colon is <= 0 or > MaxName || !IsWord(name.AsSpan(0, colon)) || !IsVersion(name.AsSpan(colon + 1)))
        {
            return null;
        }

        versionAt = Short.Length + colon + 1;
        return new NotebookAsset(NotebookAssetKind.Any, name[..colon], name[(colon + 1)..], null, null, null);
    }

    // models:/name/1, models:/name/latest, models:/name/Production; something of the model may follow. An alias
    // (models:/name@champion) is MLflow's too, but Azure ML has none.
    private static NotebookAsset? FromMlflow(string text, ref int versionAt)
    {
        var parts = text[MlflowModels.Length..].Split('/');
        if (parts.Length < 2 || parts[0].Length > MaxName || !IsWord(parts[0]) || !IsVersion(parts[1]))
        {
            return null;
        }

        if (!char.IsAsciiDigit(parts[1][0]))
        {
            var label = parts[1].Equals(NotebookAsset.Latest, StringComparison.OrdinalIgnoreCase) ? NotebookAsset.Latest : parts[1];
            return label is NotebookAsset.Latest or "Production" or "Staging" or "Archived" or "None" or "production" or "staging" or "archived" or "none"
                ? new NotebookAsset(NotebookAssetKind.Model, parts[0], null, label, null, null)
                : null;
        }

        versionAt = MlflowModels.Length + parts[0].Length + 1;
        return new NotebookAsset(NotebookAssetKind.Model, parts[0], parts[1], null, null, null);
    }

    // runs:/id/path of an artifact; what is behind it may hold blanks.
    private static NotebookAsset? FromRun(string text)
    {
        var parts = text[MlflowRuns.Length..].Split('/', 2);
        return parts is [{ Length: <= MaxName } run, { Length: > 0 } path] && IsWord(run) && !path.StartsWith('/') && !text.Any(char.IsControl) && !text.Contains('{', StringComparison.Ordinal)
            ? new NotebookAsset(NotebookAssetKind.Place, text, null, null, null, null)
            : null;
    }

    // What may stand in front: registries/R, or subscriptions/S/resourceGroups/G/[providers/P/]workspaces/W.
    private static NotebookAsset? FromAddress(string text, int start, ref int versionAt)
    {
        var parts = text[start..].Split('/');
        var at = 0;
        string? registry = null;
        NotebookWorkspaceName? workspace = null;
        if (Is(parts, at, "registries") && parts.Length > at + 1 && IsWord(parts[at + 1]))
        {
            registry = parts[at + 1];
            at += 2;
        }
        else if (Is(parts, at, "subscriptions") && Is(parts, at + 2, "resourceGroups"))
        {
            var provider = Is(parts, at + 4, "providers") ? 2 : 0;
            var name = at + 4 + provider + 1;
            if (!Is(parts, name - 1, "workspaces") || parts.Length <= name || parts[1].Length == 0 || parts[3].Length == 0 || parts[name].Length == 0)
            {
                return null;
            }

            workspace = new NotebookWorkspaceName(parts[1], parts[3], parts[name]);
            at = name + 1;
        }

        if (registry is null && ((Is(parts, at, "datastores") && parts.Length > at + 1 && IsWord(parts[at + 1]))
            || (Is(parts, at, "jobs") && Is(parts, at + 2, "outputs") && parts.Length > at + 3 && IsWord(parts[at + 1]) && parts[at + 3].Length > 0)))
        {
            return text.Any(char.IsControl) || text.Contains('{', StringComparison.Ordinal) || text.Contains('*', StringComparison.Ordinal)
                ? null
                : new NotebookAsset(NotebookAssetKind.Place, text, null, null, null, workspace);
        }

        NotebookAssetKind? kind = Is(parts, at, "models") ? NotebookAssetKind.Model : Is(parts, at, "data") ? NotebookAssetKind.Data : null;
        if (kind is null || (registry is null && workspace is null) || parts.Length != at + 4 || !IsWord(parts[at + 1]) || parts[at + 1].Length > MaxName || !IsVersion(parts[at + 3]))
        {
            return null;
        }

        if (Is(parts, at + 2, "labels"))
        {
            return parts[at + 3] == NotebookAsset.Latest ? new NotebookAsset(kind.Value, parts[at + 1], null, NotebookAsset.Latest, registry, workspace) : null;
        }

        if (!Is(parts, at + 2, "versions"))
        {
            return null;
        }

        versionAt = text.Length - parts[at + 3].Length;
        return new NotebookAsset(kind.Value, parts[at + 1], parts[at + 3], null, registry, workspace);
    }

    private static bool Is(string[] parts, int index, string name) => index < parts.Length && parts[index].Equals(name, StringComparison.OrdinalIgnoreCase);

    private static bool IsWord(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || !(char.IsAsciiLetterOrDigit(text[0]) || text[0] == '_'))
        {
            return false;
        }

        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.'))
            {
                return false;
            }
        }

        return true;
    }
}
