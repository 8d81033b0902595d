import * as vscode from 'vscode';
import type { Command } from './command';
import { commandIds } from './commandIds';

/** "Open Settings": those of this extension. */
export class OpenSettingsCommand implements Command {
  readonly id = commandIds.openSettings;

  async execute(): Promise<void> {
    await vscode.commands.executeCommand('workbench.action.openSettings', 'amlData');
  }
}
