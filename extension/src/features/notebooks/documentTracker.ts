import * as vscode from 'vscode';
import type { SidecarClient } from '../../sidecar/client';
import { Followed } from './followed';
import type { ReferenceStore } from './referenceStore';

const python = 'python';
export const cellScheme = 'vscode-notebook-cell';
const fileSchemes: readonly string[] = ['file', 'untitled'];
export const notebookType = 'jupyter-notebook';

/** What code that refers to something in a workspace holds somewhere; without it the sidecar is not even started. */
const trace = /azureml|azure\.ai\.ml|MLClient\b|models:\/|runs:\/|\.models\b|\.data\s*\.get\b|Dataset\b/;

/** Follows the notebooks and Python files that a person looks at, from then until they are closed. */
export class DocumentTracker implements vscode.Disposable {
  private readonly followed = new Map<string, Followed>();
  private readonly disposables: vscode.Disposable[] = [];

  constructor(
    private readonly sidecar: SidecarClient,
    private readonly store: ReferenceStore,
    private readonly isEnabled: () => boolean,
    private readonly onError: (error: unknown) => void,
  ) {
    this.disposables.push(
      vscode.window.onDidChangeVisibleTextEditors(() => {
        this.look();
      }),
      vscode.window.onDidChangeVisibleNotebookEditors(() => {
        this.look();
      }),
      vscode.workspace.onDidChangeTextDocument((event) => {
        this.edited(event);
      }),
      vscode.workspace.onDidChangeNotebookDocument(({ notebook }) => {
        this.refresh(notebook);
      }),
      vscode.workspace.onDidOpenTextDocument((document) => {
        // Also told when a document's language has changed.
        if (document.uri.scheme === cellScheme) {
          this.refreshAll();
        } else {
          this.look();
        }
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        if (document.uri.scheme === cellScheme) {
          this.refreshAll();
        } else {
          this.forget(document.uri);
        }
      }),
      vscode.workspace.onDidCloseNotebookDocument(({ uri }) => {
        this.forget(uri);
      }),
      sidecar.onDidStart(() => {
        for (const one of this.followed.values()) {
          one.reopen();
        }
      }),
    );
  }

  /** Begins with what is visible and not followed yet. */
  look(): void {
    if (!this.isEnabled()) {
      return;
    }
    for (const { document } of vscode.window.visibleTextEditors) {
      if (isPythonFile(document)) {
        this.follow(document.uri, () => (document.isClosed ? [] : [document]));
      }
    }
    for (const { notebook } of vscode.window.visibleNotebookEditors) {
      if (notebook.notebookType === notebookType || notebook.notebookType === 'interactive') {
        this.follow(notebook.uri, () => pythonCells(notebook));
      }
    }
  }

  /** Forgets everything: the person does not want it. */
  stop(): void {
    for (const one of this.followed.values()) {
      one.close();
    }
    this.followed.clear();
  }

  dispose(): void {
    this.stop();
    vscode.Disposable.from(...this.disposables).dispose();
  }

  private follow(uri: vscode.Uri, documents: () => readonly vscode.TextDocument[]): void {
    const id = uri.toString();
    if (!this.followed.has(id) && documents().some((document) => trace.test(document.getText()))) {
      const one = new Followed(id, documents, this.sidecar, this.store, this.onError);
      this.followed.set(id, one);
      one.refresh();
    }
  }

  private edited(event: vscode.TextDocumentChangeEvent): void {
    const { document, contentChanges } = event;
    if (contentChanges.length === 0 || document.languageId !== python) {
      return;
    }
    for (const one of this.followed.values()) {
      if (one.has(document)) {
        one.edited(event);
        return;
      }
    }
    // Only the lines that were typed in: the rest was looked at before.
    const lines = contentChanges.map(({ range, text }) => {
      const last = Math.min(document.lineCount - 1, range.start.line + text.split('\n').length - 1);
      return document.getText(new vscode.Range(range.start.line, 0, last, Number.MAX_SAFE_INTEGER));
    });
    if (lines.some((line) => trace.test(line))) {
      this.look();
    }
  }

  private refresh(notebook: vscode.NotebookDocument): void {
    const one = this.followed.get(notebook.uri.toString());
    if (one === undefined) {
      this.look();
    } else {
      one.refresh();
    }
  }

  private refreshAll(): void {
    for (const one of this.followed.values()) {
      one.refresh();
    }
  }

  private forget(uri: vscode.Uri): void {
    const id = uri.toString();
    this.followed.get(id)?.close();
    this.followed.delete(id);
  }
}

function isPythonFile(document: vscode.TextDocument): boolean {
  return document.languageId === python && fileSchemes.includes(document.uri.scheme);
}

/** The cells that are Python code. */
export function pythonCells(notebook: vscode.NotebookDocument): readonly vscode.TextDocument[] {
  return notebook.isClosed
    ? []
    : notebook
        .getCells()
        .filter((cell) => cell.kind === vscode.NotebookCellKind.Code && cell.document.languageId === python)
        .map((cell) => cell.document);
}
