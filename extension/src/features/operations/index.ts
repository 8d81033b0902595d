import * as vscode from 'vscode';
import type { CommandRegistrar } from '../../infrastructure/command';
import { setContextKey } from '../../infrastructure/contextKeys';
import type { ErrorPresenter } from '../../infrastructure/errorPresenter';
import type { NodePicking } from '../../infrastructure/nodePicking';
import type { FoundExport, NodeExport } from '../../infrastructure/nodeExport';
import type { OperationList } from '../../infrastructure/operationList';
import { messageOf } from '../../infrastructure/problem';
import type { Settings } from '../../infrastructure/settings';
import type { ExportShowing } from '../../infrastructure/shownPlans';
import type { SubscriptionSelection } from '../../infrastructure/subscriptionSelection';
import type { TreeAccess } from '../../infrastructure/treeAccess';
import type { SidecarClient } from '../../sidecar/client';
import { ExportCommand } from './exportCommand';
import { ExportFlow } from './exportFlow';
import { exportKinds } from './exportKinds';
import { FinishNotifier } from './finishNotifier';
import { RecentFolders } from './folders';
import { NodePicker } from './nodePicker';
import {
  ClearFinishedCommand,
  DiscardCommand,
  ReceiptCommand,
  RefreshOperationsCommand,
  RevealCommand,
  stateCommands,
} from './operationCommands';
import { OperationsModel } from './operationsModel';
import { OperationRow, OperationsProvider } from './operationsProvider';

const viewId = 'amlData.operations';

/** Milliseconds between two looks at the work of other windows. */
const watchInterval = 5000;

/** The Operations view, and the commands that make operations. */
export function registerOperations(
  context: vscode.ExtensionContext,
  registrar: CommandRegistrar,
  sidecar: SidecarClient,
  settings: Settings,
  selection: SubscriptionSelection,
  tree: TreeAccess,
  errors: ErrorPresenter,
  log: vscode.LogOutputChannel,
): {
  readonly operations: OperationList;
  readonly picker: NodePicking;
  readonly exports: NodeExport & FoundExport & ExportShowing;
} {
  const model = new OperationsModel(sidecar);
  const provider = new OperationsProvider(model, errors);
  const view = vscode.window.createTreeView(viewId, { treeDataProvider: provider });
  const flow = new ExportFlow(sidecar, settings, new RecentFolders(context.workspaceState), model);
  const picker = new NodePicker(sidecar, selection);
  const reload = (): void => {
    model.reload().catch((error: unknown) => {
      log.warn(`operations/list: ${messageOf(error)}`);
    });
  };
  registrar.register(
    ...exportKinds().map((kind) => new ExportCommand(kind, flow, picker, tree, () => model.show())),
    ...stateCommands(sidecar, model),
    new DiscardCommand(sidecar, model),
    new ClearFinishedCommand(sidecar, model),
    new RefreshOperationsCommand(model),
    new ReceiptCommand(sidecar, model),
    new RevealCommand(model),
  );
  const watch = setInterval(() => {
    if (view.visible && model.watchesOthers) {
      reload();
    }
  }, watchInterval);
  context.subscriptions.push(
    model,
    provider,
    view,
    new FinishNotifier(model, (error) => {
      errors.write(error, viewId);
    }),
    new vscode.Disposable(() => {
      clearInterval(watch);
    }),
    model.onDidChange(() => {
      setContextKey('amlData.hasFinished', model.hasFinished);
      setContextKey('amlData.downloaded', model.hasDownloaded);
      const count = model.activeCount;
      if ((view.badge?.value ?? 0) !== count) {
        view.badge =
          count === 0
            ? undefined
            : {
                value: count,
                tooltip:
                  count === 1
                    ? vscode.l10n.t('1 operation is running')
                    : vscode.l10n.t('{0} operations are running', count),
              };
      }
    }),
    view.onDidChangeSelection(({ selection }) => {
      model.select(selection.flatMap((row) => (row instanceof OperationRow ? [row.operationId] : [])));
    }),
    view.onDidChangeVisibility(({ visible }) => {
      // Other windows may have added to the record meanwhile.
      if (visible) {
        reload();
      }
    }),
  );
  return { operations: model, picker, exports: flow };
}
