import * as vscode from 'vscode';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ExplorerNode, LoadMore } from '../../extension/src/features/explorer/elements';
import { ExplorerProvider } from '../../extension/src/features/explorer/explorerProvider';
import {
  CopyIdCommand,
  CopyNameCommand,
  RunNodeActionCommand,
} from '../../extension/src/features/explorer/nodeCommands';
import { ExplorerTree } from '../../extension/src/features/explorer/explorerTree';
import { describeFilter, emptyFilter, ExplorerFilter } from '../../extension/src/features/explorer/runFilter';
import { FilterCommand, SelectSubscriptionsCommand } from '../../extension/src/features/explorer/viewCommands';
import { ErrorPresenter } from '../../extension/src/infrastructure/errorPresenter';
import { nodesOf } from '../../extension/src/infrastructure/nodeHandle';
import { SubscriptionSelection } from '../../extension/src/infrastructure/subscriptionSelection';
import { server } from '../../extension/src/protocol/methods';
import type {
  ChildrenParams,
  ChildrenResult,
  NodeAction,
  NodeKind,
  SubscriptionInfo,
} from '../../extension/src/protocol/types';
import { SidecarError } from '../../extension/src/sidecar/sidecarError';
import { FakeClient } from './fakes/client';
import { treeNode } from './fakes/data';
import { FakeLog } from './fakes/log';
import { FakeMemento } from './fakes/memento';
import { fake } from './fakes/vscode';

const subscription: SubscriptionInfo = { subscriptionId: 's1', tenantId: 't1', name: 'Research', state: 'Enabled' };

let client: FakeClient;
let selection: SubscriptionSelection;
let filter: ExplorerFilter;
let signedIn: boolean;
let provider: ExplorerProvider;
let changes: unknown[];

/** 25 runs below `exp`, ten a page. */
function pages(params: ChildrenParams): ChildrenResult {
  if (params.nodeId === null) {
    return { nodes: [treeNode('exp', { kind: 'experiment' })], nextPageToken: null };
  }
  const from = Number(params.pageToken ?? 0);
  const to = Math.min(25, from + 10);
  return {
    nodes: Array.from({ length: to - from }, (_, index) => treeNode(`run-${from + index}`)),
    nextPageToken: to < 25 ? String(to) : null,
  };
}

function labels(elements: readonly unknown[]): string[] {
  return elements.map((element) => (element instanceof ExplorerNode ? element.node.label : 'Load more...'));
}

async function firstNode(parent?: ExplorerNode): Promise<ExplorerNode> {
  const [first] = await provider.getChildren(parent);
  if (!(first instanceof ExplorerNode)) {
    throw new Error('There is no node.');
  }
  return first;
}

beforeEach(() => {
  client = new FakeClient();
  selection = new SubscriptionSelection(new FakeMemento());
  filter = new ExplorerFilter();
  signedIn = true;
  const log = new FakeLog();
  provider = new ExplorerProvider(
    client,
    { isSignedIn: () => Promise.resolve(signedIn) },
    selection,
    filter,
    new ErrorPresenter(log.channel),
    log.channel,
  );
  changes = [];
  provider.onDidChangeTreeData((element) => changes.push(element));
  client.answer(server.explorer.subscriptions, () => ({ subscriptions: [subscription], problems: [] }));
  client.answer(server.explorer.children, pages);
  client.answer(server.explorer.refresh, () => ({}));
});

describe('the roots', () => {
  it('are of all subscriptions until the person chose some', async () => {
    await provider.getChildren();
    await selection.choose([{ ...subscription, subscriptionId: 's2' }]);
    provider.redraw();
    await provider.getChildren();
    const asked = client.calls.filter((call) => call.method === 'explorer/children').map((call) => call.params);
    expect(asked).toMatchObject([
      { nodeId: null, subscriptions: [{ subscriptionId: 's1' }] },
      { nodeId: null, subscriptions: [{ subscriptionId: 's2' }] },
    ]);
    expect(fake.contextKeys.get('amlData.noSubscriptions')).toBe(false);
    expect(fake.contextKeys.get('amlData.loading')).toBe(false);
  });

  it('are none, and the sidecar is not asked, when nobody is signed in', async () => {
    signedIn = false;
    expect(await provider.getChildren()).toEqual([]);
    expect(client.calls).toEqual([]);
    expect(fake.contextKeys.get('amlData.signInRequired')).toBe(true);
  });

  it('are none when the sidecar finds that a sign-in is wanted', async () => {
    client.answer(server.explorer.subscriptions, () => {
      throw new SidecarError('Sign in.', { code: 'auth.signInRequired', actions: ['signIn'] });
    });
    expect(await provider.getChildren()).toEqual([]);
    expect(fake.contextKeys.get('amlData.signInRequired')).toBe(true);
    expect(fake.contextKeys.get('amlData.loading')).toBe(false);
  });

  it('are none when there is no subscription', async () => {
    await selection.choose([]);
    expect(await provider.getChildren()).toEqual([]);
    expect(fake.contextKeys.get('amlData.noSubscriptions')).toBe(true);
  });
});

