import * as vscode from 'vscode';
import type { ErrorPresenter } from '../../infrastructure/errorPresenter';
import { isCancellation, isSidecarDown, messageOf, Problem } from '../../infrastructure/problem';
import type { SignInState } from '../../infrastructure/signInState';
import type { SubscriptionSelection } from '../../infrastructure/subscriptionSelection';
import { server } from '../../protocol/methods';
import type { ChildrenResult, NodeAction, SubscriptionInfo, TreeNode } from '../../protocol/types';
import type { SidecarClient } from '../../sidecar/client';
import { type ExplorerElement, ExplorerNode, LoadMore, toTreeItem } from './elements';
import { PagedChildren } from './pagedChildren';
import { RootReader } from './rootReader';
import type { ExplorerFilter } from './runFilter';

/** The tree: it draws what the sidecar sends and remembers how far it has been read. */
export class ExplorerProvider implements vscode.TreeDataProvider<ExplorerElement>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<ExplorerElement | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private roots: PagedChildren | undefined;
  private waitsForSidecar = false;
  private readonly subscription: vscode.Disposable;
  private readonly rootReader: RootReader;

  constructor(
    private readonly sidecar: SidecarClient,
    signIn: SignInState,
    selection: SubscriptionSelection,
    private readonly filter: ExplorerFilter,
    private readonly errors: ErrorPresenter,
    log: vscode.LogOutputChannel,
  ) {
    this.rootReader = new RootReader(sidecar, signIn, selection, log, (subscriptions, pageToken, token) =>
      this.readPage(null, subscriptions, pageToken, token),
    );
    this.subscription = sidecar.onDidStart(() => {
      if (this.waitsForSidecar) {
        this.waitsForSidecar = false;
        this.redraw();
      }
    });
  }

  getTreeItem(element: ExplorerElement): vscode.TreeItem {
    return toTreeItem(element);
  }

  getParent(element: ExplorerElement): ExplorerElement | undefined {
    return element.parent;
  }

  async getChildren(element?: ExplorerElement): Promise<ExplorerElement[]> {
    if (element instanceof LoadMore) {
      return [];
    }
    const children = this.childrenOf(element);
    try {
      await children.first();
    } catch (error) {
      this.forget(element, children);
      if (isCancellation(error)) {
        return [];
      }
      if (element === undefined && isSidecarDown(error)) {
        // The empty view says so, in more words than a row has room for; it is read again when the sidecar is up.
        this.errors.write(error, server.explorer.children.method);
        this.waitsForSidecar = true;
        return [];
      }
      return [this.errorRow(error, element)];
    }
    return children.hasMore
      ? [...children.elements, new LoadMore(element, children.elements.length)]
      : [...children.elements];
  }

  /** Reads the next page below a node; null for the roots. */
  async loadMore(parent: ExplorerNode | undefined): Promise<void> {
    const children = parent === undefined ? this.roots : parent.children;
    await children?.next();
    this.changed.fire(parent);
  }

  /** Reads a node's children anew, or everything. What is being read for the old rows is cancelled. */
  async refresh(element?: ExplorerNode): Promise<void> {
    this.reset(element);
    await this.sidecar.request(server.explorer.refresh, { nodeId: element?.node.id ?? null });
    this.changed.fire(element);
  }

  /** Reads anew the groups in which nodes stand, wherever they were read. */
  async refreshAround(nodeIds: readonly string[]): Promise<void> {
    const wanted = new Set(nodeIds);
    const groups = new Set<ExplorerNode | undefined>();
    for (const element of nodesBelow(this.roots)) {
      if (wanted.has(element.node.id)) {
        groups.add(groupOf(element));
      }
    }
    for (const group of groups) {
      await this.refresh(group);
      if (group?.node.kind === 'leftoverGroup') {
        await this.letGoIfEmpty(group, group.parent);
      }
    }
  }

  /** A resource group of which nothing is left over any more has no place among the leftovers. */
  private async letGoIfEmpty(group: ExplorerNode, parent: ExplorerNode | undefined): Promise<void> {
    const children = this.childrenOf(group);
    try {
      await children.first();
    } catch {
      // The group is drawn at the same time, and says what is the matter.
      return;
    }
    // What could not be read says so with a way to try again, and may yet turn something up.
    const isEmpty =
      !children.hasMore && children.elements.every(({ node }) => node.kind === 'notice' && node.actions.length === 0);
    if (!isEmpty || parent?.children === undefined) {
      return;
    }
    parent.children.remove(group);
    if (parent.children.elements.some(({ node }) => node.kind === 'leftoverGroup')) {
      this.changed.fire(parent);
    } else {
      await this.refresh(parent);
    }
  }

  /** Draws everything anew without making the sidecar forget: another filter, another account. */
  redraw(): void {
    this.reset(undefined);
    this.changed.fire(undefined);
  }

  /** A closed node needs no children: what is being read for it is cancelled, and read again when it is opened. */
  collapsed(element: ExplorerElement): void {
    if (element instanceof ExplorerNode && element.children?.isReading === true) {
      this.reset(element);
      this.changed.fire(element);
    }
  }

  dispose(): void {
    this.roots?.cancel();
    this.subscription.dispose();
    this.changed.dispose();
  }

  private childrenOf(element: ExplorerNode | undefined): PagedChildren {
    if (element === undefined) {
      this.roots ??= new PagedChildren(undefined, (pageToken, token) => this.rootReader.read(pageToken, token));
      return this.roots;
    }
    element.children ??= new PagedChildren(element, (pageToken, token) =>
      this.readPage(element.node.id, null, pageToken, token),
    );
    return element.children;
  }

  private readPage(
    nodeId: string | null,
    subscriptions: SubscriptionInfo[] | null,
    pageToken: string | null,
    token: vscode.CancellationToken,
  ): Promise<ChildrenResult> {
    return this.sidecar.request(
      server.explorer.children,
      {
        nodeId,
        subscriptions,
        pageToken,
        pageSize: null,
        filter: this.filter.runs,
        includeArchived: this.filter.includeArchived,
      },
      token,
    );
  }

  private reset(element: ExplorerNode | undefined): void {
    if (element === undefined) {
      cancelBelow(this.roots);
      this.roots = undefined;
    } else {
      cancelBelow(element.children);
      element.children = undefined;
    }
  }

  private forget(element: ExplorerNode | undefined, children: PagedChildren): void {
    if (element === undefined) {
      this.roots = this.roots === children ? undefined : this.roots;
    } else if (element.children === children) {
      element.children = undefined;
    }
  }

  /** What the sidecar could not answer at all becomes a row, as its own problems are. */
  private errorRow(error: unknown, parent: ExplorerNode | undefined): ExplorerNode {
    this.errors.write(error, server.explorer.children.method);
    const message = messageOf(error);
    const node: TreeNode = {
      id: 'client-error',
      kind: 'error',
      label: message,
      description: null,
      tooltip: message,
      icon: 'error',
      iconColor: 'list.errorForeground',
      accessibilityLabel: vscode.l10n.t('Error: {0}', message),
      expansion: 'none',
      actions: nodeActionsOf(error),
      resource: null,
    };
    return new ExplorerNode(node, parent);
  }
}

