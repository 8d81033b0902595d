import * as vscode from 'vscode';
import { commandIds } from '../../infrastructure/commandIds';
import type { NotebookAsset } from '../../protocol/types';
import { distinct, downloadTitle } from './assetText';
import { type ReferenceStore, rangeOf } from './referenceStore';

/** More in one cell would push its own items away; the toolbar offers all. */
const itemsOfCell = 4;

/** What the download command is called with. */
export interface DownloadRequest {
  readonly uri: vscode.Uri;
  readonly asset: NotebookAsset;
}

/** "Download model churn:3" above the line in a Python file. */
export class ReferenceLenses implements vscode.CodeLensProvider {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.changed.event;

  constructor(
    private readonly store: ReferenceStore,
    private readonly isEnabled: () => boolean,
  ) {
    store.onDidChange(() => {
      this.changed.fire();
    });
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    return this.isEnabled()
      ? this.store.get(document).map(({ range, asset }) => {
          const request: DownloadRequest = { uri: document.uri, asset };
          return new vscode.CodeLens(rangeOf(range), {
            title: `$(cloud-download) ${downloadTitle(asset)}`,
            command: commandIds.downloadReference,
            arguments: [request],
          });
        })
      : [];
  }
}

/** The same below a cell of a notebook. */
export class CellItems implements vscode.NotebookCellStatusBarItemProvider {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCellStatusBarItems = this.changed.event;

  constructor(
    private readonly store: ReferenceStore,
    private readonly isEnabled: () => boolean,
  ) {
    store.onDidChange(() => {
      this.changed.fire();
    });
  }

  provideCellStatusBarItems(cell: vscode.NotebookCell): vscode.NotebookCellStatusBarItem[] {
    if (!this.isEnabled()) {
      return [];
    }
    return distinct(this.store.get(cell.document))
      .slice(0, itemsOfCell)
      .map(({ asset }) => {
        const request: DownloadRequest = { uri: cell.document.uri, asset };
        const title = downloadTitle(asset);
        const item = new vscode.NotebookCellStatusBarItem(
          `$(cloud-download) ${title}`,
          vscode.NotebookCellStatusBarAlignment.Left,
        );
        item.command = { title, command: commandIds.downloadReference, arguments: [request] };
        item.accessibilityInformation = { label: title, role: 'button' };
        return item;
      });
  }
}
