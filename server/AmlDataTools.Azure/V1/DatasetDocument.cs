using System.Text.Json;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Azure.V1;

/// <summary>A dataset as SDK v1 registers it. The service is not published: whatever is absent reads as null.</summary>
/// <param name="Raw">As the service gave it.</param>
public sealed record DatasetDocument(JsonElement Raw)
{
    // Of a definition's steps, which nest.
    private const int MaxDepth = 32;
    private const int MaxPaths = 1000;

    /// <summary>Its name.</summary>
    public string Name => Raw.Text("name") ?? string.Empty;

    /// <summary>Its id.</summary>
    public string? Id => Raw.Text("datasetId");

    /// <summary>The id of the latest version's definition, by which runs refer to it.</summary>
    public string? LatestId => Latest?.Text("savedDatasetId") ?? Latest?.Text("id");

    /// <summary>The latest version.</summary>
    public string? LatestVersion => Latest?.Text("versionId") ?? (Latest?.Child("versionId") is { ValueKind: JsonValueKind.Number } number ? number.GetRawText() : null);

    /// <summary>tabular, file, ...; spelling varies.</summary>
    public string? Type => Raw.Text("datasetType") ?? Latest?.Text("datasetType");

    /// <summary>What it is for.</summary>
    public string? Description => Raw.Text("description") ?? Latest?.Text("description");

    /// <summary>Who made it, by name.</summary>
    public string? CreatedByName => Creator?.Text("userName");

    /// <summary>Who made it, by object id.</summary>
    public string? CreatedByObjectId => Creator?.Text("userObjectId");

    /// <summary>When it was made.</summary>
    public DateTimeOffset? CreatedTime => Raw.Moment("createdTime");

    /// <summary>When it was changed last.</summary>
    public DateTimeOffset? ModifiedTime => Raw.Moment("modifiedTime");

    /// <summary>Its tags.</summary>
    public IReadOnlyDictionary<string, string> Tags => Raw.Texts("tags");

    /// <summary>
    /// Where the latest version's data lies, as far as the document tells: its <c>dataPath</c>, and the datastore paths in the
    /// steps of its <c>dataflow</c>. Paths may hold wildcards. Empty when it tells none (a public address, a query).
    /// </summary>
    public IReadOnlyList<DatasetPath> DataPaths
    {
        get
        {
            var found = new List<DatasetPath>();
            AddPath(Raw.Child("dataPath"), found);
            AddPath(Latest?.Child("dataPath"), found);
            AddFlow(Latest?.Child("dataflow"), found);
            return [.. found.Distinct()];
        }
    }

    private JsonElement? Latest => Raw.Child("latest");

    private JsonElement? Creator => Raw.Child("createdBy") ?? Latest?.Child("createdBy");

    private static void AddPath(JsonElement? path, List<DatasetPath> found)
    {
        if (path?.Text("datastoreName") is { Length: > 0 } store)
        {
            found.Add(new DatasetPath(store, path?.Text("relativePath") ?? path?.Text("path") ?? string.Empty));
        }
    }

    // A document in a string: {"blocks":[{"type":"...","arguments":{"datastores":[{"datastoreName":"x","path":"a/b"}]}}]}
    private static void AddFlow(JsonElement? flow, List<DatasetPath> found)
    {
        if (flow is not { } element)
        {
            return;
        }

        if (element.ValueKind != JsonValueKind.String)
        {
            Walk(element, found, 0);
            return;
        }

        try
        {
            using var document = JsonDocument.Parse(element.GetString() ?? string.Empty);
            Walk(document.RootElement, found, 0);
        }
        catch (JsonException)
        {
            // Newer definitions are YAML; their paths are not told here.
        }
    }

    private static void Walk(JsonElement element, List<DatasetPath> found, int depth)
    {
        if (depth > MaxDepth || found.Count >= MaxPaths)
        {
            return;
        }

        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                Walk(item, found, depth + 1);
            }
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            AddPath(element, found);
            foreach (var member in element.EnumerateObject())
            {
                Walk(member.Value, found, depth + 1);
            }
        }
    }
}

/// <summary>A place in a datastore.</summary>
/// <param name="Datastore">The datastore's name.</param>
/// <param name="Path">The path in it, without a slash in front as a rule; may hold wildcards.</param>
public sealed record DatasetPath(string Datastore, string Path);
