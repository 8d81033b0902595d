import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { BulkFilterForm, conditionsOf, emptyBulkFilter } from '../../extension/src/features/changes/bulkFilter';
import { ChangeFlow } from '../../extension/src/features/changes/changeFlow';
import { ExportFirst } from '../../extension/src/features/changes/exportFirst';
import { askChoices } from '../../extension/src/features/changes/choices';
import {
  KindCommand,
  MatchingCommand,
  OperationPlanCommand,
  VerbCommand,
} from '../../extension/src/features/changes/commands';
import { titleOf } from '../../extension/src/features/changes/titles';
import { paletteCommands, verbs } from '../../extension/src/features/changes/verbs';
import { ErrorPresenter } from '../../extension/src/infrastructure/errorPresenter';
import type { PickGoal } from '../../extension/src/infrastructure/nodePicking';
import { Settings } from '../../extension/src/infrastructure/settings';
import { OperationsModel } from '../../extension/src/features/operations/operationsModel';
import { client as told, server } from '../../extension/src/protocol/methods';
import type { OperationSummary, PlanParams, TreeNode } from '../../extension/src/protocol/types';
import { SidecarError } from '../../extension/src/sidecar/sidecarError';
import { FakeClient } from './fakes/client';
import { operation, plan, review, treeNode } from './fakes/data';
import { FakeLog } from './fakes/log';
import { fake } from './fakes/vscode';

const settings = new Settings();
const run = treeNode('run:1', { actions: ['archive', 'delete'] });
const folder = treeNode('folder:1', { kind: 'folder', label: 'outputs', actions: ['download'] });
const compute = treeNode('compute:1', { kind: 'compute', actions: ['delete', 'detach'] });
const experiment = treeNode('exp:1', { kind: 'experiment', actions: ['changeMatching'] });

let client: FakeClient;
let plans: PlanParams[];
let model: OperationsModel;
let selected: TreeNode[];
let refreshed: (readonly string[] | null)[];
let goals: PickGoal[];
let wholes: { readonly title: string; readonly nodeIds: readonly string[] }[];
let picked: readonly TreeNode[] | undefined;
let flow: ChangeFlow;

const tree = {
  get selected(): readonly TreeNode[] {
    return selected;
  },
  refreshAround: (nodeIds: readonly string[] | null): Promise<void> => {
    refreshed.push(nodeIds);
    return Promise.resolve();
  },
};
const picker = {
  pick: (goal: PickGoal): Promise<readonly TreeNode[] | undefined> => {
    goals.push(goal);
    return Promise.resolve(picked);
  },
};

beforeEach(() => {
  client = new FakeClient();
  plans = [];
  selected = [];
  refreshed = [];
  goals = [];
  picked = undefined;
  model = new OperationsModel(client);
  wholes = [];
  const exports = {
    start: () => Promise.resolve(undefined),
    showFiles: () => Promise.resolve(),
    startWorkspaces: (title: string, nodeIds: readonly string[]) => {
      wholes.push({ title, nodeIds });
      const begun = operation('whole', { title: 'Export models of team-a' });
      model.put(begun);
      return Promise.resolve(begun);
    },
  };
  flow = new ChangeFlow(
    client,
    settings,
    model,
    tree,
    new ExportFirst(client, exports, model),
    new BulkFilterForm(),
    vscode.Uri.file('/ext'),
    new ErrorPresenter(new FakeLog().channel),
  );
  client.answer(server.operations.plan, (params) => {
    plans.push(params);
    return plan('p', { verb: params.verb, title: 'Delete 14 runs', review: review() });
  });
});

const verbCommand = (verb: keyof typeof verbs): VerbCommand => new VerbCommand(verbs[verb], titleOf(verb), flow, tree);

function kindCommand(id: string): KindCommand {
  const palette = paletteCommands.find((command) => command.id === id);
  if (palette === undefined) {
    throw new Error(`There is no command ${id}.`);
  }
  return new KindCommand(palette, titleOf(id), flow, tree, picker);
}

