import * as vscode from 'vscode';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CopyFlow } from '../../extension/src/features/copies/copyFlow';
import { checkAddress, CopyTargets } from '../../extension/src/features/copies/copyTargets';
import { ExportToStorageCommand } from '../../extension/src/features/copies/exportToStorageCommand';
import { FinishNotifier } from '../../extension/src/features/operations/finishNotifier';
import { OperationsModel } from '../../extension/src/features/operations/operationsModel';
import { describeOperation } from '../../extension/src/features/operations/operationText';
import type { NodePicking, PickGoal } from '../../extension/src/infrastructure/nodePicking';
import type { TreeAccess } from '../../extension/src/infrastructure/treeAccess';
import { client as told, server } from '../../extension/src/protocol/methods';
import type { PlanParams, PlanResult, StartParams, TreeNode } from '../../extension/src/protocol/types';
import { SidecarError } from '../../extension/src/sidecar/sidecarError';
import { FakeClient } from './fakes/client';
import { operation, plan, treeNode } from './fakes/data';
import { FakeMemento } from './fakes/memento';
import { fake, type FakeQuickPick } from './fakes/vscode';

const run = treeNode('run-1', { label: 'mango', actions: ['downloadRun'] });
const store = treeNode('store', {
  kind: 'folder',
  label: 'backup',
  actions: ['refresh'],
  resource: {
    name: 'backup',
    resourceId: null,
    studioUrl: null,
    portalUrl: null,
    bytes: null,
    isArchived: false,
    dataUri: 'azureml://x/datastores/exports/paths/backup/',
  },
});
const address = 'https://account.blob.core.windows.net/container/folder';

let client: FakeClient;
let memento: FakeMemento;
let model: OperationsModel;
let goals: PickGoal[];
let picks: (readonly TreeNode[] | undefined)[];
let planned: PlanParams[];
let started: StartParams[];
let plans: (PlanResult | SidecarError)[];
let showFiles: ReturnType<typeof vi.fn<(plan: PlanResult) => Promise<void>>>;
let command: ExportToStorageCommand;
let selected: readonly TreeNode[];

const copyPlan = (more: Partial<PlanResult> = {}, there: Partial<NonNullable<PlanResult['copy']>> = {}): PlanResult =>
  plan('p', {
    verb: 'copy',
    title: 'Copy mango',
    needsDestination: false,
    copy: { target: 'account/container/folder/', identical: 0, different: 0, protected: 0, ...there },
    ...more,
  });

beforeEach(() => {
  client = new FakeClient();
  memento = new FakeMemento();
  model = new OperationsModel(client);
  [goals, picks, planned, started, plans, selected] = [[], [], [], [], [], []];
  showFiles = vi.fn(() => Promise.resolve());
  client.answer(server.operations.plan, (params) => {
    planned.push(params);
    const next = plans.shift() ?? copyPlan();
    if (next instanceof SidecarError) {
      throw next;
    }
    return next;
  });
  client.answer(server.operations.start, (params) => {
    started.push(params);
    return { operation: operation('p', { verb: 'copy', title: 'Copy mango', destination: null }) };
  });
  const picker: NodePicking = {
    pick: (goal) => {
      goals.push(goal);
      return Promise.resolve(picks.shift());
    },
  };
  const tree: TreeAccess = {
    get selected() {
      return selected;
    },
    refreshAround: () => Promise.resolve(),
  };
  const nothing = (): Promise<undefined> => Promise.resolve(undefined);
  const exports = { start: nothing, startWorkspaces: nothing, showFiles };
  const flow = new CopyFlow(client, new CopyTargets(picker, memento), model, exports);
  command = new ExportToStorageCommand(flow, picker, tree);
});

const choose =
  (part: string) =>
  (items: readonly { label: string }[]): { label: string } | undefined =>
    items.find((item) => item.label.includes(part));

/** The card once it shows a plan. */
async function card(count: number): Promise<FakeQuickPick<{ label: string }>> {
  return vi.waitFor(() => {
    const last = fake.quickPicks.at(-1);
    if (last === undefined || fake.quickPicks.length < count || last.items.length === 0) {
      throw new Error('No plan is shown.');
    }
    return last;
  });
}

