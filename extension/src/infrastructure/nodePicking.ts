import type { NodeAction, NodeKind, TreeNode } from '../protocol/types';

/** What is looked for. */
export interface PickGoal {
  readonly title: string;
  /** A node must allow one of these. */
  readonly actions: readonly NodeAction[];
  /** What a node must be; null for anything. */
  readonly kinds: readonly NodeKind[] | null;
  /** Whether several may be taken. */
  readonly many: boolean;
  /** What the entry says that takes the node whose children are shown; absent for the usual words. */
  readonly takeParent?: (node: TreeNode) => string;
}

/** Finds nodes without the tree: from the palette, step by step. */
export interface NodePicking {
  /** @returns at least one node, and one only unless many may be taken; undefined when the person backed out. */
  pick(goal: PickGoal): Promise<readonly TreeNode[] | undefined>;
}
