import type { NotificationType, RequestType } from 'vscode-jsonrpc/node';
import * as vscode from 'vscode';
import type { ErrorData } from '../../../extension/src/protocol/types';
import type { SidecarClient } from '../../../extension/src/sidecar/client';

type Handler = (params: never, token?: vscode.CancellationToken) => unknown;

/** A sidecar in the same process: a test says how each method is answered, and tells notifications itself. */
export class FakeClient implements SidecarClient {
  private readonly started = new vscode.EventEmitter<void>();
  readonly onDidStart = this.started.event;
  readonly calls: { readonly method: string; readonly params: unknown }[] = [];
  private readonly answers = new Map<string, Handler>();
  private readonly requests = new Map<string, (params: never, token: never) => unknown>();
  private readonly listeners = new Map<string, (params: never) => void>();

  answer<P, R>(
    type: RequestType<P, R, ErrorData>,
    handler: (params: P, token?: vscode.CancellationToken) => R | Promise<R>,
  ): void {
    this.answers.set(type.method, handler);
  }

  tell<P>(type: NotificationType<P>, params: P): void {
    this.listeners.get(type.method)?.(params as never);
  }

  restart(): void {
    this.started.fire();
  }

  async request<P, R>(type: RequestType<P, R, ErrorData>, params: P, token?: vscode.CancellationToken): Promise<R> {
    this.calls.push({ method: type.method, params });
    const handler = this.answers.get(type.method);
    if (handler === undefined) {
      throw new Error(`The test does not answer ${type.method}.`);
    }
    const answer = Promise.resolve(handler(params as never, token)) as Promise<R>;
    return token === undefined
      ? answer
      : Promise.race([
          answer,
          new Promise<never>((_, reject) => {
            token.onCancellationRequested(() => {
              reject(new vscode.CancellationError());
            });
          }),
        ]);
  }

  notifyIfRunning<P>(type: NotificationType<P>, params: P): void {
    this.calls.push({ method: type.method, params });
  }

  onRequest<P, R>(
    type: RequestType<P, R, ErrorData>,
    handler: (params: P, token: vscode.CancellationToken) => Promise<R>,
  ): void {
    this.requests.set(type.method, handler);
  }

  onNotification<P>(type: NotificationType<P>, handler: (params: P) => void): void {
    this.listeners.set(type.method, handler);
  }

  onProgress(): { dispose(): void } {
    return { dispose: () => undefined };
  }

  /** Asks the extension, as the sidecar would. */
  ask<P, R>(type: RequestType<P, R, ErrorData>, params: P): Promise<R> {
    return Promise.resolve(this.requests.get(type.method)?.(params as never, undefined as never)) as Promise<R>;
  }
}
