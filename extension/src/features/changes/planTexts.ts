import * as vscode from 'vscode';
import { formatBytes, formatCount, formatDay } from '../../infrastructure/format';
import type { PlanItem, PlanItemAction, PlanResult, PlanReview, PlanWarning } from '../../protocol/types';
import type { PlanRow, PlanStrings, PlanSummary } from './planMessages';

/** The texts of the page that do not change. */
export function planStrings(): PlanStrings {
  return {
    working: vscode.l10n.t('Looking at what there is...'),
    warnings: vscode.l10n.t('Before you go on'),
    survivors: vscode.l10n.t('What stays'),
    items: vscode.l10n.t('Items of the plan'),
    search: vscode.l10n.t('Search names'),
    keys: vscode.l10n.t(
      'Up and Down go from row to row, Space ticks, Right and Left show and hide details, Escape goes to Cancel.',
    ),
    tick: vscode.l10n.t('Ticked'),
    tickAll: vscode.l10n.t('Tick or untick all that are shown.'),
    tickAllNamed: vscode.l10n.t('What asks for the name is ticked one by one.'),
    tickAllRefused: vscode.l10n.t('What cannot be done stays unticked.'),
    tickNamed: vscode.l10n.t('{0}: {1}'),
    name: vscode.l10n.t('Name'),
    kind: vscode.l10n.t('Kind'),
    action: vscode.l10n.t('Action'),
    size: vscode.l10n.t('Size'),
    blobs: vscode.l10n.t('Blobs'),
    state: vscode.l10n.t('State'),
    created: vscode.l10n.t('Created'),
    note: vscode.l10n.t('Note'),
    details: vscode.l10n.t('Details of {0}'),
    needsName: vscode.l10n.t('asks for the name'),
    shown: vscode.l10n.t('{0} shown'),
    noItems: vscode.l10n.t('No item has such a name.'),
    loadMore: vscode.l10n.t('Load More'),
    saveJson: vscode.l10n.t('Save Plan as JSON...'),
    saveMarkdown: vscode.l10n.t('Save Plan as Markdown...'),
    cancel: vscode.l10n.t('Cancel'),
    exportFirst: vscode.l10n.t('Export First...'),
  };
}

/** What the ticked items amount to, as the page shows it. */
export function summaryOf(plan: PlanResult, review: PlanReview, leftOut: string | null): PlanSummary {
  const nothing = review.records === 0 && review.blobs === 0;
  return {
    totals: totalsOf(review),
    // What is so of the whole plan and of this choice is said once.
    warnings: [
      ...new Set([
        ...(leftOut === null ? [] : [leftOut]),
        ...(review.warnings.length > 0 ? review.warnings : plan.warnings).map(warningText),
      ]),
    ],
    survivors: review.survivors,
    button: review.button,
    hint: hintOf(review, nothing),
    canStart: !nothing,
    canExportFirst: (plan.exportFirst ?? []).length > 0,
  };
}

function totalsOf(review: PlanReview): string {
  const { records, blobs, bytes, notDone } = review;
  return [
    records === 0 && blobs > 0
      ? null
      : records === 1
        ? vscode.l10n.t('1 record')
        : vscode.l10n.t('{0} records', formatCount(records)),
    blobs === 0
      ? null
      : blobs === 1
        ? vscode.l10n.t('1 blob, {0}', formatBytes(bytes))
        : vscode.l10n.t('{0} blobs, {1}', formatCount(blobs), formatBytes(bytes)),
    notDone === 0 ? null : vscode.l10n.t('{0} not ticked or not possible', formatCount(notDone)),
  ]
    .filter((part) => part !== null)
    .join('; ');
}

function hintOf(review: PlanReview, nothing: boolean): string {
  if (nothing) {
    return vscode.l10n.t('Nothing is ticked.');
  }
  switch (review.confirmation) {
    case 'typeName':
      return vscode.l10n.t('Asks you to type "{0}".', review.confirmationText ?? '');
    case 'modal':
      return vscode.l10n.t('Asks once more.');
    case 'none':
    case 'click':
      return '';
  }
}

function warningText(warning: PlanWarning): string {
  return warning.message;
}

/**
 * An item as the page shows it.
 * @param owner the label of the record it belongs to; undefined for a record, or when that was not read yet.
 */
export function rowOf(item: PlanItem, ticked: boolean, owner: string | undefined): PlanRow {
  return {
    id: item.id,
    label: item.label,
    name: item.name === item.label || item.name === '' ? null : item.name,
    kind: item.kindName ?? '',
    action: actionName(item.action),
    bytes: item.bytes === null ? '' : formatBytes(item.bytes),
    blobs: item.blobs === null ? '' : formatCount(item.blobs),
    state: item.state ?? '',
    created: item.created === null ? '' : formatDay(item.created),
    // A path says nothing of whose data it is, and stands far below its record when many are selected.
    note: item.note ?? (owner === undefined || owner === item.label ? '' : vscode.l10n.t('of {0}', owner)),
    details: item.details,
    ticked,
    canTick: item.canTick,
    needsName: item.needsName,
    // Metrics go before their run and so stand above it: as a part they would seem to be another's.
    isPart: item.parent !== null && item.kind !== 'metrics',
  };
}

function actionName(action: PlanItemAction): string {
  switch (action) {
    case 'download':
      return vscode.l10n.t('download');
    case 'copy':
      return vscode.l10n.t('copy');
    case 'archive':
      return vscode.l10n.t('archive');
    case 'restore':
      return vscode.l10n.t('restore');
    case 'unregister':
      return vscode.l10n.t('unregister');
    case 'detach':
      return vscode.l10n.t('detach');
    case 'delete':
      return vscode.l10n.t('delete');
    case 'deleteData':
      return vscode.l10n.t('delete data');
    case 'purge':
      return vscode.l10n.t('purge');
    case 'undelete':
      return vscode.l10n.t('bring back');
    case 'clear':
      return vscode.l10n.t('clear texts');
    case 'keep':
      return vscode.l10n.t('keep');
  }
}