describe('Export to Storage', () => {
  it('plans for an address, shows what is good to know, and starts with a click', async () => {
    fake.picks = [choose('Address')];
    fake.inputs = [` ${address} `];
    plans = [copyPlan({ warnings: [{ code: 'copy.blobsOnly', message: 'Only blobs are copied.', count: 1 }] })];
    const running = command.execute({ node: run });
    const shown = await card(1);
    expect(shown.title).toContain('account/container/folder/');
    expect(shown.items.map((item) => item.label)).toContain('$(warning) Only blobs are copied.');
    shown.choose('Copy');
    await running;
    expect(planned[0]).toMatchObject({ verb: 'copy', nodeIds: ['run-1'], copy: { nodeId: null, address } });
    expect(started).toEqual([
      {
        planId: 'p',
        confirmation: null,
        destination: { folder: '', existing: 'skipIdentical', format: 'folder' },
        toggled: [],
      },
    ]);
    expect(model.get('p')?.verb).toBe('copy');
    expect(fake.executed.map(({ command: id }) => id)).toContain('amlData.operations.open');
  });

  it('picks a datastore or a folder in one, and offers it first the next time', async () => {
    fake.picks = [choose('Datastore')];
    picks = [[store]];
    const first = command.execute({ node: run });
    (await card(1)).choose('Copy');
    await first;
    expect(goals[0]).toMatchObject({ kinds: ['datastore', 'folder'], many: false });
    expect(goals[0]?.takeParent?.(store)).toBe('Copy to backup');
    expect(planned[0]?.copy).toEqual({ nodeId: 'store', address: null });
    fake.picks = [choose('exports: backup/')];
    const second = command.execute({ node: run });
    (await card(2)).choose('Copy');
    await second;
    expect(planned[1]?.copy).toEqual({ nodeId: 'store', address: null });
  });

  it('asks before it replaces, and replaces nothing when declined', async () => {
    fake.picks = [choose('Address')];
    fake.inputs = [address];
    plans = [copyPlan({}, { different: 3 })];
    fake.press = [undefined, 'Replace'];
    const running = command.execute({ node: run });
    const first = await card(1);
    expect(first.items.filter((item) => item.label.includes('Copy')).map((item) => item.label)).toEqual([
      '$(cloud-upload) Copy, Keeping What Is There',
      '$(replace-all) Copy and Replace...',
      '$(files) Copy Everything Beside It',
    ]);
    first.choose('Copy and Replace');
    const second = await card(2);
    expect(started).toEqual([]);
    expect(fake.shown[0]).toMatchObject({ level: 'warning', message: 'Replace 3 files in account/container/folder/?' });
    second.choose('Copy and Replace');
    await running;
    expect(started[0]).toMatchObject({ confirmation: 'confirmed', destination: { existing: 'replace' } });
    expect(planned).toHaveLength(1);
  });

  it('asks for another target when one will not do, with the reason', async () => {
    fake.picks = [choose('Address'), choose('Datastore')];
    fake.inputs = [address];
    picks = [[store]];
    plans = [
      new SidecarError('The account has no such container.', {
        code: 'copy.noContainer',
        retryable: false,
        correlationId: null,
        target: null,
        actions: [],
      }),
    ];
    const running = command.execute({ node: run });
    (await card(2)).choose('Copy');
    await running;
    expect(planned.map((params) => params.copy?.nodeId ?? null)).toEqual([null, 'store']);
  });

  it('takes child runs and named outputs on request, and shows the files', async () => {
    fake.picks = [choose('Address')];
    fake.inputs = [address];
    plans = [copyPlan({ hasChildRuns: true })];
    const running = command.execute({ node: run });
    (await card(1)).choose('Include Child Runs');
    (await card(2)).choose('Include Named Outputs');
    (await card(3)).choose('Show Files');
    (await card(4)).hide();
    await running;
    expect(planned.map((params) => [params.export?.includeChildren, params.export?.namedOutputs])).toEqual([
      [false, false],
      [true, false],
      [true, true],
    ]);
    expect(showFiles).toHaveBeenCalledOnce();
    expect(started).toEqual([]);
  });

  it('from the palette takes what is selected, else what is picked', async () => {
    selected = [treeNode('compute', { kind: 'compute' }), run];
    await command.execute();
    expect(goals).toEqual([]);
    selected = [];
    await command.execute();
    expect(goals[0]).toMatchObject({ actions: ['downloadRun', 'download'], many: false });
    expect(planned).toEqual([]);
  });

  it.each([
    [address, undefined],
    ['http://account.blob.core.windows.net/c', 'The address begins with https://'],
    [`${address}?sv=1&sig=x`, expect.stringContaining('Leave out')],
  ])('%s', (text, problem) => {
    expect(checkAddress(text)).toEqual(problem);
  });
});

describe('a copy among the operations', () => {
  it('counts bytes and says what was copied', () => {
    const more = { verb: 'copy', items: 3, bytes: 1000, destination: null } as const;
    expect(describeOperation(operation('a', { ...more, bytesDone: 620 }))).toBe('62 %');
    expect(describeOperation(operation('a', { ...more, state: 'succeeded', itemsDone: 3, bytesDone: 1000 }))).toBe(
      '3 files copied, 1,000 B',
    );
  });

  it('tells its end', async () => {
    vi.useFakeTimers();
    try {
      const notifier = new FinishNotifier(model, () => undefined);
      client.tell(told.operations.changed, { operation: operation('a', { verb: 'copy' }) });
      client.tell(told.operations.changed, {
        operation: operation('a', {
          verb: 'copy',
          title: 'Copy mango',
          destination: 'x/y/',
          state: 'succeeded',
          owner: 'none',
          itemsDone: 34,
          bytesDone: 1000,
          actions: ['receipt'],
        }),
      });
      await vi.advanceTimersByTimeAsync(2000);
      expect(fake.shown[0]).toMatchObject({
        level: 'info',
        message: 'Copy mango to x/y/: 34 files, 1,000 B, complete and verified.',
        buttons: ['Show Receipt'],
      });
      notifier.dispose();
    } finally {
      vi.useRealTimers();
    }
    expect(vscode.window).toBeDefined();
  });
});
