import type * as vscode from 'vscode';
import type { CommandRegistrar } from '../../infrastructure/command';
import type { NodeExport } from '../../infrastructure/nodeExport';
import type { NodePicking } from '../../infrastructure/nodePicking';
import type { OperationList } from '../../infrastructure/operationList';
import type { TreeAccess } from '../../infrastructure/treeAccess';
import type { SidecarClient } from '../../sidecar/client';
import { CopyFlow } from './copyFlow';
import { CopyTargets } from './copyTargets';
import { ExportToStorageCommand } from './exportToStorageCommand';

/** Copies in storage: what is too large for one machine goes from container to container. */
export function registerCopies(
  context: vscode.ExtensionContext,
  registrar: CommandRegistrar,
  sidecar: SidecarClient,
  needs: {
    readonly operations: OperationList;
    readonly picker: NodePicking;
    readonly exports: NodeExport;
    readonly tree: TreeAccess;
  },
): void {
  const targets = new CopyTargets(needs.picker, context.workspaceState);
  const flow = new CopyFlow(sidecar, targets, needs.operations, needs.exports);
  registrar.register(new ExportToStorageCommand(flow, needs.picker, needs.tree));
}
