import type { Command } from '../../infrastructure/command';
import { nodesOf } from '../../infrastructure/nodeHandle';
import type { NodePicking } from '../../infrastructure/nodePicking';
import type { TreeAccess } from '../../infrastructure/treeAccess';
import type { TreeNode } from '../../protocol/types';
import type { ExportFlow } from './exportFlow';
import type { ExportKind } from './exportKinds';

/** "Download Outputs and Logs...", "Download...", "Download Model...": on nodes of the tree, or on one picked by the way. */
export class ExportCommand implements Command {
  readonly id: string;

  constructor(
    private readonly kind: ExportKind,
    private readonly flow: ExportFlow,
    private readonly picker: NodePicking,
    private readonly tree: TreeAccess,
    private readonly onStarted: () => Promise<void>,
  ) {
    this.id = kind.commandId;
  }

  async execute(...args: readonly unknown[]): Promise<void> {
    // A selection may hold rows this cannot be done with; the menu showed it for the others.
    let targets = nodesOf(args).filter((node) => this.fits(node));
    if (targets.length === 0 && this.kind.kinds !== null) {
      targets = this.tree.selected.filter((node) => this.fits(node));
    }
    if (targets.length === 0) {
      const { actions, title, kinds, picks } = this.kind;
      targets = [
        ...((await this.picker.pick({ title, actions: actions.slice(0, 1), kinds: picks ?? kinds, many: false })) ??
          []),
      ];
    }
    if (targets.length > 0) {
      const operation = await this.flow.run(this.kind, targets);
      if (operation !== undefined) {
        await this.onStarted();
      }
    }
  }

  private fits(node: TreeNode): boolean {
    const { actions, kinds } = this.kind;
    return (kinds === null || kinds.includes(node.kind)) && actions.some((action) => node.actions.includes(action));
  }
}
