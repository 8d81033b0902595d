import * as vscode from 'vscode';
import type { RetentionAction, RetentionRule } from '../../protocol/types';

/** What rules can do, the mildest first. */
export const retentionActions: readonly RetentionAction[] = [
  'archive',
  'deleteData',
  'deleteRuns',
  'deleteRunsAndData',
];

/** What a rule does, in words. */
export function actionText(action: RetentionAction): string {
  switch (action) {
    case 'archive':
      return vscode.l10n.t('Archive the runs');
    case 'deleteRuns':
      return vscode.l10n.t('Delete the runs');
    case 'deleteRunsAndData':
      return vscode.l10n.t('Delete the runs and their data');
    case 'deleteData':
      return vscode.l10n.t('Delete the data of the runs');
  }
}

/** What that means. */
export function actionDetail(action: RetentionAction): string {
  switch (action) {
    case 'archive':
      return vscode.l10n.t('They are hidden from lists; nothing is deleted');
    case 'deleteRuns':
      return vscode.l10n.t('Their records and metrics; files stay in storage');
    case 'deleteRunsAndData':
      return vscode.l10n.t('Records, metrics, outputs, logs and named outputs; what others use is kept');
    case 'deleteData':
      return vscode.l10n.t('Outputs, logs and named outputs; the runs stay, and what others use is kept');
  }
}

/** Where a rule looks: `sample-ws / credit-scoring`. */
export function scopeText(rule: RetentionRule): string {
  const where = rule.workspace === '' ? vscode.l10n.t('a place that is not known') : rule.workspace;
  return rule.experiment === null ? where : `${where} / ${rule.experiment}`;
}
