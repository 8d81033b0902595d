import * as vscode from 'vscode';
import { commandIds } from '../infrastructure/commandIds';
import type { SidecarNotices } from './sidecar';

/** Messages about a sidecar in trouble. */
export class SidecarMessages implements SidecarNotices {
  crashed(): void {
    const showLog = vscode.l10n.t('Show Log');
    void vscode.window
      .showWarningMessage(
        vscode.l10n.t(
          'The background service of Azure ML Data Tools ended unexpectedly and is being restarted. Interrupted downloads can be resumed.',
        ),
        showLog,
      )
      .then((picked) => (picked === showLog ? vscode.commands.executeCommand(commandIds.showLog) : undefined));
  }

  gaveUp(): void {
    const restart = vscode.l10n.t('Restart');
    const showLog = vscode.l10n.t('Show Log');
    void vscode.window
      .showErrorMessage(
        vscode.l10n.t('The background service of Azure ML Data Tools keeps ending and was stopped. The log says why.'),
        restart,
        showLog,
      )
      .then((picked) => {
        const command =
          picked === restart ? commandIds.restartSidecar : picked === showLog ? commandIds.showLog : undefined;
        return command === undefined ? undefined : vscode.commands.executeCommand(command);
      });
  }
}
