import * as vscode from 'vscode';
import type { SubscriptionSelection } from '../../infrastructure/subscriptionSelection';
import { server } from '../../protocol/methods';
import type { NodeAction, RunFilter, TreeNode } from '../../protocol/types';
import type { SidecarClient } from '../../sidecar/client';

type Choice =
  | { readonly kind: 'node'; readonly node: TreeNode }
  | { readonly kind: 'take'; readonly node: TreeNode }
  | { readonly kind: 'more' }
  | { readonly kind: 'search'; readonly text: string }
  | { readonly kind: 'locate'; readonly text: string }
  | { readonly kind: 'back' };

interface PickerItem extends vscode.QuickPickItem {
  readonly choice: Choice;
}

/** Finds a node from the palette: down the tree step by step, or straight to what a pasted text means. */
export class NodePicker {
  constructor(
    private readonly sidecar: SidecarClient,
    private readonly selection: SubscriptionSelection,
  ) {}

  /** @returns a node that allows the action; undefined when the person backed out. */
  async pick(action: NodeAction, title: string): Promise<TreeNode | undefined> {
    const path: TreeNode[] = [];
    for (;;) {
      const parent = path.at(-1);
      const level = new PickerLevel(this.sidecar, this.selection, path, action, title);
      const choice = await level.ask();
      switch (choice?.kind) {
        case undefined:
          return undefined;
        case 'take':
          return choice.node;
        case 'back':
          // A group that was opened without being asked for is left the same way.
          if (path.pop()?.kind === 'experiments') {
            path.pop();
          }
          break;
        case 'node':
          if (
            choice.node.actions.includes(action) &&
            (choice.node.expansion === 'none' || choice.node.kind === 'run')
          ) {
            return choice.node;
          }
          path.push(choice.node);
          break;
        case 'locate': {
          const workspaceNodeId = path.find((node) => node.kind === 'workspace')?.id ?? null;
          const { node } = await this.sidecar.request(server.explorer.locate, { text: choice.text, workspaceNodeId });
          if (node.actions.includes(action)) {
            return node;
          }
          path.splice(0, path.length, ...(parent === undefined ? [] : [parent]), node);
          break;
        }
        case 'more':
        case 'search':
          // Dealt with by the level itself.
          break;
      }
    }
  }
}

/** One step: the children of one node, with more of them and a search on request. */
class PickerLevel {
  private readonly picker = vscode.window.createQuickPick<PickerItem>();
  private readonly cancellation = new vscode.CancellationTokenSource();
  private nodes: TreeNode[] = [];
  private nextPageToken: string | null = null;
  private filter: RunFilter | null = null;

  constructor(
    private readonly sidecar: SidecarClient,
    private readonly selection: SubscriptionSelection,
    private readonly path: readonly TreeNode[],
    private readonly action: NodeAction,
    title: string,
  ) {
    const names = path.filter((node) => node.kind !== 'subscription' && node.kind !== 'experiments');
    this.picker.title = [title, ...names.map((node) => node.label)].join(' / ');
    this.picker.placeholder = placeholderFor(path.at(-1));
    this.picker.matchOnDescription = true;
    this.picker.ignoreFocusOut = true;
    this.picker.buttons = path.length === 0 ? [] : [vscode.QuickInputButtons.Back];
  }

  async ask(): Promise<Choice | undefined> {
    try {
      return await new Promise<Choice | undefined>((resolve, reject) => {
        const read = (pageToken: string | null): void => {
          this.read(pageToken).then((only) => {
            if (only !== undefined) {
              resolve({ kind: 'node', node: only });
            }
          }, reject);
        };
        this.picker.onDidChangeValue(() => {
          this.show();
        });
        this.picker.onDidTriggerButton(() => {
          resolve({ kind: 'back' });
        });
        this.picker.onDidHide(() => {
          resolve(undefined);
        });
        this.picker.onDidAccept(() => {
          const choice = this.picker.selectedItems[0]?.choice;
          if (choice?.kind === 'more') {
            read(this.nextPageToken);
          } else if (choice?.kind === 'search') {
            this.filter = { name: choice.text, statuses: [], createdBy: null, tag: null };
            this.nodes = [];
            this.picker.value = '';
            read(null);
          } else if (choice !== undefined) {
            resolve(choice);
          }
        });
        this.picker.show();
        read(null);
      });
    } finally {
      this.cancellation.cancel();
      this.cancellation.dispose();
      this.picker.dispose();
    }
  }

  /** @returns a group that is the way down and no choice at all; undefined when there is something to choose. */
  private async read(pageToken: string | null): Promise<TreeNode | undefined> {
    this.picker.busy = true;
    const { token } = this.cancellation;
    const parent = this.path.at(-1);
    const subscriptions =
      parent === undefined
        ? (this.selection.chosen ??
          (await this.sidecar.request(server.explorer.subscriptions, {}, token)).subscriptions)
        : null;
    const page = await this.sidecar.request(
      server.explorer.children,
      {
        nodeId: parent?.id ?? null,
        subscriptions,
        pageToken,
        pageSize: null,
        filter: this.filter,
        includeArchived: false,
      },
      token,
    );
    this.nodes = [...this.nodes, ...page.nodes];
    this.nextPageToken = page.nextPageToken;
    this.picker.busy = false;
    this.show();
    return parent?.kind === 'workspace' ? this.nodes.find((node) => node.kind === 'experiments') : undefined;
  }

  private show(): void {
    const parent = this.path.at(-1);
    const text = this.picker.value.trim();
    const always = (label: string, choice: Choice): PickerItem => ({ label, choice, alwaysShow: true });
    this.picker.items = [
      ...(parent?.actions.includes(this.action) === true
        ? [always(`$(cloud-download) ${vscode.l10n.t('All of {0}', parent.label)}`, { kind: 'take', node: parent })]
        : []),
      ...this.nodes.map((node) => ({
        label: `$(${node.icon}) ${node.label}`,
        ...(node.description === null ? {} : { description: node.description }),
        choice: { kind: 'node', node } as const,
      })),
      ...(this.nextPageToken === null
        ? []
        : [always(`$(ellipsis) ${vscode.l10n.t('Load more...')}`, { kind: 'more' })]),
      ...(text !== '' && parent?.kind === 'experiment'
        ? [always(`$(search) ${vscode.l10n.t('Search all runs for "{0}"', text)}`, { kind: 'search', text })]
        : []),
      ...(text === ''
        ? []
        : [always(`$(link) ${vscode.l10n.t('Go to run id or studio address "{0}"', text)}`, { kind: 'locate', text })]),
    ];
  }
}

function placeholderFor(parent: TreeNode | undefined): string {
  switch (parent?.kind) {
    case undefined:
      return vscode.l10n.t('Subscription, or paste a run id or a studio address');
    case 'subscription':
      return vscode.l10n.t('Workspace, or paste a run id or a studio address');
    case 'workspace':
    case 'experiments':
      return vscode.l10n.t('Experiment, or paste a run id or a studio address');
    case 'experiment':
      return vscode.l10n.t('Run; type a part of its name to search');
    default:
      return vscode.l10n.t('What to download');
  }
}