describe('the roots of a sidecar that is down', () => {
  it('are none, so that the welcome text can say what to do, and are read when it is up', async () => {
    client.answer(server.explorer.subscriptions, () => {
      throw new SidecarError('No .NET.', { code: 'sidecar.noRuntime', actions: ['retry'] });
    });
    expect(await provider.getChildren()).toEqual([]);
    expect(fake.contextKeys.get('amlData.signInRequired')).toBe(false);
    expect(changes).toEqual([]);
    client.answer(server.explorer.subscriptions, () => ({ subscriptions: [subscription], problems: [] }));
    client.restart();
    expect(changes).toEqual([undefined]);
    expect(labels(await provider.getChildren())).toEqual(['exp']);
    // Only those that wait are drawn anew.
    client.restart();
    expect(changes).toEqual([undefined]);
  });
});

describe('pages', () => {
  it('are added one by one, with "Load more..." while there are more', async () => {
    const experiment = await firstNode();
    expect(labels(await provider.getChildren(experiment))).toHaveLength(11);
    await provider.loadMore(experiment);
    expect(changes).toEqual([experiment]);
    const second = await provider.getChildren(experiment);
    expect(labels(second).slice(-2)).toEqual(['run-19', 'Load more...']);
    await provider.loadMore(experiment);
    const all = await provider.getChildren(experiment);
    expect(labels(all)).toEqual(Array.from({ length: 25 }, (_, index) => `run-${index}`));
    // Nothing is read twice: one request a page.
    expect(client.calls.filter((call) => call.method === 'explorer/children')).toHaveLength(4);
  });

  it('keep the rows that are shown', async () => {
    const experiment = await firstNode();
    const before = await provider.getChildren(experiment);
    await provider.loadMore(experiment);
    const after = await provider.getChildren(experiment);
    expect(after.slice(0, 10)).toEqual(before.slice(0, 10));
    expect(after[0]).toBe(before[0]);
  });

  it('show a row once when the list grew meanwhile', async () => {
    client.answer(server.explorer.children, (params) =>
      params.pageToken === null
        ? { nodes: [treeNode('b'), treeNode('a')], nextPageToken: '1' }
        : { nodes: [treeNode('a'), treeNode('0')], nextPageToken: null },
    );
    await provider.getChildren();
    await provider.loadMore(undefined);
    expect(labels(await provider.getChildren())).toEqual(['b', 'a', '0']);
  });

  it('are asked for once by those who ask at the same time', async () => {
    const experiment = await firstNode();
    await Promise.all([provider.getChildren(experiment), provider.getChildren(experiment)]);
    expect(client.calls.filter((call) => call.method === 'explorer/children')).toHaveLength(2);
  });

  it('are read on when one is empty', async () => {
    client.answer(server.explorer.children, (params) =>
      params.pageToken === null
        ? { nodes: [], nextPageToken: '1' }
        : { nodes: [treeNode('found')], nextPageToken: null },
    );
    expect(labels(await provider.getChildren())).toEqual(['Load more...']);
    await provider.loadMore(undefined);
    expect(labels(await provider.getChildren())).toEqual(['found']);
  });
});

