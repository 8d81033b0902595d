import * as vscode from 'vscode';
import { formatBytes } from '../../infrastructure/format';
import { server } from '../../protocol/methods';
import type { PlanItem, PlanResult } from '../../protocol/types';
import type { SidecarClient } from '../../sidecar/client';

interface FileItem extends vscode.QuickPickItem {
  readonly more?: true;
}

const pageSize = 200;

/** Shows the files of a plan, page by page, until the person goes back. */
export async function showPlanFiles(sidecar: SidecarClient, plan: PlanResult): Promise<void> {
  const pick = vscode.window.createQuickPick<FileItem>();
  const cancellation = new vscode.CancellationTokenSource();
  pick.title = plan.title;
  pick.placeholder = vscode.l10n.t('Escape goes back');
  pick.buttons = [vscode.QuickInputButtons.Back];
  pick.ignoreFocusOut = true;
  try {
    await new Promise<void>((resolve, reject) => {
      let files: readonly FileItem[] = [];
      const load = async (pageToken: string | null): Promise<void> => {
        pick.busy = true;
        const page = await sidecar.request(
          server.operations.planItems,
          { planId: plan.planId, pageToken, pageSize, order: 'plan', descending: false, search: null },
          cancellation.token,
        );
        files = [...files, ...page.items.map(fileItem)];
        nextPageToken = page.nextPageToken;
        pick.items =
          nextPageToken === null
            ? files
            : [...files, { label: `$(ellipsis) ${vscode.l10n.t('Load more...')}`, alwaysShow: true, more: true }];
        pick.busy = false;
      };
      let nextPageToken: string | null = null;
      pick.onDidAccept(() => {
        if (pick.selectedItems[0]?.more === true) {
          load(nextPageToken).catch(reject);
        }
      });
      pick.onDidTriggerButton(() => {
        resolve();
      });
      pick.onDidHide(() => {
        resolve();
      });
      pick.show();
      load(null).catch(reject);
    });
  } finally {
    cancellation.cancel();
    cancellation.dispose();
    pick.dispose();
  }
}

function fileItem(item: PlanItem): FileItem {
  return {
    label: item.path,
    ...(item.bytes === null ? {} : { description: formatBytes(item.bytes) }),
    ...(item.note === null ? {} : { detail: item.note }),
  };
}
