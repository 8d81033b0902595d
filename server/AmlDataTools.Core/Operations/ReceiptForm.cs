using System.Globalization;
using System.Text;
using System.Text.Json;
using AmlDataTools.Core.Changes;
using AmlDataTools.Core.Changes.Review;

namespace AmlDataTools.Core.Operations;

/// <summary>How receipts and saved plans are written.</summary>
internal static class ReceiptForm
{
    /// <summary>A member's name as JSON has it.</summary>
    public static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    /// <summary>A moment.</summary>
    public static string Moment(long unixMilliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds).ToString("O", CultureInfo.InvariantCulture);

    /// <summary>Writes a member unless it is null.</summary>
    public static void WriteIfSet(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    /// <summary>Writes a member unless it is null.</summary>
    public static void WriteIfSet(Utf8JsonWriter writer, string name, long? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
    }

    /// <summary>Writes a member unless it is null.</summary>
    public static void WriteIfSet(Utf8JsonWriter writer, string name, bool? value)
    {
        if (value is { } flag)
        {
            writer.WriteBoolean(name, flag);
        }
    }

    /// <summary>Writes the warnings and survivors of a plan.</summary>
    public static void WriteWarnings(Utf8JsonWriter writer, OperationPlan plan)
    {
        writer.WriteStartArray("warnings");
        foreach (var warning in plan.Warnings)
        {
            writer.WriteStartObject();
            writer.WriteString("code", warning.Code);
            writer.WriteString("message", warning.Message);
            writer.WriteNumber("count", warning.Count);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("survivors");
        foreach (var survivor in plan.Survivors)
        {
            writer.WriteStringValue(survivor);
        }

        writer.WriteEndArray();
    }

    /// <summary>Writes the workspaces of a change: the first, and all of them where there are several.</summary>
    public static void WriteWorkspaces(Utf8JsonWriter writer, OperationPlan plan, PlanWorkspaces workspaces)
    {
        writer.WriteString("workspace", plan.Workspace);
        if (workspaces.Ids.Count > 1)
        {
            writer.WriteStartArray("workspaces");
            foreach (var id in workspaces.Ids)
            {
                writer.WriteStringValue(id);
            }

            writer.WriteEndArray();
        }
    }

    /// <summary>The same as a row of a table.</summary>
    public static (string Name, string Value) WorkspacesRow(PlanWorkspaces workspaces) =>
        (workspaces.Ids.Count > 1 ? "Workspaces" : "Workspace", string.Join(", ", workspaces.Ids));

    /// <summary>Writes what an item of a change is.</summary>
    public static void WriteWhat(Utf8JsonWriter writer, ChangeItem item, PlanWorkspaces workspaces)
    {
        writer.WriteNumber("id", item.Index);
        writer.WriteString("action", Camel(item.Action.ToString()));
        writer.WriteString("label", item.Label);
        WriteIfSet(writer, "partOf", item.Parent);
        writer.WriteString("name", PlannedChange.NameOf(item));
        if (item.Record is { } record)
        {
            writer.WriteString("kind", Camel(record.Kind.ToString()));
            WriteIfSet(writer, "serviceId", record.ServiceId);
        }

        WriteIfSet(writer, "workspace", workspaces.IdOf(item));
        WriteIfSet(writer, "path", item.Place?.Path);
        WriteIfSet(writer, "note", item.Note);
    }

    /// <summary>Names are somebody else's text: they must not become markup or break a table.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            if (char.IsControl(c))
            {
                escaped.Append(' ');
                continue;
            }

            if (c is '|' or '\\' or '`' or '*' or '_' or '[' or ']' or '<' or '>' or '#' or '!' or '&')
            {
                escaped.Append('\\');
            }

            escaped.Append(c);
        }

        return escaped.ToString();
    }
}