describe('after a change', () => {
  it('reads anew the group in which a node stands, and nothing where it was never read', async () => {
    client.answer(server.explorer.children, ({ nodeId }) => ({
      nodes: {
        ws: [treeNode('models', { kind: 'models', resource: null })],
        models: [treeNode('model', { kind: 'model' })],
        model: [treeNode('model:1', { kind: 'modelVersion' })],
      }[nodeId ?? ''] ?? [treeNode('ws', { kind: 'workspace' })],
      nextPageToken: null,
    }));
    const workspace = await firstNode();
    const models = await firstNode(workspace);
    const model = await firstNode(models);
    await provider.getChildren(model);
    await provider.refreshAround(['model:1', 'model', 'unknown']);
    const refreshed = client.calls.filter((call) => call.method === 'explorer/refresh').map((call) => call.params);
    expect(refreshed).toEqual([{ nodeId: 'models' }]);
    expect(changes).toEqual([models]);
    await provider.refreshAround(['ws']);
    expect(changes).toEqual([models, undefined]);
  });

  it('lets a resource group go of which nothing is left over any more', async () => {
    const left = new Map<string | null, string[]>([
      [null, ['leftovers']],
      ['leftovers', ['rg-a', 'rg-b']],
      ['rg-a', ['store-a', 'vault-a']],
      ['rg-b', ['store-b']],
    ]);
    const kinds = new Map<string, NodeKind>([
      ['leftovers', 'leftovers'],
      ['rg-a', 'leftoverGroup'],
      ['rg-b', 'leftoverGroup'],
    ]);
    const notices = new Map<string, NodeAction[]>();
    client.answer(server.explorer.children, ({ nodeId }) => {
      const nodes = (left.get(nodeId) ?? []).map((id) =>
        treeNode(id, { kind: kinds.get(id) ?? 'leftover', ...(kinds.has(id) ? { resource: null } : {}) }),
      );
      const empty =
        nodes.length === 0
          ? [
              treeNode(`${nodeId ?? ''}-empty`, {
                kind: 'notice',
                actions: notices.get(nodeId ?? '') ?? [],
                resource: null,
              }),
            ]
          : [];
      return { nodes: [...nodes, ...empty], nextPageToken: null };
    });
    const leftovers = await firstNode();
    for (const group of await provider.getChildren(leftovers)) {
      await provider.getChildren(group);
    }
    const shown = async (): Promise<string[]> => labels(await provider.getChildren(leftovers));

    left.set('rg-a', ['vault-a']);
    await provider.refreshAround(['store-a']);
    expect(await shown()).toEqual(['rg-a', 'rg-b']);

    // Something in it could not be read: it may yet turn something up.
    const group = await firstNode(leftovers);
    await provider.getChildren(group);
    left.set('rg-a', []);
    notices.set('rg-a', ['retry']);
    await provider.refreshAround(['vault-a']);
    expect(await shown()).toEqual(['rg-a', 'rg-b']);

    notices.clear();
    left.set('rg-a', ['vault-a']);
    await provider.refresh(group);
    await provider.getChildren(group);
    left.set('rg-a', []);
    await provider.refreshAround(['vault-a']);
    expect(await shown()).toEqual(['rg-b']);
    expect(changes.at(-1)).toBe(leftovers);

    left.set('rg-b', []);
    left.set('leftovers', []);
    await provider.refreshAround(['store-b']);
    expect(await shown()).toEqual(['leftovers-empty']);
  });

  it('tells others what is selected only while it is seen', async () => {
    const view = { visible: true, selection: [await firstNode(), new LoadMore(undefined, 1)] };
    const tree = new ExplorerTree(provider, view);
    expect(tree.selected.map(({ id }) => id)).toEqual(['exp']);
    view.visible = false;
    expect(tree.selected).toEqual([]);
    await tree.refreshAround(null);
    expect(client.calls.at(-1)).toEqual({ method: 'explorer/refresh', params: { nodeId: null } });
  });
});

describe('ids', () => {
  it('are the same after a refresh, and different where a node stands twice', async () => {
    const experiment = await firstNode();
    const before = provider.getTreeItem(await firstNode(experiment)).id;
    await provider.refresh();
    const again = await firstNode();
    expect(again).not.toBe(experiment);
    expect(provider.getTreeItem(again).id).toBe(provider.getTreeItem(experiment).id);
    expect(provider.getTreeItem(await firstNode(again)).id).toBe(before);
    const elsewhere = new ExplorerNode(treeNode('run-0'), new ExplorerNode(treeNode('pipeline'), undefined));
    expect(provider.getTreeItem(elsewhere).id).not.toBe(before);
    expect(elsewhere.itemId.length).toBeLessThan(64);
  });
});

