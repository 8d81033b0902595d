import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Command } from '../../infrastructure/command';
import { formatCount } from '../../infrastructure/format';
import { server } from '../../protocol/methods';
import type { AuditExportResult } from '../../protocol/types';
import type { SidecarClient } from '../../sidecar/client';

const dayLength = 86_400_000;

/** "Export Audit Log...": all of it, or from a day on, into a file. */
export class ExportAuditCommand implements Command {
  readonly id = 'amlData.audit.export';

  constructor(private readonly sidecar: SidecarClient) {}

  async execute(): Promise<void> {
    const title = vscode.l10n.t('Export Audit Log');
    const since = await askSince(title);
    if (since === undefined) {
      return;
    }
    const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri.fsPath ?? homedir();
    const target = await vscode.window.showSaveDialog({
      title,
      defaultUri: vscode.Uri.file(join(folder, `audit-log-${dayText(new Date())}.jsonl`)),
      filters: { 'JSON Lines': ['jsonl'] },
    });
    if (target !== undefined) {
      await tell(await this.sidecar.request(server.audit.export, { path: target.fsPath, since }));
    }
  }
}

async function tell(exported: AuditExportResult): Promise<void> {
  const open = vscode.l10n.t('Open File');
  const copy = vscode.l10n.t('Copy Hash');
  const lines =
    exported.lines === 1
      ? vscode.l10n.t('1 line was exported to {0}.', exported.path)
      : vscode.l10n.t('{0} lines were exported to {1}.', formatCount(exported.lines), exported.path);
  const picked =
    exported.problem === null
      ? await vscode.window.showInformationMessage(
          `${lines} ${vscode.l10n.t('Keep the hash of the last line elsewhere: it shows if the whole log is ever made anew.')}`,
          open,
          copy,
        )
      : await vscode.window.showWarningMessage(
          `${lines} ${vscode.l10n.t('But something is wrong with the log itself, and shows in the copy: {0}', exported.problem.message)}`,
          open,
          copy,
        );
  if (picked === open) {
    await vscode.window.showTextDocument(vscode.Uri.file(exported.path));
  } else if (picked === copy) {
    await vscode.env.clipboard.writeText(exported.lastHash);
  }
}

/** @returns null for all; undefined when the person backed out. */
async function askSince(title: string): Promise<number | null | undefined> {
  const last = (days: number): { label: string; since: number } => ({
    label: vscode.l10n.t('The last {0} days', days),
    since: Date.now() - days * dayLength,
  });
  const items: readonly (vscode.QuickPickItem & { readonly since: number | null | undefined })[] = [
    { label: vscode.l10n.t('Everything'), since: null },
    last(30),
    last(365),
    { label: vscode.l10n.t('Since a Day...'), since: undefined },
  ];
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder: vscode.l10n.t('Which part of it') });
  if (picked === undefined) {
    return undefined;
  }
  return picked.since === undefined ? askDay(title) : picked.since;
}

async function askDay(title: string): Promise<number | undefined> {
  const text = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('Since Which Day: YYYY-MM-DD'),
    value: dayText(new Date(Date.now() - 30 * dayLength)),
    validateInput: (value) =>
      dayOf(value) === undefined ? vscode.l10n.t('Type a day such as 2026-01-31.') : undefined,
  });
  return text === undefined ? undefined : dayOf(text);
}

/** The beginning of a day where the person is; undefined for what is none. */
export function dayOf(text: string): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text.trim());
  if (match === null) {
    return undefined;
  }
  const [year, month, day] = match.slice(1).map(Number);
  const date = new Date(year ?? 0, (month ?? 0) - 1, day ?? 0);
  // Of 31 February JavaScript makes a day in March.
  return dayText(date) === match[0] ? date.getTime() : undefined;
}

function dayText(date: Date): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  return `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
