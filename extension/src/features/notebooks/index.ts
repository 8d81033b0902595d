import * as vscode from 'vscode';
import type { CommandRegistrar } from '../../infrastructure/command';
import { setContextKey } from '../../infrastructure/contextKeys';
import type { NodeExport } from '../../infrastructure/nodeExport';
import type { NodePicking } from '../../infrastructure/nodePicking';
import type { OperationList } from '../../infrastructure/operationList';
import { isCancellation, messageOf } from '../../infrastructure/problem';
import { Settings } from '../../infrastructure/settings';
import type { SignInState } from '../../infrastructure/signInState';
import type { SubscriptionSelection } from '../../infrastructure/subscriptionSelection';
import type { SidecarClient } from '../../sidecar/client';
import { ChooseWorkspaceCommand, DownloadReferenceCommand, ExportModelCommand } from './commands';
import { Descriptions } from './descriptions';
import { cellScheme, DocumentTracker, notebookType } from './documentTracker';
import { DownloadFlow } from './downloadFlow';
import { ReferenceHovers } from './hovers';
import { CodeInserter } from './insertCode';
import { CellItems, ReferenceLenses } from './lenses';
import { MissingReferences } from './missing';
import { ReferenceStore } from './referenceStore';
import { Workspaces } from './workspaces';

const files: vscode.DocumentSelector = [
  { language: 'python', scheme: 'file' },
  { language: 'python', scheme: 'untitled' },
];
const code: vscode.DocumentSelector = [
  { language: 'python', scheme: 'file' },
  { language: 'python', scheme: 'untitled' },
  { language: 'python', scheme: cellScheme },
];

/** What other features lend to notebooks. */
export interface NotebookNeeds {
  readonly picker: NodePicking;
  readonly exports: NodeExport;
  readonly operations: OperationList;
  readonly account: SignInState & { readonly onDidChange: vscode.Event<void> };
}

/** References to models and data in notebooks and Python files. */
export function registerNotebooks(
  context: vscode.ExtensionContext,
  registrar: CommandRegistrar,
  sidecar: SidecarClient,
  settings: Settings,
  selection: SubscriptionSelection,
  needs: NotebookNeeds,
  log: vscode.LogOutputChannel,
): void {
  const isEnabled = (): boolean => settings.notebooksEnabled;
  // Nobody asked for any of this: it is written down, and shown only when somebody clicks.
  const quietly = (error: unknown): void => {
    if (!isCancellation(error)) {
      log.debug(`notebooks: ${messageOf(error)}`);
    }
  };
  const store = new ReferenceStore();
  const tracker = new DocumentTracker(sidecar, store, isEnabled, quietly);
  const workspaces = new Workspaces(sidecar, selection, needs.picker, context.workspaceState);
  const descriptions = new Descriptions(sidecar, workspaces, quietly);
  const missing = new MissingReferences(store, descriptions, quietly);
  const flow = new DownloadFlow(workspaces, descriptions, needs.exports, needs.operations, new CodeInserter(sidecar));
  registrar.register(
    new DownloadReferenceCommand(flow),
    new ExportModelCommand(flow, store, needs.picker),
    new ChooseWorkspaceCommand(workspaces),
  );
  const again = (): void => {
    descriptions.forget();
    missing.lookAtAll();
  };
  const showButton = (): void => {
    const document = vscode.window.activeTextEditor?.document;
    setContextKey('amlData.pythonReferences', document !== undefined && store.get(document).length > 0);
  };
  context.subscriptions.push(
    store,
    tracker,
    missing,
    vscode.languages.registerCodeLensProvider(files, new ReferenceLenses(store, isEnabled)),
    vscode.notebooks.registerNotebookCellStatusBarItemProvider(notebookType, new CellItems(store, isEnabled)),
    vscode.languages.registerHoverProvider(code, new ReferenceHovers(store, descriptions, isEnabled)),
    vscode.languages.registerCodeActionsProvider(code, missing, MissingReferences.metadata),
    store.onDidChange(showButton),
    vscode.window.onDidChangeActiveTextEditor(showButton),
    workspaces.onDidChange(again),
    vscode.workspace.onDidGrantWorkspaceTrust(again),
    selection.onDidChange(again),
    needs.account.onDidChange(again),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (Settings.concernsNotebooks(event)) {
        if (!isEnabled()) {
          tracker.stop();
        }
        tracker.look();
      }
    }),
  );
  tracker.look();
}