describe('cancellation', () => {
  it('stops reading a node that is closed, and reads it again when it is opened', async () => {
    const experiment = await firstNode();
    const cancelled = vi.fn();
    client.answer(server.explorer.children, (_, token) => {
      token?.onCancellationRequested(cancelled);
      return new Promise<ChildrenResult>(() => undefined);
    });
    const reading = provider.getChildren(experiment);
    provider.collapsed(experiment);
    expect(await reading).toEqual([]);
    expect(cancelled).toHaveBeenCalledOnce();
    expect(changes).toEqual([experiment]);
    client.answer(server.explorer.children, pages);
    expect(await provider.getChildren(experiment)).toHaveLength(11);
  });

  it('leaves alone what has been read', async () => {
    const experiment = await firstNode();
    await provider.getChildren(experiment);
    provider.collapsed(experiment);
    expect(changes).toEqual([]);
  });

  it('stops all that is read below a node that is refreshed', async () => {
    const experiment = await firstNode();
    const run = await firstNode(experiment);
    client.answer(server.explorer.children, () => new Promise<ChildrenResult>(() => undefined));
    const reading = provider.getChildren(run);
    await provider.refresh(experiment);
    expect(await reading).toEqual([]);
    expect(client.calls.at(-1)).toEqual({ method: 'explorer/refresh', params: { nodeId: 'exp' } });
  });
});

describe('rows', () => {
  it('draw what the sidecar sent', () => {
    const item = provider.getTreeItem(
      new ExplorerNode(
        treeNode('r', {
          label: 'mango',
          description: '12 min',
          tooltip: 'line 1\nline 2',
          icon: 'error',
          iconColor: 'testing.iconFailed',
          accessibilityLabel: 'mango, failed',
          actions: ['downloadRun', 'copyId'],
        }),
        undefined,
      ),
    );
    expect(item).toMatchObject({
      label: 'mango',
      description: '12 min',
      tooltip: 'line 1\nline 2',
      iconPath: { id: 'error', color: { id: 'testing.iconFailed' } },
      accessibilityInformation: { label: 'mango, run, failed' },
      contextValue: ';kind=run;downloadRun;copyId;',
      collapsibleState: vscode.TreeItemCollapsibleState.Collapsed,
    });
    expect(item.command).toBeUndefined();
  });

  it('say what went wrong, with a way to try again', async () => {
    const experiment = await firstNode();
    client.answer(server.explorer.children, () => {
      throw new SidecarError('It ended.', { code: 'sidecar.ended', actions: ['showLog'] });
    });
    const row = await firstNode(experiment);
    expect(row.node).toMatchObject({ kind: 'error', label: 'It ended.', actions: ['retry', 'showLog'] });
    expect(provider.getTreeItem(row).command?.command).toBe('amlData.explorer.runNodeAction');
    client.answer(server.explorer.children, pages);
    expect(labels(await provider.getChildren(experiment))).toHaveLength(11);
  });

  it('do what they offer when clicked: the only thing at once, else what is picked', async () => {
    const command = new RunNodeActionCommand(provider);
    await command.execute(new ExplorerNode(treeNode('e', { kind: 'error', actions: ['signIn'] }), undefined));
    expect(fake.executed.map((call) => call.command)).toEqual(['amlData.signIn.signIn']);
    fake.picks = [(items) => items.find((item) => item.label === 'Show Log')];
    await command.execute(
      new ExplorerNode(treeNode('e', { kind: 'error', actions: ['signIn', 'showLog'] }), undefined),
    );
    expect(fake.executed.at(-1)?.command).toBe('amlData.showLog');
  });

  it('load more when the last one is clicked', () => {
    const item = provider.getTreeItem(new LoadMore(undefined, 1204));
    expect(item.command?.command).toBe('amlData.explorer.loadMore');
    expect(item.tooltip).toBe('1204 shown');
  });
});

