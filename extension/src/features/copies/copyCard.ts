import * as vscode from 'vscode';
import { formatBytes, formatCount, formatFiles } from '../../infrastructure/format';
import type { ExistingFiles, PlanProgress, PlanResult } from '../../protocol/types';

/** What the person decided. */
export type CopyDecision =
  | { readonly kind: 'copy'; readonly existing: ExistingFiles }
  | { readonly kind: 'target' }
  | { readonly kind: 'includeChildren' }
  | { readonly kind: 'namedOutputs' }
  | { readonly kind: 'showFiles' };

/** What else of runs could be taken. */
export interface CopyExtras {
  readonly namedOutputs: boolean;
}

interface CardItem extends vscode.QuickPickItem {
  readonly decision?: CopyDecision;
}

/** One list: while the plan is made how far it has come, then what it holds and what can be done. Escape cancels. */
export class CopyCard implements vscode.Disposable {
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

  decide(plan: PlanResult, extras: CopyExtras): Promise<CopyDecision | undefined> {
    this.pick.title = vscode.l10n.t(
      '{0} to {1}: {2}, {3}',
      plan.title,
      plan.copy?.target ?? '',
      formatFiles(plan.items),
      formatBytes(plan.bytes),
    );
    this.pick.placeholder = vscode.l10n.t('Storage copies by itself: nothing passes through this machine');
    this.pick.busy = false;
    this.pick.value = '';
    this.pick.items = itemsOf(plan, extras);
    const first = this.pick.items.find((item) => item.decision !== undefined);
    this.pick.activeItems = first === undefined ? [] : [first];
    if (this.hidden) {
      return Promise.resolve(undefined);
    }
    this.pick.show();
    return new Promise((resolve) => {
      const listeners = [
        this.pick.onDidAccept(() => {
          const decision = this.pick.selectedItems[0]?.decision;
          if (decision !== undefined) {
            settle(decision);
          }
        }),
        this.pick.onDidHide(() => {
          settle(undefined);
        }),
      ];
      const settle = (decision: CopyDecision | undefined): void => {
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

function itemsOf(plan: PlanResult, extras: CopyExtras): readonly CardItem[] {
  const separator = (label: string): CardItem => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const different = plan.copy?.different ?? 0;
  const copy: readonly CardItem[] =
    different === 0
      ? [
          {
            label: `$(cloud-upload) ${vscode.l10n.t('Copy')}`,
            description: vscode.l10n.t('to {0}', plan.copy?.target ?? ''),
            decision: { kind: 'copy', existing: 'skipIdentical' },
          },
        ]
      : [
          {
            label: `$(cloud-upload) ${vscode.l10n.t('Copy, Keeping What Is There')}`,
            description: vscode.l10n.t('identical ones are skipped; beside others the copies get a number'),
            decision: { kind: 'copy', existing: 'skipIdentical' },
          },
          {
            label: `$(replace-all) ${vscode.l10n.t('Copy and Replace...')}`,
            description: vscode.l10n.t('{0} would be replaced', formatFiles(different)),
            decision: { kind: 'copy', existing: 'replace' },
          },
          {
            label: `$(files) ${vscode.l10n.t('Copy Everything Beside It')}`,
            description: vscode.l10n.t('identical ones too get a number in their names'),
            decision: { kind: 'copy', existing: 'keepBoth' },
          },
        ];
  const notes = plan.warnings.map((warning) => ({
    label: `$(warning) ${warning.message}`,
    ...(warning.count > 1 ? { description: formatCount(warning.count) } : {}),
    alwaysShow: true,
  }));
  return [
    ...copy,
    { label: `$(database) ${vscode.l10n.t('Choose Another Target...')}`, decision: { kind: 'target' } },
    separator(vscode.l10n.t('what is taken')),
    ...(plan.hasChildRuns
      ? [
          {
            label: `$(type-hierarchy-sub) ${vscode.l10n.t('Include Child Runs')}`,
            decision: { kind: 'includeChildren' as const },
          },
        ]
      : []),
    ...(extras.namedOutputs
      ? [
          {
            label: `$(symbol-namespace) ${vscode.l10n.t('Include Named Outputs')}`,
            decision: { kind: 'namedOutputs' as const },
          },
        ]
      : []),
    { label: `$(list-flat) ${vscode.l10n.t('Show Files...')}`, decision: { kind: 'showFiles' } },
    ...(notes.length === 0 ? [] : [separator(vscode.l10n.t('good to know')), ...notes]),
  ];
}
