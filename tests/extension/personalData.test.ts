import * as vscode from 'vscode';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FindCommand } from '../../extension/src/features/personalData/findFlow';
import {
  MoreRow,
  type ResultElement,
  ResultProblem,
  ResultRow,
  SearchRow,
} from '../../extension/src/features/personalData/resultElements';
import { ResultsProvider } from '../../extension/src/features/personalData/resultsProvider';
import {
  DiscardSearchCommand,
  EraseFoundCommand,
  ExportFoundCommand,
  FilterResultsCommand,
  OpenFindingCommand,
  stateCommands,
  TickCommand,
} from '../../extension/src/features/personalData/searchCommands';
import { SearchesModel } from '../../extension/src/features/personalData/searchesModel';
import {
  identifiersOf,
  nobody,
  readIdentifier,
  withIdentifier,
} from '../../extension/src/features/personalData/subject';
import { SubjectForm } from '../../extension/src/features/personalData/subjectForm';
import { ErrorPresenter } from '../../extension/src/infrastructure/errorPresenter';
import { Settings } from '../../extension/src/infrastructure/settings';
import type { PickGoal } from '../../extension/src/infrastructure/nodePicking';
import { client as told, server } from '../../extension/src/protocol/methods';
import type {
  ChooseParams,
  PersonalDataSearch,
  SearchNode,
  SearchParams,
  SearchResultsParams,
  TreeNode,
} from '../../extension/src/protocol/types';
import { FakeClient } from './fakes/client';
import { treeNode } from './fakes/data';
import { FakeLog } from './fakes/log';
import { fake } from './fakes/vscode';

const objectId = '5f3c0f0e-1111-4222-8333-944455556666';
const workspace = treeNode('ws', { kind: 'workspace', label: 'sample-ws', actions: ['exportRecord'] });

const search = (more: Partial<PersonalDataSearch> = {}): PersonalDataSearch => ({
  searchId: 's1',
  title: 'Ada Example in sample-ws',
  state: 'done',
  startedAt: 1000,
  finishedAt: 2000,
  looked: 12_000,
  found: 3,
  chosen: 2,
  notSearched: 0,
  canResume: false,
  message: null,
  ...more,
});

const line = (id: string, more: Partial<SearchNode> = {}): SearchNode => ({
  id,
  kind: 'finding',
  label: id,
  description: null,
  tooltip: null,
  icon: 'beaker',
  accessibilityLabel: null,
  hasChildren: false,
  tick: 'ticked',
  grade: 'exactId',
  nodeId: `node-${id}`,
  studioUrl: null,
  ...more,
});

let client: FakeClient;
let model: SearchesModel;

beforeEach(() => {
  client = new FakeClient();
  model = new SearchesModel(client);
});

describe('The person a search is for', () => {
  it.each([
    [objectId.toUpperCase(), { objectId }],
    [' ada@example.com ', { userPrincipalName: 'ada@example.com' }],
    ['Ada Example', { displayName: 'Ada Example' }],
    ['ada@example.com and others', { displayName: 'ada@example.com and others' }],
    ['   ', undefined],
  ])('reads "%s"', (text, expected) => {
    expect(readIdentifier(text)).toEqual(expected);
  });

  it('takes a second address as e-mail address, and names each identifier', () => {
    const subject = ['ada@example.com', 'a.example@gmail.com', objectId].reduce(
      (known, text) => withIdentifier(known, readIdentifier(text) ?? {}),
      nobody,
    );
    expect(subject).toEqual({
      ...nobody,
      userPrincipalName: 'ada@example.com',
      email: 'a.example@gmail.com',
      objectId,
    });
    expect(identifiersOf(subject).map(({ value }) => value)).toEqual([
      'ada@example.com',
      'a.example@gmail.com',
      objectId,
    ]);
  });
});

