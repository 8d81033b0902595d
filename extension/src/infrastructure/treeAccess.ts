import type { TreeNode } from '../protocol/types';

/** What other features need of the tree, without knowing how it is drawn. */
export interface TreeAccess {
  /** What is selected; nothing while the tree is out of sight. */
  readonly selected: readonly TreeNode[];
  /**
   * Reads anew the groups in which the nodes stand: they have changed or are gone.
   * @param nodeIds null for everything.
   */
  refreshAround(nodeIds: readonly string[] | null): Promise<void>;
}
