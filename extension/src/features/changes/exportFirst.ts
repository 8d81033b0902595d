import * as vscode from 'vscode';
import type { NodeExport } from '../../infrastructure/nodeExport';
import type { OperationList } from '../../infrastructure/operationList';
import type { OperationSummary } from '../../protocol/types';

/** Exports of workspaces that are asked for before their deletion, and what is to be done when one has ended. */
export class ExportFirst implements vscode.Disposable {
  private readonly waiting = new Map<string, (operation: OperationSummary) => void>();
  private readonly subscription: vscode.Disposable;

  constructor(
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
    this.operations.offer(operation.id, { title: vscode.l10n.t('Go On to Delete...'), run: goOn });
    if (isOver(known)) {
      ended(known);
    } else {
      this.waiting.set(operation.id, ended);
    }
    await this.operations.show();
    return operation;
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
