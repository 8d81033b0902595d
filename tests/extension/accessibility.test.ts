import type * as vscode from 'vscode';
import { describe, expect, it } from 'vitest';
import { ExplorerNode, LoadMore, toTreeItem } from '../../extension/src/features/explorer/elements';
import { OperationsModel } from '../../extension/src/features/operations/operationsModel';
import { OperationsProblem, OperationsProvider } from '../../extension/src/features/operations/operationsProvider';
import {
  MoreRow,
  moreItem,
  problemItem,
  ResultProblem,
  ResultRow,
  resultItem,
  searchItem,
  SearchRow,
} from '../../extension/src/features/personalData/resultElements';
import { everything } from '../../extension/src/features/personalData/searchesModel';
import { ErrorPresenter } from '../../extension/src/infrastructure/errorPresenter';
import { server } from '../../extension/src/protocol/methods';
import type { NodeKind, OperationState, SearchNode, SearchState, TreeNode } from '../../extension/src/protocol/types';
import { FakeClient } from './fakes/client';
import { operation, treeNode } from './fakes/data';
import { FakeLog } from './fakes/log';
import { manifest, texts } from './fakes/manifest';

const labelOf = (item: vscode.TreeItem): string => item.accessibilityInformation?.label ?? '';
const node = (kind: NodeKind, more: Partial<TreeNode> = {}): vscode.TreeItem =>
  toTreeItem(new ExplorerNode(treeNode('n', { kind, label: 'mango', ...more }), undefined));

describe('rows of the tree', () => {
  it.each<[NodeKind, string]>([
    ['subscription', 'subscription'],
    ['workspace', 'workspace'],
    ['registry', 'registry'],
    ['experiment', 'experiment'],
    ['run', 'run'],
    ['namedOutput', 'named output'],
    ['folder', 'folder'],
    ['userFolder', "a person's folder"],
    ['file', 'file'],
  ])('say what only the icon shows: %s', (kind, word) => {
    expect(labelOf(node(kind, { description: '2 h ago' }))).toBe(`mango, ${word}, 2 h ago`);
  });

  it('say the state of a run, and what it is, in this order', () => {
    expect(labelOf(node('run', { accessibilityLabel: 'mango, Failed, 40 s' }))).toBe('mango, run, Failed, 40 s');
  });

  it('say what the sidecar says of resources, groups, notices and errors', () => {
    const said = (kind: NodeKind, accessibilityLabel: string): string => labelOf(node(kind, { accessibilityLabel }));
    expect(said('model', 'mango, model, 3 versions')).toBe('mango, model, 3 versions');
    expect(said('leftoverGroup', 'Resource group mango')).toBe('Resource group mango');
    expect(said('error', 'Error: mango')).toBe('Error: mango');
    expect(labelOf(node('models'))).toBe('mango');
  });

  it('say how many stand above "Load more..."', () => {
    expect(labelOf(toTreeItem(new LoadMore(undefined, 1204)))).toBe('Load more, 1204 shown');
  });
});

describe('rows of Operations', () => {
  const states: readonly OperationState[] = [
    ...(['planned', 'running', 'paused', 'cancelRequested', 'cancelled'] as const),
    ...(['succeeded', 'succeededWithWarnings', 'failed', 'interrupted'] as const),
  ];

  it('say the state that the icon shows, each its own', async () => {
    const client = new FakeClient();
    client.answer(server.operations.list, () => ({
      operations: states.map((state, index) => operation(state, { state, title: 'Download', startedAt: -index })),
    }));
    const provider = new OperationsProvider(new OperationsModel(client), new ErrorPresenter(new FakeLog().channel));
    const labels = (await provider.getChildren()).map((row) => labelOf(provider.getTreeItem(row)));
    expect(labels.every((label) => label.startsWith('Download, '))).toBe(true);
    expect(new Set(labels).size).toBe(states.length);
    expect(labelOf(provider.getTreeItem(new OperationsProblem('No.')))).toBe('Error: No.');
  });
});

describe('rows of Personal Data', () => {
  const line: SearchNode = {
    ...({ id: 'f', kind: 'finding', label: 'mango', description: 'by object id', tooltip: null } as const),
    ...({ icon: 'beaker', accessibilityLabel: null, hasChildren: false, tick: 'ticked', grade: 'exactId' } as const),
    ...({ nodeId: 'n', studioUrl: null } as const),
  };
  const search = (state: SearchState): vscode.TreeItem =>
    searchItem(
      {
        ...({ searchId: 's', title: 'Ada', state, startedAt: 0, finishedAt: null, looked: 1 } as const),
        ...({ found: 2, chosen: 1, notSearched: 0, canResume: false, message: null } as const),
      },
      everything,
    );

  it('say the state of a search, each its own', () => {
    const states: readonly SearchState[] = ['running', 'stopped', 'interrupted', 'done', 'doneWithGaps', 'failed'];
    const labels = states.map((state) => labelOf(search(state)));
    expect(labels.every((label) => label.startsWith('Ada, '))).toBe(true);
    expect(new Set(labels).size).toBe(states.length);
  });

  it('say what is found, and of which line the box is', () => {
    const item = resultItem(new ResultRow('s', line, new SearchRow('s')));
    expect(labelOf(item)).toBe('mango, by object id');
    expect(item.checkboxState).toMatchObject({ accessibilityInformation: { label: 'Tick mango' } });
    const some = resultItem(new ResultRow('s', { ...line, kind: 'group', tick: 'some' }, new SearchRow('s')));
    expect(labelOf(some)).toContain('some ticked');
    expect(labelOf(moreItem(new MoreRow(new SearchRow('s'), 200)))).toBe('Load more, 200 shown');
    expect(labelOf(problemItem(new ResultProblem(undefined, 'No.')))).toBe('Error: No.');
  });
});

describe('the manifest', () => {
  const { commands, menus, views } = manifest.contributes;
  const titleOf = (text: string): string => texts[text.replaceAll('%', '')] ?? '';
  const entries = Object.entries(menus).flatMap(([menu, all]) => all.map((entry) => ({ menu, ...entry })));
  const commandOf = (id: string) => commands.find(({ command }) => command === id);

  it('has a title for every command, and a name for every view', () => {
    expect(commands.filter(({ title }) => titleOf(title) === '')).toEqual([]);
    expect(
      Object.values(views)
        .flat()
        .filter(({ name }) => titleOf(name) === ''),
    ).toEqual([]);
  });

  it('has menus of commands that there are', () => {
    expect(entries.length).toBeGreaterThan(100);
    expect(entries.filter(({ command }) => commandOf(command) === undefined)).toEqual([]);
  });

  it('has an icon for every command that is shown as nothing else', () => {
    const iconOnly = entries.filter(({ group }) => /^(inline|navigation)/.test(group ?? ''));
    expect(iconOnly.length).toBeGreaterThan(10);
    expect(iconOnly.filter(({ command }) => commandOf(command)?.icon === undefined)).toEqual([]);
  });

  it('has for every inline command an entry of the menu too, which the keyboard reaches', () => {
    const inline = entries.filter(
      ({ menu, group }) => menu === 'view/item/context' && (group ?? '').startsWith('inline'),
    );
    const others = new Set(
      entries
        .filter(({ menu, group }) => menu === 'view/item/context' && !(group ?? '').startsWith('inline'))
        .map(({ command }) => command),
    );
    expect(inline.map(({ command }) => command).filter((command) => !others.has(command))).toEqual([]);
  });
});
