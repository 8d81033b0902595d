import * as vscode from 'vscode';
import type { NotebookAsset, NotebookReference } from '../../protocol/types';

/** `churn:3`, `churn@latest`, or the address of a place. */
export function assetName(asset: NotebookAsset): string {
  if (asset.version !== null) {
    return `${asset.name}:${asset.version}`;
  }
  return asset.label === null ? asset.name : `${asset.name}@${asset.label}`;
}

/** One text for one thing. */
export function assetKey(asset: NotebookAsset): string {
  return JSON.stringify([asset.kind, asset.name, asset.version, asset.label, asset.registry, asset.workspace]);
}

/** What to download, in words. */
export function downloadTitle(asset: NotebookAsset): string {
  switch (asset.kind) {
    case 'model':
      return vscode.l10n.t('Download model {0}', assetName(asset));
    case 'data':
      return vscode.l10n.t('Download data {0}', assetName(asset));
    case 'any':
      return vscode.l10n.t('Download {0}', assetName(asset));
    case 'place':
      return vscode.l10n.t('Download {0}', placeName(asset.name));
  }
}

/** Each thing once, in the order of its first reference. */
export function distinct(references: readonly NotebookReference[]): readonly NotebookReference[] {
  const seen = new Set<string>();
  return references.filter(({ asset }) => !seen.has(assetKey(asset)) && seen.add(assetKey(asset)));
}

/** The last part of an address, for a label: a file, a folder, an output, a datastore. */
function placeName(address: string): string {
  const parts = address.split('/').filter((part) => part !== '' && part !== 'paths');
  return parts.at(-1) ?? address;
}
