import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ExportCommand } from '../../extension/src/features/operations/exportCommand';
import { askChoices, parsePatterns } from '../../extension/src/features/operations/exportChoices';
import { ExportFlow } from '../../extension/src/features/operations/exportFlow';
import { type ExportKind, exportKinds } from '../../extension/src/features/operations/exportKinds';
import { FinishNotifier } from '../../extension/src/features/operations/finishNotifier';
import { RecentFolders } from '../../extension/src/features/operations/folders';
import { NodePicker } from '../../extension/src/features/operations/nodePicker';
import {
  DiscardCommand,
  ReceiptCommand,
  stateCommands,
} from '../../extension/src/features/operations/operationCommands';
import { OperationsModel } from '../../extension/src/features/operations/operationsModel';
import {
  OperationRow,
  OperationsProblem,
  OperationsProvider,
} from '../../extension/src/features/operations/operationsProvider';
import { describeOperation, tooltipOf } from '../../extension/src/features/operations/operationText';
import { ErrorPresenter } from '../../extension/src/infrastructure/errorPresenter';
import type { NodePicking } from '../../extension/src/infrastructure/nodePicking';
import { Settings } from '../../extension/src/infrastructure/settings';
import { SubscriptionSelection } from '../../extension/src/infrastructure/subscriptionSelection';
import type { TreeAccess } from '../../extension/src/infrastructure/treeAccess';
import { client as told, server } from '../../extension/src/protocol/methods';
import type { PlanParams, StartParams, TreeNode } from '../../extension/src/protocol/types';
import { SidecarError } from '../../extension/src/sidecar/sidecarError';
import { FakeClient } from './fakes/client';
import { operation, plan, planFile, treeNode } from './fakes/data';
import { FakeLog } from './fakes/log';
import { FakeMemento } from './fakes/memento';
import { fake, type FakeQuickPick } from './fakes/vscode';

let client: FakeClient;
let model: OperationsModel;

beforeEach(() => {
  client = new FakeClient();
  model = new OperationsModel(client);
});

describe('an operation in words', () => {
  const now = new Date(2026, 10, 20, 15, 0).getTime();
  const at = (hour: number): number => new Date(2026, 10, 20, hour, 2).getTime();

  it.each([
    ['62 %, 84 MB/s, 5 s left', operation('a', { bytesDone: 620, bytesPerSecond: 84 * 1024 * 1024, secondsLeft: 5 })],
    ['0 %, throttled until 15:02', operation('a', { message: 'throttled until 15:02', bytesPerSecond: 0 })],
    ['62 %, in another window', operation('a', { bytesDone: 620, owner: 'other' })],
    ['99 %', operation('a', { bytesDone: 999 })],
    ['50 %', operation('a', { bytes: 0, items: 4, itemsDone: 1, itemsFailed: 1 })],
    ['paused at 40 %', operation('a', { state: 'paused', bytesDone: 400 })],
    ['interrupted at 40 %', operation('a', { state: 'interrupted', bytesDone: 400 })],
    ['cancelling', operation('a', { state: 'cancelRequested' })],
    ['waiting', operation('a', { state: 'planned' })],
    [
      '34 files, 1,000 B, 2:02 PM',
      operation('a', { state: 'succeeded', itemsDone: 34, bytesDone: 1000, finishedAt: at(14) }),
    ],
    [
      '32 of 34 files, 1 skipped, 1 failed, 1,000 B, 2:02 PM',
      operation('a', {
        state: 'succeededWithWarnings',
        itemsDone: 32,
        itemsSkipped: 1,
        itemsFailed: 1,
        bytesDone: 1000,
        finishedAt: at(14),
      }),
    ],
    ['14 of 20, 3 skipped', operation('a', { verb: 'delete', items: 20, itemsDone: 14, itemsSkipped: 3 })],
    [
      'interrupted at 25 %',
      operation('a', { verb: 'delete', state: 'interrupted', items: 4, itemsDone: 1, bytesDone: 999 }),
    ],
    [
      '14 deleted, 3.1 GB, data can be brought back until Dec 4, 2026 (UTC), 2:02 PM',
      operation('a', {
        verb: 'delete',
        state: 'succeeded',
        items: 14,
        itemsDone: 14,
        bytesDone: 3.1 * 2 ** 30,
        undeleteUntil: new Date(2026, 11, 4, 12).getTime(),
        finishedAt: at(14),
      }),
    ],
    [
      '2 archived, 2:02 PM',
      operation('a', { verb: 'archive', state: 'succeeded', items: 2, itemsDone: 2, finishedAt: at(14) }),
    ],
    ['The disk is full.', operation('a', { state: 'failed', message: 'The disk is full.' })],
  ])('%s', (text, summary) => {
    expect(describeOperation(summary, now).replaceAll('\u202f', ' ')).toBe(text);
  });

  it('names the folder and the counts in the tooltip', () => {
    const lines = tooltipOf(operation('a', { bytesDone: 500, itemsDone: 3 }), now).split('\n');
    expect(lines).toEqual(expect.arrayContaining(['Running', '3 of 34 files', '500 B of 1,000 B', 'To: /data/out']));
  });
});

