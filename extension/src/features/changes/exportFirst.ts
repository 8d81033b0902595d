import * as vscode from 'vscode';
import type { NodeExport } from '../../infrastructure/nodeExport';
import type { OperationList } from '../../infrastructure/operationList';
import { Problem } from '../../infrastructure/problem';
import { server } from '../../protocol/methods';
import type { OperationSummary } from '../../protocol/types';
import type { SidecarClient } from '../../sidecar/client';

/** Codes that say that a workspace is not there any more. */
const gone: ReadonlySet<string> = new Set(['workspace.notFound', 'resourceGroup.notFound', 'subscription.notFound']);

/** Exports of workspaces that are asked for before their deletion, and what is to be done when one has ended. */
export class ExportFirst implements vscode.Disposable {
  private readonly waiting = new Map<string, (operation: OperationSummary) => void>();
  private readonly subscription: vscode.Disposable;

  constructor(
    private readonly sidecar: SidecarClient,
    private readonly exports: NodeExport,
    private readonly operations: OperationList,
  ) {
    this.subscription = operations.onDidFinish((operation) => {
      const then = this.waiting.get(operation.id);
      this.waiting.delete(operation.id);
      then?.(operation);
    });
  }

  /**
   * Asks what is exported and where to, and starts it.
   * @param goOn goes back to the deletion; offered with the message at the export's end.
   * @param ended told of the export's end.
   * @returns the export; undefined when the person backed out.
   */
  async start(
    nodeIds: readonly string[],
    goOn: () => Promise<void>,
    ended: (operation: OperationSummary) => void,
  ): Promise<OperationSummary | undefined> {
    const operation = await this.exports.startWorkspaces(vscode.l10n.t('Export First'), nodeIds);
    if (operation === undefined) {
      return undefined;
    }
    const known = this.operations.get(operation.id) ?? operation;
    const isOpen = (): Promise<boolean> => this.isAnyLeft(nodeIds);
    this.operations.offer(operation.id, {
      title: vscode.l10n.t('Go On to Delete...'),
      isOpen,
      run: async () => {
        // The message may have been standing for long.
        if (await isOpen()) {
          await goOn();
        } else {
          void vscode.window.showInformationMessage(
            vscode.l10n.t('There is nothing left to delete: the workspace is gone already.'),
          );
        }
      },
    });
    if (isOver(known)) {
      ended(known);
    } else {
      this.waiting.set(operation.id, ended);
    }
    await this.operations.show();
    return operation;
  }

  /** Whether one of the workspaces is still there. What cannot be told is taken for there: the plan says what it is. */
  private async isAnyLeft(nodeIds: readonly string[]): Promise<boolean> {
    const states = await Promise.all(
      nodeIds.map((text) =>
        this.sidecar.request(server.explorer.locate, { text, workspaceNodeId: null }).then(
          () => true,
          (error: unknown) => !(error instanceof Problem && gone.has(error.code)),
        ),
      ),
    );
    return states.includes(true);
  }

  dispose(): void {
    this.subscription.dispose();
    this.waiting.clear();
  }
}

/** Whether an export brought what it could. */
export function endedWell(operation: OperationSummary): boolean {
  return operation.state === 'succeeded' || operation.state === 'succeededWithWarnings';
}

function isOver(operation: OperationSummary): boolean {
  return endedWell(operation) || operation.state === 'failed' || operation.state === 'cancelled';
}
