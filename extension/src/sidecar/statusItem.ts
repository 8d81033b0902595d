import * as vscode from 'vscode';
import type { Command } from '../infrastructure/command';
import { setContextKey } from '../infrastructure/contextKeys';
import type { ErrorPresenter } from '../infrastructure/errorPresenter';
import { messageOf, Problem } from '../infrastructure/problem';
import type { SidecarStatus } from './status';

/** Milliseconds after which a start is worth a word: most take less, and an item that flashes up tells nothing. */
const patience = 300;

/** Not in the palette: what a click on the item does. */
const showProblemId = 'amlData.sidecar.showProblem';

/** The item of the status bar that is there while the sidecar starts and after it failed to, and at no other time. */
export class SidecarStatusItem implements Command, vscode.Disposable {
  readonly id = showProblemId;
  private item: vscode.StatusBarItem | undefined;
  private timer: NodeJS.Timeout | undefined;
  private failure: unknown;

  constructor(
    private readonly errors: ErrorPresenter,
    private readonly restart: () => Promise<void>,
    private readonly delay = patience,
  ) {}

  /** Says why it failed, with what can be done about it. */
  async execute(): Promise<void> {
    await this.errors.present(this.failure, 'sidecar', this.restart);
  }

  show(status: SidecarStatus): void {
    clearTimeout(this.timer);
    // The views' empty states tell the common reasons apart.
    setContextKey('amlData.sidecarStarting', status.kind === 'starting');
    setContextKey('amlData.sidecarProblem', status.kind === 'failed' ? codeOf(status.error) : '');
    switch (status.kind) {
      case 'starting':
        this.timer = setTimeout(() => {
          this.drawStarting();
        }, this.delay);
        break;
      case 'failed':
        this.failure = status.error;
        this.drawFailed(messageOf(status.error));
        break;
      case 'ready':
      case 'off':
        this.remove();
        break;
    }
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.remove();
  }

  private drawStarting(): void {
    const item = this.draw(vscode.l10n.t('Starting the background service of Azure ML Data Tools'));
    item.text = `$(loading~spin) ${vscode.l10n.t('Azure ML Data: starting')}`;
  }

  private drawFailed(message: string): void {
    const item = this.draw(message);
    item.text = `$(error) ${vscode.l10n.t('Azure ML Data: not running')}`;
    item.command = this.id;
    item.backgroundColor = new vscode.ThemeColor('statusBarItem.errorBackground');
    item.accessibilityInformation = {
      label: vscode.l10n.t('Azure ML Data: not running. {0}', message),
      role: 'button',
    };
  }

  /** A new item for each state: what an earlier one was given is not taken back one by one. */
  private draw(tooltip: string): vscode.StatusBarItem {
    this.remove();
    const item = vscode.window.createStatusBarItem('amlData.sidecar', vscode.StatusBarAlignment.Left);
    item.name = vscode.l10n.t('Azure ML Data');
    item.tooltip = tooltip;
    item.accessibilityInformation = { label: tooltip };
    item.show();
    this.item = item;
    return item;
  }

  private remove(): void {
    this.item?.dispose();
    this.item = undefined;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Problem ? error.code : 'unknown';
}
