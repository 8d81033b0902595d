import * as vscode from 'vscode';
import type { FilterGoal } from '../../infrastructure/changePlans';
import { formatCount } from '../../infrastructure/format';
import type { BulkFilter, NodeKind } from '../../protocol/types';

/** A filter that everything passes. */
export const emptyBulkFilter: BulkFilter = {
  olderThanDays: null,
  statuses: [],
  name: null,
  tag: null,
  createdBy: null,
  unreferenced: false,
};

const runStatuses: readonly string[] = ['Completed', 'Failed', 'Canceled', 'NotResponding', 'Running', 'Queued'];
const provisioningStates: readonly string[] = ['Succeeded', 'Failed', 'Canceled', 'Creating', 'Updating', 'Deleting'];

export function isEmptyFilter(filter: BulkFilter): boolean {
  return conditionsOf(filter).length === 0;
}

/** The conditions in words: `older than 90 days`, `Failed or Canceled`. */
export function conditionsOf(filter: BulkFilter): readonly string[] {
  return [
    filter.olderThanDays === null ? null : vscode.l10n.t('older than {0} days', formatCount(filter.olderThanDays)),
    filter.statuses.length === 0 ? null : filter.statuses.join(vscode.l10n.t(' or ')),
    filter.name === null ? null : vscode.l10n.t('name "{0}"', filter.name),
    filter.tag === null ? null : vscode.l10n.t('tag "{0}"', filter.tag),
    filter.createdBy === null ? null : vscode.l10n.t('by "{0}"', filter.createdBy),
    filter.withoutModel === true ? vscode.l10n.t('without a registered model') : null,
    filter.unreferenced ? vscode.l10n.t('not referred to') : null,
  ].filter((part) => part !== null);
}

/** Asks which of the things in a node are meant, one condition after the other, and remembers it for the session. */
export class BulkFilterForm {
  private last: BulkFilter = emptyBulkFilter;

  /** @returns a filter with at least one condition; undefined when the person backed out. */
  async ask(title: string, members: readonly NodeKind[]): Promise<BulkFilter | undefined> {
    const goal = { title, filter: this.last, proceed: vscode.l10n.t('Show the Plan'), leastDays: 0 };
    return askFilter(goal, members, (filter) => {
      this.last = filter;
    });
  }
}

/**
 * The form itself.
 * @param changed told of each change.
 * @returns a filter with at least one condition; undefined when the person backed out.
 */
export async function askFilter(
  goal: FilterGoal,
  members: readonly NodeKind[],
  changed: (filter: BulkFilter) => void,
): Promise<BulkFilter | undefined> {
  const { title } = goal;
  let last = goal.filter;
  for (;;) {
    const fields = fieldsOf(last, members, goal.leastDays);
    const conditions = conditionsOf(last);
    const proceed: FormItem = {
      label: `$(arrow-right) ${goal.proceed}`,
      description: conditions.join(', '),
    };
    const clear: FormItem = {
      label: `$(clear-all) ${vscode.l10n.t('Clear Conditions')}`,
      edit: () => Promise.resolve(emptyBulkFilter),
    };
    const picked: FormItem | undefined = await vscode.window.showQuickPick(
      conditions.length === 0 ? fields : [proceed, ...fields, clear],
      {
        title,
        placeHolder:
          conditions.length === 0
            ? vscode.l10n.t('Set at least one condition')
            : vscode.l10n.t('All conditions must hold'),
        ignoreFocusOut: true,
      },
    );
    if (picked === undefined) {
      return undefined;
    }
    if (picked.edit === undefined) {
      return last;
    }
    last = (await picked.edit(last)) ?? last;
    changed(last);
  }
}

