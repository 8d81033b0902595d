import { beforeEach, describe, expect, it, vi } from 'vitest';
import { NodePicker } from '../../extension/src/features/operations/nodePicker';
import type { PickGoal } from '../../extension/src/infrastructure/nodePicking';
import { SubscriptionSelection } from '../../extension/src/infrastructure/subscriptionSelection';
import { server } from '../../extension/src/protocol/methods';
import type { ChildrenParams, NodeKind, TreeNode } from '../../extension/src/protocol/types';
import { FakeClient } from './fakes/client';
import { treeNode } from './fakes/data';
import { FakeMemento } from './fakes/memento';
import { fake, type FakeQuickPick } from './fakes/vscode';

const subscription = { subscriptionId: 's', tenantId: 't', name: 'Research', state: 'Enabled' };
const group = (id: string, kind: NodeKind, label: string): TreeNode =>
  treeNode(id, { kind, label, resource: null, actions: ['changeMatching'] });
const model = (id: string, more: Partial<TreeNode> = {}): TreeNode =>
  treeNode(id, { kind: 'model', label: id, actions: ['delete', 'archive'], ...more });

const world: Readonly<Record<string, readonly TreeNode[]>> = {
  sub: [treeNode('ws', { kind: 'workspace', label: 'sample-ws' }), group('left', 'leftovers', 'Leftover resources')],
  left: [group('rg', 'leftoverGroup', 'old-rg'), group('rg2', 'leftoverGroup', 'older-rg')],
  rg: ['kv', 'store'].map((id) =>
    treeNode(id, { kind: 'leftover', label: id, expansion: 'none', actions: ['delete', 'copyName'] }),
  ),
  ws: [
    group('exps', 'experiments', 'Experiments'),
    group('models', 'models', 'Models'),
    group('envcomp', 'environmentsAndComponents', 'Environments and components'),
  ],
  models: [model('scorer'), model('churn')],
  scorer: [3, 2].map((version) =>
    treeNode(`scorer:${version}`, {
      kind: 'modelVersion',
      label: `scorer:${version}`,
      expansion: 'none',
      actions: ['delete'],
    }),
  ),
  exps: [treeNode('exp', { kind: 'experiment', label: 'credit', actions: ['changeMatching'] })],
  exp: [
    treeNode('run-1', { label: 'plum', actions: ['delete'] }),
    treeNode('run-2', { label: 'olive', actions: ['delete'] }),
    treeNode('run-0', { label: 'running', actions: [] }),
  ],
  envcomp: [group('envs', 'environments', 'Environments'), group('comps', 'components', 'Components')],
  envs: [treeNode('env', { kind: 'environment', label: 'sklearn', actions: ['archive'] })],
};

let client: FakeClient;
let asked: ChildrenParams[];

beforeEach(() => {
  client = new FakeClient();
  asked = [];
  client.answer(server.explorer.subscriptions, () => ({ subscriptions: [subscription], problems: [] }));
  client.answer(server.explorer.children, (params) => {
    asked.push(params);
    if (params.nodeId === 'exp') {
      const nodes =
        params.filter === null ? (world.exp ?? []) : [treeNode('run-9', { label: 'cedar', actions: ['delete'] })];
      return params.pageToken === null && params.filter === null
        ? { nodes: [...nodes], nextPageToken: 'next' }
        : {
            nodes: params.filter === null ? [treeNode('run-3', { label: 'amber', actions: ['delete'] })] : nodes,
            nextPageToken: null,
          };
    }
    return {
      nodes: [...(world[params.nodeId ?? ''] ?? [treeNode('sub', { kind: 'subscription', label: 'Research' })])],
      nextPageToken: null,
    };
  });
});

const goal = (more: Partial<PickGoal>): PickGoal => ({
  title: 'Delete',
  actions: ['delete'],
  kinds: null,
  many: true,
  ...more,
});

function pick(more: Partial<PickGoal>): Promise<readonly TreeNode[] | undefined> {
  return new NodePicker(client, new SubscriptionSelection(new FakeMemento())).pick(goal(more));
}

/** The step that offers a label, once it is there. */
function step(label: string): Promise<FakeQuickPick<{ label: string }>> {
  return vi.waitFor(() => {
    const last = fake.quickPicks.at(-1);
    if (last?.items.some((item) => item.label.includes(label)) !== true) {
      throw new Error(`"${label}" is not offered yet.`);
    }
    return last;
  });
}

