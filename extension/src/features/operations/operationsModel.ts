import * as vscode from 'vscode';
import { isCancellation } from '../../infrastructure/problem';
import type { FinishOffer, OperationList } from '../../infrastructure/operationList';
import { client, server } from '../../protocol/methods';
import type { OperationSummary } from '../../protocol/types';
import type { SidecarClient } from '../../sidecar/client';
import { isActive, isFinished, movesData } from './operationText';

/** All operations on record, kept up to date by what the sidecar tells. */
export class OperationsModel implements OperationList, vscode.Disposable {
  private readonly operations = new Map<string, OperationSummary>();
  /** Operations seen at work in this window: their end is told here and in no other window. */
  private readonly ours = new Set<string>();
  private readonly offers = new Map<string, FinishOffer>();
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly finished = new vscode.EventEmitter<OperationSummary>();
  private loading: Promise<void> | undefined;
  private readonly subscription: vscode.Disposable;
  private loaded = false;
  private selectedIds: ReadonlySet<string> = new Set();

  /** The list or one of its operations is another. */
  readonly onDidChange = this.changed.event;
  /** An operation of this window is over. */
  readonly onDidFinish = this.finished.event;

  constructor(private readonly sidecar: SidecarClient) {
    sidecar.onNotification(client.operations.changed, ({ operation }) => {
      this.accept(operation);
      this.changed.fire();
    });
    sidecar.onNotification(client.operations.removed, ({ operationId }) => {
      this.operations.delete(operationId);
      this.ours.delete(operationId);
      this.offers.delete(operationId);
      this.changed.fire();
    });
    // A new process knows what the journals hold; what the old one told may be out of date.
    this.subscription = sidecar.onDidStart(() => {
      this.loaded = false;
      this.changed.fire();
    });
  }

  /** Newest first. */
  get all(): readonly OperationSummary[] {
    return [...this.operations.values()].sort((a, b) => b.startedAt - a.startedAt);
  }

  get selected(): readonly OperationSummary[] {
    return this.all.filter(({ id }) => this.selectedIds.has(id));
  }

  get activeCount(): number {
    return this.all.filter(isActive).length;
  }

  get hasFinished(): boolean {
    return this.all.some(isFinished);
  }

  /** Whether something was fetched or copied to its end. */
  get hasDownloaded(): boolean {
    return this.all.some((operation) => movesData(operation) && operation.state.startsWith('succeeded'));
  }

  /** Whether another window is at work, whose progress nobody tells us. */
  get watchesOthers(): boolean {
    return this.all.some((operation) => operation.owner === 'other' && isActive(operation));
  }

  get(id: string): OperationSummary | undefined {
    return this.operations.get(id);
  }

  offer(id: string, offer: FinishOffer): void {
    this.offers.set(id, offer);
  }

  /** What was offered for an operation; once. */
  takeOffer(id: string): FinishOffer | undefined {
    const offer = this.offers.get(id);
    this.offers.delete(id);
    return offer;
  }

  /** Reads the list unless it has been read from this process. */
  async load(): Promise<void> {
    if (!this.loaded) {
      await this.reload();
    }
  }

  /** Reads the list; whoever asks meanwhile waits for the same answer. */
  reload(): Promise<void> {
    this.loading ??= this.read().finally(() => {
      this.loading = undefined;
    });
    return this.loading;
  }

  /** Takes an operation that a request was answered with. */
  put(operation: OperationSummary): void {
    this.accept(operation);
    this.changed.fire();
  }

  /** Takes a whole list. */
  replace(operations: readonly OperationSummary[]): void {
    this.operations.clear();
    for (const operation of operations) {
      this.accept(operation);
    }
    this.changed.fire();
  }

  /** Notes what is selected in the view. */
  select(ids: readonly string[]): void {
    this.selectedIds = new Set(ids);
  }

  /** Shows the view, and leaves the focus where the person works. */
  async show(): Promise<void> {
    await vscode.commands.executeCommand('amlData.operations.open', { preserveFocus: true });
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
    this.finished.dispose();
  }

  private async read(): Promise<void> {
    try {
      const { operations } = await this.sidecar.request(server.operations.list, {});
      this.loaded = true;
      this.replace(operations);
    } catch (error) {
      if (!isCancellation(error)) {
        throw error;
      }
    }
  }

  private accept(operation: OperationSummary): void {
    this.operations.set(operation.id, operation);
    if (operation.owner === 'this' && isActive(operation)) {
      this.ours.add(operation.id);
    } else if (isFinished(operation) && this.ours.delete(operation.id)) {
      this.finished.fire(operation);
    }
  }
}
