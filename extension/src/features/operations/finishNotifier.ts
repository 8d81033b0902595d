import * as vscode from 'vscode';
import { commandIds } from '../../infrastructure/commandIds';
import { formatBytes, formatFiles } from '../../infrastructure/format';
import type { FinishOffer } from '../../infrastructure/operationList';
import type { OperationSummary } from '../../protocol/types';
import type { OperationsModel } from './operationsModel';
import { countsOf, undeleteText } from './operationText';
import { OperationRow } from './operationsProvider';

/** Milliseconds in which operations that end together are told of together. */
const together = 1500;

/** Tells of the end of operations of this window: one message for one, one for several that end together. */
export class FinishNotifier implements vscode.Disposable {
  private waiting: OperationSummary[] = [];
  private timer: NodeJS.Timeout | undefined;
  private readonly subscription: vscode.Disposable;

  constructor(
    private readonly model: OperationsModel,
    private readonly onError: (error: unknown) => void,
    private readonly interval = together,
  ) {
    this.subscription = model.onDidFinish((operation) => {
      // Whoever cancelled knows; the view says how far it came.
      if (operation.state !== 'cancelled') {
        this.waiting.push(operation);
        this.timer ??= setTimeout(() => {
          this.tell();
        }, this.interval);
      }
    });
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.subscription.dispose();
  }

  private tell(): void {
    this.timer = undefined;
    const operations = this.waiting;
    this.waiting = [];
    // What has an offer is told by itself, or the offer would be lost.
    const others: OperationSummary[] = [];
    // What can be done with it may be another by now.
    for (const operation of operations.map((one) => this.model.get(one.id) ?? one)) {
      const offer = this.model.takeOffer(operation.id);
      if (offer === undefined) {
        others.push(operation);
      } else {
        tellOne(operation, offer).catch(this.onError);
      }
    }
    const [only] = others;
    if (only !== undefined) {
      (others.length === 1 ? tellOne(only, undefined) : tellSeveral(others)).catch(this.onError);
    }
  }
}

async function tellOne(operation: OperationSummary, offer: FinishOffer | undefined): Promise<void> {
  const row = new OperationRow(operation.id);
  const openFolder = { title: vscode.l10n.t('Open Folder'), command: commandIds.reveal };
  const receipt = { title: vscode.l10n.t('Show Receipt'), command: commandIds.receipt };
  const resume = { title: vscode.l10n.t('Resume'), command: commandIds.resume };
  const undo = operation.actions.includes('undelete') ? commandIds.undeleteOperation : commandIds.restoreOperation;
  const canUndo = operation.actions.includes('undelete') || operation.actions.includes('restore');
  const done = operation.state === 'succeeded' || operation.state === 'succeededWithWarnings';
  const isOffered = offer !== undefined && done && (offer.isOpen === undefined || (await offer.isOpen()));
  const more = isOffered ? [{ title: offer.title, command: '' }] : [];
  const offers = [
    ...more,
    ...(operation.state === 'failed' && operation.actions.includes('resume') ? [resume] : []),
    ...(operation.actions.includes('reveal') ? [openFolder] : []),
    ...(operation.actions.includes('receipt') ? [receipt] : []),
    ...(operation.actions.includes('archiveInstead')
      ? [{ title: vscode.l10n.t('Archive Instead...'), command: commandIds.archiveInstead }]
      : []),
    ...(canUndo ? [{ title: vscode.l10n.t('Undo...'), command: undo }] : []),
  ];
  const picked = await show(operation.state)(messageFor(operation), ...offers);
  if (picked === undefined) {
    return;
  }
  if (picked === more[0]) {
    await offer?.run();
  } else {
    await vscode.commands.executeCommand(picked.command, row);
  }
}

async function tellSeveral(operations: readonly OperationSummary[]): Promise<void> {
  const failed = operations.filter((operation) => operation.state === 'failed').length;
  const warned = operations.filter((operation) => operation.state === 'succeededWithWarnings').length;
  const parts = [
    vscode.l10n.t('{0} operations finished', operations.length),
    ...(failed === 0 ? [] : [vscode.l10n.t('{0} failed', failed)]),
    ...(warned === 0 ? [] : [vscode.l10n.t('{0} with warnings', warned)]),
  ];
  const showOperations = vscode.l10n.t('Show Operations');
  const state = failed > 0 ? 'failed' : warned > 0 ? 'succeededWithWarnings' : 'succeeded';
  const picked = await show(state)(`${parts.join(', ')}.`, { title: showOperations });
  if (picked !== undefined) {
    await vscode.commands.executeCommand('amlData.operations.focus');
  }
}

function messageFor(operation: OperationSummary): string {
  switch (operation.state) {
    case 'succeeded':
      switch (operation.verb) {
        case 'export':
          return exported(operation);
        case 'copy':
          return copied(operation);
        default:
          return changed(operation);
      }
    case 'succeededWithWarnings':
      return vscode.l10n.t('{0}: {1}. The receipt says why.', operation.title, countsOf(operation));
    default:
      return vscode.l10n.t('{0}: {1}', operation.title, operation.message ?? vscode.l10n.t('failed'));
  }
}

function exported(operation: OperationSummary): string {
  return vscode.l10n.t(
    '{0}: {1}, {2}, complete and verified.',
    operation.title,
    formatFiles(operation.itemsDone),
    formatBytes(operation.bytesDone),
  );
}

function copied(operation: OperationSummary): string {
  return vscode.l10n.t(
    '{0} to {1}: {2}, {3}, complete and verified.',
    operation.title,
    operation.destination ?? '',
    formatFiles(operation.itemsDone),
    formatBytes(operation.bytesDone),
  );
}

function changed(operation: OperationSummary): string {
  const parts = [
    countsOf(operation),
    operation.bytesDone === 0 ? null : formatBytes(operation.bytesDone),
    vscode.l10n.t('verified'),
    undeleteText(operation),
  ];
  return vscode.l10n.t('{0}: {1}.', operation.title, parts.filter((part) => part !== null).join(', '));
}

function show(
  state: OperationSummary['state'],
): <T extends vscode.MessageItem>(message: string, ...items: T[]) => Thenable<T | undefined> {
  switch (state) {
    case 'failed':
      return (message, ...items) => vscode.window.showErrorMessage(message, ...items);
    case 'succeededWithWarnings':
      return (message, ...items) => vscode.window.showWarningMessage(message, ...items);
    default:
      return (message, ...items) => vscode.window.showInformationMessage(message, ...items);
  }
}