function* nodesBelow(children: PagedChildren | undefined): Generator<ExplorerNode> {
  for (const element of children?.elements ?? []) {
    yield element;
    yield* nodesBelow(element.children);
  }
}

/**
 * What holds the files and folders among which one stands (a folder whose last file goes is gone itself). Of everything
 * else the nearest node that only groups ("Experiments", "Models"): a run that is gone changes its experiment's count, and with
 * its last version a model is gone. Where nothing groups, the parent; undefined for the roots.
 */
function groupOf(element: ExplorerNode): ExplorerNode | undefined {
  if (isStored(element)) {
    let holder = element.parent;
    while (holder !== undefined && isStored(holder)) {
      holder = holder.parent;
    }
    return holder;
  }
  for (let node: ExplorerNode | undefined = element; node !== undefined; node = node.parent) {
    if (node.node.resource === null) {
      return node;
    }
  }
  return element.parent;
}

function isStored({ node }: ExplorerNode): boolean {
  return node.kind === 'file' || node.kind === 'folder';
}

/** Cancels what is being read for a node and for all that was opened below it. */
function cancelBelow(children: PagedChildren | undefined): void {
  if (children !== undefined) {
    children.cancel();
    for (const child of children.elements) {
      cancelBelow(child.children);
    }
  }
}

const rowActions: ReadonlySet<string> = new Set<NodeAction>([
  'retry',
  'signIn',
  'selectSubscriptions',
  'showLog',
  'openSettings',
  'openNetworkSettings',
  'openHelp',
]);

function nodeActionsOf(error: unknown): NodeAction[] {
  const offered: readonly string[] = error instanceof Problem ? error.actions : [];
  const known = offered.filter((action): action is NodeAction => rowActions.has(action));
  return known.includes('retry') ? known : ['retry', ...known];
}
