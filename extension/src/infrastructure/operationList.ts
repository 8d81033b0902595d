import type * as vscode from 'vscode';
import type { OperationSummary } from '../protocol/types';

/** Something to offer with the message that tells of an operation's end. */
export interface FinishOffer {
  readonly title: string;
  run(): Promise<void>;
  /** Whether it still makes sense; asked before it is offered. Always, where there is nothing to ask. */
  isOpen?(): Promise<boolean>;
}

/** What other features need of the operations on record, without knowing the view. */
export interface OperationList {
  /** Newest first. */
  readonly all: readonly OperationSummary[];
  /** An operation of this window is over. */
  readonly onDidFinish: vscode.Event<OperationSummary>;
  /** Those selected in the view. */
  readonly selected: readonly OperationSummary[];
  get(id: string): OperationSummary | undefined;
  /** Offers something more when an operation of this window has succeeded. */
  offer(id: string, offer: FinishOffer): void;
  /** Reads the list unless it has been read. */
  load(): Promise<void>;
  /** Takes an operation that a request was answered with. */
  put(operation: OperationSummary): void;
  /** Shows where the progress is, and leaves the focus where the person works. */
  show(): Promise<void>;
}

/** The id of the operation a command was invoked on; undefined from the palette. */
export function operationIdOf(args: readonly unknown[]): string | undefined {
  const [row] = args;
  return typeof row === 'object' && row !== null && 'operationId' in row && typeof row.operationId === 'string'
    ? row.operationId
    : undefined;
}
