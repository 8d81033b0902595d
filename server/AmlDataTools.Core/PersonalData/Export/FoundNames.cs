using AmlDataTools.Azure;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Names;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.PersonalData.Export.Redaction;
using AmlDataTools.Core.Storage;

namespace AmlDataTools.Core.PersonalData.Export;

/// <summary>Where in the bag things go: <c>documents/{kind}/{name}.json</c>, <c>files/{workspace}/...</c>. Names are ids where there are ids: display names are anybody's text.</summary>
internal static class FoundNames
{
    /// <summary>The list of all findings, for programs.</summary>
    public const string IndexJson = "index.json";

    /// <summary>The same as a table.</summary>
    public const string IndexCsv = "index.csv";

    /// <summary>What was taken out of documents.</summary>
    public const string Redactions = "redactions.jsonl";

    /// <summary>To be read.</summary>
    public const string ReportMarkdown = "REPORT.md";

    /// <summary>To be read, as a page.</summary>
    public const string ReportHtml = "REPORT.html";

    // Local folders take 1,000 bytes.
    private const int LongestFolder = 600;

    /// <summary>The folder of a finding's document, and its name without the ending.</summary>
    /// <param name="finding">The finding.</param>
    /// <param name="target">What it is.</param>
    /// <param name="redactor">Takes other people out of names; null where they stay.</param>
    public static (string Folder, string Name) DocumentOf(Finding finding, NodeTarget target, Redactor? redactor)
    {
        var name = target switch
        {
            RunTarget run => run.RunId,
            ExperimentTarget experiment => experiment.Name,
            WorkspaceTarget workspace => workspace.Workspace.Name,
            ResourceTarget { Resource: var resource } => $"{ReceiptForm.Camel(resource.Kind.ToString())}-{resource.Name}{(resource.Child is { } child ? "-" + child : string.Empty)}",
            FolderTarget folder => folder.Location.Path.TrimEnd('/'),
            FileTarget file => file.Location.Path,
            _ => finding.Name,
        };
        return ($"documents/{ReceiptForm.Camel(finding.Kind.ToString())}/", redactor?.Redact(name) ?? name);
    }

    /// <summary>The folder of a run's files.</summary>
    public static string FolderOfRun(WorkspaceRef workspace, string runId) => $"files/{LocalNames.Segment(workspace.Name)}/runs/{LocalNames.Segment(runId)}/";

    /// <summary>The folder of a model's files, without what tells the model.</summary>
    public static string FolderOfModels(WorkspaceRef workspace) => $"files/{LocalNames.Segment(workspace.Name)}/models/";

    /// <summary>The folder of a datastore's files.</summary>
    public static string FolderOfStore(WorkspaceRef workspace, string datastore) => $"files/{LocalNames.Segment(workspace.Name)}/datastores/{LocalNames.Segment(datastore)}/";

    /// <summary>Where a folder of a datastore goes: as it lies there.</summary>
    public static string FolderOf(FileLocation folder)
    {
        var store = FolderOfStore(folder.Workspace, folder.Datastore);
        var below = string.Concat(folder.Path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(segment => LocalNames.Segment(segment) + "/"));
        return System.Text.Encoding.UTF8.GetByteCount(below) <= LongestFolder ? store + below : $"{store}{LocalNames.Segment(folder.Path)}/";
    }
}
