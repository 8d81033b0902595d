import * as vscode from 'vscode';
import type { ErrorAction } from '../protocol/types';

/** What a problem carries besides its message. */
export interface ProblemDetails {
  /** Stable, for programs: `storage.authorizationMismatch`. */
  readonly code: string;
  /** Whether the same may succeed later without anything being changed. */
  readonly retryable?: boolean;
  /** To be quoted to support. */
  readonly correlationId?: string | null;
  /** What it happened to. */
  readonly target?: string | null;
  /** What the person can do, in the order to offer it. */
  readonly actions?: readonly ErrorAction[];
  readonly cause?: unknown;
}

/** An error with a message for people, a stable code, and what can be done about it. */
export class Problem extends Error {
  readonly code: string;
  readonly retryable: boolean;
  readonly correlationId: string | null;
  readonly target: string | null;
  readonly actions: readonly ErrorAction[];

  constructor(message: string, details: ProblemDetails) {
    super(message, { cause: details.cause });
    this.name = 'Problem';
    this.code = details.code;
    this.retryable = details.retryable ?? false;
    this.correlationId = details.correlationId ?? null;
    this.target = details.target ?? null;
    this.actions = details.actions ?? [];
  }
}

/** Codes that mean that the person, or the view that asked, no longer wants the answer. */
const cancelledCodes: ReadonlySet<string> = new Set(['auth.cancelled', 'request.cancelled']);

/** Whether nothing went wrong: somebody only changed their mind. */
export function isCancellation(error: unknown): boolean {
  return error instanceof vscode.CancellationError || (error instanceof Problem && cancelledCodes.has(error.code));
}

/** Whether the sidecar did not answer at all: it could not be started, or ended. */
export function isSidecarDown(error: unknown): boolean {
  return error instanceof Problem && error.code.startsWith('sidecar.');
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
