import * as vscode from 'vscode';
import type { WorkspaceExport } from '../../protocol/types';

interface PartItem extends vscode.QuickPickItem {
  readonly part: keyof WorkspaceExport;
}

/**
 * Asks what of a workspace is taken; all of it unless something is unticked.
 * @returns the parts; undefined when the person backed out or unticked everything.
 */
export async function askWorkspaceParts(title: string): Promise<WorkspaceExport | undefined> {
  const items: readonly PartItem[] = [
    {
      part: 'models',
      label: vscode.l10n.t('Models'),
      description: vscode.l10n.t('the files of all versions'),
      picked: true,
    },
    { part: 'runs', label: vscode.l10n.t('Runs'), description: vscode.l10n.t('outputs and logs'), picked: true },
    {
      part: 'notebooks',
      label: vscode.l10n.t('Notebooks'),
      description: vscode.l10n.t('the whole file share'),
      picked: true,
    },
    {
      part: 'data',
      label: vscode.l10n.t('Data'),
      description: vscode.l10n.t('the files of all versions of data assets, and datasets (v1)'),
      picked: true,
    },
    {
      part: 'record',
      label: vscode.l10n.t('Record'),
      description: vscode.l10n.t('what the services say about everything in it, as lists'),
      picked: true,
    },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: vscode.l10n.t('All in one operation; nothing is deleted yet'),
    canPickMany: true,
    ignoreFocusOut: true,
  });
  if (picked === undefined || picked.length === 0) {
    return undefined;
  }
  const has = (part: keyof WorkspaceExport): boolean => picked.some((item) => item.part === part);
  return {
    models: has('models'),
    runs: has('runs'),
    notebooks: has('notebooks'),
    data: has('data'),
    record: has('record'),
  };
}