function fieldsOf(last: BulkFilter, members: readonly NodeKind[], leastDays: number): readonly FormItem[] {
  const any = vscode.l10n.t('any');
  const hasRuns = members.includes('run');
  return [
    {
      label: `$(calendar) ${vscode.l10n.t('Older Than')}`,
      description: last.olderThanDays === null ? any : vscode.l10n.t('{0} days', formatCount(last.olderThanDays)),
      edit: (filter) => editDays(filter, leastDays),
    },
    {
      label: `$(circle-large-outline) ${vscode.l10n.t('Status')}`,
      description: last.statuses.length === 0 ? any : last.statuses.join(', '),
      edit: (filter) => editStatuses(filter, hasRuns ? runStatuses : provisioningStates),
    },
    {
      label: `$(symbol-text) ${vscode.l10n.t('Name')}`,
      description: last.name ?? any,
      edit: async (filter) => {
        const name = await askText(vscode.l10n.t('Name Pattern: * for anything, ? for one character'), filter.name);
        return name === undefined ? undefined : { ...filter, name };
      },
    },
    {
      label: `$(tag) ${vscode.l10n.t('Tag')}`,
      description: last.tag ?? any,
      edit: async (filter) => {
        const tag = await askText(vscode.l10n.t('Tag: name, or name=value'), filter.tag);
        return tag === undefined ? undefined : { ...filter, tag };
      },
    },
    {
      label: `$(person) ${vscode.l10n.t('Person')}`,
      description: last.createdBy ?? any,
      edit: async (filter) => {
        const createdBy = await askText(vscode.l10n.t("Part of the Creator's Name"), filter.createdBy);
        return createdBy === undefined ? undefined : { ...filter, createdBy };
      },
    },
    ...(hasRuns ? [withoutModel(last)] : []),
    {
      label: `$(references) ${vscode.l10n.t('Unreferenced Only')}`,
      description: last.unreferenced ? vscode.l10n.t('yes') : vscode.l10n.t('no'),
      edit: (filter) => Promise.resolve({ ...filter, unreferenced: !filter.unreferenced }),
    },
  ];
}

function withoutModel(last: BulkFilter): FormItem {
  return {
    label: `$(package) ${vscode.l10n.t('Without a Registered Model')}`,
    description: last.withoutModel === true ? vscode.l10n.t('yes') : vscode.l10n.t('no'),
    edit: (filter) => Promise.resolve({ ...filter, withoutModel: filter.withoutModel !== true }),
  };
}

interface FormItem extends vscode.QuickPickItem {
  /** @returns the new filter; undefined when the person backed out of it. Absent on what ends the form. */
  edit?(filter: BulkFilter): Promise<BulkFilter | undefined>;
}

async function editDays(filter: BulkFilter, least: number): Promise<BulkFilter | undefined> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Older Than How Many Days'),
    value: filter.olderThanDays === null ? '' : String(filter.olderThanDays),
    placeHolder: vscode.l10n.t('Empty for any age'),
    validateInput: (value) =>
      daysOf(value, least) === undefined
        ? vscode.l10n.t('Type a whole number of days from {0} to 36,500.', least)
        : undefined,
  });
  const days = text === undefined ? undefined : daysOf(text, least);
  return days === undefined ? undefined : { ...filter, olderThanDays: days };
}

/** @returns null for none; undefined for what is no number of days. */
function daysOf(text: string, least: number): number | null | undefined {
  const trimmed = text.trim();
  if (trimmed === '') {
    return null;
  }
  const days = Number(trimmed);
  return /^\d{1,5}$/.test(trimmed) && days >= least && days <= 36_500 ? days : undefined;
}

async function editStatuses(filter: BulkFilter, offered: readonly string[]): Promise<BulkFilter | undefined> {
  const all = [...new Set([...offered, ...filter.statuses])];
  const picked = await vscode.window.showQuickPick(
    all.map((label) => ({ label, picked: filter.statuses.includes(label) })),
    { title: vscode.l10n.t('Status'), placeHolder: vscode.l10n.t('Any of these; none for all'), canPickMany: true },
  );
  return picked === undefined ? undefined : { ...filter, statuses: picked.map((item) => item.label) };
}

async function askText(title: string, value: string | null): Promise<string | null | undefined> {
  const text = await vscode.window.showInputBox({
    title,
    value: value ?? '',
    placeHolder: vscode.l10n.t('Empty for any'),
  });
  return text === undefined ? undefined : text.trim() === '' ? null : text.trim();
}
