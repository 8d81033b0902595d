import * as vscode from 'vscode';
import type { Command } from './command';
import { commandIds } from './commandIds';

/** "Open Settings": those of this extension. */
export class OpenSettingsCommand implements Command {
  readonly id = commandIds.openSettings;

  async execute(): Promise<void> {
    // Most of them belong to the machine the extension runs on, and there VS Code shows those of a remote one apart.
    await (vscode.env.remoteName === undefined
      ? vscode.commands.executeCommand('workbench.action.openSettings', 'amlData')
      : vscode.commands.executeCommand('workbench.action.openRemoteSettings', { query: 'amlData' }));
  }
}
