import { join } from 'node:path';
import * as vscode from 'vscode';
import type { StartedExport } from '../../infrastructure/nodeExport';
import { server } from '../../protocol/methods';
import type { NotebookAssetKind } from '../../protocol/types';
import type { SidecarClient } from '../../sidecar/client';
import { folderOf } from './workspaces';

/** Something that was exported for a notebook or Python file. */
export interface Exported {
  readonly kind: NotebookAssetKind;
  /** Name and version. */
  readonly title: string;
  /** The folder it was written to. */
  readonly folder: string;
}

/** Writes the code that loads what was exported: as a new cell, or as lines of a Python file. */
export class CodeInserter {
  constructor(private readonly sidecar: SidecarClient) {}

  /** Below the cell at hand. */
  async intoNotebook(uri: vscode.Uri, exported: Exported): Promise<void> {
    const notebook = await vscode.workspace.openNotebookDocument(uri);
    const text = await this.textFor(exported, uri, false);
    const editor = vscode.window.visibleNotebookEditors.find((one) => one.notebook === notebook);
    const index = Math.min(editor?.selections[0]?.end ?? notebook.cellCount, notebook.cellCount);
    const edit = new vscode.WorkspaceEdit();
    const cell = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, text, 'python');
    edit.set(uri, [vscode.NotebookEdit.insertCells(index, [cell])]);
    await vscode.workspace.applyEdit(edit);
    const shown = await vscode.window.showNotebookDocument(notebook);
    shown.selection = new vscode.NotebookRange(index, index + 1);
    shown.revealRange(shown.selection, vscode.NotebookEditorRevealType.InCenterIfOutsideViewport);
  }

  /** Above the line at hand. */
  async intoFile(uri: vscode.Uri, exported: Exported): Promise<void> {
    const document = await vscode.workspace.openTextDocument(uri);
    const text = await this.textFor(exported, uri, true);
    const editor = await vscode.window.showTextDocument(document);
    const line = editor.selection.active.line;
    const at = new vscode.Position(line, 0);
    const edit = new vscode.WorkspaceEdit();
    // As deep as the line it is put above, or it would tear a function in two.
    const indentation = /^[ \t]*/.exec(document.lineAt(line).text)?.[0] ?? '';
    const lines = text.split('\n').map((one) => (one === '' ? one : indentation + one));
    edit.insert(uri, at, `${lines.join('\n')}\n\n`);
    await vscode.workspace.applyEdit(edit);
    editor.revealRange(new vscode.Range(at, at));
  }

  private async textFor(exported: Exported, uri: vscode.Uri, inFile: boolean): Promise<string> {
    const { text } = await this.sidecar.request(server.notebook.loadCode, {
      kind: exported.kind,
      title: exported.title,
      folder: exported.folder,
      from: folderOf(uri) ?? null,
      inFile: inFile && uri.scheme === 'file',
    });
    return text;
  }
}

/**
 * The folder of one thing that was exported.
 * @param own the bag's folder, where it is one.
 * @param parts folders that stand for it in a plain folder: a name, or a name and a version.
 */
export function folderOfExport(started: Omit<StartedExport, 'operation'>, own: string, parts: number): string {
  const named = started.firstPath.split('/').slice(0, parts);
  return started.format === 'bag'
    ? join(own, 'data', ...(started.hasOwnFolder ? [] : named))
    : join(started.folder, ...named);
}