describe('Find Personal Data', () => {
  let asked: SearchParams[];
  let goals: PickGoal[];
  let shown: string[];
  let command: FindCommand;

  beforeEach(() => {
    [asked, goals, shown] = [[], [], []];
    client.answer(server.personalData.me, () => ({
      subject: { ...nobody, objectId, displayName: 'Ada Example' },
    }));
    client.answer(server.personalData.search, (params) => {
      asked.push(params);
      return { search: search({ state: 'running', finishedAt: null }) };
    });
    const picker = {
      pick: (goal: PickGoal): Promise<readonly TreeNode[]> => {
        goals.push(goal);
        return Promise.resolve([workspace]);
      },
    };
    const tree = { selected: [], refreshAround: () => Promise.resolve() };
    command = new FindCommand(client, new Settings(), model, new SubjectForm(client), picker, tree, () => {
      shown.push('view');
      return Promise.resolve();
    });
  });

  const form = async () =>
    vi.waitFor(() => {
      const list = fake.quickPicks.at(-1);
      if (list === undefined || list.busy) {
        throw new Error('No form is shown.');
      }
      return list;
    });

  it('searches for the signed-in person in the workspace that was clicked', async () => {
    fake.picks = [(items) => items.slice(0, 1)];
    const running = command.execute({ node: workspace });
    const list = await form();
    list.choose('Me');
    list.choose('Search for this person');
    await running;
    expect(goals).toEqual([]);
    expect(asked).toEqual([
      {
        subject: { ...nobody, objectId, displayName: 'Ada Example' },
        workspaceNodeIds: ['ws'],
        exhaustive: true,
        fileNames: false,
        fileContent: false,
        maxFileBytes: 10 * 2 ** 20,
      },
    ]);
    expect(shown).toEqual(['view']);
    expect(model.get('s1')?.state).toBe('running');
  });

  it('takes several identifiers as they are typed, and from the palette picks the workspaces', async () => {
    fake.picks = [() => []];
    const running = command.execute();
    const list = await form();
    for (const text of ['ben@example.com', 'Ben Example']) {
      list.type(text);
      list.choose(text);
    }
    list.choose('Search for this person');
    await running;
    expect(goals[0]).toMatchObject({ kinds: ['workspace'], many: true });
    expect(asked[0]?.subject).toEqual({
      ...nobody,
      userPrincipalName: 'ben@example.com',
      displayName: 'Ben Example',
    });
    expect(asked[0]?.exhaustive).toBe(false);
  });

  it('begins nothing when a question is closed', async () => {
    const running = command.execute({ node: workspace });
    (await form()).hide();
    await running;
    expect(asked).toEqual([]);
    expect(model.all).toEqual([]);
  });
});

describe('The view of the results', () => {
  let provider: ResultsProvider;
  let asked: SearchResultsParams[];
  let pages: ReadonlyMap<string | null, readonly SearchNode[]>;

  beforeEach(() => {
    asked = [];
    pages = new Map([
      [null, [line('runs', { kind: 'group', label: 'Runs', hasChildren: true, tick: 'some', nodeId: null })]],
      ['runs', Array.from({ length: 450 }, (_, i) => line(`run-${i}`))],
    ]);
    client.answer(server.personalData.searches, () => ({ searches: [search()] }));
    client.answer(server.personalData.results, (params) => {
      asked.push(params);
      const from = Number(params.pageToken ?? 0);
      const all = pages.get(params.parentId) ?? [];
      const to = from + (params.pageSize ?? 0);
      return { nodes: all.slice(from, to), nextPageToken: to < all.length ? String(to) : null };
    });
    provider = new ResultsProvider(client, model, new ErrorPresenter(new FakeLog().channel));
  });

  const below = async (element?: ResultElement): Promise<ResultElement[]> => provider.getChildren(element);
  const firstBelow = async (element?: ResultElement): Promise<ResultElement> => {
    const [first] = await below(element);
    if (first === undefined) {
      throw new Error('Nothing is there.');
    }
    return first;
  };

  it('shows searches, groups, findings, and more of them when asked', async () => {
    const row = await firstBelow();
    expect(row).toBeInstanceOf(SearchRow);
    expect(provider.getTreeItem(row)).toMatchObject({
      label: 'Ada Example in sample-ws',
      description: '3 found, 2 ticked',
      contextValue: ';search;state=done;export;erase;tick;discard;',
    });
    const group = await firstBelow(row);
    expect(provider.getTreeItem(group)).toMatchObject({ label: 'Runs', description: 'some ticked' });
    const findings = await below(group);
    expect(findings).toHaveLength(201);
    const more = findings.at(-1);
    if (!(more instanceof MoreRow)) {
      throw new Error('There is no "Load more...".');
    }
    provider.loadMore(more);
    expect(await below(group)).toHaveLength(401);
  });

  it.each([
    ['running', false],
    ['stopped', true],
    ['interrupted', true],
    ['failed', true],
    ['doneWithGaps', false],
    ['doneWithGaps', true],
    ['done', false],
  ] as const)('offers to resume a search that is %s, where the service says so: %s', async (state, offered) => {
    const row = await firstBelow();
    model.put(search({ state, canResume: offered }));
    expect(String(provider.getTreeItem(row).contextValue).includes(';resume;')).toBe(offered);
  });

  it('ticks with boxes: a mixed group shows an empty one, lines that explain none', async () => {
    pages = new Map([[null, [line('a'), line('b', { tick: 'some' }), line('c', { tick: 'none' })]]]);
    const row = await firstBelow();
    const items = (await below(row)).map((element) => provider.getTreeItem(element));
    expect(items.map((item) => (item.checkboxState as { state?: number } | undefined)?.state)).toEqual([
      vscode.TreeItemCheckboxState.Checked,
      vscode.TreeItemCheckboxState.Unchecked,
      undefined,
    ]);
  });

  it('asks for what the filter leaves, and says that there is one', async () => {
    const row = await firstBelow();
    fake.picks = [(items) => items.slice(0, 1)];
    fake.inputs = ['mango'];
    await new FilterResultsCommand(model).execute(row);
    await below(row);
    expect(asked.at(-1)).toMatchObject({ grades: ['exactId'], name: 'mango' });
    expect(provider.getTreeItem(row).contextValue).toContain(';filtered;');
    client.answer(server.personalData.choose, () => ({ search: search({ chosen: 3 }) }));
    await new TickCommand(client, model, true).execute(row);
    expect(client.calls.at(-1)?.params).toEqual({
      searchId: 's1',
      nodeIds: [],
      grades: ['exactId'],
      name: 'mango',
      chosen: true,
    } satisfies ChooseParams);
  });

  it('is drawn anew while a search runs, and says why what cannot be read', async () => {
    await below();
    const drawn: unknown[] = [];
    provider.onDidChangeTreeData((element) => drawn.push(element));
    client.tell(told.personalData.changed, { search: search({ state: 'running', found: 9 }) });
    await vi.waitFor(() => {
      expect(drawn).toEqual([provider.row('s1')]);
    });
    expect(provider.getTreeItem(provider.row('s1')).description).toContain('9 found');
    client.answer(server.personalData.results, () => {
      throw new Error('The disk is gone.');
    });
    expect(await firstBelow(provider.row('s1'))).toBeInstanceOf(ResultProblem);
  });

  it('goes on with a search that ended with gaps', async () => {
    const resumed: unknown[] = [];
    client.answer(server.personalData.resume, (params) => {
      resumed.push(params);
      return { search: search({ state: 'running' }) };
    });
    await below();
    model.put(search({ state: 'doneWithGaps', notSearched: 2, canResume: true }));
    const resume = stateCommands(client, model).find(({ id }) => id === 'amlData.personalData.resume');
    await resume?.execute(provider.row('s1'));
    expect(resumed).toEqual([{ searchId: 's1' }]);
    expect(model.get('s1')?.state).toBe('running');
  });

  it('opens files that were found as the tree does', async () => {
    const row = new ResultRow('s1', line('log', { icon: 'file', label: 'std_log.txt' }), provider.row('s1'));
    expect(provider.getTreeItem(row).contextValue).toContain(';open;');
    await new OpenFindingCommand('amlData.datastores.openFile').execute(row);
    expect(fake.executed.at(-1)).toMatchObject({
      command: 'amlData.datastores.openFile',
      args: [{ node: { id: 'node-log', kind: 'file', actions: ['open'] } }],
    });
  });
});