describe('the model', () => {
  it('lists once per process, newest first, and again after a restart', async () => {
    client.answer(server.operations.list, () => ({
      operations: [operation('old'), operation('new', { startedAt: 9 })],
    }));
    await model.load();
    await model.load();
    expect(model.all.map((item) => item.id)).toEqual(['new', 'old']);
    expect(client.calls).toHaveLength(1);
    client.restart();
    await model.load();
    expect(client.calls).toHaveLength(2);
  });

  it('follows what is told', () => {
    const changed = vi.fn();
    model.onDidChange(changed);
    client.tell(told.operations.changed, { operation: operation('a') });
    expect(model.activeCount).toBe(1);
    client.tell(told.operations.changed, { operation: operation('a', { state: 'paused' }) });
    expect(model.activeCount).toBe(0);
    client.tell(told.operations.removed, { operationId: 'a' });
    expect(model.all).toEqual([]);
    expect(changed).toHaveBeenCalledTimes(3);
  });

  it('tells the end of operations of this window, once', () => {
    const finished = vi.fn();
    model.onDidFinish(finished);
    const done = { state: 'succeeded', owner: 'none' } as const;
    client.tell(told.operations.changed, { operation: operation('mine') });
    client.tell(told.operations.changed, { operation: operation('theirs', { owner: 'other' }) });
    for (const id of ['mine', 'mine', 'theirs', 'past']) {
      client.tell(told.operations.changed, { operation: operation(id, done) });
    }
    expect(finished.mock.calls.map(([item]: { id: string }[]) => item?.id)).toEqual(['mine']);
  });
});