/** Ticks these of the choices and goes on. */
const tick =
  (...labels: string[]) =>
  (items: readonly { label: string }[]): readonly { label: string }[] =>
    labels.map((label) => {
      const found = items.find((item) => item.label === label);
      if (found === undefined) {
        throw new Error(`No "${label}" among ${items.map((item) => item.label).join(' | ')}`);
      }
      return found;
    });

/** Chooses one. */
const choose =
  (part: string) =>
  (items: readonly { label: string }[]): { label: string } | undefined =>
    items.find((item) => item.label.includes(part));

describe('the manifest', () => {
  interface Manifest {
    readonly contributes: {
      readonly commands: readonly { readonly command: string; readonly title: string }[];
      readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when: string }[]>>;
      readonly keybindings: readonly { readonly command: string; readonly key: string; readonly when: string }[];
    };
  }
  const read = async <T>(name: string): Promise<T> =>
    JSON.parse(await readFile(new URL(`../../${name}`, import.meta.url), 'utf8')) as T;

  it('has every command of the table, called as the table calls it', async () => {
    const manifest = await read<Manifest>('package.json');
    const texts = await read<Record<string, string>>('package.nls.json');
    const declared = new Map(
      manifest.contributes.commands
        .filter(({ command }) => command.startsWith('amlData.changes.'))
        .map(({ command, title }) => [command.slice('amlData.changes.'.length), texts[title.slice(1, -1)]]),
    );
    const made = [
      ...Object.values(verbs).map(({ id }) => id),
      ...paletteCommands.map(({ id }) => id),
      ...['deleteMatching', 'archiveMatching', 'restoreOperation', 'undeleteOperation', 'archiveInstead'],
    ];
    expect([...declared.keys()].sort()).toEqual([...made].sort());
    for (const [id, title] of declared) {
      expect(title).toBe(`${titleOf(id)}...`);
    }
  });

  it('shows a verb on the nodes that allow it, and the Delete key only in the tree', async () => {
    const { menus, keybindings } = (await read<Manifest>('package.json')).contributes;
    for (const { id, actions } of Object.values(verbs)) {
      const entry = menus['view/item/context']?.find(({ command }) => command === `amlData.changes.${id}`);
      expect(entry?.when).toBe(`view == amlData.explorer && viewItem =~ /;${actions[0]};/`);
    }
    expect(keybindings).toMatchObject([
      { command: 'amlData.changes.delete', when: 'focusedView == amlData.explorer && listFocus && !inputFocus' },
    ]);
  });
});

