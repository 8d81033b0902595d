import type * as vscode from 'vscode';
import { server } from '../../protocol/methods';
import type { NotebookCell, NotebookCellEdits, NotebookReferences } from '../../protocol/types';
import type { SidecarClient } from '../../sidecar/client';
import type { ReferenceStore } from './referenceStore';

/** Characters of whole cells in one message; a message may have 16 MiB. */
const batchCharacters = 1024 * 1024;
/** A cell that no message can hold. */
const largestCell = 4 * 1024 * 1024;
/** Milliseconds without typing before what was typed is looked into. */
const settle = 200;

type Edits = NotebookCellEdits['edits'];

/** A notebook or a Python file that is followed: what of it the sidecar has, and what it does not have yet. */
export class Followed {
  /** What the sidecar has, by the documents' addresses. */
  private readonly sent = new Map<string, vscode.TextDocument>();
  private readonly edits = new Map<string, { readonly edits: Edits; document: vscode.TextDocument }>();
  private version = 0;
  private isOpen = false;
  private busy = false;
  private again = false;
  private closed = false;
  private timer: NodeJS.Timeout | undefined;

  /** @param documents the Python documents it has now. */
  constructor(
    readonly id: string,
    private readonly documents: () => readonly vscode.TextDocument[],
    private readonly sidecar: SidecarClient,
    private readonly store: ReferenceStore,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Whether a document is a part of this. */
  has(document: vscode.TextDocument): boolean {
    return this.sent.has(document.uri.toString());
  }

  /** Whether something came while a request was under way. */
  private get isWanted(): boolean {
    return this.again && !this.closed;
  }

  /** Takes what was typed. */
  edited(event: vscode.TextDocumentChangeEvent): void {
    const key = event.document.uri.toString();
    const waiting = this.edits.get(key) ?? { edits: [], document: event.document };
    waiting.edits.push(
      ...event.contentChanges.map((change) => ({
        offset: change.rangeOffset,
        length: change.rangeLength,
        text: change.text,
      })),
    );
    this.edits.set(key, waiting);
    this.schedule(settle);
  }

  /** Looks whether cells came or went. */
  refresh(): void {
    this.schedule(0);
  }

  /** A new process knows nothing. */
  reopen(): void {
    this.isOpen = false;
    this.schedule(0);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    for (const document of this.sent.values()) {
      this.store.delete(document.uri);
    }
    if (this.isOpen) {
      this.sidecar.request(server.notebook.close, { documentId: this.id }).catch(this.onError);
    }
  }

  private schedule(milliseconds: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.flush().catch(this.onError);
    }, milliseconds);
  }

  /** One request at a time; what comes meanwhile goes with the next. */
  private async flush(): Promise<void> {
    if (this.busy) {
      this.again = true;
      return;
    }
    this.busy = true;
    try {
      do {
        this.again = false;
        await this.send();
      } while (this.isWanted);
    } catch (error) {
      // Whatever the sidecar has of it is not relied on.
      this.isOpen = false;
      throw error;
    } finally {
      this.busy = false;
    }
  }

  private async send(): Promise<void> {
    if (!this.isOpen) {
      this.sent.clear();
      this.edits.clear();
    }
    const now = new Map(this.documents().map((document) => [document.uri.toString(), document]));
    const removed = [...this.sent.keys()].filter((key) => !now.has(key));
    for (const key of removed) {
      const document = this.sent.get(key);
      this.sent.delete(key);
      this.edits.delete(key);
      if (document !== undefined) {
        this.store.delete(document.uri);
      }
    }
    const edited = [...this.edits].filter(([key]) => this.sent.has(key));
    this.edits.clear();
    const added = [...now].filter(([key]) => !this.sent.has(key)).map(([, document]) => document);
    let first: NotebookCellEdits[] = edited.map(([cellId, { edits, document }]) => ({
      cellId,
      edits,
      length: document.getText().length,
    }));
    const versions = new Map(edited.map(([key, { document }]) => [key, document.version]));
    let gone = removed;
    for (const batch of batches(added)) {
      const cells: NotebookCell[] = batch.map((document) => {
        const key = document.uri.toString();
        versions.set(key, document.version);
        this.sent.set(key, document);
        return { cellId: key, text: document.getText() };
      });
      if (cells.length + first.length + gone.length > 0 || !this.isOpen) {
        const answer = await this.ask(cells, gone, first);
        if (answer.outOfStep) {
          this.isOpen = false;
          this.again = true;
          return;
        }
        this.take(answer, versions);
      }
      first = [];
      gone = [];
    }
  }

  private async ask(
    added: NotebookCell[],
    removed: string[],
    edited: NotebookCellEdits[],
  ): Promise<NotebookReferences> {
    const baseVersion = this.version++;
    if (this.isOpen) {
      return this.sidecar.request(server.notebook.change, {
        documentId: this.id,
        baseVersion,
        version: this.version,
        added,
        removed,
        edited,
      });
    }
    const answer = await this.sidecar.request(server.notebook.open, {
      documentId: this.id,
      version: this.version,
      cells: added,
    });
    this.isOpen = true;
    return answer;
  }

  private take(answer: NotebookReferences, versions: ReadonlyMap<string, number>): void {
    for (const cell of answer.cells) {
      const document = this.sent.get(cell.cellId);
      if (document !== undefined && !this.closed) {
        this.store.set(document.uri, versions.get(cell.cellId) ?? document.version, cell.references);
      }
    }
  }
}

/** Whole cells in messages of a bearable size; at least one, which may be empty. */
function batches(documents: readonly vscode.TextDocument[]): readonly (readonly vscode.TextDocument[])[] {
  const all: vscode.TextDocument[][] = [[]];
  let size = 0;
  for (const document of documents) {
    const { length } = document.getText();
    if (length > largestCell) {
      continue;
    }
    if (size + length > batchCharacters && (all.at(-1)?.length ?? 0) > 0) {
      all.push([]);
      size = 0;
    }
    all.at(-1)?.push(document);
    size += length;
  }
  return all;
}
