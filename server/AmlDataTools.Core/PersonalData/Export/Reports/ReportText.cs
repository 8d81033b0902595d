using System.Globalization;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.PersonalData.Export.Redaction;

namespace AmlDataTools.Core.PersonalData.Export.Reports;

/// <summary>What the report says, for the person it is about: plain words, no terms of the trade that are not explained.</summary>
internal static class ReportText
{
    private const int ListedFields = 6;

    /// <summary>Writes it.</summary>
    public static void Write(ReportForm form, FoundHead head, ReportFacts facts)
    {
        form.Begin("Your data in Azure Machine Learning");
        form.Paragraph("This package holds what was found about you in Azure Machine Learning, a service in which teams train computer models. This page says what was searched, what was found and where it is in the package.");
        WriteAbout(form, head);
        WriteSearched(form, head);
        WriteFound(form, head, facts);
        WriteNotSearched(form, head, facts);
        WritePackage(form, head, facts);
        WriteMissing(form, head, facts);
        WriteOthers(form, head, facts);
        form.End();
    }

    private static void WriteAbout(ReportForm form, FoundHead head)
    {
        var subject = head.Request.Subject;
        var rows = new List<IReadOnlyList<ReportCell>>();
        Add("Name", subject.DisplayName);
        Add("Sign-in name", subject.UserPrincipalName);
        Add("E-mail address", subject.Email);
        Add("Account number", subject.ObjectId);
        Add("Organisation's number", subject.TenantId);
        Add("Prepared by", head.Plan.Who ?? "not known");
        Add("Prepared on", Sizes.Moment(head.Plan.CreatedAt));
        Add("Reference", head.Plan.Id);
        form.Heading("About this report");
        form.Table("Who it is about and who made it", ["What", "As it was given or is known"], rows);

        void Add(string name, string? value)
        {
            if (!string.IsNullOrWhiteSpace(value))
            {
                rows.Add([new ReportCell(name), new ReportCell(value)]);
            }
        }
    }

    private static void WriteSearched(ReportForm form, FoundHead head)
    {
        var request = head.Request;
        form.Heading("What was searched");
        form.Table(
            "Workspaces, the places in which teams keep their work", ["Workspace", "Address"], [.. request.Workspaces.Select(workspace => (IReadOnlyList<ReportCell>)[new ReportCell(workspace.Name), new ReportCell(workspace.ResourceId)])]);
        form.Bullets(
        [
            "Records of the workspace: who made or changed the workspace, experiments, runs (one training each), models, data and other things in it, and what their labels and descriptions say.",
            "The names of people's own folders for notebooks.",
            request.FileNames ? "The names of files." : "The names of files were not searched: nobody asked for it.",
            request.FileContent
                ? $"The text in files of up to {Sizes.Text(request.MaxFileBytes)}. Larger files, and files that are no text, were not read."
                : "The text in files was not searched: nobody asked for it.",
            request.Exhaustive ? "Everything was read one by one." : "Where the service keeps a list of who made what, that list was asked instead of reading everything one by one.",
        ]);
    }

    private static void WriteFound(ReportForm form, FoundHead head, ReportFacts facts)
    {
        form.Heading("What was found");
        form.Paragraph("Who prepared this package chose which of the things found are in it. How sure it is that a thing is about you:");
        form.Bullets(
        [
            "Certain: it carries the number of your account, which nobody else has.",
            "Likely: it carries your sign-in name or e-mail address.",
            "Possible: it carries only your name, which somebody else may have too.",
        ]);
        form.Table(
            "Findings by kind",
            ["Kind", "Found", "Certain", "Likely", "Possible"],
            [.. facts.Kinds.Select(kind => (IReadOnlyList<ReportCell>)
                [new ReportCell(NameOf(kind.Key)), Number(kind.Value.Count), Number(kind.Value.Of(MatchGrade.ExactId)), Number(kind.Value.Of(MatchGrade.SignInName)), Number(kind.Value.Of(MatchGrade.DisplayName))])]);
        foreach (var (kind, found) in facts.Kinds)
        {
            form.Table(
                found.Count > found.First.Count ? $"{NameOf(kind)}: the first {Text(found.First.Count)} of {Text(found.Count)}" : NameOf(kind),
                ["Name", "Part of", "Workspace", "How sure", "Where your data is", "In this package"],
                [.. found.First.Select(outcome => RowOf(head, outcome))]);
            if (found.Count > found.First.Count)
            {
                form.Paragraph($"The other {Text(found.Count - found.First.Count)} are listed in index.csv, which opens in any spreadsheet, and in index.json.");
            }
        }
    }

    private static void WriteNotSearched(ReportForm form, FoundHead head, ReportFacts facts)
    {
        form.Heading("What was not searched, and why");
        if (facts.Gaps == 0)
        {
            form.Paragraph("Nothing was left out.");
            return;
        }

        form.Paragraph($"{Sizes.Count(facts.Gaps, "thing")} {(facts.Gaps == 1 ? "was" : "were")} not searched. There may be data about you in {(facts.Gaps == 1 ? "it" : "them")}.");
        form.Table(
            "Not searched", ["What", "Workspace", "Why"],
            [.. facts.FirstGaps.Select(gap => (IReadOnlyList<ReportCell>)[new ReportCell(head.Text(gap.What)), new ReportCell(FoundHead.NameOf(gap.Workspace)), new ReportCell(head.Text(gap.Message))])]);
        if (facts.Gaps > facts.FirstGaps.Count)
        {
            form.Paragraph($"The other {Text(facts.Gaps - facts.FirstGaps.Count)} are listed in index.json.");
        }
    }

