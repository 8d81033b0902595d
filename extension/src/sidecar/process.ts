import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import type * as vscode from 'vscode';
import { server } from '../protocol/methods';
import type { InitializeParams, InitializeResult } from '../protocol/types';
import { messageOf } from '../infrastructure/problem';
import type { Launch } from './locator';
import { endedError } from './sidecarError';

/** How a process ended. */
export interface Exit {
  /** For people: an exit code, a signal, or why it could not be started. */
  readonly reason: string;
  /** How long it had been up, in milliseconds. */
  readonly uptime: number;
}

/** Milliseconds a process gets to answer `shutdown`, and then to end once its input is closed. */
const shutdownTime = 3000;
const endTime = 1500;

/** One process of the sidecar and the connection to it. */
export class SidecarProcess {
  /** Resolves when the process is gone; never rejects. */
  readonly exited: Promise<Exit>;
  readonly connection: MessageConnection;
  private gone = false;

  private constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    log: vscode.LogOutputChannel,
  ) {
    const started = Date.now();
    this.connection = createMessageConnection(
      new StreamMessageReader(child.stdout),
      new StreamMessageWriter(child.stdin),
      {
        error: (text) => log.error(text),
        warn: (text) => log.warn(text),
        info: (text) => log.info(text),
        log: (text) => log.debug(text),
      },
    );
    // A stream that breaks is followed by the end of the process, which is where it is dealt with.
    this.connection.onError(([error]) => log.debug(`sidecar connection: ${error.message}`));
    child.stdin.on('error', (error) => log.debug(`sidecar input: ${error.message}`));
    createInterface({ input: child.stderr }).on('line', (line) => log.warn(`sidecar: ${line}`));
    this.exited = new Promise((resolve) => {
      const end = (reason: string): void => {
        if (!this.gone) {
          this.gone = true;
          // Rejects what is still waited for.
          this.connection.dispose();
          resolve({ reason, uptime: Date.now() - started });
        }
      };
      child.once('error', (error) => end(messageOf(error)));
      child.once('exit', (code, signal) =>
        end(signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`),
      );
    });
  }

  /** Starts the process. `attach` registers handlers before the connection listens, so that no early request is missed. */
  static start(
    launch: Launch,
    log: vscode.LogOutputChannel,
    attach: (connection: MessageConnection) => void,
  ): SidecarProcess {
    const child = spawn(launch.command, [...launch.args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
      env: childEnvironment(launch.command),
    });
    const started = new SidecarProcess(child, log);
    attach(started.connection);
    started.connection.listen();
    return started;
  }

  get id(): number | undefined {
    return this.child.pid;
  }

  /** @throws what `initialize` was answered with, or SidecarError `sidecar.ended` when the process ended instead. */
  async initialize(params: InitializeParams): Promise<InitializeResult> {
    const ended = this.exited.then((): never => {
      throw endedError('initialize');
    });
    return Promise.race([this.connection.sendRequest(server.initialize, params), ended]);
  }

  /** Ends the process: asks, closes its input, and at last ends it by force. */
  async stop(): Promise<void> {
    if (this.gone) {
      return;
    }
    const asked = this.connection.sendRequest(server.shutdown, {}).then(
      () => undefined,
      () => undefined,
    );
    await Promise.race([asked, this.exited, delay(shutdownTime)]);
    this.child.stdin.end();
    await Promise.race([this.exited, delay(endTime)]);
    this.kill();
    await this.exited;
  }

  kill(): void {
    if (!this.gone) {
      this.child.kill('SIGKILL');
    }
  }
}

/** What the editor sets for its own processes is not for ours, except where we start its own Node. */
function childEnvironment(command: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('VSCODE_') && !name.startsWith('ELECTRON_') && name !== 'NODE_OPTIONS',
  );
  return {
    // The runtime sizes its youngest generation by the processor's cache, which keeps tens of megabytes of garbage around;
    // 4 MiB (hexadecimal) is enough here, and this setting has no place in the sidecar's own configuration file.
    DOTNET_GCgen0size: '400000',
    ...Object.fromEntries(own),
    ...(command === process.execPath ? { ELECTRON_RUN_AS_NODE: '1' } : {}),
  };
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}
