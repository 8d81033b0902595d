import * as vscode from 'vscode';
import type { RunFilter } from '../../protocol/types';

/** What the tree shows of experiments and runs. */
export class ExplorerFilter implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private current: RunFilter | null = null;
  private archived = false;

  /** What runs must satisfy; null for all. */
  get runs(): RunFilter | null {
    return this.current;
  }

  get includeArchived(): boolean {
    return this.archived;
  }

  setRuns(filter: RunFilter | null): void {
    this.current = filter === null || isEmpty(filter) ? null : filter;
    this.changed.fire();
  }

  setIncludeArchived(include: boolean): void {
    this.archived = include;
    this.changed.fire();
  }

  dispose(): void {
    this.changed.dispose();
  }
}

/** A filter that everything passes. */
export const emptyFilter: RunFilter = { name: null, statuses: [], createdBy: null, tag: null };

function isEmpty(filter: RunFilter): boolean {
  return filter.name === null && filter.statuses.length === 0 && filter.createdBy === null && filter.tag === null;
}

/** A filter in words: `name "mango", Failed or Canceled, by "ada", tag "team=a"`. */
export function describeFilter(filter: RunFilter): string {
  const parts = [
    filter.name === null ? null : vscode.l10n.t('name "{0}"', filter.name),
    filter.statuses.length === 0 ? null : filter.statuses.join(vscode.l10n.t(' or ')),
    filter.createdBy === null ? null : vscode.l10n.t('by "{0}"', filter.createdBy),
    filter.tag === null ? null : vscode.l10n.t('tag "{0}"', filter.tag),
  ];
  return parts.filter((part) => part !== null).join(', ');
}

/** The states of a run as the service spells them, in the order of a run's life. */
export const runStatuses: readonly string[] = [
  'NotStarted',
  'Queued',
  'Provisioning',
  'Preparing',
  'Starting',
  'Running',
  'Finalizing',
  'Paused',
  'NotResponding',
  'CancelRequested',
  'Canceled',
  'Completed',
  'Failed',
];
