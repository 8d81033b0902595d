import * as vscode from 'vscode';
import type { MessageConnection, NotificationType, ProgressType, RequestType } from 'vscode-jsonrpc/node';
import type { ErrorData, InitializeParams } from '../protocol/types';
import { messageOf } from '../infrastructure/problem';
import type { SidecarClient } from './client';
import type { Launch } from './locator';
import { type Exit, SidecarProcess } from './process';
import { endedError, SidecarError, toSidecarError } from './sidecarError';
import type { SidecarStatus } from './status';

/** What the person is told of a sidecar in trouble. */
export interface SidecarNotices {
  /** It ended unexpectedly and is being restarted. */
  crashed(): void;
  /** It ended too often and stays down. */
  gaveUp(): void;
}

/** What the manager is made of. */
export interface SidecarOptions {
  readonly locate: () => Promise<Launch>;
  readonly initializeParams: () => InitializeParams;
  readonly log: vscode.LogOutputChannel;
  readonly notices: SidecarNotices;
  /** Milliseconds before the restart after the first, second, ... crash; after the last one it stays down. */
  readonly backOff?: readonly number[];
  /** Milliseconds after which a process counts as sound, and earlier crashes are forgotten. */
  readonly soundAfter?: number;
}

const defaultBackOff: readonly number[] = [500, 1000, 2000, 4000, 8000];

/** Starts the sidecar with the first request, watches it, and restarts it with growing pauses. */
export class Sidecar implements SidecarClient, vscode.Disposable {
  private readonly started = new vscode.EventEmitter<void>();
  readonly onDidStart = this.started.event;
  private readonly statusChanged = new vscode.EventEmitter<SidecarStatus>();
  /** It begins to start, is up, has failed or was stopped. */
  readonly onDidChangeStatus = this.statusChanged.event;
  private readonly attachments: ((connection: MessageConnection) => void)[] = [];
  private current: Promise<SidecarProcess> | undefined;
  private ready: SidecarProcess | undefined;
  private crashes = 0;
  private downForGood = false;
  /** Somebody wanted it, and it could not be started. */
  private failed = false;
  private closed = false;
  /** Raised by every stop, so that a start or a pause begun before knows that it is no longer wanted. */
  private generation = 0;

  constructor(private readonly options: SidecarOptions) {}

  async request<P, R>(type: RequestType<P, R, ErrorData>, params: P, token?: vscode.CancellationToken): Promise<R> {
    const answer = this.process().then((process) => send(process.connection, type, params, token));
    try {
      return await (token === undefined ? answer : Promise.race([answer, cancellationOf(token, answer)]));
    } catch (error) {
      throw toSidecarError(error, type.method);
    }
  }

  notifyIfRunning<P>(type: NotificationType<P>, params: P): void {
    this.ready?.connection.sendNotification(type.method, type.parameterStructures, params).catch((error: unknown) => {
      this.options.log.debug(`${type.method}: ${messageOf(error)}`);
    });
  }

  onRequest<P, R>(
    type: RequestType<P, R, ErrorData>,
    handler: (params: P, token: vscode.CancellationToken) => Promise<R>,
  ): void {
    // By name, because the overload by type cannot be resolved for a type parameter.
    this.attachments.push((connection) =>
      connection.onRequest(type.method, (params: P, token: vscode.CancellationToken): Promise<unknown> =>
        handler(params, token),
      ),
    );
  }

  onNotification<P>(type: NotificationType<P>, handler: (params: P) => void): void {
    this.attachments.push((connection) => connection.onNotification(type, handler));
  }

  onProgress<P>(type: ProgressType<P>, token: string, handler: (value: P) => void): { dispose(): void } {
    // The token names a request, and the request goes to the process that is, or is about to be, ready.
    let registration: { dispose(): void } | undefined;
    let disposed = false;
    this.process().then(
      (process) => {
        if (!disposed) {
          registration = process.connection.onProgress(type, token, handler);
        }
      },
      () => undefined,
    );
    return {
      dispose: () => {
        disposed = true;
        registration?.dispose();
      },
    };
  }

  /** Ends the process and forgets its crashes; the next request starts another. */
  async stop(): Promise<void> {
    this.generation++;
    this.crashes = 0;
    this.downForGood = false;
    this.failed = false;
    const { current } = this;
    this.current = undefined;
    this.ready = undefined;
    this.statusChanged.fire({ kind: 'off' });
    if (current !== undefined) {
      const process = await current.catch(() => undefined);
      await process?.stop();
    }
  }

  /** Ends the process, if there is one, and starts another now. */
  async restart(): Promise<void> {
    await this.stop();
    await this.process();
  }

  /**
   * Replaces a process that was started with other settings, and tries again where none could be started with them.
   * Where nobody has wanted one yet, the next request starts it.
   */
  async restartIfWanted(): Promise<void> {
    if (this.current !== undefined || this.failed) {
      await this.restart();
    }
  }

  /** Ends the process for good. */
  async close(): Promise<void> {
    this.closed = true;
    await this.stop();
    this.started.dispose();
    this.statusChanged.dispose();
  }

