import * as vscode from 'vscode';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatFiles,
  formatPercent,
  formatRate,
  formatUtcDay,
  formatWhen,
} from '../../infrastructure/format';
import type { OperationState, OperationSummary } from '../../protocol/types';

/** States in which an operation is over; a paused or interrupted one is not. */
const finishedStates: ReadonlySet<OperationState> = new Set([
  'cancelled',
  'succeeded',
  'succeededWithWarnings',
  'failed',
]);

export function isFinished(operation: OperationSummary): boolean {
  return finishedStates.has(operation.state);
}

/** Whether bytes are what an operation is about. */
export function movesData(operation: OperationSummary): boolean {
  return operation.verb === 'export' || operation.verb === 'copy';
}

export function isActive(operation: OperationSummary): boolean {
  return operation.state === 'running' || operation.state === 'planned' || operation.state === 'cancelRequested';
}

/** What stands behind the title: `62 %, 84 MB/s, 5 s left`. */
export function describeOperation(operation: OperationSummary, now = Date.now()): string {
  switch (operation.state) {
    case 'planned':
      return vscode.l10n.t('waiting');
    case 'running':
      return describeRunning(operation);
    case 'paused':
      return vscode.l10n.t('paused at {0}', percentOf(operation));
    case 'interrupted':
      return vscode.l10n.t('interrupted at {0}', percentOf(operation));
    case 'cancelRequested':
      return vscode.l10n.t('cancelling');
    case 'cancelled':
      return joined([vscode.l10n.t('cancelled at {0}', percentOf(operation)), finishedAt(operation, now)]);
    case 'succeeded':
    case 'succeededWithWarnings':
      return joined([countsOf(operation), bytesOf(operation), undeleteText(operation), finishedAt(operation, now)]);
    case 'failed':
      return operation.message ?? vscode.l10n.t('failed');
  }
}

function describeRunning(operation: OperationSummary): string {
  return joined([
    movesData(operation) ? percentOf(operation) : countsOf(operation),
    // A wait (throttled until ...) matters more than the rate, which is nothing then.
    operation.message ?? (operation.bytesPerSecond === null ? null : formatRate(operation.bytesPerSecond)),
    operation.secondsLeft === null ? null : vscode.l10n.t('{0} left', formatDuration(operation.secondsLeft)),
    operation.owner === 'other' ? vscode.l10n.t('in another window') : null,
  ]);
}

/** `32 of 34 files, 1 skipped, 1 failed`; of a change `14 of 20, 3 skipped`, and when all is done `20 deleted`. */
export function countsOf(operation: OperationSummary): string {
  const { items, itemsDone, itemsSkipped, itemsFailed } = operation;
  return joined([
    itemsDone === items && (movesData(operation) || isFinished(operation))
      ? doneText(operation)
      : vscode.l10n.t('{0} of {1}', formatCount(itemsDone), doneText(operation)),
    itemsSkipped === 0 ? null : vscode.l10n.t('{0} skipped', formatCount(itemsSkipped)),
    itemsFailed === 0 ? null : vscode.l10n.t('{0} failed', formatCount(itemsFailed)),
  ]);
}

/** `34 files`, `20 deleted`; of what is under way the number alone. */
function doneText(operation: OperationSummary): string {
  const count = formatCount(operation.items);
  switch (isFinished(operation) ? operation.verb : null) {
    case 'archive':
      return vscode.l10n.t('{0} archived', count);
    case 'restore':
      return vscode.l10n.t('{0} restored', count);
    case 'unregister':
      return vscode.l10n.t('{0} unregistered', count);
    case 'delete':
      return vscode.l10n.t('{0} deleted', count);
    case 'erase':
      return vscode.l10n.t('{0} erased', count);
    case 'copy':
      return vscode.l10n.t('{0} copied', formatFiles(operation.items));
    case 'undelete':
      return vscode.l10n.t('{0} brought back', count);
    default:
      return movesData(operation) ? formatFiles(operation.items) : count;
  }
}

/** The bytes of what is done; null where a change has none to speak of. */
function bytesOf(operation: OperationSummary): string | null {
  return !movesData(operation) && operation.bytesDone === 0 ? null : formatBytes(operation.bytesDone);
}

/** Until when deleted data can be brought back; null when it cannot. */
export function undeleteText(operation: OperationSummary): string | null {
  return operation.undeleteUntil === null
    ? null
    : vscode.l10n.t('data can be brought back until {0}', formatUtcDay(operation.undeleteUntil));
}

/** The lines of the tooltip. */
export function tooltipOf(operation: OperationSummary, now = Date.now()): string {
  const lines = [
    operation.title,
    `${stateName(operation.state)}${operation.owner === 'other' ? ` (${vscode.l10n.t('in another window')})` : ''}`,
    countsOf(operation),
    operation.bytes === 0 && !movesData(operation)
      ? null
      : vscode.l10n.t('{0} of {1}', formatBytes(operation.bytesDone), formatBytes(operation.bytes)),
    operation.destination === null ? null : vscode.l10n.t('To: {0}', operation.destination),
    vscode.l10n.t('Started: {0}', formatWhen(operation.startedAt, now)),
    operation.finishedAt === null ? null : vscode.l10n.t('Finished: {0}', formatWhen(operation.finishedAt, now)),
    operation.message,
    undeleteText(operation),
  ];
  return lines.filter((line) => line !== null).join('\n');
}

/** What a screen reader says. */
export function accessibilityLabelOf(operation: OperationSummary, now = Date.now()): string {
  return joined([operation.title, stateName(operation.state), describeOperation(operation, now)]);
}

function stateName(state: OperationState): string {
  switch (state) {
    case 'planned':
      return vscode.l10n.t('Waiting');
    case 'running':
      return vscode.l10n.t('Running');
    case 'paused':
      return vscode.l10n.t('Paused');
    case 'cancelRequested':
      return vscode.l10n.t('Cancelling');
    case 'cancelled':
      return vscode.l10n.t('Cancelled');
    case 'succeeded':
      return vscode.l10n.t('Succeeded');
    case 'succeededWithWarnings':
      return vscode.l10n.t('Succeeded, with warnings');
    case 'failed':
      return vscode.l10n.t('Failed');
    case 'interrupted':
      return vscode.l10n.t('Interrupted');
  }
}

/** Of the bytes of an export; of the items of a change, and where there are no bytes to count. */
function percentOf(operation: OperationSummary): string {
  return movesData(operation) && operation.bytes > 0
    ? formatPercent(operation.bytesDone, operation.bytes)
    : formatPercent(operation.itemsDone + operation.itemsSkipped + operation.itemsFailed, operation.items);
}

function finishedAt(operation: OperationSummary, now: number): string | null {
  return operation.finishedAt === null ? null : formatWhen(operation.finishedAt, now);
}

function joined(parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part !== '').join(', ');
}
