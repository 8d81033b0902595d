import * as vscode from 'vscode';
import type { SubscriptionSelection } from '../../infrastructure/subscriptionSelection';
import { server } from '../../protocol/methods';
import type { RunFilter, TreeNode } from '../../protocol/types';
import type { SidecarClient } from '../../sidecar/client';
import { isGroup, type PickRoute } from './pickRoute';

/** What a step ended with. */
export type PickerChoice =
  /** Opened by the person, or by itself because there was no choice. */
  | { readonly kind: 'node'; readonly node: TreeNode; readonly byItself: boolean }
  | { readonly kind: 'take'; readonly nodes: readonly TreeNode[] }
  | { readonly kind: 'locate'; readonly text: string }
  | { readonly kind: 'back' };

type ItemChoice =
  | PickerChoice
  | { readonly kind: 'more' }
  | { readonly kind: 'search'; readonly text: string }
  /** There to be ticked, or only to be read. */
  | { readonly kind: 'tick'; readonly node: TreeNode };

interface PickerItem extends vscode.QuickPickItem {
  readonly choice: ItemChoice;
}

/** One step: the children of one node, with more of them and a search on request. */
export class PickerLevel {
  private readonly picker = vscode.window.createQuickPick<PickerItem>();
  private readonly cancellation = new vscode.CancellationTokenSource();
  private nodes: TreeNode[] = [];
  private nextPageToken: string | null = null;
  private filter: RunFilter | null = null;
  /** Which nodes are there to be ticked. */
  private drawn: string | undefined;
  private readonly moreButton = {
    iconPath: new vscode.ThemeIcon('ellipsis'),
    tooltip: vscode.l10n.t('Load more...'),
  };
  private readonly searchButton = {
    iconPath: new vscode.ThemeIcon('search'),
    tooltip: vscode.l10n.t('Search all runs for the typed name'),
  };
  private readonly locateButton = {
    iconPath: new vscode.ThemeIcon('link'),
    tooltip: vscode.l10n.t('Go to the typed run id or studio address'),
  };
  private readonly openButton = {
    iconPath: new vscode.ThemeIcon('list-tree'),
    tooltip: vscode.l10n.t('Choose among what is in it'),
  };

  constructor(
    private readonly sidecar: SidecarClient,
    private readonly selection: SubscriptionSelection,
    private readonly path: readonly TreeNode[],
    private readonly route: PickRoute,
  ) {
    const names = path.filter((node) => node.kind !== 'subscription' && !isGroup(node));
    this.picker.title = [route.goal.title, ...names.map((node) => node.label)].join(' / ');
    this.picker.matchOnDescription = true;
    this.picker.ignoreFocusOut = true;
  }