describe('copying', () => {
  const handle = (more: Parameters<typeof treeNode>[1]) => ({ node: treeNode('id', more) });
  const resource = {
    name: 'run-1',
    resourceId: '/subscriptions/1',
    studioUrl: null,
    bytes: null,
    isArchived: false,
    dataUri: null,
    portalUrl: null,
  };

  it('takes the label as name, the run id of a run, else the resource id', async () => {
    await new CopyNameCommand().execute(handle({ label: 'mango', resource }));
    expect(fake.clipboard).toBe('mango');
    await new CopyNameCommand().execute(
      handle({ kind: 'file', label: 'a.txt', resource: { ...resource, name: 'logs/a.txt' } }),
    );
    expect(fake.clipboard).toBe('a.txt');
    await new CopyIdCommand().execute(handle({ resource }));
    expect(fake.clipboard).toBe('run-1');
    await new CopyIdCommand().execute(handle({ kind: 'workspace', resource }));
    expect(fake.clipboard).toBe('/subscriptions/1');
  });
});

describe('nodesOf', () => {
  const a = { node: treeNode('a') };
  const b = { node: treeNode('b') };

  it('is the selection when the clicked row is in it, else the clicked row', () => {
    expect(nodesOf([a, [a, b]]).map((node) => node.id)).toEqual(['a', 'b']);
    expect(nodesOf([a, [b]]).map((node) => node.id)).toEqual(['a']);
    expect(nodesOf([a, undefined]).map((node) => node.id)).toEqual(['a']);
    expect(nodesOf([])).toEqual([]);
    expect(nodesOf([a, [a, { more: true }]]).map((node) => node.id)).toEqual(['a']);
  });
});

describe('the filter', () => {
  it('is sent with every page, and said in words', async () => {
    filter.setRuns({
      ...emptyFilter,
      name: 'mango',
      statuses: ['Failed', 'Canceled'],
      tag: 'team=a',
      createdBy: 'ada',
    });
    filter.setIncludeArchived(true);
    await provider.getChildren();
    expect(client.calls.at(-1)?.params).toMatchObject({
      filter: { name: 'mango', statuses: ['Failed', 'Canceled'], createdBy: 'ada', tag: 'team=a' },
      includeArchived: true,
    });
    expect(describeFilter(filter.runs ?? emptyFilter)).toBe('name "mango", Failed or Canceled, by "ada", tag "team=a"');
  });

  it('is set field by field, and gone when the last one is emptied', async () => {
    const command = new FilterCommand(filter);
    fake.picks = [(items) => items[0]];
    fake.inputs = [' mango '];
    await command.execute();
    fake.picks = [(items) => items[1], (items) => items.filter((item) => item.label === 'Failed')];
    await command.execute();
    expect(filter.runs).toEqual({ name: 'mango', statuses: ['Failed'], createdBy: null, tag: null });
    fake.picks = [(items) => items[0]];
    fake.inputs = [''];
    await command.execute();
    fake.picks = [(items) => items[1], () => []];
    await command.execute();
    expect(filter.runs).toBeNull();
  });

  it('stays when the person backs out', async () => {
    filter.setRuns({ ...emptyFilter, name: 'mango' });
    await new FilterCommand(filter).execute();
    fake.picks = [(items) => items[0]];
    fake.inputs = [undefined];
    await new FilterCommand(filter).execute();
    expect(filter.runs?.name).toBe('mango');
  });
});

describe('choosing subscriptions', () => {
  const other: SubscriptionInfo = { ...subscription, subscriptionId: 's2', name: 'Production' };

  it('offers all, ticks the chosen, tells of tenants that cannot be read, and remembers', async () => {
    client.answer(server.explorer.subscriptions, () => ({
      subscriptions: [subscription, other],
      problems: [{ tenantId: 't9', message: 'AADSTS50076' }],
    }));
    const command = new SelectSubscriptionsCommand(client, selection);
    let seen: readonly { label: string; picked?: boolean }[] = [];
    fake.picks = [
      (items) => {
        seen = items;
        return [items[1]];
      },
    ];
    await command.execute();
    expect(seen.map((item) => [item.label, item.picked])).toEqual([
      ['Research', true],
      ['Production', true],
      ['Tenant t9: AADSTS50076', undefined],
    ]);
    expect(selection.chosen).toEqual([other]);
    fake.picks = [
      (items) => {
        seen = items;
        return undefined;
      },
    ];
    await command.execute();
    expect(seen.slice(0, 2).map((item) => item.picked)).toEqual([false, true]);
    expect(selection.chosen).toEqual([other]);
  });
});
