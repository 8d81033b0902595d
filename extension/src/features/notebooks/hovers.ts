import * as vscode from 'vscode';
import { formatBytes, formatDay } from '../../infrastructure/format';
import type { NotebookDescription, NotebookFoundAsset } from '../../protocol/types';
import type { Descriptions } from './descriptions';
import { type ReferenceStore, rangeOf } from './referenceStore';

const versionsShown = 5;

/** What the workspace knows of a reference, when the person points at it. */
export class ReferenceHovers implements vscode.HoverProvider {
  constructor(
    private readonly store: ReferenceStore,
    private readonly descriptions: Descriptions,
    private readonly isEnabled: () => boolean,
  ) {}

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | undefined> {
    const reference = this.isEnabled()
      ? this.store.getCurrent(document).find(({ range }) => rangeOf(range).contains(position))
      : undefined;
    if (reference === undefined) {
      return undefined;
    }
    const description = await this.descriptions.get(document.uri, reference.asset);
    return description === undefined || token.isCancellationRequested
      ? undefined
      : new vscode.Hover(hoverText(description), rangeOf(reference.range));
  }
}

/** Everything comes from a workspace that others write to: it is shown as text, and nothing in it can be clicked. */
export function hoverText(description: NotebookDescription): vscode.MarkdownString {
  const text = new vscode.MarkdownString(undefined, false);
  text.isTrusted = false;
  text.supportHtml = false;
  if (description.state !== 'found' && description.reason !== null) {
    text.appendText(description.reason);
  }
  description.found
    .filter(() => description.state === 'found')
    .forEach((found, index) => {
      if (index > 0) {
        text.appendMarkdown('\n\n---\n\n');
      }
      text.appendMarkdown('**');
      text.appendText(oneLine(found.version === null ? found.name : `${found.name}:${found.version}`));
      text.appendMarkdown('**');
      for (const line of linesOf(found)) {
        text.appendMarkdown('\n\n');
        text.appendText(line);
      }
    });
  if (description.versions.length > 0) {
    text.appendMarkdown('\n\n');
    text.appendText(vscode.l10n.t('Latest versions: {0}', description.versions.slice(0, versionsShown).join(', ')));
  }
  return text;
}

function linesOf(found: NotebookFoundAsset): readonly string[] {
  const { createdAt, createdBy } = found;
  const made =
    createdAt === null
      ? createdBy
      : createdBy === null
        ? formatDay(createdAt)
        : vscode.l10n.t('{0} by {1}', formatDay(createdAt), createdBy);
  const parts = [
    found.type,
    found.stage === null ? null : vscode.l10n.t('Stage {0}', found.stage),
    sizeOf(found),
    found.isArchived ? vscode.l10n.t('archived') : null,
  ].filter((part) => part !== null);
  return [
    parts.join(', '),
    found.description ?? '',
    found.tags.length === 0
      ? ''
      : vscode.l10n.t(
          'Tags: {0}',
          found.tags.map(({ name, value }) => (value === '' ? name : `${name}=${value}`)).join(', '),
        ),
    found.sourceRun === null ? '' : vscode.l10n.t('Run: {0}', found.sourceRun),
    made === null
      ? ''
      : found.kind === 'place'
        ? vscode.l10n.t('Modified: {0}', made)
        : vscode.l10n.t('Created: {0}', made),
  ]
    .map(oneLine)
    .filter((line) => line !== '');
}

/** What was counted, and that there is more where there is. */
function sizeOf({ bytes, files, hasMore }: NotebookFoundAsset): string | null {
  if (bytes === null) {
    return null;
  }
  if (hasMore) {
    return vscode.l10n.t('more than {0} files, over {1}', (files ?? 0).toLocaleString(), formatBytes(bytes));
  }
  return files === null || files === 1
    ? formatBytes(bytes)
    : vscode.l10n.t('{0} files, {1}', files.toLocaleString(), formatBytes(bytes));
}

/** A line of it, and not a page. */
function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300)}...` : line;
}
