import type { NotificationType, ProgressType, RequestType } from 'vscode-jsonrpc/node';
import type * as vscode from 'vscode';
import type { ErrorData } from '../protocol/types';

/** The sidecar as features see it: it is started by the first request, and restarted behind their back. */
export interface SidecarClient {
  /** Fires with every process that is ready: what was read from an earlier one may be stale. */
  readonly onDidStart: vscode.Event<void>;

  /**
   * Sends a request, starting the sidecar if need be.
   * @throws SidecarError when it answers with an error or cannot be started; CancellationError when the token is cancelled.
   */
  request<P, R>(type: RequestType<P, R, ErrorData>, params: P, token?: vscode.CancellationToken): Promise<R>;

  /** Tells the sidecar something if it runs; one that does not run has nothing to forget. */
  notifyIfRunning<P>(type: NotificationType<P>, params: P): void;

  /** Answers requests of the sidecar, of this process and all later ones. */
  onRequest<P, R>(
    type: RequestType<P, R, ErrorData>,
    handler: (params: P, token: vscode.CancellationToken) => Promise<R>,
  ): void;

  /** Listens to notifications of the sidecar, of this process and all later ones. */
  onNotification<P>(type: NotificationType<P>, handler: (params: P) => void): void;

  /** Listens to the progress of one request, named by the token passed with it. */
  onProgress<P>(type: ProgressType<P>, token: string, handler: (value: P) => void): { dispose(): void };
}
