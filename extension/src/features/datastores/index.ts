import * as vscode from 'vscode';
import type { CommandRegistrar } from '../../infrastructure/command';
import type { NodePicking } from '../../infrastructure/nodePicking';
import type { SidecarClient } from '../../sidecar/client';
import { CopyPathCommand, CopyUriCommand, OpenFileCommand, RefreshFileCommand, uriOfTab } from './commands';
import { DatastoreFileSystem } from './fileSystem';
import { nodeIdOf, scheme } from './fileUri';

/** Files of datastores and runs in the editor, and what can be copied of them. */
export function registerDatastores(
  context: vscode.ExtensionContext,
  registrar: CommandRegistrar,
  sidecar: SidecarClient,
  picker: NodePicking,
): void {
  const files = new DatastoreFileSystem(sidecar);
  registrar.register(
    new OpenFileCommand(sidecar, files, picker),
    new RefreshFileCommand(files),
    new CopyPathCommand(),
    new CopyUriCommand(),
  );
  context.subscriptions.push(
    files,
    vscode.workspace.registerFileSystemProvider(scheme, files, { isReadonly: true, isCaseSensitive: true }),
    vscode.window.tabGroups.onDidChangeTabs((event) => {
      for (const tab of event.closed) {
        const uri = uriOfTab(tab);
        if (uri !== undefined && nodeIdOf(uri) !== undefined && !isShown(uri)) {
          files.cancel(uri);
        }
      }
    }),
  );
}

function isShown(uri: vscode.Uri): boolean {
  const wanted = uri.toString();
  return vscode.window.tabGroups.all.some((group) => group.tabs.some((tab) => uriOfTab(tab)?.toString() === wanted));
}
