import * as vscode from 'vscode';
import type { Command } from '../../infrastructure/command';
import { commandIds } from '../../infrastructure/commandIds';
import type { NodePicking } from '../../infrastructure/nodePicking';
import { Problem } from '../../infrastructure/problem';
import type { NotebookAsset, NotebookReference } from '../../protocol/types';
import { assetName, distinct } from './assetText';
import { pythonCells } from './documentTracker';
import type { DownloadFlow } from './downloadFlow';
import type { ReferenceStore } from './referenceStore';
import { ownerOf, type Workspaces } from './workspaces';

interface ModelItem extends vscode.QuickPickItem {
  readonly asset?: NotebookAsset;
  readonly all?: boolean;
}

/** "Download model ..." of a lens or a cell. */
export class DownloadReferenceCommand implements Command {
  readonly id = commandIds.downloadReference;

  constructor(private readonly flow: DownloadFlow) {}

  async execute(...args: readonly unknown[]): Promise<void> {
    const [request] = args;
    if (isRequest(request)) {
      await this.flow.reference(ownerOf(request.uri), request.asset);
    }
  }
}

/** "Export Model...": those the file refers to first, then all. */
export class ExportModelCommand implements Command {
  readonly id = 'amlData.notebooks.exportModel';

  constructor(
    private readonly flow: DownloadFlow,
    private readonly store: ReferenceStore,
    private readonly picker: NodePicking,
  ) {}

  async execute(...args: readonly unknown[]): Promise<void> {
    const owner = ownerFrom(args[0]);
    const title = vscode.l10n.t('Export Model');
    const models = distinct(documentsOf(owner).flatMap((one) => this.store.get(one))).filter(isModel);
    if (models.length > 0) {
      const items: readonly ModelItem[] = [
        { label: vscode.l10n.t('in this file'), kind: vscode.QuickPickItemKind.Separator },
        ...models.map(({ asset }) => ({ label: `$(package) ${assetName(asset)}`, asset })),
        { label: '', kind: vscode.QuickPickItemKind.Separator },
        { label: `$(list-tree) ${vscode.l10n.t('All Models...')}`, all: true },
      ];
      const picked = await vscode.window.showQuickPick(items, {
        title,
        placeHolder: vscode.l10n.t('Model to export beside this file'),
      });
      if (picked?.asset !== undefined) {
        await this.flow.reference(owner, picked.asset);
        return;
      }
      if (picked === undefined) {
        return;
      }
    }
    const [node] =
      (await this.picker.pick({ title, actions: ['download'], kinds: ['modelVersion'], many: false })) ?? [];
    if (node !== undefined) {
      const name = node.resource?.name ?? node.label;
      await this.flow.start({ owner, kind: 'model', nodeId: node.id, title: name, parts: 2 });
    }
  }
}

/** "Choose Workspace of This Folder...": where references are looked up when no config.json says. */
export class ChooseWorkspaceCommand implements Command {
  readonly id = 'amlData.notebooks.chooseWorkspace';

  constructor(private readonly workspaces: Workspaces) {}

  async execute(...args: readonly unknown[]): Promise<void> {
    const owner = ownerFrom(args[0]);
    const configured = await this.workspaces.find(owner);
    if (configured?.configPath != null) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('The workspace of this folder is {0}: {1} says so.', configured.name, configured.configPath),
      );
      return;
    }
    await this.workspaces.ask(owner);
  }
}

/** Models; and what may be one, for the code does not say. */
function isModel({ asset }: NotebookReference): boolean {
  return asset.kind === 'model' || asset.kind === 'any';
}

/** The toolbar of a notebook passes the notebook's address in an object, the title of an editor an address. */
function ownerFrom(context: unknown): vscode.Uri {
  if (context instanceof vscode.Uri) {
    return ownerOf(context);
  }
  if (typeof context === 'object' && context !== null && 'notebookEditor' in context) {
    const { notebookEditor } = context;
    if (
      typeof notebookEditor === 'object' &&
      notebookEditor !== null &&
      'notebookUri' in notebookEditor &&
      notebookEditor.notebookUri instanceof vscode.Uri
    ) {
      return notebookEditor.notebookUri;
    }
  }
  const active = vscode.window.activeNotebookEditor?.notebook.uri ?? vscode.window.activeTextEditor?.document.uri;
  if (active === undefined) {
    throw new Problem(vscode.l10n.t('Open a notebook or a Python file first.'), { code: 'notebook.noFile' });
  }
  return ownerOf(active);
}

function documentsOf(owner: vscode.Uri): readonly vscode.TextDocument[] {
  const key = owner.toString();
  const notebook = vscode.workspace.notebookDocuments.find(({ uri }) => uri.toString() === key);
  return notebook === undefined
    ? vscode.workspace.textDocuments.filter(({ uri }) => uri.toString() === key)
    : pythonCells(notebook);
}

function isRequest(value: unknown): value is { readonly uri: vscode.Uri; readonly asset: NotebookAsset } {
  return (
    typeof value === 'object' && value !== null && 'uri' in value && value.uri instanceof vscode.Uri && 'asset' in value
  );
}
