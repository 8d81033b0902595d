import { readdir, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { formatCount } from '../../infrastructure/format';
import { server } from '../../protocol/methods';
import type { PlanResult } from '../../protocol/types';
import type { SidecarClient } from '../../sidecar/client';

const key = 'amlData.download.folders';
const remembered = 3;
/** Plans with more items than this are compared with the folder by whether it holds anything at all. */
const comparable = 500;

/** The folders used last, newest first. */
export class RecentFolders {
  constructor(private readonly state: vscode.Memento) {}

  get all(): readonly string[] {
    return this.state.get<readonly string[]>(key) ?? [];
  }

  async use(folder: string): Promise<void> {
    await this.state.update(key, [folder, ...this.all.filter((other) => other !== folder)].slice(0, remembered));
  }
}

/** The machine files land on when it is not the one the person sits at; undefined when it is. */
export function remoteHost(): string | undefined {
  return vscode.env.remoteName === undefined ? undefined : `${hostname()} (${vscode.env.remoteName})`;
}

/** What stands in the way of a plan in a folder, for a question to the person; undefined when nothing does. */
export async function findExisting(
  sidecar: SidecarClient,
  plan: PlanResult,
  folder: string,
): Promise<string | undefined> {
  if (plan.suggestedFolderName !== null) {
    const target = join(folder, plan.suggestedFolderName);
    return (await holdsAnything(target))
      ? vscode.l10n.t('The folder "{0}" exists.', plan.suggestedFolderName)
      : undefined;
  }
  if (plan.items > comparable) {
    return (await holdsAnything(folder)) ? vscode.l10n.t('The folder holds files.') : undefined;
  }
  const { items } = await sidecar.request(server.operations.planItems, {
    planId: plan.planId,
    pageToken: null,
    pageSize: comparable,
    order: 'plan',
    descending: false,
    search: null,
  });
  let found = 0;
  let first = '';
  for (const item of items) {
    if (await exists(join(folder, item.path))) {
      found++;
      first ||= item.path;
    }
  }
  if (found === 0) {
    return undefined;
  }
  return found === 1
    ? vscode.l10n.t('The file "{0}" exists.', first)
    : vscode.l10n.t('{0} of the files exist.', formatCount(found));
}

async function holdsAnything(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length > 0;
  } catch {
    // A file of that name, or a folder that cannot be read: the sidecar says what is wrong with it.
    return exists(folder);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}
