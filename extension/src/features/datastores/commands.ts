import * as vscode from 'vscode';
import type { Command } from '../../infrastructure/command';
import { commandIds } from '../../infrastructure/commandIds';
import { formatBytes } from '../../infrastructure/format';
import { nodesOf } from '../../infrastructure/nodeHandle';
import type { NodePicking, PickGoal } from '../../infrastructure/nodePicking';
import { server } from '../../protocol/methods';
import type { TreeNode } from '../../protocol/types';
import type { SidecarClient } from '../../sidecar/client';
import type { DatastoreFileSystem } from './fileSystem';
import { fileUriOf, nodeIdOf } from './fileUri';

/** "Open": a click on a file, its menu, or a file picked by the way. What is open already is read anew. */
export class OpenFileCommand implements Command {
  readonly id = commandIds.openFile;

  constructor(
    private readonly sidecar: SidecarClient,
    private readonly files: DatastoreFileSystem,
    private readonly picker: NodePicking,
  ) {}

  async execute(...args: readonly unknown[]): Promise<void> {
    let nodes = nodesOf(args).filter((node) => node.actions.includes('open'));
    if (args.length === 0) {
      const goal: PickGoal = { title: vscode.l10n.t('Open File'), actions: ['open'], kinds: ['file'], many: false };
      nodes = [...((await this.picker.pick(goal)) ?? [])];
    }
    for (const node of nodes) {
      await this.open(node, nodes.length === 1);
    }
  }

  private async open(node: TreeNode, preview: boolean): Promise<void> {
    const stat = await this.sidecar.request(server.datastores.stat, { nodeId: node.id });
    if (stat.bytes > stat.maxBytes) {
      await offerDownload(node, stat.bytes, stat.maxBytes);
      return;
    }
    const uri = fileUriOf(node);
    this.files.refresh(uri);
    await vscode.commands.executeCommand('vscode.open', uri, { preview });
  }
}

async function offerDownload(node: TreeNode, bytes: number, limit: number): Promise<void> {
  const download = vscode.l10n.t('Download...');
  const picked = await vscode.window.showWarningMessage(
    vscode.l10n.t(
      '{0} has {1}; files up to {2} are opened here. Download it instead.',
      node.label,
      formatBytes(bytes),
      formatBytes(limit),
    ),
    download,
  );
  if (picked === download) {
    await vscode.commands.executeCommand(commandIds.download, { node });
  }
}

/** "Refresh" in the title of an opened file. */
export class RefreshFileCommand implements Command {
  readonly id = 'amlData.datastores.refreshFile';

  constructor(private readonly files: DatastoreFileSystem) {}

  execute(...args: readonly unknown[]): void {
    const [uri] = args;
    const opened = uri instanceof vscode.Uri ? uri : activeUri();
    if (opened !== undefined && nodeIdOf(opened) !== undefined) {
      this.files.refresh(opened);
    }
  }
}

function activeUri(): vscode.Uri | undefined {
  return uriOfTab(vscode.window.tabGroups.activeTabGroup.activeTab);
}

/** The address of what a tab shows: a text, a notebook, or an image. */
export function uriOfTab(tab: vscode.Tab | undefined): vscode.Uri | undefined {
  const input: unknown = tab?.input;
  return typeof input === 'object' && input !== null && 'uri' in input && input.uri instanceof vscode.Uri
    ? input.uri
    : undefined;
}

/** "Copy Path": in the datastore. */
export class CopyPathCommand implements Command {
  readonly id = 'amlData.datastores.copyPath';

  execute(...args: readonly unknown[]): Promise<void> {
    return copy(nodesOf(args).map((node) => (node.actions.includes('copyPath') ? node.resource?.name : undefined)));
  }
}

/** "Copy azureml:// URI". */
export class CopyUriCommand implements Command {
  readonly id = 'amlData.datastores.copyUri';

  execute(...args: readonly unknown[]): Promise<void> {
    return copy(nodesOf(args).map((node) => node.resource?.dataUri));
  }
}

async function copy(texts: readonly (string | null | undefined)[]): Promise<void> {
  const known = texts.filter((text) => text !== null && text !== undefined && text !== '');
  if (known.length > 0) {
    await vscode.env.clipboard.writeText(known.join('\n'));
  }
}
