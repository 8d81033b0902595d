import * as vscode from 'vscode';
import type { NodePicking } from '../../infrastructure/nodePicking';
import type { CopyTo, TreeNode } from '../../protocol/types';

const key = 'amlData.copies.targets';
const remembered = 3;

/** A place in storage to copy to, with what people call it. */
export interface CopyTarget {
  readonly label: string;
  readonly to: CopyTo;
}

interface TargetItem extends vscode.QuickPickItem {
  readonly target?: CopyTarget;
  readonly ask?: 'datastore' | 'address';
}

/** Asks where a copy goes: a place used last, a datastore or a folder in one, or a container's address. */
export class CopyTargets {
  constructor(
    private readonly picker: NodePicking,
    private readonly state: vscode.Memento,
  ) {}

  /** @param problem what was wrong with the target chosen before. @returns undefined when the person backed out. */
  async ask(title: string, problem?: string): Promise<CopyTarget | undefined> {
    const items: readonly TargetItem[] = [
      ...(problem === undefined ? [] : [problemItem(problem)]),
      ...this.recent.map((target) => ({
        label: `$(${target.to.nodeId === null ? 'link' : 'database'}) ${target.label}`,
        description: vscode.l10n.t('used last'),
        target,
      })),
      {
        label: `$(database) ${vscode.l10n.t('Datastore or a Folder in One...')}`,
        description: vscode.l10n.t('of any workspace, with its own key, signature or your sign-in'),
        ask: 'datastore',
      },
      {
        label: `$(link) ${vscode.l10n.t('Address of a Container...')}`,
        description: vscode.l10n.t('of any storage account of this cloud, with your sign-in'),
        ask: 'address',
      },
    ];
    const picked = await vscode.window.showQuickPick(items, {
      title,
      placeHolder: vscode.l10n.t('Where to copy to'),
      ignoreFocusOut: true,
    });
    switch (picked?.ask) {
      case 'datastore':
        return this.pickDatastore(title);
      case 'address':
        return this.askAddress(title);
      default:
        return picked?.target;
    }
  }

  /** Remembers a target that a copy was started to. */
  async use(target: CopyTarget): Promise<void> {
    const others = this.recent.filter((other) => other.label !== target.label);
    await this.state.update(key, [target, ...others].slice(0, remembered));
  }

  private get recent(): readonly CopyTarget[] {
    return this.state.get<readonly CopyTarget[]>(key) ?? [];
  }

  private async pickDatastore(title: string): Promise<CopyTarget | undefined> {
    const picked = await this.picker.pick({
      title,
      actions: ['refresh'],
      kinds: ['datastore', 'folder'],
      many: false,
      takeParent: (node) => vscode.l10n.t('Copy to {0}', node.label),
    });
    const [node] = picked ?? [];
    return node === undefined ? undefined : { label: labelOf(node), to: { nodeId: node.id, address: null } };
  }

  private async askAddress(title: string): Promise<CopyTarget | undefined> {
    const text = await vscode.window.showInputBox({
      title,
      prompt: vscode.l10n.t('A container, and a folder in it if you like; the container must be there'),
      placeHolder: 'https://account.blob.core.windows.net/container/folder',
      ignoreFocusOut: true,
      validateInput: checkAddress,
    });
    const address = text?.trim();
    return address === undefined ? undefined : { label: address, to: { nodeId: null, address } };
  }
}

/** The sidecar decides; this only tells early what it will refuse, before a secret is sent or kept. */
export function checkAddress(text: string): string | undefined {
  const value = text.trim();
  if (!value.startsWith('https://')) {
    return vscode.l10n.t('The address begins with https://');
  }
  return value.includes('?') || value.includes('#')
    ? vscode.l10n.t('Leave out all from the question mark on: a signature (SAS) would have to be kept')
    : undefined;
}

function labelOf(node: TreeNode): string {
  const uri = node.resource?.dataUri ?? null;
  const place = uri === null ? null : /\/datastores\/([^/]+)\/paths\/(.*)$/.exec(uri);
  const path = place?.[2] ?? '';
  return place === null || path === '' ? node.label : `${place[1] ?? ''}: ${path}`;
}

/** A row does not wrap: what happened stands above what to do. */
function problemItem(problem: string): TargetItem {
  const end = problem.indexOf('. ');
  return end < 0
    ? { label: `$(error) ${problem}`, alwaysShow: true }
    : { label: `$(error) ${problem.slice(0, end + 1)}`, detail: problem.slice(end + 2), alwaysShow: true };
}
