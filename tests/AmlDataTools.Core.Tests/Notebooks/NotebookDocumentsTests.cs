using AmlDataTools.Core.Notebooks;
using Xunit;

namespace AmlDataTools.Core.Tests.Notebooks;

public sealed class NotebookDocumentsTests
{
    private const string Reference = "x = 'azureml:churn:3'\n";

    private readonly NotebookDocuments _documents = new();

    [Fact]
    public void Cells_are_told_when_they_were_sent_and_not_again()
    {
        var opened = Open("n", 1, ("a", Reference), ("b", "y = 1\n"));
        Assert.Equal(["a", "b"], opened.Select(cell => cell.CellId));
        Assert.Single(opened[0].References);
        Assert.Empty(opened[1].References);

        var changed = Change("n", 1, 2, edited: [new CellChange("b", [new CodeEdit(0, 6, Reference)], Reference.Length)]);
        Assert.Equal("b", Assert.Single(changed ?? []).CellId);
        Assert.Equal("azureml:churn:3".Length + 2, Assert.Single(changed?[0].References ?? []).Range.EndCharacter - 4);
    }

    [Fact]
    public void A_client_of_a_registry_is_known_in_all_cells_and_one_that_only_the_run_tells_is_not_guessed()
    {
        const string Asks = "m = shared.models.get('churn', version='3')\nn = ml_client.models.get('churn', version='3')\n";
        const string Makes = "shared = MLClient(cred, registry_name='team')\nml_client = MLClient.from_config(cred)\n";
        var opened = Open("n", 1, ("a", Asks), ("b", Makes));
        Assert.Equal(["team", null], opened.Single(cell => cell.CellId == "a").References.Select(reference => reference.Asset.Registry));

        // The cell that asks is told anew, though another one was typed in.
        var changed = Change("n", 1, 2, edited: [new CellChange("b", [new CodeEdit(Makes.IndexOf("'team'", StringComparison.Ordinal), 6, "TEAM")], Makes.Length - 2)]) ?? [];
        Assert.Equal([null], changed.Single(cell => cell.CellId == "a").References.Select(reference => reference.Asset.Registry));
        changed = Change("n", 2, 3, edited: [new CellChange("b", [new CodeEdit(0, Makes.Length - 2, "x = 1\n")], 6)]) ?? [];
        Assert.Equal([null, null], changed.Single(cell => cell.CellId == "a").References.Select(reference => reference.Asset.Registry));
        Assert.Single(Change("n", 3, 4, edited: [new CellChange("b", [new CodeEdit(0, 1, "y")], 6)]) ?? []);
    }

    [Fact]
    public void Edits_build_on_each_other()
    {
        Open("n", 1, ("a", "'azureml:churn:3'"));
        var changed = Change("n", 1, 2, edited: [new CellChange("a", [new CodeEdit(15, 1, "12"), new CodeEdit(9, 5, "x")], 14)]);
        Assert.Equal("x:12", Assert.Single(changed?[0].References ?? []).Asset.Text);
    }

    [Fact]
    public void Whoever_has_drifted_apart_is_told_to_open_again()
    {
        Assert.Null(Change("unknown", 1, 2));
        Open("n", 1, ("a", Reference));
        Assert.Null(Change("n", 7, 8));
        Assert.NotNull(Change("n", 1, 2));
        Assert.Null(Change("n", 2, 3, edited: [new CellChange("a", [new CodeEdit(0, 0, "z")], 5)]));

        // It is forgotten then: what is held is of no use.
        Assert.Null(Change("n", 2, 3));
        Open("n", 1, ("a", Reference));
        Assert.Null(Change("n", 1, 2, edited: [new CellChange("a", [new CodeEdit(5, 5000, "z")], 5)]));
        Open("n", 1, ("a", Reference));
        Assert.Null(Change("n", 1, 2, edited: [new CellChange("b", [], 0)]));
    }

    [Fact]
    public void Removed_and_closed_cells_take_no_memory()
    {
        Open("n", 1, ("a", new string('#', 1000)), ("b", Reference));
        Change("n", 1, 2, removed: ["a", "never there"]);
        Assert.Equal(Reference.Length, _documents.Characters);
        _documents.Close("n");
        Assert.Equal(0, _documents.Characters);
    }

    [Fact]
    public void A_cell_that_is_too_large_is_said_to_be_and_the_others_are_read()
    {
        var large = new string('#', CellText.MaxLength + 1);
        var opened = Open("n", 1, ("large", large), ("a", Reference));
        Assert.True(opened[0].IsTooLarge);
        Assert.Single(opened[1].References);
        Assert.Equal(Reference.Length, _documents.Characters);

        // Typing in it changes nothing; when it fits again, it must be sent again.
        Assert.True(Assert.Single(Change("n", 1, 2, edited: [new CellChange("large", [new CodeEdit(0, 0, "x")], large.Length + 1)]) ?? []).IsTooLarge);
        Assert.Null(Change("n", 2, 3, edited: [new CellChange("large", [new CodeEdit(0, large.Length, string.Empty)], 1)]));
    }

    [Fact]
    public void All_documents_together_are_bounded()
    {
        var text = new string('#', CellText.MaxLength);
        for (var index = 0; index < 8; index++)
        {
            Open($"n{index}", 1, ("a", text));
            Assert.InRange(_documents.Characters, 1, NotebookDocuments.MaxCharacters);
        }

        Assert.Null(Change("n0", 1, 2));
        Assert.NotNull(Change("n7", 1, 2));
    }

    [Fact]
    public void A_document_is_bounded_by_leaving_out_what_comes_last()
    {
        var text = new string('#', CellText.MaxLength);
        Assert.Equal([false, false, true], Open("n", 1, ("a", text), ("b", text), ("c", "x")).Select(cell => cell.IsTooLarge));
    }

    private IReadOnlyList<CellReferences> Open(string id, long version, params (string Id, string Text)[] cells)
        => _documents.Open(id, version, [.. cells.Select(cell => new CellContent(cell.Id, cell.Text))], CancellationToken.None);

    private IReadOnlyList<CellReferences>? Change(string id, long from, long to, IReadOnlyList<string>? removed = null, IReadOnlyList<CellChange>? edited = null)
        => _documents.Change(id, from, to, [], removed ?? [], edited ?? [], CancellationToken.None);
}
