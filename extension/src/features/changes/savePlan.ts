import { homedir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { PlanFormat } from '../../protocol/types';

/** Asks where a plan is to be written. @returns an absolute path; undefined when the person backed out. */
export async function askPlanPath(title: string, format: PlanFormat): Promise<string | undefined> {
  const extension = format === 'json' ? 'json' : 'md';
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri.fsPath ?? homedir();
  const picked = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save Plan'),
    defaultUri: vscode.Uri.file(join(folder, `${fileNameOf(title)}.${extension}`)),
    filters: format === 'json' ? { JSON: ['json'] } : { Markdown: ['md'] },
  });
  return picked?.fsPath;
}

/** A title with nothing in it that a file name cannot hold. */
export function fileNameOf(title: string): string {
  const name = title
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 80);
  return name === '' ? 'plan' : `plan-${name}`;
}
