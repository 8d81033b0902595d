import * as vscode from 'vscode';
import type { Command } from '../infrastructure/command';
import { commandIds } from '../infrastructure/commandIds';
import { messageOf, Problem } from '../infrastructure/problem';
import { type InstallTool, installToolId } from './installTool';
import type { Sidecar } from './sidecar';

/** Where a person gets the runtime without the tool. */
const downloadPage = 'https://dotnet.microsoft.com/download/dotnet/10.0';

/** "Install .NET" in the message that misses it: by Microsoft's tool where that can be had, else from Microsoft's page. */
export class InstallRuntimeCommand implements Command {
  readonly id = commandIds.installRuntime;

  constructor(
    private readonly installTool: InstallTool,
    private readonly sidecar: Sidecar,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  async execute(): Promise<void> {
    if (!this.installTool.isPresent()) {
      await this.installTheTool();
    }
    if (!this.installTool.isPresent() || !(await this.starts())) {
      await vscode.env.openExternal(vscode.Uri.parse(downloadPage));
    }
  }

  private async installTheTool(): Promise<void> {
    try {
      await vscode.window.withProgress(
        {
          location: vscode.ProgressLocation.Notification,
          title: vscode.l10n.t("Installing Microsoft's .NET Install Tool..."),
        },
        () => vscode.commands.executeCommand('workbench.extensions.installExtension', installToolId),
      );
    } catch (error) {
      // No way to the marketplace, or forbidden by policy: the page is left.
      this.log.warn(`${installToolId} could not be installed: ${messageOf(error)}`);
    }
  }

  /** Whether the sidecar comes up now; looking for the runtime asks the tool to fetch it. */
  private async starts(): Promise<boolean> {
    try {
      await this.sidecar.restart();
      return true;
    } catch (error) {
      if (error instanceof Problem && error.code === 'sidecar.noRuntime') {
        return false;
      }
      throw error;
    }
  }
}