describe('the messages at the end', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  async function finish(...ends: Parameters<typeof operation>[1][]): Promise<void> {
    const notifier = new FinishNotifier(model, (error) => {
      throw error;
    });
    for (const [index, end] of ends.entries()) {
      client.tell(told.operations.changed, { operation: operation(`run${index}`) });
      client.tell(told.operations.changed, { operation: operation(`run${index}`, { owner: 'none', ...end }) });
    }
    await vi.advanceTimersByTimeAsync(2000);
    notifier.dispose();
  }

  it('is one for one operation, with the folder and the receipt', async () => {
    fake.press = ['Show Receipt'];
    await finish({ state: 'succeeded', itemsDone: 34, bytesDone: 2048, actions: ['reveal', 'receipt'] });
    expect(fake.shown).toEqual([
      {
        level: 'info',
        message: 'Download run0: 34 files, 2 KB, complete and verified.',
        buttons: ['Open Folder', 'Show Receipt'],
      },
    ]);
    expect(fake.executed).toMatchObject([{ command: 'amlData.operations.receipt', args: [{ operationId: 'run0' }] }]);
  });

  it('says why it failed, and offers to resume', async () => {
    await finish({ state: 'failed', message: 'The disk is full.', actions: ['resume', 'receipt'] });
    expect(fake.shown).toEqual([
      { level: 'error', message: 'Download run0: The disk is full.', buttons: ['Resume', 'Show Receipt'] },
    ]);
  });

  it('is one for several that end together', async () => {
    await finish({ state: 'succeeded' }, { state: 'failed' }, { state: 'succeededWithWarnings' });
    expect(fake.shown).toEqual([
      { level: 'error', message: '3 operations finished, 1 failed, 1 with warnings.', buttons: ['Show Operations'] },
    ]);
  });

  it('has an offer that another feature made, also when others end with it', async () => {
    const run = vi.fn(() => Promise.resolve());
    fake.press = ['Insert Cell'];
    model.offer('run1', { title: 'Insert Cell', run });
    await finish({ state: 'succeeded' }, { state: 'succeeded', actions: ['reveal'] });
    expect(fake.shown.map(({ buttons }) => buttons)).toEqual([['Insert Cell', 'Open Folder'], []]);
    expect(run).toHaveBeenCalledTimes(1);
    model.offer('run0', { title: 'Insert Cell', run });
    await finish({ state: 'failed', message: 'No.' });
    expect(fake.shown.at(-1)?.buttons).toEqual([]);
    model.offer('run0', { title: 'Insert Cell', run, isOpen: () => Promise.resolve(false) });
    await finish({ state: 'succeeded', actions: ['reveal'] });
    expect(fake.shown.at(-1)?.buttons).toEqual(['Open Folder']);
  });

  it('says what a change did, and offers to undo it', async () => {
    fake.press = ['Undo...'];
    await finish({
      verb: 'delete',
      title: 'Delete 34 runs',
      state: 'succeeded',
      itemsDone: 34,
      bytesDone: 2048,
      undeleteUntil: new Date(2026, 11, 4, 12).getTime(),
      actions: ['receipt', 'undelete'],
    });
    expect(fake.shown).toEqual([
      {
        level: 'info',
        message: 'Delete 34 runs: 34 deleted, 2 KB, verified, data can be brought back until Dec 4, 2026 (UTC).',
        buttons: ['Show Receipt', 'Undo...'],
      },
    ]);
    expect(fake.executed).toMatchObject([{ command: 'amlData.changes.undeleteOperation' }]);
  });

  it('offers what can be done when it is told, not what could be when it ended', async () => {
    const notifier = new FinishNotifier(model, (error) => {
      throw error;
    });
    const done = { owner: 'none', state: 'succeeded', verb: 'delete' } as const;
    client.tell(told.operations.changed, { operation: operation('a', { verb: 'delete' }) });
    client.tell(told.operations.changed, { operation: operation('a', { ...done, actions: ['receipt', 'undelete'] }) });
    client.tell(told.operations.changed, { operation: operation('a', { ...done, actions: ['receipt'] }) });
    await vi.advanceTimersByTimeAsync(2000);
    notifier.dispose();
    expect(fake.shown).toMatchObject([{ buttons: ['Show Receipt'] }]);
  });

  it('offers to archive what the service would not delete', async () => {
    fake.press = ['Archive Instead...'];
    await finish({
      verb: 'delete',
      state: 'succeededWithWarnings',
      itemsDone: 33,
      itemsSkipped: 1,
      actions: ['archiveInstead'],
    });
    expect(fake.shown[0]).toMatchObject({ level: 'warning', buttons: ['Archive Instead...'] });
    expect(fake.executed).toMatchObject([
      { command: 'amlData.changes.archiveInstead', args: [{ operationId: 'run0' }] },
    ]);
  });

  it('is none for what the person cancelled', async () => {
    await finish({ state: 'cancelled' });
    expect(fake.shown).toEqual([]);
  });
});

describe('the view', () => {
  it('draws an operation with its state, its numbers and what can be done with it', async () => {
    client.answer(server.operations.list, () => ({
      operations: [operation('a', { bytesDone: 620, actions: ['pause', 'cancel'] })],
    }));
    const provider = new OperationsProvider(model, new ErrorPresenter(new FakeLog().channel));
    const [row] = await provider.getChildren();
    expect(row).toBeInstanceOf(OperationRow);
    expect(provider.getTreeItem(row ?? new OperationRow('none'))).toMatchObject({
      id: 'a',
      label: 'Download a',
      description: '62 %',
      contextValue: ';state=running;pause;cancel;',
    });
    expect((await provider.getChildren())[0]).toBe(row);
  });

  it('shows by its icon what is under way', async () => {
    client.answer(server.operations.list, () => ({
      operations: [operation('a', { verb: 'delete' }), operation('b', { verb: 'archive', startedAt: -1 })],
    }));
    const provider = new OperationsProvider(model, new ErrorPresenter(new FakeLog().channel));
    const icons = (await provider.getChildren()).map((row) => provider.getTreeItem(row).iconPath);
    expect(icons).toMatchObject([{ id: 'trash' }, { id: 'archive' }]);
  });

  it('says why the list cannot be read, and asks again with a click', async () => {
    client.answer(server.operations.list, () => {
      throw new SidecarError('The journal cannot be read.', { code: 'operations.journal' });
    });
    const provider = new OperationsProvider(model, new ErrorPresenter(new FakeLog().channel));
    const [row] = await provider.getChildren();
    expect(row).toBeInstanceOf(OperationsProblem);
    const item = provider.getTreeItem(row ?? new OperationRow('none'));
    expect(item.command?.command).toBe('amlData.operations.refresh');
    expect(item.accessibilityInformation?.label).toBe('Error: The journal cannot be read.');
  });

  it('is empty while the sidecar is down, for the welcome text says that, and is read when it is up', async () => {
    client.answer(server.operations.list, () => {
      throw new SidecarError('No .NET.', { code: 'sidecar.noRuntime' });
    });
    const provider = new OperationsProvider(model, new ErrorPresenter(new FakeLog().channel));
    expect(await provider.getChildren()).toEqual([]);
    client.answer(server.operations.list, () => ({ operations: [operation('a')] }));
    client.restart();
    expect(await provider.getChildren()).toHaveLength(1);
  });
});