async function toWorkspace(): Promise<void> {
  (await step('Research')).choose('Research');
  (await step('sample-ws')).choose('sample-ws');
}

describe('picking several', () => {
  it('passes the group by, and takes all that are ticked', async () => {
    const result = pick({ kinds: ['model', 'modelVersion'] });
    await toWorkspace();
    const models = await step('scorer');
    expect(models.canSelectMany).toBe(true);
    expect(models.title).toBe('Delete / sample-ws');
    models.accept();
    models.tick('scorer', 'churn');
    models.accept();
    expect((await result)?.map(({ id }) => id)).toEqual(['scorer', 'churn']);
  });

  it('goes to the versions of one on request', async () => {
    const result = pick({ kinds: ['model', 'modelVersion'] });
    await toWorkspace();
    (await step('churn')).pressItem('scorer');
    const versions = await step('scorer:3');
    versions.tick('scorer:2');
    versions.accept();
    expect((await result)?.map(({ id }) => id)).toEqual(['scorer:2']);
  });

  it('finds leftovers beside the workspaces, which lead nowhere then', async () => {
    const result = pick({ kinds: ['leftover'] });
    (await step('Research')).choose('Research');
    const groups = await step('old-rg');
    expect(asked.map((params) => params.nodeId)).toEqual([null, 'sub', 'left']);
    groups.choose('old-rg');
    const leftovers = await step('store');
    leftovers.tick('kv', 'store');
    leftovers.accept();
    expect((await result)?.map(({ id }) => id)).toEqual(['kv', 'store']);
  });

  it('does not offer leftovers where something else is looked for', async () => {
    const result = pick({ actions: ['download'] });
    (await step('Research')).choose('Research');
    const workspaces = await step('sample-ws');
    expect(workspaces.items.map((item) => item.label)).toEqual(['$(pass) sample-ws']);
    workspaces.hide();
    expect(await result).toBeUndefined();
  });

  it('goes through two groups, and back past both', async () => {
    const result = pick({ actions: ['archive'], kinds: ['environment', 'environmentVersion'] });
    await toWorkspace();
    (await step('sklearn')).press({ id: 'back' });
    (await step('sample-ws')).hide();
    expect(await result).toBeUndefined();
  });

  it('offers only what allows it, keeps the ticks while loading more, and searches all runs', async () => {
    const result = pick({ kinds: ['run'] });
    await toWorkspace();
    (await step('credit')).choose('credit');
    const runs = await step('plum');
    expect(runs.items.map((item) => item.label)).toEqual(['$(pass) plum', '$(pass) olive']);
    runs.tick('olive');
    const buttons = runs.buttons as readonly { tooltip?: string }[];
    runs.press(buttons.find(({ tooltip }) => tooltip === 'Load more...'));
    await step('amber');
    expect(runs.selectedItems.map((item) => item.label)).toEqual(['$(pass) olive']);
    runs.type('cedar');
    runs.press(buttons.find(({ tooltip }) => tooltip?.startsWith('Search all runs')));
    const found = await step('cedar');
    expect(asked.at(-1)?.filter?.name).toBe('cedar');
    found.tick('cedar');
    found.accept();
    expect((await result)?.map(({ id }) => id)).toEqual(['run-9']);
  });

  it('shows archived ones where they are to be restored', async () => {
    const result = pick({ actions: ['restore'], kinds: ['model'] });
    (await step('Research')).hide();
    await result;
    expect(asked[0]?.includeArchived).toBe(true);
  });

  it('opens those of which only a part can be taken', async () => {
    // The model is not archived, one of its versions is.
    const result = pick({ actions: ['restore'], kinds: ['model', 'modelVersion'] });
    await toWorkspace();
    const models = await step('scorer');
    expect(models.canSelectMany).toBe(false);
    models.hide();
    expect(await result).toBeUndefined();
  });
});

describe('picking what is searched in', () => {
  it('offers the groups and what is in them', async () => {
    const kinds: readonly NodeKind[] = ['experiments', 'experiment', 'models', 'model'];
    const result = pick({ actions: ['changeMatching'], kinds, many: false });
    await toWorkspace();
    (await step('Experiments')).choose('Experiments');
    const experiments = await step('credit');
    expect(experiments.items.map((item) => item.label)).toContain('$(check-all) All of Experiments');
    experiments.press({ id: 'back' });
    (await step('Models')).choose('Experiments');
    (await step('credit')).choose('credit');
    expect((await result)?.map(({ id }) => id)).toEqual(['exp']);
  });
});
