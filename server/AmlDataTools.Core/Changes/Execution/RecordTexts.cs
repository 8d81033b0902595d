using System.Text;
using System.Text.Json;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Resources;

namespace AmlDataTools.Core.Changes.Execution;

/// <summary>
/// The texts of a record that people write and that can be taken out again: tags and the description, of runs the name shown.
/// Taking one out leaves every other value as the service wrote it.
/// </summary>
internal sealed class RecordTexts
{
    /// <summary>What a record says of itself.</summary>
    public const string Description = "description";

    /// <summary>The name of a run that people see.</summary>
    public const string DisplayName = "displayName";

    private const string Tags = "tags";
    private const string TagPrefix = "tags.";

    private readonly bool _isHistory;

    private RecordTexts(JsonElement raw, bool isHistory, string? etag, DateTimeOffset? created, bool archived)
    {
        (Raw, _isHistory, ETag, Created, Archived) = (raw, isHistory, etag, created, archived);
        var fields = new List<(string Name, string Value)>();
        Add(fields, raw, hasDescription: isHistory);
        if (!isHistory && raw.Child("properties") is { } properties)
        {
            Add(fields, properties, hasDescription: true);
        }

        // A run without a name of its own shows its id.
        if (isHistory && raw.Text(DisplayName) is { Length: > 0 } shown && shown != raw.Text("runId") && raw.Text("runId") is not null)
        {
            fields.Add((DisplayName, shown));
        }

        Fields = fields;
    }

    /// <summary>As the service gave it.</summary>
    public JsonElement Raw { get; }

    /// <summary>Entity tag; null where the service has none.</summary>
    public string? ETag { get; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset? Created { get; }

    /// <summary>Whether it is archived.</summary>
    public bool Archived { get; }

    /// <summary>The texts that hold something, by name: <c>tags.owner</c>, <c>description</c>.</summary>
    public IReadOnlyList<(string Name, string Value)> Fields { get; }

    /// <summary>Of a run or an experiment.</summary>
    public static RecordTexts OfHistory(JsonElement raw, DateTimeOffset? created, bool archived) => new(raw, true, null, created, archived);

    /// <summary>Of what is at Resource Manager.</summary>
    public static RecordTexts Of(ListedResource resource) => new(resource.Raw, false, resource.ETag, resource.Created, resource.IsArchived);

    /// <summary>The tag that a text's name means; null for another text.</summary>
    public static string? TagOf(string name) => name.StartsWith(TagPrefix, StringComparison.Ordinal) ? name[TagPrefix.Length..] : null;

    /// <summary>What a text holds; null when it holds nothing.</summary>
    public string? ValueOf(string name) => Fields.Where(field => field.Name == name).Select(field => field.Value).FirstOrDefault();

    /// <summary>A resource of Resource Manager without some texts, archived if asked.</summary>
    /// <param name="fields">Names of the texts.</param>
    /// <param name="archive">Whether it is archived.</param>
    /// <returns>Null when it has no properties: then there is nothing that could be written back.</returns>
    public JsonElement? Without(IReadOnlyCollection<string> fields, bool archive)
    {
        if (_isHistory || Raw.Child("properties") is not { ValueKind: JsonValueKind.Object })
        {
            return null;
        }

        var tags = fields.Select(TagOf).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var changed = JsonEdit.Change(Raw, path => path switch
        {
            [Tags, var tag] when tags.Contains(tag) => JsonEdit.Remove,
            ["properties", Tags, var tag] when tags.Contains(tag) => JsonEdit.Remove,
            ["properties", Description] when fields.Contains(Description) => "null",
            _ => null,
        });
        return archive ? PropertyFlag.Set(changed, PropertyFlag.Archived, true) : changed;
    }

    /// <summary>A job of Resource Manager under another name shown.</summary>
    /// <param name="job">As the service gave it.</param>
    /// <param name="name">The name.</param>
    /// <returns>Null when it has no such name that could be written back.</returns>
    public static JsonElement? Renamed(JsonElement job, string name) =>
        job.Child("properties")?.Text(DisplayName) is null ? null
            : JsonEdit.Change(job, path => path is ["properties", DisplayName] ? $"\"{JsonEncodedText.Encode(name)}\"" : null);

    private static void Add(List<(string Name, string Value)> fields, JsonElement holder, bool hasDescription)
    {
        if (hasDescription && holder.Text(Description) is { Length: > 0 } description)
        {
            fields.Add((Description, description));
        }

        if (holder.Child(Tags) is not { ValueKind: JsonValueKind.Object } tags)
        {
            return;
        }

        foreach (var tag in tags.EnumerateObject())
        {
            // A tag is there by its name alone, whatever it holds.
            fields.Add((TagPrefix + tag.Name, tag.Value.ValueKind == JsonValueKind.String ? tag.Value.GetString() ?? string.Empty : tag.Value.GetRawText()));
        }
    }
}

/// <summary>Changes single members of a JSON object, down to three levels, and leaves every other value as it was written.</summary>
internal static class JsonEdit
{
    /// <summary>Has a member taken out.</summary>
    public const string Remove = "";

    private const int Deepest = 3;

    /// <summary>The object, changed.</summary>
    /// <param name="root">The object.</param>
    /// <param name="change">Tells of a member, by its path, the JSON to put in its place; <see cref="Remove"/>, or null to leave it.</param>
    public static JsonElement Change(JsonElement root, Func<IReadOnlyList<string>, string?> change)
    {
        var text = new StringBuilder();
        Write(text, root, [], change);
        using var document = JsonDocument.Parse(text.ToString());
        return document.RootElement.Clone();
    }

    private static void Write(StringBuilder text, JsonElement element, IReadOnlyList<string> path, Func<IReadOnlyList<string>, string?> change)
    {
        if (element.ValueKind != JsonValueKind.Object || path.Count >= Deepest)
        {
            text.Append(element.GetRawText());
            return;
        }

        text.Append('{');
        var first = true;
        foreach (var member in element.EnumerateObject())
        {
            IReadOnlyList<string> inner = [.. path, member.Name];
            var put = change(inner);
            if (put == Remove)
            {
                continue;
            }

            text.Append(first ? string.Empty : ",").Append('"').Append(JsonEncodedText.Encode(member.Name)).Append("\":");
            first = false;
            if (put is not null)
            {
                text.Append(put);
            }
            else
            {
                Write(text, member.Value, inner, change);
            }
        }

        text.Append('}');
    }
}
