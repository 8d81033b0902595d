import * as vscode from 'vscode';
import type { Settings } from '../../infrastructure/settings';
import type { ChangeOptions, NodeKind } from '../../protocol/types';
import { areOrHaveData, type ChangeVerb, haveData } from './verbs';

type Switch =
  | 'includeData'
  | 'includeChildren'
  | 'includeVersionsAndSnapshots'
  | 'includeDependents'
  | 'permanently'
  | 'exportFirst';

/** What was chosen before a plan is made. */
export interface Choices {
  readonly options: ChangeOptions;
  /** Whether what is to be deleted is exported before. */
  readonly exportFirst: boolean;
}

interface ChoiceItem extends vscode.QuickPickItem {
  readonly choice: Switch;
}

/** What is taken when nothing is chosen: records alone. */
export function defaultOptions(settings: Settings): ChangeOptions {
  return {
    includeData: false,
    includeChildren: false,
    includeVersionsAndSnapshots: false,
    includeDependents: false,
    permanently: false,
    typeNames: settings.typeNames,
    typeAboveBytes: settings.typeNameAboveBytes,
  };
}

/**
 * Asks for what there is to choose; where there is nothing, it does not ask. Enter takes the records alone.
 * @param kinds what the verb would be applied to
 * @returns the choices; undefined when the person backed out.
 */
export async function askChoices(
  verb: ChangeVerb,
  kinds: readonly NodeKind[],
  title: string,
  settings: Settings,
): Promise<Choices | undefined> {
  const defaults = { ...defaultOptions(settings), includeData: verb.data === 'taken' };
  const items = itemsFor(verb, kinds);
  if (items.length === 0) {
    return { options: defaults, exportFirst: false };
  }
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: vscode.l10n.t('Tick what else is meant; the plan shows it before anything is done'),
    canPickMany: true,
  });
  if (picked === undefined) {
    return undefined;
  }
  const has = (choice: Switch): boolean => picked.some((item) => item.choice === choice);
  const includeData = defaults.includeData || has('includeData');
  return {
    options: {
      ...defaults,
      includeData,
      includeChildren: has('includeChildren'),
      includeVersionsAndSnapshots: includeData && has('includeVersionsAndSnapshots'),
      includeDependents: has('includeDependents'),
      permanently: has('permanently'),
    },
    exportFirst: has('exportFirst'),
  };
}

function itemsFor(verb: ChangeVerb, kinds: readonly NodeKind[]): readonly ChoiceItem[] {
  const data: ChoiceItem = {
    choice: 'includeData',
    label: vscode.l10n.t('Also delete its data'),
    description: vscode.l10n.t('the blobs; what others refer to is kept'),
  };
  const children: ChoiceItem = {
    choice: 'includeChildren',
    label: vscode.l10n.t('Include child runs'),
    description: vscode.l10n.t('all steps of a pipeline, all trials of a sweep'),
  };
  const versions: ChoiceItem = {
    choice: 'includeVersionsAndSnapshots',
    label: vscode.l10n.t('Also older versions and snapshots'),
    description: vscode.l10n.t('of these blobs, where the account keeps them'),
  };
  const dependents: ChoiceItem = {
    choice: 'includeDependents',
    label: vscode.l10n.t('Also delete the resources it uses'),
    description: vscode.l10n.t('storage account, key vault, registry, Application Insights; what others use is kept'),
  };
  const permanently: ChoiceItem = {
    choice: 'permanently',
    label: vscode.l10n.t('Delete permanently'),
    description: vscode.l10n.t('not kept to be recovered: workspace, key vault, Log Analytics'),
  };
  const exportFirst: ChoiceItem = {
    choice: 'exportFirst',
    label: vscode.l10n.t('Export first...'),
    description: vscode.l10n.t('models, runs, notebooks, data, record; deletes nothing yet'),
  };
  const deletes = verb.verb === 'delete';
  const asksData = verb.data === 'asked' && haveData(kinds);
  return [
    ...(asksData ? [data] : []),
    ...(kinds.includes('run') ? [children] : []),
    ...(deletes && kinds.includes('workspace') ? [exportFirst, dependents] : []),
    ...(deletes && kinds.some((kind) => kind === 'workspace' || kind === 'dependent' || kind === 'leftover')
      ? [permanently]
      : []),
    ...(asksData || (verb.data === 'taken' && areOrHaveData(kinds)) ? [versions] : []),
  ];
}