    private static void WritePackage(ReportForm form, FoundHead head, ReportFacts facts)
    {
        form.Heading("What is in this package");
        form.Bullets(
        [
            $"documents: {Sizes.Count(facts.Documents, "record")} about the things found, {(head.Redactor is null ? "as the service gave them" : "as the service gave them but for what was taken out about other people")}. They are text, in a form called JSON that any text editor opens.",
            head.Selection.IncludeFiles
                ? $"files: {Sizes.Count(facts.Files, "file")}, {Sizes.Text(facts.FileBytes)}: what your runs wrote, the files of your models, your own folders, and files in which you were found."
                : "No files: only records were asked for.",
            "index.csv and index.json: every finding, with its place in this package.",
            "The files beside this folder (manifest-sha256.txt and others) let anybody check that nothing was changed or lost on the way: the package follows the standard BagIt (RFC 8493).",
        ]);
        if (facts.WithoutDocument > 0)
        {
            form.Paragraph($"{Sizes.Count(facts.WithoutDocument, "finding")} {(facts.WithoutDocument == 1 ? "has" : "have")} no record of {(facts.WithoutDocument == 1 ? "its" : "their")} own: only the name is listed.");
        }
    }

    private static void WriteMissing(ReportForm form, FoundHead head, ReportFacts facts)
    {
        if (facts.Missing == 0 && facts.FirstMissing.Count == 0)
        {
            return;
        }

        form.Heading("What is missing from this package, and why");
        form.Paragraph(facts.Missing == 0
            ? "Everything that was to be in this package is in it. On some findings there is more to say:"
            : $"{Sizes.Count(facts.Missing, "record or file")} should be in this package and {(facts.Missing == 1 ? "is" : "are")} not.".Replace("record or files", "records or files", StringComparison.Ordinal));
        form.Table("Missing", ["Name", "Why"], [.. facts.FirstMissing.Select(one => (IReadOnlyList<ReportCell>)[new ReportCell(head.Text(one.Name)), new ReportCell(head.Text(one.Why))])]);
        if (facts.FirstMissing.Count == ReportFacts.Listed)
        {
            form.Paragraph("There may be more: index.csv and index.json say it of every finding.");
        }
    }

    private static void WriteOthers(ReportForm form, FoundHead head, ReportFacts facts)
    {
        form.Heading("Data of other people");
        if (head.Redactor is null)
        {
            form.Paragraph("The records also tell of other people, such as who changed a run of yours. Nothing was taken out.");
            return;
        }

        form.Paragraph(facts.Redactions == 0
            ? "Nothing about other people was found in the records, so nothing was taken out."
            : $"In {Sizes.Count(facts.RedactedDocuments, "record")}, {Sizes.Count(facts.Redactions, "passage")} about other people {(facts.Redactions == 1 ? "was" : "were")} replaced by \"{Redactor.Marker}\": fields that say who made, changed or owns a thing, names and numbers of these people in other texts, and e-mail addresses. redactions.jsonl lists each place and why, never what stood there.");
        form.Paragraph("A person who is mentioned in a text in another way, such as by a first name, is not recognised. Files and the names of files are given as they are.");
    }

    private static IReadOnlyList<ReportCell> RowOf(FoundHead head, FoundOutcome outcome)
    {
        var finding = outcome.Item.Finding;
        var fields = finding.Evidence.Select(one => head.Text(one.Field)).ToList();
        var more = fields.Count > ListedFields ? $" and {Text(fields.Count - ListedFields)} more" : string.Empty;
        return
        [
            new ReportCell(head.Text(finding.Name)),
            new ReportCell(head.TextIfSet(finding.Within) ?? string.Empty),
            new ReportCell(FoundHead.NameOf(finding.Workspace)),
            new ReportCell(finding.Grade switch { MatchGrade.ExactId => "Certain", MatchGrade.SignInName => "Likely", _ => "Possible" }),
            new ReportCell(string.Join(", ", fields.Take(ListedFields)) + more),
            PlaceOf(outcome),
        ];
    }

    private static ReportCell PlaceOf(FoundOutcome outcome) => (outcome.File, outcome.Document) switch
    {
        ({ Path: { } file }, _) => new ReportCell("file", Relative(file)),
        (_, { Path: { } document }) => new ReportCell(outcome.FilesGiven > 0 ? $"record, {Sizes.Count(outcome.FilesGiven, "file")}" : "record", Relative(document)),
        ({ Why: { } why }, _) => new ReportCell($"not here: {why}"),
        (_, { Why: { } why }) => new ReportCell($"not here: {why}"),
        _ => new ReportCell(outcome.FilesGiven > 0 ? Sizes.Count(outcome.FilesGiven, "file") : "only listed here"),
    };

    /// <summary>A path in the bag, seen from the report, which lies in the payload.</summary>
    private static string Relative(string path) => path[(path.IndexOf('/', StringComparison.Ordinal) + 1)..];

    private static string NameOf(FindingKind kind) => kind switch
    {
        FindingKind.Workspace => "Workspaces",
        FindingKind.Experiment => "Experiments",
        FindingKind.Run => "Runs",
        FindingKind.Asset => "Models, data and other things",
        FindingKind.UserFolder => "People's own folders",
        _ => "Files",
    };

    private static ReportCell Number(long number) => new(Text(number));

    private static string Text(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
