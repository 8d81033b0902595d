import * as vscode from 'vscode';
import type { CommandRegistrar } from '../../infrastructure/command';
import { setContextKey } from '../../infrastructure/contextKeys';
import type { ErrorPresenter } from '../../infrastructure/errorPresenter';
import type { SignInState } from '../../infrastructure/signInState';
import type { SubscriptionSelection } from '../../infrastructure/subscriptionSelection';
import type { SidecarClient } from '../../sidecar/client';
import { ExplorerProvider } from './explorerProvider';
import { ExplorerTree } from './explorerTree';
import {
  CopyIdCommand,
  CopyNameCommand,
  LoadMoreCommand,
  OpenInPortalCommand,
  OpenInStudioCommand,
  RefreshCommand,
  RefreshNodeCommand,
  RunNodeActionCommand,
} from './nodeCommands';
import { describeFilter, ExplorerFilter } from './runFilter';
import { ArchivedCommand, ClearFilterCommand, FilterCommand, SelectSubscriptionsCommand } from './viewCommands';

const viewId = 'amlData.explorer';

/** The tree of what there is, its filter and the commands on its nodes. */
export function registerExplorer(
  context: vscode.ExtensionContext,
  registrar: CommandRegistrar,
  sidecar: SidecarClient,
  signIn: SignInState,
  selection: SubscriptionSelection,
  errors: ErrorPresenter,
  log: vscode.LogOutputChannel,
): ExplorerTree {
  const filter = new ExplorerFilter();
  const provider = new ExplorerProvider(sidecar, signIn, selection, filter, errors, log);
  setContextKey('amlData.subscriptionsChosen', selection.chosen !== undefined);
  const view = vscode.window.createTreeView(viewId, {
    treeDataProvider: provider,
    showCollapseAll: true,
    canSelectMany: true,
  });
  registrar.register(
    new LoadMoreCommand(provider, viewId),
    new RefreshCommand(provider),
    new RefreshNodeCommand(provider),
    new RunNodeActionCommand(provider),
    new CopyNameCommand(),
    new CopyIdCommand(),
    new OpenInStudioCommand(),
    new OpenInPortalCommand(),
    new SelectSubscriptionsCommand(sidecar, selection),
    new FilterCommand(filter),
    new ClearFilterCommand(filter),
    new ArchivedCommand(filter, true),
    new ArchivedCommand(filter, false),
  );
  context.subscriptions.push(
    filter,
    provider,
    view,
    view.onDidCollapseElement((event) => {
      provider.collapsed(event.element);
    }),
    selection.onDidChange(() => {
      setContextKey('amlData.subscriptionsChosen', selection.chosen !== undefined);
      provider.redraw();
    }),
    filter.onDidChange(() => {
      setContextKey('amlData.filtered', filter.runs !== null);
      setContextKey('amlData.showArchived', filter.includeArchived);
      view.message = filter.runs === null ? '' : vscode.l10n.t('Filter: {0}', describeFilter(filter.runs));
      provider.redraw();
    }),
  );
  return new ExplorerTree(provider, view);
}
