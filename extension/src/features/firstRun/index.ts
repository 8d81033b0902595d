import * as vscode from 'vscode';
import type { Command } from '../../infrastructure/command';

/** The walkthrough of the manifest; which of its steps are done is told by context keys that the features set. */
const walkthroughId = 'amlData.start';

/** "Get Started". */
export class OpenWalkthroughCommand implements Command {
  readonly id = 'amlData.firstRun.open';

  constructor(private readonly extensionId: string) {}

  async execute(): Promise<void> {
    await vscode.commands.executeCommand(
      'workbench.action.openWalkthrough',
      `${this.extensionId}#${walkthroughId}`,
      false,
    );
  }
}
