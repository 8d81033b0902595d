import * as vscode from 'vscode';
import { formatCount } from '../../infrastructure/format';
import type { TreeNode } from '../../protocol/types';

/** How many names are worth reading. */
const named = 3;

/** Why some of a selection is not in a plan; null when all is. */
export function leftOutText(nodes: readonly TreeNode[]): string | null {
  if (nodes.length === 0) {
    return null;
  }
  const names = nodes.slice(0, named).map((node) => node.label);
  const rest = nodes.length - names.length;
  const list = rest === 0 ? names.join(', ') : vscode.l10n.t('{0} and {1} more', names.join(', '), formatCount(rest));
  return vscode.l10n.t('Selected, but this cannot be done with: {0}', list);
}
