import * as vscode from 'vscode';
import type { NodeExport } from '../../infrastructure/nodeExport';
import type { OperationList } from '../../infrastructure/operationList';
import { Problem } from '../../infrastructure/problem';
import type { NotebookAsset, NotebookAssetKind, NotebookDescription, NotebookFoundAsset } from '../../protocol/types';
import { assetName, downloadTitle } from './assetText';
import type { Descriptions } from './descriptions';
import { type CodeInserter, type Exported, folderOfExport } from './insertCode';
import { folderOf, type WorkspaceChoice, type Workspaces } from './workspaces';

/** What is exported, and for which file. */
export interface Wanted {
  /** The notebook or Python file. */
  readonly owner: vscode.Uri;
  readonly kind: NotebookAssetKind;
  readonly nodeId: string;
  readonly title: string;
  /** Folders that stand for it below the destination: a name, a name and a version. */
  readonly parts: number;
}

/** From a reference to a running download beside the notebook, and from its end to a cell that loads it. */
export class DownloadFlow {
  constructor(
    private readonly workspaces: Workspaces,
    private readonly descriptions: Descriptions,
    private readonly exports: NodeExport,
    private readonly operations: OperationList,
    private readonly inserter: CodeInserter,
  ) {}

  /** Downloads what code refers to. */
  async reference(owner: vscode.Uri, asset: NotebookAsset): Promise<void> {
    const workspace = await this.workspaces.findOrAsk(owner, asset);
    if (workspace === undefined) {
      return;
    }
    const description = await this.descriptions.getFresh(workspace, asset);
    const found = description === undefined ? undefined : await choose(description, asset, workspace);
    if (found === undefined) {
      return;
    }
    if (found.nodeId === null) {
      throw new Problem(vscode.l10n.t('{0} has a name that cannot be downloaded.', found.name), {
        code: 'notebook.notDownloadable',
      });
    }
    await this.start({
      owner,
      kind: found.kind,
      nodeId: found.nodeId,
      title: found.version === null ? found.name : `${found.name}:${found.version}`,
      parts: found.version === null ? 1 : 2,
    });
  }

  /** Downloads a node, and offers the code when it is there. */
  async start(wanted: Wanted): Promise<void> {
    const { owner, kind, title } = wanted;
    const started = await this.exports.start({
      title: vscode.l10n.t('Download {0}', title),
      nodeIds: [wanted.nodeId],
      beside: folderOf(owner) ?? null,
    });
    if (started === undefined) {
      return;
    }
    const { operation } = started;
    await this.operations.show();
    // Asked at the end: a bag has its name by then.
    const exported = (): Exported => {
      const own = this.operations.get(operation.id)?.destination ?? started.folder;
      return { kind, title, folder: folderOfExport(started, own, kind === 'place' ? 1 : wanted.parts) };
    };
    const isNotebook = vscode.workspace.notebookDocuments.some(({ uri }) => uri.toString() === owner.toString());
    this.operations.offer(operation.id, {
      title: isNotebook ? vscode.l10n.t('Insert Cell') : vscode.l10n.t('Insert Code'),
      run: () =>
        isNotebook ? this.inserter.intoNotebook(owner, exported()) : this.inserter.intoFile(owner, exported()),
    });
  }
}

/** The one that is meant; asks when a model and data share the name. */
async function choose(
  description: NotebookDescription,
  asset: NotebookAsset,
  workspace: WorkspaceChoice,
): Promise<NotebookFoundAsset | undefined> {
  const [only, ...others] = description.found;
  if (only === undefined) {
    const versions =
      description.versions.length === 0 ? '' : ` ${vscode.l10n.t('There are: {0}', description.versions.join(', '))}`;
    const reason = description.reason ?? vscode.l10n.t('{0} is not in {1}.', assetName(asset), workspace.name);
    throw new Problem(reason + versions, { code: 'notebook.notFound', target: assetName(asset) });
  }
  if (others.length === 0) {
    return only;
  }
  const items = description.found.map((found) => ({
    label: found.version === null ? found.name : `${found.name}:${found.version}`,
    description: found.kind === 'model' ? vscode.l10n.t('model') : vscode.l10n.t('data'),
    found,
  }));
  const picked = await vscode.window.showQuickPick(items, { title: downloadTitle(asset) });
  return picked?.found;
}
