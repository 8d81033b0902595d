import * as vscode from 'vscode';
import type { TreeNode } from '../../protocol/types';

/** Files of datastores and runs in the editor: read-only, fetched when opened. */
export const scheme = 'amldata';

/**
 * The address of a file: its place for people (the tab's name and language come of it), its node for the sidecar. It
 * holds no secret, and means the same after a restart.
 */
export function fileUriOf(node: TreeNode): vscode.Uri {
  const path = node.resource?.name ?? node.label;
  return vscode.Uri.from({ scheme, path: `/${path.replace(/^\/+/, '')}`, query: node.id });
}

/** The node of a file; undefined for addresses that are none of ours, such as a folder that VS Code made up from one. */
export function nodeIdOf(uri: vscode.Uri): string | undefined {
  return uri.scheme === scheme && /^[\w-]+$/.test(uri.query) ? uri.query : undefined;
}
