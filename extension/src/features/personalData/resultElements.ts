import * as vscode from 'vscode';
import { commandIds } from '../../infrastructure/commandIds';
import { formatCount, formatWhen } from '../../infrastructure/format';
import type { PersonalDataSearch, SearchNode, SearchState } from '../../protocol/types';
import type { ResultFilter } from './searchesModel';

/** A search, with its results below it. */
export class SearchRow {
  constructor(readonly searchId: string) {}
}

/** A line of the results. */
export class ResultRow {
  constructor(
    readonly searchId: string,
    readonly node: SearchNode,
    readonly parent: SearchRow | ResultRow,
  ) {}
}

/** "Load more..." at the end of what is shown. */
export class MoreRow {
  constructor(
    readonly parent: SearchRow | ResultRow,
    readonly shown: number,
  ) {}
}

/** A row that says why something could not be read. */
export class ResultProblem {
  constructor(
    readonly parent: SearchRow | ResultRow | undefined,
    readonly message: string,
  ) {}
}

export type ResultElement = SearchRow | ResultRow | MoreRow | ResultProblem;

/** Unique in the whole tree. */
export function keyOf(row: SearchRow | ResultRow): string {
  return row instanceof SearchRow ? row.searchId : `${row.searchId}/${row.node.id}`;
}

export function searchItem(search: PersonalDataSearch, filter: ResultFilter): vscode.TreeItem {
  const item = new vscode.TreeItem(
    search.title,
    search.state === 'running' ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed,
  );
  const isFiltered = filter.grades.length > 0 || filter.name !== null;
  item.id = search.searchId;
  item.description = joined([describeSearch(search), isFiltered ? vscode.l10n.t('filtered') : null]);
  item.tooltip = tooltipOf(search);
  item.iconPath = iconOf(search.state);
  item.contextValue = `;${['search', `state=${search.state}`, ...actionsOf(search), ...(isFiltered ? ['filtered'] : [])].join(';')};`;
  item.accessibilityInformation = { label: joined([search.title, stateName(search.state), describeSearch(search)]) };
  return item;
}

export function resultItem(row: ResultRow): vscode.TreeItem {
  const { node } = row;
  const item = new vscode.TreeItem(
    node.label,
    node.hasChildren ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None,
  );
  item.id = keyOf(row);
  item.iconPath = new vscode.ThemeIcon(node.icon);
  item.tooltip = node.tooltip ?? '';
  const ticked = tickText(node);
  const description = joined([node.description, ticked]);
  if (description !== '') {
    item.description = description;
  }
  item.contextValue = `;${['result', `kind=${node.kind}`, ...(node.studioUrl === null ? [] : ['openInStudio']), ...(isFile(node) ? ['open'] : [])].join(';')};`;
  item.accessibilityInformation = { label: node.accessibilityLabel ?? joined([node.label, description]) };
  if (node.tick !== 'none') {
    item.checkboxState = {
      state: node.tick === 'ticked' ? vscode.TreeItemCheckboxState.Checked : vscode.TreeItemCheckboxState.Unchecked,
      tooltip: vscode.l10n.t('What is ticked is exported or erased'),
      accessibilityInformation: { label: vscode.l10n.t('Tick {0}', node.label) },
    };
  }
  if (isFile(node)) {
    item.command = { command: 'amlData.personalData.openFinding', title: vscode.l10n.t('Open'), arguments: [row] };
  }
  return item;
}

export function moreItem(row: MoreRow): vscode.TreeItem {
  const title = vscode.l10n.t('Load more...');
  const item = new vscode.TreeItem(title, vscode.TreeItemCollapsibleState.None);
  item.id = `${keyOf(row.parent)}/more`;
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.tooltip = vscode.l10n.t('{0} shown', formatCount(row.shown));
  item.accessibilityInformation = { label: vscode.l10n.t('Load more, {0} shown', formatCount(row.shown)) };
  item.contextValue = ';loadMore;';
  item.command = { command: 'amlData.personalData.loadMore', title, arguments: [row] };
  return item;
}

