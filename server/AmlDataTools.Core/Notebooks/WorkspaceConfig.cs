using System.Text.Json;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Core.Notebooks;

/// <summary>The workspace a folder belongs to, and the file that says so.</summary>
/// <param name="Workspace">The workspace.</param>
/// <param name="Path">The file, absolute.</param>
public sealed record ConfiguredWorkspace(NotebookWorkspaceName Workspace, string Path);

/// <summary>
/// Finds the <c>config.json</c> of the Azure ML SDK, as <c>MLClient.from_config</c> and <c>Workspace.from_config</c> do: in
/// the folder or its <c>.azureml</c>, else in the folders above.
/// (https://learn.microsoft.com/azure/machine-learning/how-to-configure-environment#create-a-workspace-configuration-file)
/// </summary>
public static class WorkspaceConfig
{
    private const int MaxLevels = 64;
    private const int MaxBytes = 64 * 1024;

    // Both spellings of folders that the SDKs have written.
    private static readonly string[] Places = [".azureml/config.json", "config.json", "aml_config/config.json"];

    private static readonly JsonDocumentOptions Forgiving = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 32 };

    /// <summary>Finds it; null when there is none.</summary>
    /// <param name="folder">Where to begin, absolute.</param>
    /// <param name="boundary">The folder above which it is not looked for, absolute; null for up to the root.</param>
    /// <param name="cancellationToken">Stops looking.</param>
    public static async Task<ConfiguredWorkspace?> FindAsync(string folder, string? boundary, CancellationToken cancellationToken)
    {
        if (!Path.IsPathFullyQualified(folder))
        {
            return null;
        }

        var at = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var last = boundary is not null && Path.IsPathFullyQualified(boundary) ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(boundary)) : null;
        for (var level = 0; level < MaxLevels && at is not null; level++, at = Path.GetDirectoryName(at))
        {
            foreach (var place in Places)
            {
                var path = Path.Join(at, place);
                if (await ReadAsync(path, cancellationToken).ConfigureAwait(false) is { } workspace)
                {
                    return new ConfiguredWorkspace(workspace, path);
                }
            }

            if (at.Equals(last, OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal))
            {
                break;
            }
        }

        return null;
    }

    // Other programs have a config.json too: one that does not name a workspace is not the one looked for.
    private static async Task<NotebookWorkspaceName?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            // A link counts by what it leads to: devices and pipes, which have no length and may have no end, are not read.
            FileSystemInfo? file = new FileInfo(path);
            file = file is { Exists: true, LinkTarget: not null } ? file.ResolveLinkTarget(returnFinalTarget: true) : file;
            if (file is not FileInfo { Exists: true, Length: > 0 and <= MaxBytes } plain)
            {
                return null;
            }

            // Read as text: editors on Windows put a byte order mark in front.
            using var document = JsonDocument.Parse(await File.ReadAllTextAsync(plain.FullName, cancellationToken).ConfigureAwait(false), Forgiving);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object
                && root.Text("subscription_id") is { Length: > 0 } subscription && root.Text("resource_group") is { Length: > 0 } group && root.Text("workspace_name") is { Length: > 0 } name
                && IsSegment(subscription) && IsSegment(group) && IsSegment(name)
                ? new NotebookWorkspaceName(subscription, group, name)
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static bool IsSegment(string text) => text is not ("." or "..") && !text.AsSpan().ContainsAny("/\\?#") && !text.Any(char.IsControl);
}
