import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import { commandIds } from '../../infrastructure/commandIds';
import type { NodeHandle } from '../../infrastructure/nodeHandle';
import type { TreeNode } from '../../protocol/types';
import { accessibleLabelOf } from './kindNames';
import type { PagedChildren } from './pagedChildren';

/** A row of the tree. */
export type ExplorerElement = ExplorerNode | LoadMore;

/** A node of the sidecar where it stands in the tree. */
export class ExplorerNode implements NodeHandle {
  readonly itemId: string;
  /** What has been read of its children; undefined before it is opened and after a refresh. */
  children: PagedChildren | undefined;

  constructor(
    readonly node: TreeNode,
    readonly parent: ExplorerNode | undefined,
  ) {
    // The same node may stand in two places (a run in its experiment and among a pipeline's children), and VS Code
    // wants ids that are unique in the whole tree; so a row's id is made of the way to it, at a fixed length.
    this.itemId = createHash('sha256')
      .update(parent?.itemId ?? '')
      .update('\0')
      .update(node.id)
      .digest('base64url');
  }
}

/** "Load more..." at the end of a page. */
export class LoadMore {
  constructor(
    readonly parent: ExplorerNode | undefined,
    readonly shown: number,
  ) {}
}

const states: Readonly<Record<TreeNode['expansion'], vscode.TreeItemCollapsibleState>> = {
  none: vscode.TreeItemCollapsibleState.None,
  collapsed: vscode.TreeItemCollapsibleState.Collapsed,
  expanded: vscode.TreeItemCollapsibleState.Expanded,
};

/** Draws a row. */
export function toTreeItem(element: ExplorerElement): vscode.TreeItem {
  return element instanceof LoadMore ? loadMoreItem(element) : nodeItem(element);
}

function nodeItem(element: ExplorerNode): vscode.TreeItem {
  const { node } = element;
  const item = new vscode.TreeItem(node.label, states[node.expansion]);
  item.id = element.itemId;
  item.iconPath = new vscode.ThemeIcon(
    node.icon,
    node.iconColor === null ? undefined : new vscode.ThemeColor(node.iconColor),
  );
  item.contextValue = contextValueOf(node);
  item.tooltip = node.tooltip ?? '';
  if (node.description !== null) {
    item.description = node.description;
  }
  item.accessibilityInformation = { label: accessibleLabelOf(node) };
  if (explains(node) && node.actions.length > 0) {
    item.command = { command: commandIds.runNodeAction, title: vscode.l10n.t('What to Do'), arguments: [element] };
  } else if (node.actions.includes('open')) {
    item.command = { command: commandIds.openFile, title: vscode.l10n.t('Open'), arguments: [element] };
  }
  return item;
}

function loadMoreItem(element: LoadMore): vscode.TreeItem {
  const title = vscode.l10n.t('Load more...');
  const item = new vscode.TreeItem(title, vscode.TreeItemCollapsibleState.None);
  item.id = `${element.parent?.itemId ?? 'root'}/more`;
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.tooltip = vscode.l10n.t('{0} shown', element.shown);
  item.accessibilityInformation = { label: vscode.l10n.t('Load more, {0} shown', element.shown) };
  item.contextValue = ';loadMore;';
  item.command = { command: commandIds.loadMore, title, arguments: [element] };
  return item;
}

/** Whether a node tells something rather than being something: a click on it does what it says can be done. */
export function explains(node: TreeNode): boolean {
  return node.kind === 'error' || node.kind === 'notice';
}

/** `;kind=run;downloadRun;copyId;`: menus look for `;name;`, so that no name is found inside another. */
function contextValueOf(node: TreeNode): string {
  return `;${[`kind=${node.kind}`, ...node.actions].join(';')};`;
}
