import type * as vscode from 'vscode';
import type { Command } from '../infrastructure/command';
import { commandIds } from '../infrastructure/commandIds';
import type { Sidecar } from './sidecar';

/** "Show Log". */
export class ShowLogCommand implements Command {
  readonly id = commandIds.showLog;

  constructor(private readonly log: vscode.LogOutputChannel) {}

  execute(): void {
    this.log.show();
  }
}

/** "Restart Background Service". */
export class RestartSidecarCommand implements Command {
  readonly id = commandIds.restartSidecar;

  constructor(private readonly sidecar: Sidecar) {}

  async execute(): Promise<void> {
    await this.sidecar.restart();
  }
}