describe('a verb on nodes', () => {
  it('takes of a selection what allows it, and says what it left out', async () => {
    fake.picks = [tick()];
    await verbCommand('delete').execute({ node: run }, [{ node: run }, { node: compute }, { node: folder }]);
    expect(plans).toMatchObject([{ verb: 'delete', nodeIds: ['run:1', 'compute:1'], export: null, filter: null }]);
    expect(plans[0]?.change).toEqual({
      includeData: false,
      includeChildren: false,
      includeVersionsAndSnapshots: false,
      includeDependents: false,
      permanently: false,
      typeNames: true,
      typeAboveBytes: 2 ** 30,
    });
    const [panel] = fake.panels;
    panel?.send({ type: 'ready' });
    await vi.waitFor(() => {
      expect(panel?.told).toContainEqual(
        expect.objectContaining({
          summary: expect.objectContaining({
            warnings: ['Selected, but this cannot be done with: outputs'],
          }) as unknown,
        }),
      );
    });
  });

  it('is about the selection when a key called it', async () => {
    selected = [compute];
    await verbCommand('delete').execute();
    expect(plans[0]?.nodeIds).toEqual(['compute:1']);
    expect(fake.quickPickTitles).toEqual([]);
  });

  it('says so when nothing of the selection allows it', async () => {
    selected = [folder];
    await verbCommand('delete').execute();
    expect(plans).toEqual([]);
    expect(fake.shown).toMatchObject([{ level: 'info' }]);
  });

  it('asks for data, children and versions, and takes them only when ticked', async () => {
    fake.picks = [tick('Also delete its data', 'Include child runs', 'Also older versions and snapshots')];
    await verbCommand('delete').execute({ node: run });
    expect(plans[0]?.change).toMatchObject({
      includeData: true,
      includeChildren: true,
      includeVersionsAndSnapshots: true,
    });
  });

  it('leaves versions alone where the data is kept', async () => {
    fake.picks = [tick('Also older versions and snapshots')];
    await verbCommand('delete').execute({ node: run });
    expect(plans[0]?.change).toMatchObject({ includeData: false, includeVersionsAndSnapshots: false });
  });

  it('asks of a workspace what goes with it, and whether for good', async () => {
    const workspace = treeNode('workspace:1', { kind: 'workspace', label: 'team-a', actions: ['delete'] });
    fake.picks = [tick('Also delete the resources it uses', 'Delete permanently')];
    await verbCommand('delete').execute({ node: workspace });
    expect(plans[0]?.change).toMatchObject({ includeDependents: true, permanently: true, includeData: false });
    fake.picks = [tick('Delete permanently')];
    await verbCommand('delete').execute({ node: treeNode('vault:1', { kind: 'dependent', actions: ['delete'] }) });
    expect(plans[1]?.change).toMatchObject({ includeDependents: false, permanently: true });
  });

  it('exports a workspace first where that is ticked, and goes on only when asked', async () => {
    const workspace = treeNode('workspace:1', { kind: 'workspace', label: 'team-a', actions: ['delete'] });
    fake.picks = [tick('Export first...', 'Delete permanently')];
    await verbCommand('delete').execute({ node: workspace });
    expect(wholes).toEqual([{ title: 'Export First', nodeIds: ['workspace:1'] }]);
    expect(plans).toEqual([]);
    client.tell(told.operations.changed, {
      operation: operation('whole', { state: 'succeeded', title: 'Export models of team-a' }),
    });
    expect(plans).toEqual([]);
    const offer = model.takeOffer('whole');
    expect(offer?.title).toBe('Go On to Delete...');
    client.answer(server.explorer.locate, ({ text }) => ({ node: treeNode(text, { kind: 'workspace' }) }));
    expect(await offer?.isOpen?.()).toBe(true);
    await offer?.run();
    expect(plans).toMatchObject([{ verb: 'delete', nodeIds: ['workspace:1'], change: { permanently: true } }]);
  });

  it('does not offer to go on where the workspaces are gone meanwhile, and says so in a message that still does', async () => {
    const nodes = ['workspace:1', 'workspace:2'].map((id) => treeNode(id, { kind: 'workspace', actions: ['delete'] }));
    const states = new Map<string, string | null>([
      ['workspace:1', 'workspace.notFound'],
      ['workspace:2', null],
    ]);
    client.answer(server.explorer.locate, ({ text }) => {
      const code = states.get(text);
      if (typeof code === 'string') {
        throw new SidecarError('It is not there.', { code });
      }
      return { node: treeNode(text, { kind: 'workspace' }) };
    });
    const [node] = nodes;
    fake.picks = [tick('Export first...')];
    await verbCommand('delete').execute(
      { node },
      nodes.map((one) => ({ node: one })),
    );
    const offer = model.takeOffer('whole');
    expect(await offer?.isOpen?.()).toBe(true);

    // Who may not look cannot tell: the plan does.
    states.set('workspace:2', 'auth.forbidden');
    expect(await offer?.isOpen?.()).toBe(true);

    states.set('workspace:2', 'resourceGroup.notFound');
    expect(await offer?.isOpen?.()).toBe(false);
    await offer?.run();
    expect(plans).toEqual([]);
    expect(fake.shown.at(-1)).toMatchObject({
      level: 'info',
      message: 'There is nothing left to delete: the workspace is gone already.',
    });
  });

  it('stops when the choices are closed', async () => {
    fake.picks = [() => undefined];
    await verbCommand('delete').execute({ node: run });
    expect(plans).toEqual([]);
    expect(fake.panels).toEqual([]);
  });

  it('detaches a compute by unregistering it', async () => {
    await verbCommand('detach').execute({ node: compute });
    expect(plans).toMatchObject([{ verb: 'unregister', nodeIds: ['compute:1'] }]);
  });

  it('takes the data where that is what was asked for', async () => {
    fake.picks = [tick()];
    const asset = treeNode('data:1', { kind: 'dataAsset', actions: ['deleteData'] });
    await verbCommand('deleteData').execute({ node: asset });
    expect(plans).toMatchObject([{ verb: 'delete', change: { includeData: true } }]);
  });

  it('sends what the settings say of confirmation', async () => {
    fake.settings.set('amlData.changes.confirmation', 'click');
    fake.settings.set('amlData.changes.typeNameAboveGiB', 0.5);
    await verbCommand('delete').execute({ node: compute });
    expect(plans[0]?.change).toMatchObject({ typeNames: false, typeAboveBytes: 2 ** 29 });
  });
});

