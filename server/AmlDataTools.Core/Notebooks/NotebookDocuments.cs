using System.Diagnostics.CodeAnalysis;

namespace AmlDataTools.Core.Notebooks;

/// <summary>A cell with all its text; a Python file is one cell.</summary>
/// <param name="CellId">The client's name of it.</param>
/// <param name="Text">Its text.</param>
public sealed record CellContent(string CellId, string Text);

/// <summary>What was typed in a cell.</summary>
/// <param name="CellId">Which.</param>
/// <param name="Edits">In order, each on what the one before left.</param>
/// <param name="Length">UTF-16 code units of the cell after them, to notice a client and a server that have drifted apart.</param>
public sealed record CellChange(string CellId, IReadOnlyList<CodeEdit> Edits, int Length);

/// <summary>What a cell refers to.</summary>
/// <param name="CellId">Which.</param>
/// <param name="References">In the order of the text.</param>
/// <param name="IsTooLarge">Whether it was not looked into because it is too large.</param>
public sealed record CellReferences(string CellId, IReadOnlyList<CodeReference> References, bool IsTooLarge);

/// <summary>
/// The documents that are open in an editor, as their cells' pieces. Bounded: beyond <see cref="MaxCharacters"/> in all, the
/// document looked at longest ago is dropped; its next change is answered by null, and it is opened again.
/// </summary>
public sealed class NotebookDocuments
{
    /// <summary>Characters of all documents together; two bytes each.</summary>
    public const long MaxCharacters = 32 * 1024 * 1024;

    /// <summary>Characters of a document, beyond which its further cells are not looked into.</summary>
    public const long MaxDocumentCharacters = 16 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Document> _documents = new(StringComparer.Ordinal);
    private long _clock;

    /// <summary>Characters held.</summary>
    public long Characters
    {
        get
        {
            lock (_gate)
            {
                return _documents.Values.Sum(document => document.Characters);
            }
        }
    }

    /// <summary>Opens a document, or opens it anew.</summary>
    /// <param name="documentId">The client's name of it.</param>
    /// <param name="version">The client's version.</param>
    /// <param name="cells">Its cells, or the first of them.</param>
    /// <param name="cancellationToken">Stops reading; the document is then not open.</param>
    public IReadOnlyList<CellReferences> Open(string documentId, long version, IReadOnlyList<CellContent> cells, CancellationToken cancellationToken)
    {
        Close(documentId);
        var document = new Document { Version = version };
        var next = document.With(version, cells, [], [], cancellationToken) ?? throw new InvalidOperationException("A document without edits cannot have drifted.");
        Put(documentId, next.Document);
        return next.Changed;
    }

    /// <summary>Changes a document.</summary>
    /// <param name="documentId">The client's name of it.</param>
    /// <param name="baseVersion">The version it has here.</param>
    /// <param name="version">The version it gets.</param>
    /// <param name="added">Cells that came, or changed altogether.</param>
    /// <param name="removed">Cells that went.</param>
    /// <param name="changed">Cells that were typed in.</param>
    /// <param name="cancellationToken">Stops reading; the document stays as it was.</param>
    /// <returns>What the cells that were added and changed refer to; null when the document is not open, has another version or another text: it must be opened again.</returns>
    public IReadOnlyList<CellReferences>? Change(
        string documentId, long baseVersion, long version, IReadOnlyList<CellContent> added, IReadOnlyList<string> removed, IReadOnlyList<CellChange> changed, CancellationToken cancellationToken)
    {
        Document? document;
        lock (_gate)
        {
            document = _documents.GetValueOrDefault(documentId);
        }

        if (document is null || document.Version != baseVersion)
        {
            return null;
        }

        if (document.With(version, added, removed, changed, cancellationToken) is not { } next)
        {
            Close(documentId);
            return null;
        }

        Put(documentId, next.Document);
        return next.Changed;
    }

    /// <summary>Forgets a document.</summary>
    /// <param name="documentId">The client's name of it.</param>
    public void Close(string documentId)
    {
        lock (_gate)
        {
            _documents.Remove(documentId);
        }
    }