  async ask(): Promise<PickerChoice | undefined> {
    try {
      return await new Promise<PickerChoice | undefined>((resolve, reject) => {
        const read = (pageToken: string | null): void => {
          this.read(pageToken).then((only) => {
            if (only !== undefined) {
              resolve({ kind: 'node', node: only, byItself: true });
            }
          }, reject);
        };
        const search = (text: string): void => {
          this.filter = { name: text, statuses: [], createdBy: null, tag: null };
          this.nodes = [];
          this.picker.value = '';
          read(null);
        };
        this.picker.onDidChangeValue(() => {
          this.show();
        });
        this.picker.onDidTriggerButton((button) => {
          const text = this.picker.value.trim();
          if (button === this.moreButton) {
            read(this.nextPageToken);
          } else if (button === this.searchButton) {
            search(text);
          } else if (button === this.locateButton) {
            resolve({ kind: 'locate', text });
          } else {
            resolve({ kind: 'back' });
          }
        });
        this.picker.onDidTriggerItemButton(({ item: { choice } }) => {
          if (choice.kind === 'tick') {
            resolve({ kind: 'node', node: choice.node, byItself: false });
          }
        });
        this.picker.onDidHide(() => {
          resolve(undefined);
        });
        this.picker.onDidAccept(() => {
          if (this.picker.canSelectMany) {
            const nodes = this.ticked;
            if (nodes.length > 0) {
              resolve({ kind: 'take', nodes });
            }
            return;
          }
          const choice = this.picker.selectedItems[0]?.choice;
          if (choice?.kind === 'more') {
            read(this.nextPageToken);
          } else if (choice?.kind === 'search') {
            search(choice.text);
          } else if (choice !== undefined && choice.kind !== 'tick') {
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
        includeArchived: this.route.goal.actions.includes('restore'),
      },
      token,
    );
    this.nodes = [...this.nodes, ...page.nodes.filter((node) => this.route.concerns(node))];
    this.nextPageToken = page.nextPageToken;
    this.picker.busy = false;
    const only = this.route.onlyWay(parent, this.nodes);
    if (only === undefined) {
      this.show();
    }
    return only;
  }

  /** What is ticked. */
  private get ticked(): readonly TreeNode[] {
    return this.picker.selectedItems
      .map((item) => (item.choice.kind === 'tick' ? item.choice.node : undefined))
      .filter((node) => node !== undefined);
  }

  private show(): void {
    const { route, nodes } = this;
    const fitting = nodes.filter((node) => route.fits(node));
    // Where some can only be opened there is no ticking: the way on would be lost among the boxes.
    const isMany =
      route.goal.many && fitting.length > 0 && nodes.every((node) => route.fits(node) || !route.leads(node));
    if (isMany) {
      this.showMany(fitting);
    } else {
      this.showSingle();
    }
  }

  private showMany(fitting: readonly TreeNode[]): void {
    const { picker, route } = this;
    const ticked = new Set(this.ticked.map((node) => node.id));
    picker.canSelectMany = true;
    picker.placeholder = vscode.l10n.t('Tick one or more, then press Enter');
    picker.buttons = [
      ...this.backButtons,
      ...(this.nextPageToken === null ? [] : [this.moreButton]),
      ...(this.path.at(-1)?.kind === 'experiment' ? [this.searchButton] : []),
      this.locateButton,
    ];
    // Typing filters what is there; the items change only with what has been read.
    const key = fitting.map((node) => node.id).join('\n');
    if (this.drawn === key) {
      return;
    }
    this.drawn = key;
    const items = fitting.map((node) => ({
      ...itemOf(node),
      choice: { kind: 'tick', node } as const,
      ...(route.leads(node) ? { buttons: [this.openButton] } : {}),
    }));
    picker.items = items;
    picker.selectedItems = items.filter((item) => ticked.has(item.choice.node.id));
  }

  private showSingle(): void {
    const { picker, route } = this;
    const parent = this.path.at(-1);
    const text = picker.value.trim();
    const always = (label: string, choice: ItemChoice): PickerItem => ({ label, choice, alwaysShow: true });
    picker.canSelectMany = false;
    picker.placeholder = placeholderFor(parent, route);
    picker.buttons = this.backButtons;
    picker.items = [
      ...(parent !== undefined && route.fits(parent)
        ? [
            always(`$(check-all) ${route.goal.takeParent?.(parent) ?? vscode.l10n.t('All of {0}', parent.label)}`, {
              kind: 'take',
              nodes: [parent],
            }),
          ]
        : []),
      ...this.nodes.map((node): PickerItem => ({ ...itemOf(node), choice: { kind: 'node', node, byItself: false } })),
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

  private get backButtons(): readonly vscode.QuickInputButton[] {
    return this.path.length === 0 ? [] : [vscode.QuickInputButtons.Back];
  }
}

function itemOf(node: TreeNode): vscode.QuickPickItem {
  return {
    label: `$(${node.icon}) ${node.label}`,
    ...(node.description === null ? {} : { description: node.description }),
  };
}

function placeholderFor(parent: TreeNode | undefined, route: PickRoute): string {
  switch (parent?.kind) {
    case undefined:
      return vscode.l10n.t('Subscription, or paste a run id or a studio address');
    case 'subscription':
      return vscode.l10n.t('Workspace, or paste a run id or a studio address');
    case 'experiments':
      return vscode.l10n.t('Experiment, or paste a run id or a studio address');
    case 'experiment':
      return vscode.l10n.t('Run; type a part of its name to search');
    default:
      return route.goal.kinds === null ? vscode.l10n.t('What to download') : vscode.l10n.t('What is meant');
  }
}