describe('What is done with the results', () => {
  const row = new SearchRow('s1');

  beforeEach(() => {
    client.answer(server.personalData.searches, () => ({ searches: [search()] }));
  });

  it('exports with files and without other people unless told otherwise', async () => {
    const selections: unknown[] = [];
    const exports = {
      startFound: (_title: string, selection: unknown) => {
        selections.push(selection);
        return Promise.resolve(true);
      },
    };
    const started = vi.fn(() => Promise.resolve());
    fake.picks = [(items) => items, () => undefined];
    const command = new ExportFoundCommand(model, exports, started);
    await command.execute(row);
    await command.execute(row);
    expect(selections).toEqual([{ searchId: 's1', includeFiles: true, redactOthers: true }]);
    expect(started).toHaveBeenCalledOnce();
  });

  it('plans to erase what is ticked; nothing ticked, nothing offered', async () => {
    const erase = vi.fn(() => Promise.resolve());
    await new EraseFoundCommand(model, { erase }).execute(row);
    expect(erase).toHaveBeenCalledWith('Erase Personal Data', {
      searchId: 's1',
      includeFiles: true,
      redactOthers: false,
    });
    model.put(search({ chosen: 0 }));
    let offered: readonly unknown[] = ['unasked'];
    fake.picks = [
      (items) => {
        offered = items;
      },
    ];
    await new EraseFoundCommand(model, { erase }).execute();
    expect(offered).toEqual([]);
    expect(erase).toHaveBeenCalledOnce();
  });

  it('removes a search only when told twice', async () => {
    const discarded = vi.fn(() => ({}));
    client.answer(server.personalData.discard, discarded);
    const command = new DiscardSearchCommand(client, model);
    fake.press = [undefined];
    await command.execute(row);
    expect(discarded).not.toHaveBeenCalled();
    fake.press = ['Remove'];
    await command.execute(row);
    expect(discarded).toHaveBeenCalledOnce();
    expect(model.get('s1')).toBeUndefined();
  });

  it('tells the end of its own searches alone', () => {
    const ended: string[] = [];
    model.onDidFinish(({ searchId }) => ended.push(searchId));
    model.own(search({ searchId: 'mine', state: 'running' }));
    for (const searchId of ['mine', 'other']) {
      client.tell(told.personalData.changed, { search: search({ searchId }) });
    }
    expect(ended).toEqual(['mine']);
  });
});
