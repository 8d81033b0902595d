import * as vscode from 'vscode';
import type { NodeKind, TreeNode } from '../../protocol/types';

/**
 * What a screen reader says of a row: its name, what it is (which only the icon shows), then the rest. The sidecar says it of
 * resources; of what follows here it sends the name first, and the kind is put behind it.
 */
export function accessibleLabelOf(node: TreeNode): string {
  const said = node.accessibilityLabel ?? joined([node.label, node.description]);
  const kind = kindName(node.kind);
  const rest = said.startsWith(node.label) ? said.slice(node.label.length).replace(/^, /, '') : null;
  return kind === null || rest === null ? said : joined([node.label, kind, rest]);
}

/** Null for what the sidecar says the kind of, for groups, whose names say it, and for what only explains. */
function kindName(kind: NodeKind): string | null {
  switch (kind) {
    case 'subscription':
      return vscode.l10n.t('subscription');
    case 'workspace':
      return vscode.l10n.t('workspace');
    case 'registry':
      return vscode.l10n.t('registry');
    case 'experiment':
      return vscode.l10n.t('experiment');
    case 'run':
      return vscode.l10n.t('run');
    case 'namedOutput':
      return vscode.l10n.t('named output');
    case 'folder':
      return vscode.l10n.t('folder');
    case 'userFolder':
      return vscode.l10n.t("a person's folder");
    case 'file':
      return vscode.l10n.t('file');
    default:
      return null;
  }
}

function joined(parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part !== '').join(', ');
}