describe('choices', () => {
  it.each([
    ['archive', 'run', ['Include child runs']],
    ['archive', 'model', []],
    ['delete', 'model', ['Also delete its data', 'Also older versions and snapshots']],
    ['delete', 'schedule', []],
    ['unregister', 'dataset', ['Also delete its data', 'Also older versions and snapshots']],
    ['unregister', 'datastore', []],
    ['deleteData', 'folder', ['Also older versions and snapshots']],
  ] as const)('%s of a %s', async (verb, kind, labels) => {
    let offered: readonly string[] = [];
    fake.picks = [
      (items) => {
        offered = items.map((item) => item.label);
        return [];
      },
    ];
    await askChoices(verbs[verb], [kind], 'Title', settings);
    expect(offered).toEqual(labels);
  });
});

describe('a command of the palette', () => {
  it('takes what is selected and fits', async () => {
    selected = [compute, run];
    await kindCommand('deleteCompute').execute();
    expect(plans[0]?.nodeIds).toEqual(['compute:1']);
    expect(goals).toEqual([]);
  });

  it('picks when nothing that fits is selected', async () => {
    selected = [run];
    picked = [compute];
    await kindCommand('detachCompute').execute();
    expect(goals).toEqual([{ title: 'Detach Compute', actions: ['detach'], kinds: ['compute'], many: true }]);
    expect(plans).toMatchObject([{ verb: 'unregister', nodeIds: ['compute:1'] }]);
  });

  it('does nothing when the picker is closed', async () => {
    await kindCommand('deleteRun').execute();
    expect(goals).toHaveLength(1);
    expect(plans).toEqual([]);
  });
});

describe('"Delete Matching..."', () => {
  const command = (): MatchingCommand =>
    new MatchingCommand(verbs.delete, titleOf('deleteMatching'), flow, tree, picker);

  it('asks for conditions, then for choices, and plans with both', async () => {
    fake.inputs = ['90'];
    fake.picks = [
      choose('Older Than'),
      choose('Status'),
      tick('Failed'),
      choose('Unreferenced'),
      choose('Show the Plan'),
      tick('Also delete its data'),
    ];
    await command().execute({ node: experiment });
    expect(plans).toMatchObject([
      {
        verb: 'delete',
        nodeIds: ['exp:1'],
        filter: { olderThanDays: 90, statuses: ['Failed'], name: null, tag: null, createdBy: null, unreferenced: true },
        change: { includeData: true },
      },
    ]);
  });

  it('does not go on without a condition, and remembers those there were', async () => {
    let first: string[] = [];
    let again: string[] = [];
    fake.inputs = ['plum*'];
    fake.picks = [
      (items) => {
        first = items.map((item) => item.label);
        return choose('Name')(items);
      },
      () => undefined,
      (items) => {
        again = items.map((item) => item.label);
        return undefined;
      },
    ];
    await command().execute({ node: experiment });
    await command().execute({ node: experiment });
    expect(first.some((label) => label.includes('Show the Plan'))).toBe(false);
    expect(again.some((label) => label.includes('Show the Plan'))).toBe(true);
    expect(plans).toEqual([]);
  });

  it('refuses what is no number of days', async () => {
    fake.inputs = [undefined];
    fake.picks = [choose('Older Than'), () => undefined];
    await command().execute({ node: experiment });
    const validate = fake.shownInputs[0]?.validateInput;
    expect(['1.5', '-1', 'x', '99999'].map((text) => typeof validate?.(text))).toEqual(Array(4).fill('string'));
    expect(['', '0', '90'].map((text) => validate?.(text))).toEqual([undefined, undefined, undefined]);
  });

  it('says conditions in words', () => {
    expect(
      conditionsOf({ ...emptyBulkFilter, olderThanDays: 90, statuses: ['Failed', 'Canceled'], tag: 'a=b' }),
    ).toEqual(['older than 90 days', 'Failed or Canceled', 'tag "a=b"']);
  });
});

