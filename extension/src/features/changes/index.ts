import type * as vscode from 'vscode';
import type { CommandRegistrar } from '../../infrastructure/command';
import type { ChangePlans } from '../../infrastructure/changePlans';
import { commandIds } from '../../infrastructure/commandIds';
import type { ErasePlanning } from '../../infrastructure/erasePlanning';
import type { ErrorPresenter } from '../../infrastructure/errorPresenter';
import type { NodeExport } from '../../infrastructure/nodeExport';
import type { NodePicking } from '../../infrastructure/nodePicking';
import type { OperationList } from '../../infrastructure/operationList';
import type { Settings } from '../../infrastructure/settings';
import type { DeletionShowing } from '../../infrastructure/shownPlans';
import type { TreeAccess } from '../../infrastructure/treeAccess';
import type { SidecarClient } from '../../sidecar/client';
import { BulkFilterForm } from './bulkFilter';
import { ChangeFlow } from './changeFlow';
import { KindCommand, MatchingCommand, OperationPlanCommand, VerbCommand } from './commands';
import { ExportFirst } from './exportFirst';
import { titleOf } from './titles';
import { paletteCommands, verbs } from './verbs';

/** Archive, restore, unregister, delete: the commands, their questions, and the page with the plan. */
export function registerChanges(
  context: vscode.ExtensionContext,
  registrar: CommandRegistrar,
  sidecar: SidecarClient,
  settings: Settings,
  operations: OperationList,
  picker: NodePicking,
  exports: NodeExport,
  tree: TreeAccess,
  errors: ErrorPresenter,
): ChangePlans & DeletionShowing & ErasePlanning {
  const form = new BulkFilterForm();
  const exportFirst = new ExportFirst(sidecar, exports, operations);
  const flow = new ChangeFlow(sidecar, settings, operations, tree, exportFirst, form, context.extensionUri, errors);
  context.subscriptions.push(flow, exportFirst);
  registrar.register(
    ...Object.values(verbs).map((verb) => new VerbCommand(verb, titleOf(verb.id), flow, tree)),
    ...paletteCommands.map((command) => new KindCommand(command, titleOf(command.id), flow, tree, picker)),
    ...[verbs.delete, verbs.archive].map(
      (verb) => new MatchingCommand(verb, titleOf(`${verb.id}Matching`), flow, tree, picker),
    ),
    new OperationPlanCommand(
      commandIds.restoreOperation,
      'restore',
      'restore',
      titleOf('restoreOperation'),
      operations,
      flow,
    ),
    new OperationPlanCommand(
      commandIds.undeleteOperation,
      'undelete',
      'undelete',
      titleOf('undeleteOperation'),
      operations,
      flow,
    ),
    new OperationPlanCommand(
      commandIds.archiveInstead,
      'archiveInstead',
      'archive',
      titleOf('archiveInstead'),
      operations,
      flow,
    ),
  );
  return flow;
}
