import * as vscode from 'vscode';
import { commandIds } from '../../infrastructure/commandIds';
import type { ExportOptions, NodeAction } from '../../protocol/types';

/** The ways to take something out. They differ in what they apply to and in what is asked. */
export interface ExportKind {
  readonly commandId: string;
  /** The action a node must allow. */
  readonly action: NodeAction;
  readonly title: string;
  /** Whether the person chooses what of a run is taken. */
  readonly asksChoices: boolean;
  /** What Enter takes when choices are asked. */
  readonly hint: string;
  /** What is taken when nothing else is chosen. */
  readonly defaults: ExportOptions;
}

const plain: ExportOptions = {
  includeChildren: false,
  logsOnly: false,
  namedOutputs: false,
  fullRecord: false,
  include: [],
  exclude: [],
};

/** All kinds, made when they are needed: their titles are in the person's language. */
export function exportKinds(): readonly ExportKind[] {
  return [
    {
      commandId: commandIds.downloadRun,
      action: 'downloadRun',
      title: vscode.l10n.t('Download Outputs and Logs'),
      asksChoices: true,
      hint: vscode.l10n.t('Enter takes the outputs and logs; tick what to change'),
      defaults: plain,
    },
    {
      commandId: commandIds.download,
      action: 'download',
      title: vscode.l10n.t('Download'),
      asksChoices: false,
      hint: '',
      defaults: plain,
    },
    {
      commandId: commandIds.exportRun,
      action: 'exportRun',
      title: vscode.l10n.t('Export Run'),
      asksChoices: true,
      hint: vscode.l10n.t('Enter takes the files and the full record; tick what to change'),
      defaults: { ...plain, fullRecord: true },
    },
  ];
}
