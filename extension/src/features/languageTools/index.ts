import * as vscode from 'vscode';
import type { ErrorPresenter } from '../../infrastructure/errorPresenter';
import type { DeletionShowing, ExportShowing } from '../../infrastructure/shownPlans';
import type { SubscriptionSelection } from '../../infrastructure/subscriptionSelection';
import type { SidecarClient } from '../../sidecar/client';
import { Handles } from './handles';
import { FindRunsTool, ListModelsTool } from './listTools';
import { PlanDeletionTool, PlanExportTool } from './planTools';
import { TreeReader } from './treeReader';

/** Tools for chat. They read lists and open plans; a plan is carried out by the person, where it is shown. */
export function registerLanguageTools(
  context: vscode.ExtensionContext,
  sidecar: SidecarClient,
  selection: SubscriptionSelection,
  plans: { readonly exports: ExportShowing; readonly deletions: DeletionShowing },
  errors: ErrorPresenter,
): void {
  const handles = new Handles();
  const tree = new TreeReader(sidecar, selection);
  const later = (error: unknown): void => {
    // To try again is to plan again, which the chat does.
    void errors.present(error, 'amlData_planExport', () => Promise.resolve());
  };
  context.subscriptions.push(
    vscode.lm.registerTool('amlData_findRuns', new FindRunsTool(tree, handles)),
    vscode.lm.registerTool('amlData_listModels', new ListModelsTool(tree, handles)),
    vscode.lm.registerTool('amlData_planExport', new PlanExportTool(handles, plans.exports, later)),
    vscode.lm.registerTool('amlData_planDeletion', new PlanDeletionTool(handles, plans.deletions)),
  );
}