    private void Put(string documentId, Document document)
    {
        lock (_gate)
        {
            document.Used = ++_clock;
            _documents[documentId] = document;
            while (_documents.Count > 1 && _documents.Values.Sum(one => one.Characters) > MaxCharacters)
            {
                _documents.Remove(_documents.MinBy(one => one.Value.Used).Key);
            }
        }
    }

    /// <summary>A cell's pieces; none when it is too large, and then its length alone.</summary>
    private readonly record struct Cell(CellText? Text, int Length);

    private sealed class Document
    {
        private readonly Dictionary<string, Cell> _cells;

        public Document()
            : this(new Dictionary<string, Cell>(StringComparer.Ordinal))
        {
        }

        private Document(Dictionary<string, Cell> cells)
        {
            _cells = cells;
            Characters = cells.Values.Sum(cell => (long)(cell.Text?.Length ?? 0));
        }

        private ClientNames _clients = ClientNames.None;

        public long Version { get; init; }

        public long Characters { get; }

        public long Used { get; set; }

        public (Document Document, IReadOnlyList<CellReferences> Changed)? With(
            long version, IReadOnlyList<CellContent> added, IReadOnlyList<string> removed, IReadOnlyList<CellChange> changed, CancellationToken cancellationToken)
        {
            var cells = new Dictionary<string, Cell>(_cells, StringComparer.Ordinal);
            var told = new Dictionary<string, CellReferences>(StringComparer.Ordinal);
            var characters = Characters;
            foreach (var id in removed)
            {
                if (cells.Remove(id, out var gone))
                {
                    characters -= gone.Text?.Length ?? 0;
                }
            }

            foreach (var content in added)
            {
                cancellationToken.ThrowIfCancellationRequested();
                characters -= cells.TryGetValue(content.CellId, out var before) ? before.Text?.Length ?? 0 : 0;
                var fits = content.Text.Length <= CellText.MaxLength && characters + content.Text.Length <= MaxDocumentCharacters;
                Take(content.CellId, new Cell(fits ? CellText.Read(content.Text, cancellationToken) : null, content.Text.Length));
            }

            foreach (var change in changed)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!cells.TryGetValue(change.CellId, out var cell) || !TryEdit(cell, change, cancellationToken, out var edited))
                {
                    return null;
                }

                characters -= cell.Text?.Length ?? 0;

                // One that was too large and is so no more was not kept, and must be sent again.
                if (edited.Text is null && edited.Length <= CellText.MaxLength && characters + edited.Length <= MaxDocumentCharacters)
                {
                    return null;
                }

                Take(change.CellId, edited.Text is not null && characters + edited.Length > MaxDocumentCharacters ? edited with { Text = null } : edited);
            }

            var clients = ClientNames.Of(cells.Values.SelectMany(cell => cell.Text?.Clients ?? []));
            if (!clients.Equals(_clients))
            {
                // What other cells ask by that name is now something else.
                foreach (var (id, cell) in cells.Where(pair => !told.ContainsKey(pair.Key)))
                {
                    if (cell.Text?.References() is { } references && references.Any(reference => reference.Client is not null))
                    {
                        told[id] = new CellReferences(id, references, false);
                    }
                }
            }

            return (new Document(cells) { Version = version, _clients = clients }, [.. told.Values.Select(cell => cell with { References = clients.Resolve(cell.References) })]);

            void Take(string id, Cell cell)
            {
                cells[id] = cell;
                characters += cell.Text?.Length ?? 0;
                told[id] = new CellReferences(id, cell.Text?.References() ?? [], cell.Text is null);
            }
        }

        private static bool TryEdit(Cell cell, CellChange change, CancellationToken cancellationToken, [NotNullWhen(true)] out Cell edited)
        {
            edited = cell;
            foreach (var edit in change.Edits)
            {
                if (edit.Offset < 0 || edit.Length < 0 || (long)edit.Offset + edit.Length > edited.Length)
                {
                    return false;
                }

                var length = (long)edited.Length - edit.Length + edit.Text.Length;
                edited = length > int.MaxValue ? default
                    : new Cell(length > CellText.MaxLength ? null : edited.Text?.With(edit, cancellationToken), (int)length);
            }

            return edited.Length == change.Length;
        }
    }
}
