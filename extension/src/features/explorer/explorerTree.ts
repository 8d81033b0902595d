import type * as vscode from 'vscode';
import type { TreeAccess } from '../../infrastructure/treeAccess';
import type { TreeNode } from '../../protocol/types';
import { type ExplorerElement, ExplorerNode } from './elements';
import type { ExplorerProvider } from './explorerProvider';

/** The tree as other features see it. */
export class ExplorerTree implements TreeAccess {
  constructor(
    private readonly provider: ExplorerProvider,
    private readonly view: Pick<vscode.TreeView<ExplorerElement>, 'visible' | 'selection'>,
  ) {}

  get selected(): readonly TreeNode[] {
    // What a person does not see they do not mean.
    return this.view.visible
      ? this.view.selection.filter((element) => element instanceof ExplorerNode).map((element) => element.node)
      : [];
  }

  refreshAround(nodeIds: readonly string[] | null): Promise<void> {
    return nodeIds === null ? this.provider.refresh() : this.provider.refreshAround(nodeIds);
  }

  redraw(): void {
    this.provider.redraw();
  }
}
