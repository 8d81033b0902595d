import * as vscode from 'vscode';
import { ErrorCodes, ResponseError } from 'vscode-jsonrpc/node';
import { Problem, type ProblemDetails, messageOf } from '../infrastructure/problem';
import type { ErrorData } from '../protocol/types';

/** The code of the LSP base protocol for a request that was cancelled. */
const requestCancelled = -32800;

/** An error the sidecar answered with, or that kept it from answering. */
export class SidecarError extends Problem {
  constructor(message: string, details: ProblemDetails) {
    super(message, details);
    this.name = 'SidecarError';
  }
}

/** Turns what the connection threw into an error that says what happened. */
export function toSidecarError(error: unknown, method: string): Error {
  if (error instanceof Problem || error instanceof vscode.CancellationError) {
    return error;
  }
  if (error instanceof ResponseError) {
    if (error.code === requestCancelled) {
      return new vscode.CancellationError();
    }
    if (error.code === ErrorCodes.PendingResponseRejected) {
      return endedError(method);
    }
    if (isErrorData(error.data)) {
      return new SidecarError(error.message, error.data);
    }
    return new SidecarError(error.message, { code: `rpc.${error.code}`, target: method, actions: ['showLog'] });
  }
  // The connection throws plain errors once it is closed or its stream is gone.
  return new SidecarError(messageOf(error), {
    code: 'sidecar.ended',
    retryable: true,
    target: method,
    actions: ['retry', 'showLog'],
    cause: error,
  });
}

/** The process ended while it owed an answer. */
export function endedError(target: string): SidecarError {
  return new SidecarError(vscode.l10n.t('The background service ended before it answered.'), {
    code: 'sidecar.ended',
    retryable: true,
    target,
    actions: ['retry', 'showLog'],
  });
}

function isErrorData(data: unknown): data is ErrorData {
  return (
    typeof data === 'object' &&
    data !== null &&
    'code' in data &&
    typeof data.code === 'string' &&
    'actions' in data &&
    Array.isArray(data.actions)
  );
}