  dispose(): void {
    void this.close();
  }

  private process(): Promise<SidecarProcess> {
    if (this.closed) {
      return Promise.reject(endedError('window'));
    }
    if (this.downForGood) {
      return Promise.reject(
        new SidecarError(vscode.l10n.t('The background service of Azure ML Data Tools keeps ending and was stopped.'), {
          code: 'sidecar.stopped',
          actions: ['showLog'],
        }),
      );
    }
    this.current ??= this.keep(this.startUntilUp(this.generation));
    return this.current;
  }

  /** Remembers a start; a failed one is forgotten, so that the next request tries again. */
  private keep(start: Promise<SidecarProcess>): Promise<SidecarProcess> {
    this.statusChanged.fire({ kind: 'starting' });
    start.then(
      () => {
        if (this.current === start) {
          this.statusChanged.fire({ kind: 'ready' });
        }
      },
      (error: unknown) => {
        if (this.current === start) {
          this.current = undefined;
          this.failed = true;
          this.statusChanged.fire({ kind: 'failed', error });
        }
      },
    );
    return start;
  }

  private async startUntilUp(generation: number): Promise<SidecarProcess> {
    for (;;) {
      const launch = await this.options.locate();
      this.assertWanted(generation);
      const { process, problem } = await this.startOnce(launch, generation);
      if (problem === undefined) {
        return process;
      }
      if (!(problem instanceof SidecarError) || problem.code !== 'sidecar.ended') {
        // It is up and says no (settings it cannot work with): starting it again would change nothing.
        process.kill();
        throw problem;
      }
      await this.countCrash(await process.exited, generation);
    }
  }

  private async startOnce(
    launch: Launch,
    generation: number,
  ): Promise<{ process: SidecarProcess; problem: Error | undefined }> {
    const begin = Date.now();
    const process = SidecarProcess.start(launch, this.options.log, (connection) => {
      for (const attach of this.attachments) {
        attach(connection);
      }
    });
    try {
      const result = await process.initialize(this.options.initializeParams());
      if (generation !== this.generation) {
        await process.stop();
        throw endedError('initialize');
      }
      this.options.log.info(
        `Sidecar ${result.serverVersion} is ready (process ${result.processId}, ${Date.now() - begin} ms): ${result.capabilities.join(', ')}.`,
      );
      this.ready = process;
      void process.exited.then((exit) => this.onExit(process, exit, generation));
      this.started.fire();
      return { process, problem: undefined };
    } catch (error) {
      this.assertWanted(generation);
      return { process, problem: toSidecarError(error, 'initialize') };
    }
  }

  private onExit(process: SidecarProcess, exit: Exit, generation: number): void {
    if (this.ready === process) {
      this.ready = undefined;
    }
    if (generation !== this.generation) {
      return;
    }
    const again = this.countCrash(exit, generation).then(() => this.startUntilUp(generation));
    this.current = this.keep(again);
  }

  /** Counts a crash and waits until it is time to start again. @throws SidecarError when that time does not come. */
  private async countCrash(exit: Exit, generation: number): Promise<void> {
    this.assertWanted(generation);
    if (exit.uptime >= (this.options.soundAfter ?? 60_000)) {
      this.crashes = 0;
    }
    const backOff = this.options.backOff ?? defaultBackOff;
    const pause = backOff[this.crashes];
    this.crashes++;
    this.options.log.error(`The sidecar ended unexpectedly (${exit.reason}) after ${exit.uptime} ms.`);
    if (pause === undefined) {
      this.downForGood = true;
      this.options.notices.gaveUp();
      throw new SidecarError(
        vscode.l10n.t('The background service of Azure ML Data Tools keeps ending and was stopped.'),
        {
          code: 'sidecar.stopped',
          actions: ['showLog'],
        },
      );
    }
    if (this.crashes === 1) {
      this.options.notices.crashed();
    }
    await new Promise((resolve) => {
      setTimeout(resolve, pause);
    });
    this.assertWanted(generation);
  }

  private assertWanted(generation: number): void {
    if (generation !== this.generation) {
      throw endedError('start');
    }
  }
}

function send<P, R>(
  connection: MessageConnection,
  type: RequestType<P, R, ErrorData>,
  params: P,
  token: vscode.CancellationToken | undefined,
): Promise<R> {
  return token === undefined
    ? connection.sendRequest<R>(type.method, type.parameterStructures, params)
    : connection.sendRequest<R>(type.method, type.parameterStructures, params, token);
}

/** Rejects as soon as the token is cancelled, so that a view never waits for a slow answer it no longer wants. */
function cancellationOf(token: vscode.CancellationToken, answer: Promise<unknown>): Promise<never> {
  return new Promise((_, reject) => {
    if (token.isCancellationRequested) {
      reject(new vscode.CancellationError());
      return;
    }
    const registration = token.onCancellationRequested(() => {
      registration.dispose();
      reject(new vscode.CancellationError());
    });
    const done = (): void => {
      registration.dispose();
    };
    answer.then(done, done);
  });
}