describe('commands on operations', () => {
  beforeEach(() => {
    client.answer(server.operations.list, () => ({
      operations: [
        operation('a', { actions: ['pause', 'discard', 'receipt'] }),
        operation('b', { actions: ['resume'] }),
      ],
    }));
  });

  it('ask for the operation when there is no row, among those they can be done with', async () => {
    client.answer(server.operations.pause, () => ({ operation: operation('a', { state: 'paused' }) }));
    let offered: string[] = [];
    fake.picks = [
      (items) => {
        offered = items.map((item) => item.label);
        return items[0];
      },
    ];
    await stateCommands(client, model)
      .find((command) => command.id === 'amlData.operations.pause')
      ?.execute();
    expect(offered).toEqual(['Download a']);
    expect(model.get('a')?.state).toBe('paused');
  });

  it('discard only after a yes', async () => {
    const discard = vi.fn(() => ({}));
    client.answer(server.operations.discard, discard);
    const command = new DiscardCommand(client, model);
    await command.execute(new OperationRow('a'));
    expect(fake.shown[0]?.message).toBe('Discard "Download a"?');
    expect(discard).not.toHaveBeenCalled();
    fake.press = ['Discard'];
    await command.execute(new OperationRow('a'));
    expect(discard).toHaveBeenCalledWith({ operationId: 'a' }, undefined);
  });

  it('open the readable receipt', async () => {
    client.answer(server.operations.receipt, () => ({
      markdownPath: '/r/receipt.md',
      jsonPath: '/r/receipt.json',
      destination: '/r',
    }));
    await new ReceiptCommand(client, model).execute(new OperationRow('a'));
    expect(fake.executed).toMatchObject([{ command: 'markdown.showPreview', args: [{ fsPath: '/r/receipt.md' }] }]);
  });
});

function kindOf(action: string): ExportKind {
  const kind = exportKinds().find((candidate) => candidate.commandId === `amlData.operations.${action}`);
  if (kind === undefined) {
    throw new Error(`There is no kind ${action}.`);
  }
  return kind;
}

describe('the choices', () => {
  it('are the usual ones with Enter', async () => {
    fake.picks = [() => []];
    expect(await askChoices(kindOf('downloadRun'))).toEqual(kindOf('downloadRun').defaults);
    fake.picks = [() => []];
    expect(await askChoices(kindOf('exportRun'))).toMatchObject({ fullRecord: true, includeChildren: false });
  });

  it('are what is ticked, and patterns are asked for', async () => {
    fake.picks = [(items) => items.filter((item) => /Child|Logs|names/.test(item.label))];
    fake.inputs = ['outputs/**, !*.tmp'];
    expect(await askChoices(kindOf('downloadRun'))).toEqual({
      includeChildren: true,
      logsOnly: true,
      namedOutputs: false,
      fullRecord: false,
      include: ['outputs/**'],
      exclude: ['*.tmp'],
    });
  });

  it('are none when the person backs out of either question', async () => {
    expect(await askChoices(kindOf('downloadRun'))).toBeUndefined();
    fake.picks = [(items) => items];
    expect(await askChoices(kindOf('downloadRun'))).toBeUndefined();
  });

  it('read patterns between commas', () => {
    expect(parsePatterns(' a/*.csv ,, !b , ! ')).toEqual({ include: ['a/*.csv'], exclude: ['b'] });
    expect(parsePatterns(' , ')).toEqual({ include: [], exclude: [] });
  });
});