describe('a finished operation', () => {
  const undelete = (): OperationPlanCommand =>
    new OperationPlanCommand('x', 'undelete', 'undelete', 'Undelete Data', model, flow);

  it('is what a plan is made of', async () => {
    await undelete().execute({ operationId: 'op-1' });
    expect(plans).toMatchObject([{ verb: 'undelete', nodeIds: [], operationId: 'op-1', filter: null }]);
  });

  it('is picked among those it can be done with', async () => {
    client.answer(server.operations.list, () => ({
      operations: [operation('a', { verb: 'delete', title: 'Delete a', actions: ['undelete'] }), operation('b')],
    }));
    fake.picks = [
      (items) => {
        expect(items.map((item) => item.label)).toEqual(['Delete a']);
        return items[0];
      },
    ];
    await undelete().execute();
    expect(plans[0]?.operationId).toBe('a');
  });

  it('is the selected one, if it can be done with just that', async () => {
    const can: Partial<OperationSummary> = { verb: 'delete', actions: ['undelete'] };
    client.answer(server.operations.list, () => ({
      operations: [operation('a', can), operation('b', can), operation('c')],
    }));
    model.select(['b', 'c']);
    await undelete().execute();
    expect(plans[0]?.operationId).toBe('b');
    model.select(['a', 'b']);
    fake.picks = [(items) => items.find((item) => item.label === operation('a').title)];
    await undelete().execute();
    expect(plans[1]?.operationId).toBe('a');
  });

  it('is not undone twice from a message that has been standing', async () => {
    client.tell(told.operations.changed, { operation: operation('a', { title: 'Delete a', actions: ['receipt'] }) });
    await undelete().execute({ operationId: 'a' });
    expect(plans).toEqual([]);
    expect(fake.shown).toMatchObject([{ level: 'info', message: 'Of "Delete a" nothing is left to undo.' }]);
  });

  it('can be undone from the palette', async () => {
    const manifest = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
      contributes: { menus: { commandPalette: { command: string }[] } };
    };
    const hidden = manifest.contributes.menus.commandPalette.map(({ command }) => command);
    for (const id of ['restoreOperation', 'undeleteOperation', 'archiveInstead']) {
      expect(hidden).not.toContain(`amlData.changes.${id}`);
    }
  });
});

describe('the tree after a change', () => {
  it('is read anew around what was changed, when the operation is over', async () => {
    client.answer(server.operations.start, () => ({ operation: operation('op', { verb: 'delete' }) }));
    await verbCommand('delete').execute({ node: compute });
    fake.press = ['Delete'];
    fake.panels[0]?.send({ type: 'start' });
    await vi.waitFor(() => {
      expect(model.get('op')).toBeDefined();
    });
    expect(fake.executed.map(({ command }) => command)).toContain('amlData.operations.open');
    expect(refreshed).toEqual([]);
    client.tell(told.operations.changed, { operation: operation('op', { verb: 'delete', state: 'succeeded' }) });
    expect(refreshed).toEqual([['compute:1']]);
  });

  it('is read anew as a whole where it is not known what was changed, and not at all after a download', () => {
    client.tell(told.operations.changed, { operation: operation('a', { verb: 'archive' }) });
    client.tell(told.operations.changed, { operation: operation('a', { verb: 'archive', state: 'cancelled' }) });
    client.tell(told.operations.changed, { operation: operation('b') });
    client.tell(told.operations.changed, { operation: operation('b', { state: 'succeeded' }) });
    expect(refreshed).toEqual([null]);
  });
});
