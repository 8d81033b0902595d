import type { NodePicking, PickGoal } from '../../infrastructure/nodePicking';
import type { SubscriptionSelection } from '../../infrastructure/subscriptionSelection';
import { server } from '../../protocol/methods';
import type { TreeNode } from '../../protocol/types';
import type { SidecarClient } from '../../sidecar/client';
import { PickerLevel } from './pickerLevel';
import { PickRoute } from './pickRoute';

/** Finds nodes from the palette: down the tree step by step, or straight to what a pasted text means. */
export class NodePicker implements NodePicking {
  constructor(
    private readonly sidecar: SidecarClient,
    private readonly selection: SubscriptionSelection,
  ) {}

  async pick(goal: PickGoal): Promise<readonly TreeNode[] | undefined> {
    const route = new PickRoute(goal);
    const path: TreeNode[] = [];
    /** Groups that were opened without being asked for are left the same way. */
    const unasked = new Set<TreeNode>();
    for (;;) {
      const parent = path.at(-1);
      const choice = await new PickerLevel(this.sidecar, this.selection, path, route).ask();
      switch (choice?.kind) {
        case undefined:
          return undefined;
        case 'take':
          return choice.nodes;
        case 'back':
          for (let left = path.pop(); left !== undefined && unasked.has(left); left = path.pop()) {
            unasked.delete(left);
          }
          break;
        case 'node':
          if (route.ends(choice.node)) {
            return [choice.node];
          }
          if (choice.byItself) {
            unasked.add(choice.node);
          }
          path.push(choice.node);
          break;
        case 'locate': {
          const workspaceNodeId = path.find((node) => node.kind === 'workspace')?.id ?? null;
          const { node } = await this.sidecar.request(server.explorer.locate, { text: choice.text, workspaceNodeId });
          if (route.fits(node)) {
            return [node];
          }
          path.splice(0, path.length, ...(parent === undefined ? [] : [parent]), node);
          break;
        }
      }
    }
  }
}
