import * as vscode from 'vscode';
import type { ErrorAction } from '../protocol/types';
import { commandIds } from './commandIds';
import { openHelp, openNetworkSettings } from './openSettings';
import { isCancellation, messageOf, Problem } from './problem';

/** Shows one message for an error, with what can be done about it as buttons, and writes one line of the log. */
export class ErrorPresenter {
  constructor(private readonly log: vscode.LogOutputChannel) {}

  /** @param retry does again what failed; offered where the error says that it may help. */
  async present(error: unknown, source: string, retry: () => Promise<void>): Promise<void> {
    if (isCancellation(error)) {
      return;
    }
    this.write(error, source);
    const offers = this.offersFor(error, retry);
    const picked = await vscode.window.showErrorMessage(messageOf(error), ...offers.map((offer) => offer.title));
    await offers.find((offer) => offer.title === picked)?.run();
  }

  /** Writes an error to the log without showing it. */
  write(error: unknown, source: string): void {
    if (error instanceof Problem) {
      const details = [
        error.code,
        error.target === null ? undefined : `target ${error.target}`,
        error.correlationId === null ? undefined : `correlation id ${error.correlationId}`,
      ].filter((part) => part !== undefined);
      this.log.error(`${source}: ${error.message} (${details.join(', ')})`);
    } else {
      this.log.error(`${source}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }

  /** What can be done about an error, in the order to offer it. */
  offersFor(error: unknown, retry: () => Promise<void>): readonly Offer[] {
    // What is no Problem is a defect of ours; the log is all there is to offer.
    const actions: readonly ErrorAction[] = error instanceof Problem ? error.actions : ['showLog'];
    const offers = actions.map((action) => offerFor(action, retry)).filter((offer) => offer !== undefined);
    if (error instanceof Problem && error.code === 'sidecar.stopped') {
      offers.unshift({
        title: vscode.l10n.t('Restart'),
        run: async () => {
          await vscode.commands.executeCommand(commandIds.restartSidecar);
          await retry();
        },
      });
    }
    if (error instanceof Problem && error.code === 'sidecar.noRuntime') {
      offers.unshift(command(vscode.l10n.t('Install .NET'), commandIds.installRuntime));
    }
    // Several actions may read the same to a person ("Try Again").
    return offers.filter((offer, index) => offers.findIndex((other) => other.title === offer.title) === index);
  }
}

/** One thing that can be done about an error. */
export interface Offer {
  readonly title: string;
  run(): Promise<void>;
}

function command(title: string, id: string): Offer {
  return {
    title,
    run: async () => {
      await vscode.commands.executeCommand(id);
    },
  };
}

function offerFor(action: ErrorAction, retry: () => Promise<void>): Offer | undefined {
  switch (action) {
    case 'retry':
      return { title: vscode.l10n.t('Try Again'), run: retry };
    case 'chooseFolder':
      return { title: vscode.l10n.t('Choose Another Folder'), run: retry };
    case 'planAgain':
      return { title: vscode.l10n.t('Try Again'), run: retry };
    case 'signIn':
      return command(vscode.l10n.t('Sign In'), commandIds.signIn);
    case 'selectSubscriptions':
      return command(vscode.l10n.t('Select Subscriptions'), commandIds.selectSubscriptions);
    case 'openSettings':
      return command(vscode.l10n.t('Open Settings'), commandIds.openSettings);
    case 'openNetworkSettings':
      return { title: vscode.l10n.t('Open Proxy Settings'), run: openNetworkSettings };
    case 'openHelp':
      return { title: vscode.l10n.t('Open Help'), run: openHelp };
    case 'showLog':
      return command(vscode.l10n.t('Show Log'), commandIds.showLog);
    case 'openInStudio':
      // An error names no address; the node it came from offers it.
      return undefined;
  }
}
