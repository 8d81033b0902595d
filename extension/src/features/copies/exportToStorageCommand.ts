import * as vscode from 'vscode';
import type { Command } from '../../infrastructure/command';
import { commandIds } from '../../infrastructure/commandIds';
import { nodesOf } from '../../infrastructure/nodeHandle';
import type { NodePicking } from '../../infrastructure/nodePicking';
import type { TreeAccess } from '../../infrastructure/treeAccess';
import type { NodeAction, TreeNode } from '../../protocol/types';
import type { CopyFlow } from './copyFlow';

/** What can be downloaded can be copied. */
const actions: readonly NodeAction[] = ['downloadRun', 'download'];

/** "Export to Storage...": on nodes of the tree, on what is selected there, or on one picked by the way. */
export class ExportToStorageCommand implements Command {
  readonly id = commandIds.exportToStorage;

  constructor(
    private readonly flow: CopyFlow,
    private readonly picker: NodePicking,
    private readonly tree: TreeAccess,
  ) {}

  async execute(...args: readonly unknown[]): Promise<void> {
    const title = vscode.l10n.t('Export to Storage');
    const clicked = nodesOf(args);
    let nodes = (clicked.length > 0 ? clicked : this.tree.selected).filter(fits);
    if (nodes.length === 0) {
      nodes = [
        ...((await this.picker.pick({
          title,
          actions,
          kinds: ['run', 'modelVersion', 'dataVersion', 'dataset', 'folder'],
          many: false,
        })) ?? []),
      ];
    }
    if (nodes.length > 0) {
      await this.flow.run(title, nodes);
    }
  }
}

function fits(node: TreeNode): boolean {
  return actions.some((action) => node.actions.includes(action));
}
