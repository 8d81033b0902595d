import * as vscode from 'vscode';
import { commandIds } from '../../infrastructure/commandIds';
import type { ExportOptions, NodeAction, NodeKind } from '../../protocol/types';

/** The ways to take something out. They differ in what they apply to and in what is asked. */
export interface ExportKind {
  readonly commandId: string;
  /** A node must allow one of these; the first is the one its menu looks for. */
  readonly actions: readonly NodeAction[];
  /** What a node must be; null for anything. */
  readonly kinds: readonly NodeKind[] | null;
  /** What is picked when nothing fitting is selected; null for what `kinds` says. */
  readonly picks: readonly NodeKind[] | null;
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
      actions: ['downloadRun'],
      kinds: null,
      picks: null,
      title: vscode.l10n.t('Download Outputs and Logs'),
      asksChoices: true,
      hint: vscode.l10n.t('Enter takes the outputs and logs; tick what to change'),
      defaults: plain,
    },
    {
      commandId: commandIds.download,
      // Of a mixed selection the runs too: their outputs and logs.
      actions: ['download', 'downloadRun'],
      kinds: null,
      picks: null,
      title: vscode.l10n.t('Download'),
      asksChoices: false,
      hint: '',
      defaults: plain,
    },
    ofAssets(commandIds.downloadModel, vscode.l10n.t('Download Model'), ['model', 'modelVersion'], ['modelVersion']),
    ofAssets(
      commandIds.downloadDataAsset,
      vscode.l10n.t('Download Data Asset'),
      ['dataAsset', 'dataVersion'],
      ['dataVersion'],
    ),
    ofAssets(commandIds.downloadDataset, vscode.l10n.t('Download Dataset'), ['dataset'], null),
    {
      commandId: commandIds.exportRun,
      actions: ['exportRun'],
      kinds: null,
      picks: null,
      title: vscode.l10n.t('Export Run'),
      asksChoices: true,
      hint: vscode.l10n.t('Enter takes the files and the full record; tick what to change'),
      defaults: { ...plain, fullRecord: true },
    },
    {
      commandId: commandIds.exportWorkspace,
      actions: ['exportRecord'],
      kinds: ['workspace'],
      picks: null,
      title: vscode.l10n.t('Export Workspace Record'),
      asksChoices: false,
      hint: '',
      defaults: plain,
    },
  ];
}

/** What another feature exports: nothing is asked, all files are taken. */
export function plainKind(title: string): ExportKind {
  return { commandId: '', actions: [], kinds: null, picks: null, title, asksChoices: false, hint: '', defaults: plain };
}

/** Registered things: nothing is asked, all their files are taken. Of one with versions its latest. */
function ofAssets(
  commandId: string,
  title: string,
  kinds: readonly NodeKind[],
  picks: readonly NodeKind[] | null,
): ExportKind {
  return { commandId, actions: ['download'], kinds, picks, title, asksChoices: false, hint: '', defaults: plain };
}
