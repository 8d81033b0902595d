using System.Text.Encodings.Web;
using System.Text.Json;
using AmlDataTools.Core.Operations;

namespace AmlDataTools.Core.PersonalData.Export;

/// <summary>The index for programs: what was asked, every finding with what is in the bag of it, and what was not searched.</summary>
internal static class IndexJson
{
    private const int FlushAbove = 64 << 10;

    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes it.</summary>
    public static async Task WriteAsync(FoundHead head, IAsyncEnumerable<FoundOutcome> outcomes, IEnumerable<SearchGap> gaps, Stream destination, CancellationToken cancellationToken)
    {
        var writer = new Utf8JsonWriter(destination, Readable);
        await using (writer.ConfigureAwait(false))
        {
            writer.WriteStartObject();
            WriteHead(writer, head);
            writer.WriteStartArray("findings");
            await foreach (var outcome in outcomes.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                Write(writer, head, outcome);
                if (writer.BytesPending > FlushAbove)
                {
                    await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
                }
            }

            writer.WriteEndArray();
            writer.WriteStartArray("notSearched");
            foreach (var gap in gaps)
            {
                writer.WriteStartObject();
                writer.WriteString("workspace", gap.Workspace);
                writer.WriteString("what", head.Text(gap.What));
                writer.WriteString("code", gap.Code);
                writer.WriteString("why", head.Text(gap.Message));
                writer.WriteEndObject();
                if (writer.BytesPending > FlushAbove)
                {
                    await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
                }
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
            await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static void WriteHead(Utf8JsonWriter writer, FoundHead head)
    {
        var (request, subject) = (head.Request, head.Request.Subject);
        writer.WriteString("operation", head.Plan.Id);
        writer.WriteString("preparedAt", ReceiptForm.Moment(head.Plan.CreatedAt));
        ReceiptForm.WriteIfSet(writer, "preparedBy", head.Plan.Who);
        writer.WriteStartObject("subject");
        ReceiptForm.WriteIfSet(writer, "objectId", subject.ObjectId);
        ReceiptForm.WriteIfSet(writer, "tenantId", subject.TenantId);
        ReceiptForm.WriteIfSet(writer, "userPrincipalName", subject.UserPrincipalName);
        ReceiptForm.WriteIfSet(writer, "email", subject.Email);
        ReceiptForm.WriteIfSet(writer, "displayName", subject.DisplayName);
        writer.WriteEndObject();
        writer.WriteStartArray("workspaces");
        foreach (var workspace in request.Workspaces)
        {
            writer.WriteStringValue(workspace.ResourceId);
        }

        writer.WriteEndArray();
        writer.WriteStartObject("searched");
        writer.WriteBoolean("exhaustive", request.Exhaustive);
        writer.WriteBoolean("fileNames", request.FileNames);
        writer.WriteBoolean("fileContent", request.FileContent);
        writer.WriteNumber("maxFileBytes", request.MaxFileBytes);
        writer.WriteEndObject();
        writer.WriteBoolean("othersRedacted", head.Selection.RedactOthers);
        writer.WriteBoolean("filesIncluded", head.Selection.IncludeFiles);
        writer.WriteNumber("findingsCount", head.Selection.Findings);
    }

    private static void Write(Utf8JsonWriter writer, FoundHead head, FoundOutcome outcome)
    {
        var finding = outcome.Item.Finding;
        writer.WriteStartObject();
        writer.WriteString("kind", ReceiptForm.Camel(finding.Kind.ToString()));
        writer.WriteString("name", head.Text(finding.Name));
        ReceiptForm.WriteIfSet(writer, "within", head.TextIfSet(finding.Within));
        writer.WriteString("workspace", finding.Workspace);
        if (finding.CreatedAt is { } created)
        {
            writer.WriteString("created", created);
        }

        writer.WriteString("grade", ReceiptForm.Camel(finding.Grade.ToString()));
        writer.WriteStartArray("evidence");
        foreach (var evidence in finding.Evidence)
        {
            writer.WriteStartObject();
            writer.WriteString("field", head.Text(evidence.Field));
            writer.WriteString("grade", ReceiptForm.Camel(evidence.Grade.ToString()));
            writer.WriteBoolean("authorship", evidence.IsAuthorship);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        Write(writer, "document", outcome.Document);
        Write(writer, "file", outcome.File);
        if (outcome.Item.Files > 0)
        {
            writer.WriteStartObject("filesInIt");
            writer.WriteNumber("given", outcome.FilesGiven);
            writer.WriteNumber("missing", outcome.FilesMissing);
            writer.WriteNumber("bytes", outcome.FileBytes);
            writer.WriteEndObject();
        }

        ReceiptForm.WriteIfSet(writer, "filesNote", FoundHead.FilesNote(outcome.Item));
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, GivenFile? file)
    {
        if (file is null)
        {
            return;
        }

        writer.WriteStartObject(name);
        if (file.Path is not null)
        {
            writer.WriteString("path", file.Path);
            writer.WriteString("sha256", file.Sha256);
            writer.WriteNumber("bytes", file.Bytes);
        }

        ReceiptForm.WriteIfSet(writer, "missing", file.Why);
        writer.WriteEndObject();
    }
}
