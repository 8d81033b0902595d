import * as vscode from 'vscode';
import type { Command } from './command';
import { commandIds } from './commandIds';

/** "Open Settings": those of this extension. */
export class OpenSettingsCommand implements Command {
  readonly id = commandIds.openSettings;

  execute(): Promise<void> {
    return openSettings('amlData');
  }
}

/** Opens VS Code's settings of proxies and certificates. */
export function openNetworkSettings(): Promise<void> {
  return openSettings('http.proxy');
}

/** Opens the page of this extension, whose text has a part on what goes wrong. */
export async function openHelp(): Promise<void> {
  await vscode.commands.executeCommand('extension.open', 'aml-data-tools.aml-data-tools');
}

async function openSettings(query: string): Promise<void> {
  // They belong to the machine the extension runs on, and there VS Code shows those of a remote one apart.
  await (vscode.env.remoteName === undefined
    ? vscode.commands.executeCommand('workbench.action.openSettings', query)
    : vscode.commands.executeCommand('workbench.action.openRemoteSettings', { query }));
}
