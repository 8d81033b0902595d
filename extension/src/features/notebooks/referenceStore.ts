import * as vscode from 'vscode';
import type { NotebookReference } from '../../protocol/types';

interface Known {
  readonly version: number;
  readonly references: readonly NotebookReference[];
}

/** What the sidecar found in each document; a cell of a notebook is a document of its own. */
export class ReferenceStore implements vscode.Disposable {
  private readonly known = new Map<string, Known>();
  private readonly changed = new vscode.EventEmitter<readonly vscode.Uri[]>();
  /** These documents refer to something else now. */
  readonly onDidChange = this.changed.event;

  /** What a document refers to, as of the last answer. */
  get(document: vscode.TextDocument): readonly NotebookReference[] {
    return this.known.get(document.uri.toString())?.references ?? [];
  }

  /** The same, unless the text has changed since: places would be wrong. */
  getCurrent(document: vscode.TextDocument): readonly NotebookReference[] {
    const known = this.known.get(document.uri.toString());
    return known?.version === document.version ? known.references : [];
  }

  /** @param version the text's version that was looked into. */
  set(uri: vscode.Uri, version: number, references: readonly NotebookReference[]): void {
    const key = uri.toString();
    const before = this.known.get(key);
    this.known.set(key, { version, references });
    if ((before?.references.length ?? 0) > 0 || references.length > 0) {
      this.changed.fire([uri]);
    }
  }

  delete(uri: vscode.Uri): void {
    if (this.known.delete(uri.toString())) {
      this.changed.fire([uri]);
    }
  }

  clear(): void {
    const uris = [...this.known.keys()].map((key) => vscode.Uri.parse(key));
    this.known.clear();
    this.changed.fire(uris);
  }

  dispose(): void {
    this.changed.dispose();
  }
}

/** Where VS Code counts as the contract does. */
export function rangeOf(range: NotebookReference['range']): vscode.Range {
  return new vscode.Range(range.startLine, range.startCharacter, range.endLine, range.endCharacter);
}
