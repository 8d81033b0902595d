import * as vscode from 'vscode';
import { formatBytes, formatCount, formatFiles } from '../../infrastructure/format';
import type { ExportFormat, PlanProgress, PlanResult } from '../../protocol/types';
import { remoteHost } from './folders';

/** What the person decided. */
export type PlanDecision =
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 'browse' }
  | { readonly kind: 'includeChildren' }
  | { readonly kind: 'format'; readonly format: ExportFormat }
  | { readonly kind: 'showFiles' };

interface CardItem extends vscode.QuickPickItem {
  readonly decision?: PlanDecision;
}

/**
 * One list from the first glance to the decision: while the plan is made it shows how far it has come, then what it holds
 * and where it can go. Escape cancels at any time.
 */
export class PlanCard implements vscode.Disposable {
  private readonly pick = vscode.window.createQuickPick<CardItem>();
  private readonly cancellation = new vscode.CancellationTokenSource();
  private hidden = false;

  constructor(title: string) {
    this.pick.title = title;
    this.pick.ignoreFocusOut = true;
    this.pick.onDidHide(() => {
      this.hidden = true;
      this.cancellation.cancel();
    });
  }

  /** Cancelled when the person closes the card. */
  get token(): vscode.CancellationToken {
    return this.cancellation.token;
  }

  showProgress(progress?: PlanProgress): void {
    this.pick.busy = true;
    this.pick.enabled = true;
    this.pick.items = [];
    this.pick.placeholder =
      progress === undefined
        ? vscode.l10n.t('Looking at what there is... (Escape cancels)')
        : vscode.l10n.t(
            '{0} {1}, {2} so far (Escape cancels)',
            progress.message,
            formatFiles(progress.items),
            formatBytes(progress.bytes),
          );
    this.pick.show();
  }

  /** Shows a plan, with a problem that a folder chosen before turned out to have. */
  decide(
    plan: PlanResult,
    format: ExportFormat,
    formats: readonly ExportFormat[],
    folders: FolderChoices,
    problem: string | undefined,
  ): Promise<PlanDecision | undefined> {
    const host = remoteHost();
    this.pick.title = `${plan.title}: ${formatFiles(plan.items)}, ${formatBytes(plan.bytes)}`;
    this.pick.placeholder =
      host === undefined
        ? vscode.l10n.t('Folder to put the files in')
        : vscode.l10n.t('Folder on the remote host {0} to put the files in', host);
    this.pick.busy = false;
    this.pick.value = '';
    const { note } = folders;
    const items = itemsOf(plan, format, formats, folders, problem);
    this.pick.items = note === undefined ? items : [{ label: `$(comment-discussion) ${note}` }, ...items];
    const first = this.pick.items.find((item) => note !== undefined || item.decision !== undefined);
    if (first !== undefined) {
      this.pick.activeItems = [first];
    }
    if (this.hidden) {
      return Promise.resolve(undefined);
    }
    this.pick.show();
    return new Promise((resolve) => {
      const listeners = [
        this.pick.onDidAccept(() => {
          const decision = this.pick.selectedItems[0]?.decision;
          // A note is there to be read.
          if (decision !== undefined) {
            settle(decision);
          }
        }),
        this.pick.onDidHide(() => {
          settle(undefined);
        }),
      ];
      const settle = (decision: PlanDecision | undefined): void => {
        vscode.Disposable.from(...listeners).dispose();
        resolve(decision);
      };
    });
  }

  dispose(): void {
    this.pick.dispose();
    this.cancellation.dispose();
  }
}

/** The folders to offer. */
export interface FolderChoices {
  /** Where what this is for lies; null for nothing in particular. */
  readonly beside: string | null;
  readonly recent: readonly string[];
  readonly workspace: readonly string[];
  /** What stands above them and is chosen by Enter, to no effect; undefined for nothing. */
  readonly note: string | undefined;
}

function itemsOf(
  plan: PlanResult,
  format: ExportFormat,
  formats: readonly ExportFormat[],
  folders: FolderChoices,
  problem: string | undefined,
): readonly CardItem[] {
  const separator = (label: string): CardItem => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const into = (folder: string, note: string): CardItem => ({
    label: `$(folder) ${folder}`,
    description: note,
    decision: { kind: 'folder', folder },
  });
  const { beside } = folders;
  const first = beside === null ? [] : [into(beside, vscode.l10n.t('beside this file'))];
  const recent = folders.recent
    .filter((folder) => folder !== beside)
    .map((folder) => into(folder, vscode.l10n.t('used last')));
  const workspace = folders.workspace
    .filter((folder) => folder !== beside && !folders.recent.includes(folder))
    .map((folder) => into(folder, vscode.l10n.t('folder of this window')));
  const notes = [
    ...(problem === undefined ? [] : [{ label: `$(error) ${problem}`, alwaysShow: true }]),
    ...plan.warnings.map((warning) => ({
      label: `$(warning) ${warning.message}`,
      ...(warning.count > 1 ? { description: formatCount(warning.count) } : {}),
      alwaysShow: true,
    })),
  ];
  return [
    separator(vscode.l10n.t('folder')),
    ...first,
    ...recent,
    ...workspace,
    {
      label: `$(folder-opened) ${vscode.l10n.t('Choose a Folder...')}`,
      decision: { kind: 'browse' },
      alwaysShow: true,
    },
    separator(vscode.l10n.t('what is taken')),
    ...(plan.hasChildRuns
      ? [
          {
            label: `$(type-hierarchy-sub) ${vscode.l10n.t('Include Child Runs')}`,
            decision: { kind: 'includeChildren' as const },
          },
        ]
      : []),
    { label: `$(list-flat) ${vscode.l10n.t('Show Files...')}`, decision: { kind: 'showFiles' } },
    separator(writtenAs(format)),
    ...formats
      .filter((other) => other !== format)
      .map((other) => ({ ...formatChoice(other), decision: { kind: 'format' as const, format: other } })),
    ...(notes.length === 0 ? [] : [separator(vscode.l10n.t('good to know')), ...notes]),
  ];
}

function writtenAs(format: ExportFormat): string {
  switch (format) {
    case 'folder':
      return vscode.l10n.t('now: a plain folder');
    case 'bag':
      return vscode.l10n.t('now: a BagIt bag');
    case 'zip':
      return vscode.l10n.t('now: a zip file');
    case 'bagZip':
      return vscode.l10n.t('now: a BagIt bag in a zip file');
  }
}

function formatChoice(format: ExportFormat): { readonly label: string; readonly description: string } {
  switch (format) {
    case 'folder':
      return {
        label: `$(folder) ${vscode.l10n.t('Write as a Plain Folder')}`,
        description: vscode.l10n.t('files in folders'),
      };
    case 'bag':
      return {
        label: `$(package) ${vscode.l10n.t('Write as a BagIt Bag')}`,
        description: vscode.l10n.t('with SHA-256 manifests that anybody can check (RFC 8493)'),
      };
    case 'zip':
      return {
        label: `$(file-zip) ${vscode.l10n.t('Write as a Zip File')}`,
        description: vscode.l10n.t('one file, not compressed'),
      };
    case 'bagZip':
      return {
        label: `$(file-zip) ${vscode.l10n.t('Write as a BagIt Bag in a Zip File')}`,
        description: vscode.l10n.t('one file, with SHA-256 manifests'),
      };
  }
}
