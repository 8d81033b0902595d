import type { TreeNode } from '../protocol/types';

/** What the explorer passes to commands: through it the other features know a node, not the view. */
export interface NodeHandle {
  readonly node: TreeNode;
}

function isNodeHandle(value: unknown): value is NodeHandle {
  return (
    typeof value === 'object' &&
    value !== null &&
    'node' in value &&
    typeof value.node === 'object' &&
    value.node !== null &&
    'id' in value.node &&
    'kind' in value.node
  );
}

/** The node a command was invoked on; undefined from the palette. */
export function nodeOf(args: readonly unknown[]): TreeNode | undefined {
  return isNodeHandle(args[0]) ? args[0].node : undefined;
}

/**
 * All nodes a command was invoked on: VS Code passes the clicked one first and the selection second. A click outside
 * the selection means the clicked one alone, and then the selection does not hold it.
 */
export function nodesOf(args: readonly unknown[]): readonly TreeNode[] {
  const clicked = nodeOf(args);
  const selected: readonly unknown[] = Array.isArray(args[1]) ? args[1] : [];
  const nodes = selected.filter(isNodeHandle).map((handle) => handle.node);
  return clicked === undefined || nodes.some((node) => node.id === clicked.id) ? nodes : [clicked];
}