export function problemItem(row: ResultProblem): vscode.TreeItem {
  const item = new vscode.TreeItem(row.message, vscode.TreeItemCollapsibleState.None);
  item.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
  item.tooltip = row.message;
  item.accessibilityInformation = { label: vscode.l10n.t('Error: {0}', row.message) };
  item.contextValue = ';problem;';
  item.command = { command: commandIds.showLog, title: vscode.l10n.t('Show Log') };
  return item;
}

/** Whether a finding can be looked at in the editor. */
export function isFile(node: SearchNode): boolean {
  return node.kind === 'finding' && node.icon === 'file' && node.nodeId !== null;
}

/** Whether a search can go on: where it was, or, when it has ended with gaps, with those that may be closed by now. */
export function canGoOn({ canResume }: PersonalDataSearch): boolean {
  return canResume;
}

/** What can be done with a search as it stands. */
function actionsOf(search: PersonalDataSearch): readonly string[] {
  if (search.state === 'running') {
    return ['stop'];
  }
  return [
    ...(canGoOn(search) ? ['resume'] : []),
    ...(search.chosen > 0 ? ['export', 'erase'] : []),
    ...(search.found > 0 ? ['tick'] : []),
    'discard',
  ];
}

function tickText(node: SearchNode): string | null {
  return node.tick === 'some' ? vscode.l10n.t('some ticked') : null;
}

/** `42 found, 12 ticked, 12,000 looked at`. */
export function describeSearch(search: PersonalDataSearch): string {
  const counts = [
    search.found === 0 && search.state !== 'running'
      ? vscode.l10n.t('nothing found')
      : vscode.l10n.t('{0} found', formatCount(search.found)),
    search.found === 0 || search.chosen === search.found
      ? null
      : vscode.l10n.t('{0} ticked', formatCount(search.chosen)),
    search.notSearched === 0 ? null : vscode.l10n.t('{0} not searched', formatCount(search.notSearched)),
  ];
  switch (search.state) {
    case 'running':
      return joined([...counts, search.message, vscode.l10n.t('{0} looked at', formatCount(search.looked))]);
    case 'failed':
      return joined([search.message ?? stateName(search.state), ...counts]);
    case 'done':
    case 'doneWithGaps':
      return joined(counts);
    default:
      return joined([stateName(search.state), ...counts]);
  }
}

function tooltipOf(search: PersonalDataSearch): string {
  return [
    search.title,
    stateName(search.state),
    vscode.l10n.t('{0} looked at', formatCount(search.looked)),
    vscode.l10n.t('{0} found', formatCount(search.found)),
    vscode.l10n.t('{0} ticked', formatCount(search.chosen)),
    search.notSearched === 0 ? null : vscode.l10n.t('{0} not searched', formatCount(search.notSearched)),
    vscode.l10n.t('Started: {0}', formatWhen(search.startedAt)),
    search.finishedAt === null ? null : vscode.l10n.t('Finished: {0}', formatWhen(search.finishedAt)),
    search.message,
  ]
    .filter((line) => line !== null)
    .join('\n');
}

function stateName(state: SearchState): string {
  switch (state) {
    case 'running':
      return vscode.l10n.t('searching');
    case 'stopped':
      return vscode.l10n.t('stopped');
    case 'interrupted':
      return vscode.l10n.t('interrupted');
    case 'done':
      return vscode.l10n.t('complete');
    case 'doneWithGaps':
      return vscode.l10n.t('done, but not everything could be searched');
    case 'failed':
      return vscode.l10n.t('failed');
  }
}

function iconOf(state: SearchState): vscode.ThemeIcon {
  switch (state) {
    case 'running':
      return new vscode.ThemeIcon('loading~spin');
    case 'stopped':
      return new vscode.ThemeIcon('debug-pause');
    case 'interrupted':
      return new vscode.ThemeIcon('debug-disconnect', new vscode.ThemeColor('list.warningForeground'));
    case 'done':
      return new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed'));
    case 'doneWithGaps':
      return new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
    case 'failed':
      return new vscode.ThemeIcon('error', new vscode.ThemeColor('list.errorForeground'));
  }
}

function joined(parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part !== '').join(', ');
}
