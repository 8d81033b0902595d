import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { Command } from '../../infrastructure/command';
import { server } from '../../protocol/methods';
import type { AuditVerdict } from '../../protocol/types';
import type { SidecarClient } from '../../sidecar/client';

/** "Verify Audit Log...": says in words whether a log is whole, and shows the line where it is not. */
export class VerifyAuditCommand implements Command {
  readonly id = 'amlData.audit.verify';

  constructor(private readonly sidecar: SidecarClient) {}

  async execute(): Promise<void> {
    const title = vscode.l10n.t('Verify Audit Log');
    const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri;
    const picked = await vscode.window.showOpenDialog({
      title,
      openLabel: vscode.l10n.t('Verify'),
      defaultUri: folder ?? vscode.Uri.file(homedir()),
      filters: { 'JSON Lines': ['jsonl'], [vscode.l10n.t('All Files')]: ['*'] },
    });
    const [file] = picked ?? [];
    if (file === undefined) {
      return;
    }
    const verdict = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      (_, token) => this.sidecar.request(server.audit.verify, { path: file.fsPath }, token),
    );
    await tell(verdict);
  }
}

async function tell(verdict: AuditVerdict): Promise<void> {
  if (verdict.isIntact) {
    const copy = vscode.l10n.t('Copy Hash of the Last Line');
    const picked = await vscode.window.showInformationMessage(verdict.summary, copy);
    if (picked === copy && verdict.lastHash !== null) {
      await vscode.env.clipboard.writeText(verdict.lastHash);
    }
    return;
  }
  const [first] = verdict.problems;
  const show = vscode.l10n.t('Show Line');
  const all = vscode.l10n.t('Show All');
  const picked = await vscode.window.showErrorMessage(
    verdict.summary,
    ...(first === undefined || first.line === null ? [] : [show]),
    ...(verdict.problemCount > 1 ? [all] : []),
  );
  if (picked === show) {
    const at = new vscode.Position((first?.line ?? 1) - 1, 0);
    await vscode.window.showTextDocument(vscode.Uri.file(verdict.path), { selection: new vscode.Range(at, at) });
  } else if (picked === all) {
    await vscode.window.showTextDocument(
      await vscode.workspace.openTextDocument({ language: 'markdown', content: reportOf(verdict) }),
    );
  }
}

/** All that was found, to be read. */
export function reportOf(verdict: AuditVerdict): string {
  const shown = verdict.problems.map(({ line, message }) =>
    line === null ? `- ${message}` : `- ${vscode.l10n.t('Line {0}: {1}', line, message)}`,
  );
  const more = verdict.problemCount - verdict.problems.length;
  return [
    `# ${vscode.l10n.t('Audit Log')}`,
    '',
    verdict.path,
    '',
    ...shown,
    ...(more > 0 ? [`- ${vscode.l10n.t('And {0} more.', more)}`] : []),
    '',
  ].join('\n');
}