describe('from nodes to an operation', () => {
  let folder: string;
  let starts: StartParams[];
  let plans: PlanParams[];
  let recent: RecentFolders;
  let flow: ExportFlow;
  const run = treeNode('run:1', { actions: ['downloadRun'] });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aml-ext-'));
    starts = [];
    plans = [];
    recent = new RecentFolders(new FakeMemento());
    flow = new ExportFlow(client, new Settings(), recent, model);
    fake.workspaceFolders = [{ uri: (await import('vscode')).Uri.file(folder) }];
    client.answer(server.operations.plan, (params) => {
      plans.push(params);
      return plan(`p${plans.length}`, { hasChildRuns: params.export?.includeChildren === false });
    });
    client.answer(server.operations.start, (params) => {
      starts.push(params);
      return { operation: operation('op') };
    });
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** The card that is open, once it shows the plan. */
  async function card(count = 1): Promise<FakeQuickPick<{ label: string }>> {
    return vi.waitFor(() => {
      const last = fake.quickPicks.at(-1);
      if (last === undefined || fake.quickPicks.length < count || last.items.length === 0) {
        throw new Error('No plan is shown yet.');
      }
      return last;
    });
  }

  it('plans, shows what there is, and starts in the folder of the window', async () => {
    const result = flow.run(kindOf('download'), [run]);
    const pick = await card();
    expect(pick.title).toBe('Download mango_leaf_3f: 2 files, 2 KB');
    expect(pick.activeItems[0]?.label).toBe(`$(folder) ${folder}`);
    pick.choose(folder);
    expect((await result)?.id).toBe('op');
    expect(plans[0]).toMatchObject({ verb: 'export', nodeIds: ['run:1'], export: { includeChildren: false } });
    expect(starts).toEqual([
      {
        planId: 'p1',
        confirmation: null,
        destination: { folder, existing: 'skipIdentical', format: 'folder' },
        toggled: [],
      },
    ]);
    expect(recent.all).toEqual([folder]);
    expect(model.get('op')).toBeDefined();
  });

  it('plans again with the child runs', async () => {
    const result = flow.run(kindOf('download'), [run]);
    (await card()).choose('Include Child Runs');
    const second = await card(2);
    expect(second.items.some((item) => item.label.includes('Include Child Runs'))).toBe(false);
    second.choose(folder);
    await result;
    expect(starts[0]?.planId).toBe('p2');
    expect(plans[1]?.export?.includeChildren).toBe(true);
  });

  it('asks what to do when the folder exists, and does it', async () => {
    await mkdir(join(folder, 'mango_leaf_3f'));
    await writeFile(join(folder, 'mango_leaf_3f', 'a.txt'), 'a');
    fake.picks = [(items) => items.find((item) => item.label === 'Replace')];
    const result = flow.run(kindOf('download'), [run]);
    (await card()).choose(folder);
    await result;
    expect(starts[0]?.destination?.existing).toBe('replace');
  });

  it('writes a bag when that is chosen, and asks nothing about files that exist', async () => {
    await mkdir(join(folder, 'mango_leaf_3f'));
    await writeFile(join(folder, 'mango_leaf_3f', 'a.txt'), 'a');
    const result = flow.run(kindOf('download'), [run]);
    (await card()).choose('Write as a BagIt Bag');
    const second = await card(2);
    expect(second.items.some((item) => item.label.includes('Write as a Plain Folder'))).toBe(true);
    second.choose(folder);
    await result;
    expect(starts[0]?.destination?.format).toBe('bag');
    expect(plans).toHaveLength(1);
    expect(fake.quickPickTitles).toEqual([]);
  });

  it('begins with the way of writing that the settings name, and can leave it', async () => {
    fake.settings.set('amlData.download.format', 'bag');
    const result = flow.run(kindOf('download'), [run]);
    (await card()).choose('Write as a Plain Folder');
    (await card(2)).choose(folder);
    await result;
    expect(starts[0]?.destination?.format).toBe('folder');
  });

  it('writes a zip when that is chosen, with every way of writing but the present one on offer', async () => {
    await mkdir(join(folder, 'mango_leaf_3f'));
    await writeFile(join(folder, 'mango_leaf_3f', 'a.txt'), 'a');
    const result = flow.run(kindOf('download'), [run]);
    (await card()).choose('Write as a Zip File');
    const second = await card(2);
    const ways = second.items.map(({ label }) => label).filter((label) => label.includes('Write as'));
    expect(ways).toEqual([
      '$(folder) Write as a Plain Folder',
      '$(package) Write as a BagIt Bag',
      '$(file-zip) Write as a BagIt Bag in a Zip File',
    ]);
    expect(second.items.some(({ label }) => label === 'now: a zip file')).toBe(true);
    second.choose('Write as a BagIt Bag in a Zip File');
    (await card(3)).choose(folder);
    await result;
    expect(starts[0]?.destination).toEqual({ folder, existing: 'skipIdentical', format: 'bagZip' });
    expect(fake.quickPickTitles).toEqual([]);
  });

  it('writes no zip for another feature, whatever the settings say', async () => {
    fake.settings.set('amlData.download.format', 'zip');
    client.answer(server.operations.planItems, () => ({ items: [planFile('a.txt', 1)], nextPageToken: null }));
    const result = flow.start({ title: 'Download churn:3', nodeIds: ['n'], beside: null });
    const first = await card();
    expect(first.items.some(({ label }) => label.includes('Zip'))).toBe(false);
    first.choose(folder);
    expect(await result).toMatchObject({ format: 'folder' });
    expect(starts[0]?.destination?.format).toBe('folder');
  });

  it('compares single files by name', async () => {
    await writeFile(join(folder, 'a.txt'), 'a');
    client.answer(server.operations.plan, () => plan('p', { suggestedFolderName: null }));
    client.answer(server.operations.planItems, () => ({
      items: [planFile('a.txt', 1)],
      nextPageToken: null,
    }));
    const result = flow.run(kindOf('download'), [run]);
    (await card()).choose(folder);
    expect(await result).toBeUndefined();
    expect(fake.quickPickTitles).toEqual(['Download mango_leaf_3f']);
    expect(starts).toEqual([]);
  });

  it('does not ask what the settings answer', async () => {
    await mkdir(join(folder, 'mango_leaf_3f'));
    fake.settings.set('amlData.download.existingFiles', 'keepBoth');
    const result = flow.run(kindOf('download'), [run]);
    (await card()).choose(folder);
    await result;
    expect(fake.quickPickTitles).toEqual([]);
    expect(starts[0]?.destination?.existing).toBe('keepBoth');
  });

  it('shows the card again, with the reason, when a folder will not do', async () => {
    let refusals = 1;
    client.answer(server.operations.start, (params) => {
      if (refusals-- > 0) {
        throw new SidecarError('The folder is read-only.', { code: 'destination.readOnly', actions: ['chooseFolder'] });
      }
      starts.push(params);
      return { operation: operation('op') };
    });
    const result = flow.run(kindOf('download'), [run]);
    (await card()).choose(folder);
    const second = await card(2);
    expect(second.items.map((item) => item.label)).toContain('$(error) The folder is read-only.');
    second.choose(folder);
    await result;
    expect(plans).toHaveLength(1);
    expect(starts).toHaveLength(1);
  });

  it('names the remote host the files land on', async () => {
    fake.remoteName = 'ssh-remote';
    const result = flow.run(kindOf('download'), [run]);
    const pick = await card();
    expect(pick.placeholder).toMatch(/remote host .+ \(ssh-remote\)/);
    pick.hide();
    expect(await result).toBeUndefined();
  });

  it('cancels the plan when the person closes the card', async () => {
    client.answer(server.operations.plan, () => new Promise(() => undefined));
    const result = flow.run(kindOf('download'), [run]);
    await vi.waitFor(() => {
      expect(fake.quickPicks).toHaveLength(1);
    });
    fake.quickPicks[0]?.hide();
    await expect(result).rejects.toMatchObject({ name: 'Canceled' });
  });

  it('takes of a selection what it can be done with', async () => {
    const started = vi.fn(() => Promise.resolve());
    const picker = new NodePicker(client, new SubscriptionSelection(new FakeMemento()));
    const command = new ExportCommand(kindOf('downloadRun'), flow, picker, treeOf([]), started);
    fake.picks = [() => []];
    const folderNode = treeNode('folder', { kind: 'folder', actions: ['download'] });
    const result = command.execute({ node: run }, [{ node: run }, { node: folderNode }]);
    (await card()).choose(folder);
    await result;
    expect(plans[0]?.nodeIds).toEqual(['run:1']);
    expect(started).toHaveBeenCalledOnce();
  });

  describe('of models and data', () => {
    const model = treeNode('model', { kind: 'model', actions: ['download', 'delete'] });
    const version = treeNode('version', { kind: 'modelVersion', actions: ['download', 'delete'] });
    const data = treeNode('data', { kind: 'dataVersion', actions: ['download'] });
    const started = (): Promise<void> => Promise.resolve();
    const pick = vi.fn<NodePicking['pick']>();
    const run1 = treeNode('run:1', { actions: ['downloadRun', 'exportRun'] });

    beforeEach(() => {
      pick.mockReset();
    });

    function commandOf(id: string, selected: readonly TreeNode[]): ExportCommand {
      return new ExportCommand(kindOf(id), flow, { pick }, treeOf(selected), started);
    }

    it('takes a mixed selection with runs as it is', async () => {
      const nodes = [
        { node: model },
        { node: data },
        { node: run1 },
        { node: treeNode('exp', { kind: 'experiment' }) },
      ];
      const result = commandOf('download', []).execute(nodes[0], nodes);
      (await card()).choose(folder);
      await result;
      expect(plans[0]?.nodeIds).toEqual(['model', 'data', 'run:1']);
    });

    it('takes from the palette what is selected of its kind', async () => {
      const result = commandOf('downloadModel', [version, data, run1]).execute();
      (await card()).choose(folder);
      await result;
      expect(plans[0]?.nodeIds).toEqual(['version']);
      expect(pick).not.toHaveBeenCalled();
    });

    it.each([
      ['downloadModel', 'Download Model', ['modelVersion']],
      ['downloadDataAsset', 'Download Data Asset', ['dataVersion']],
      ['downloadDataset', 'Download Dataset', ['dataset']],
      ['downloadNotebooks', 'Download Notebooks', ['userFolder']],
    ])('picks with %s when nothing is selected', async (id, title, kinds) => {
      pick.mockResolvedValue(undefined);
      await commandOf(id, [run1]).execute();
      expect(pick).toHaveBeenCalledWith({ title, actions: ['download'], kinds, many: false });
      expect(plans).toEqual([]);
    });
  });
});

