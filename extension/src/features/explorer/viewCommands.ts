import * as vscode from 'vscode';
import type { Command } from '../../infrastructure/command';
import { commandIds } from '../../infrastructure/commandIds';
import type { SubscriptionSelection } from '../../infrastructure/subscriptionSelection';
import { server } from '../../protocol/methods';
import type { RunFilter, SubscriptionInfo } from '../../protocol/types';
import type { SidecarClient } from '../../sidecar/client';
import { describeFilter, emptyFilter, type ExplorerFilter, runStatuses } from './runFilter';

/** "Select Subscriptions...". */
export class SelectSubscriptionsCommand implements Command {
  readonly id = commandIds.selectSubscriptions;

  constructor(
    private readonly sidecar: SidecarClient,
    private readonly selection: SubscriptionSelection,
  ) {}

  async execute(): Promise<void> {
    const source = new vscode.CancellationTokenSource();
    try {
      const picked = await vscode.window.showQuickPick(this.items(source.token), {
        title: vscode.l10n.t('Select Subscriptions'),
        placeHolder: vscode.l10n.t('Subscriptions to show in the tree'),
        canPickMany: true,
        matchOnDescription: true,
        ignoreFocusOut: true,
      });
      if (picked !== undefined) {
        await this.selection.choose(picked.map((item) => item.subscription).filter((item) => item !== undefined));
      }
    } finally {
      source.cancel();
      source.dispose();
    }
  }

  private async items(token: vscode.CancellationToken): Promise<SubscriptionItem[]> {
    const { subscriptions, problems } = await this.sidecar.request(server.explorer.subscriptions, {}, token);
    const chosen = this.selection.chosen;
    const ids = new Set(chosen?.map((subscription) => subscription.subscriptionId));
    return [
      ...subscriptions.map((subscription) => ({
        label: subscription.name,
        description: subscription.subscriptionId,
        ...(subscription.state === 'Enabled' ? {} : { detail: subscription.state }),
        picked: chosen === undefined || ids.has(subscription.subscriptionId),
        subscription,
      })),
      ...problems.map((problem) => ({
        label: vscode.l10n.t('Tenant {0}: {1}', problem.tenantId, problem.message),
        kind: vscode.QuickPickItemKind.Separator,
        subscription: undefined,
      })),
    ];
  }
}

interface SubscriptionItem extends vscode.QuickPickItem {
  readonly subscription: SubscriptionInfo | undefined;
}

/** "Filter Runs...": each condition is set by itself, and holds as soon as it is set. */
export class FilterCommand implements Command {
  readonly id = commandIds.filter;

  constructor(private readonly filter: ExplorerFilter) {}

  async execute(): Promise<void> {
    const current = this.filter.runs ?? emptyFilter;
    const any = vscode.l10n.t('any');
    const fields: readonly FilterField[] = [
      {
        label: `$(symbol-text) ${vscode.l10n.t('Name')}`,
        description: current.name ?? any,
        edit: async () => {
          const name = await ask(vscode.l10n.t('Part of the Name or Run ID'), current.name);
          return name === undefined ? undefined : { ...current, name: emptyToNull(name) };
        },
      },
      {
        label: `$(circle-large-outline) ${vscode.l10n.t('Status')}`,
        description: current.statuses.length === 0 ? any : current.statuses.join(', '),
        edit: () => pickStatuses(current),
      },
      {
        label: `$(person) ${vscode.l10n.t('Person')}`,
        description: current.createdBy ?? any,
        edit: async () => {
          const createdBy = await ask(vscode.l10n.t("Part of the Creator's Name"), current.createdBy);
          return createdBy === undefined ? undefined : { ...current, createdBy: emptyToNull(createdBy) };
        },
      },
      {
        label: `$(tag) ${vscode.l10n.t('Tag')}`,
        description: current.tag ?? any,
        edit: async () => {
          const tag = await ask(vscode.l10n.t('Tag: name, or name=value'), current.tag);
          return tag === undefined ? undefined : { ...current, tag: emptyToNull(tag) };
        },
      },
    ];
    const clear: FilterField = {
      label: `$(clear-all) ${vscode.l10n.t('Clear Filter')}`,
      edit: () => Promise.resolve(emptyFilter),
    };
    const field = await vscode.window.showQuickPick(this.filter.runs === null ? fields : [...fields, clear], {
      title: vscode.l10n.t('Filter Runs'),
      placeHolder:
        this.filter.runs === null ? vscode.l10n.t('Show only runs with...') : describeFilter(this.filter.runs),
    });
    const edited = await field?.edit();
    if (edited !== undefined) {
      this.filter.setRuns(edited);
    }
  }
}

interface FilterField extends vscode.QuickPickItem {
  /** @returns the new filter; undefined when the person backed out. */
  edit(): Promise<RunFilter | undefined>;
}

async function pickStatuses(current: RunFilter): Promise<RunFilter | undefined> {
  const picked = await vscode.window.showQuickPick(
    runStatuses.map((label) => ({ label, picked: current.statuses.includes(label) })),
    { title: vscode.l10n.t('Status'), placeHolder: vscode.l10n.t('Any of these; none for all'), canPickMany: true },
  );
  return picked === undefined ? undefined : { ...current, statuses: picked.map((item) => item.label) };
}

function ask(title: string, value: string | null): Thenable<string | undefined> {
  return vscode.window.showInputBox({ title, value: value ?? '', placeHolder: vscode.l10n.t('Empty for any') });
}

function emptyToNull(text: string): string | null {
  const trimmed = text.trim();
  return trimmed === '' ? null : trimmed;
}

/** "Clear Filter". */
export class ClearFilterCommand implements Command {
  readonly id = 'amlData.explorer.clearFilter';

  constructor(private readonly filter: ExplorerFilter) {}

  execute(): void {
    this.filter.setRuns(null);
  }
}

/** "Show Archived" and "Hide Archived". */
export class ArchivedCommand implements Command {
  readonly id: string;

  constructor(
    private readonly filter: ExplorerFilter,
    private readonly include: boolean,
  ) {
    this.id = include ? commandIds.showArchived : 'amlData.explorer.hideArchived';
  }

  execute(): void {
    this.filter.setIncludeArchived(this.include);
  }
}