describe('the menus of the tree', () => {
  it.each([
    ['run', ['downloadRun'], 'downloadRun', 'downloadRun download'],
    ['folder', ['download'], 'download', 'download'],
    ['model', ['download', 'delete'], 'downloadModel', 'download'],
    ['modelVersion', ['download'], 'downloadModel', 'download'],
    ['dataAsset', ['download'], 'downloadDataAsset', 'download'],
    ['dataVersion', ['download'], 'downloadDataAsset', 'download'],
    ['dataset', ['download'], 'downloadDataset', 'download'],
    ['notebooks', ['download'], 'downloadNotebooks', 'download'],
    ['userFolder', ['download', 'delete'], 'downloadNotebooks', 'download'],
    ['datastore', ['delete'], '', ''],
  ])('offers for a %s with %j one way to download', async (kind, actions, single, many) => {
    const manifest = JSON.parse(await readFile(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
      contributes: { menus: Record<string, { command: string; when: string; group: string }[]> };
    };
    const value = `;${[`kind=${kind}`, ...actions].join(';')};`;
    const entries = (manifest.contributes.menus['view/item/context'] ?? []).filter(
      ({ command, group }) => group.startsWith('1_download') && command.startsWith('amlData.operations.'),
    );
    const offered = (multiple: boolean): string =>
      entries
        .filter(({ when }) => holds(when, value, multiple))
        .map(({ command }) => command.replace('amlData.operations.', ''))
        .filter((id) => id !== 'exportRun')
        .join(' ');
    expect(offered(false)).toBe(single);
    expect(offered(true)).toBe(many);
  });

  /** What VS Code makes of the few forms that stand there. */
  function holds(when: string, viewItem: string, multiple: boolean): boolean {
    return when.split(' && ').every((part) => {
      const pattern = /^viewItem =~ \/(.*)\/$/.exec(part)?.[1];
      if (pattern !== undefined) {
        return new RegExp(pattern).test(viewItem);
      }
      return part === 'view == amlData.explorer' || (part === 'listMultiSelection' ? multiple : !multiple);
    });
  }
});

/** A tree of which some rows are selected. */
function treeOf(selected: readonly TreeNode[]): TreeAccess {
  return { selected, refreshAround: () => Promise.resolve() };
}

describe('the picker of the palette', () => {
  const subscription = { subscriptionId: 's', tenantId: 't', name: 'Research', state: 'Enabled' };
  const run = treeNode('run-1', { label: 'mango', actions: ['downloadRun'] });

  beforeEach(() => {
    client.answer(server.explorer.subscriptions, () => ({ subscriptions: [subscription], problems: [] }));
    client.answer(server.explorer.children, ({ nodeId, filter, pageToken }) => {
      const nodes = {
        sub: [treeNode('ws', { kind: 'workspace', label: 'sample-ws' })],
        ws: [treeNode('exps', { kind: 'experiments', label: 'Experiments', resource: null })],
        exps: [treeNode('exp', { kind: 'experiment', label: 'credit-scoring' })],
        exp: filter?.name === 'plum' ? [treeNode('run-9', { label: 'plum', actions: ['downloadRun'] })] : [run],
      }[nodeId ?? ''] ?? [treeNode('sub', { kind: 'subscription', label: 'Research' })];
      if (nodeId === 'exp' && filter === null) {
        return pageToken === null
          ? { nodes, nextPageToken: '1' }
          : { nodes: [treeNode('run-2', { label: 'olive', actions: ['downloadRun'] })], nextPageToken: null };
      }
      return { nodes, nextPageToken: null };
    });
  });

  async function open(label: string): Promise<FakeQuickPick<{ label: string }>> {
    return vi.waitFor(() => {
      const last = fake.quickPicks.at(-1);
      if (last?.items.some((item) => item.label.includes(label)) !== true) {
        throw new Error(`"${label}" is not offered yet.`);
      }
      return last;
    });
  }

  async function start(): Promise<{ id: string } | undefined> {
    const picker = new NodePicker(client, new SubscriptionSelection(new FakeMemento()));
    const picked = await picker.pick({ title: 'Download', actions: ['downloadRun'], kinds: null, many: false });
    return picked?.[0];
  }

  async function toRuns(): Promise<FakeQuickPick<{ label: string }>> {
    (await open('Research')).choose('Research');
    (await open('sample-ws')).choose('sample-ws');
    (await open('credit-scoring')).choose('credit-scoring');
    return open('mango');
  }

  it('goes down to a run, past the group of experiments', async () => {
    const result = start();
    const runs = await toRuns();
    expect(runs.title).toBe('Download / sample-ws / credit-scoring');
    runs.choose('mango');
    expect((await result)?.id).toBe('run-1');
  });

  it('loads more and searches by name at the service', async () => {
    const result = start();
    (await toRuns()).choose('Load more');
    const more = await open('olive');
    expect(more.items.map((item) => item.label)).not.toContain('$(ellipsis) Load more...');
    more.type('plum');
    more.choose('Search all runs');
    (await open('plum')).choose('plum');
    expect((await result)?.id).toBe('run-9');
  });

  it('goes back', async () => {
    const result = start();
    const runs = await toRuns();
    runs.press({ id: 'back' });
    const experiments = await open('credit-scoring');
    experiments.press({ id: 'back' });
    const workspaces = await open('sample-ws');
    workspaces.hide();
    expect(await result).toBeUndefined();
  });

  it('goes straight to what a pasted text means', async () => {
    const locate = vi.fn(() => ({ node: run }));
    client.answer(server.explorer.locate, locate);
    const result = start();
    const first = await open('Research');
    first.type('https://ml.azure.com/runs/run-1');
    first.choose('Go to run id');
    expect((await result)?.id).toBe('run-1');
    expect(locate).toHaveBeenCalledWith({ text: 'https://ml.azure.com/runs/run-1', workspaceNodeId: null }, undefined);
  });

  it('fails as the sidecar does', async () => {
    client.answer(server.explorer.locate, () => {
      throw new SidecarError('No such run.', { code: 'run.notFound' });
    });
    const result = start();
    const first = await open('Research');
    first.type('nothing');
    first.choose('Go to run id');
    await expect(result).rejects.toMatchObject({ code: 'run.notFound' });
  });
});
