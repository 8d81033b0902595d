import * as vscode from 'vscode';
import { messageOf, Problem } from '../../infrastructure/problem';
import { server } from '../../protocol/methods';
import type { FileStat } from '../../protocol/types';
import type { SidecarClient } from '../../sidecar/client';
import { nodeIdOf } from './fileUri';

const partSize = 4 * 1024 * 1024;
/** A log that is being written changes while it is read; then it is read again from the beginning. */
const attempts = 3;

/** Shows files of datastores in the editor without saving them. VS Code asks for a whole file; it is fetched in parts of one version. */
export class DatastoreFileSystem implements vscode.FileSystemProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.changed.event;
  private readonly reading = new Map<string, vscode.CancellationTokenSource>();

  constructor(private readonly sidecar: SidecarClient) {}

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const stat = await this.ask(uri, (nodeId) => this.sidecar.request(server.datastores.stat, { nodeId }));
    return { type: vscode.FileType.File, ctime: 0, mtime: timeOf(stat), size: stat.bytes };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const key = uri.toString();
    this.cancel(uri);
    const cancellation = new vscode.CancellationTokenSource();
    this.reading.set(key, cancellation);
    try {
      return await this.ask(uri, (nodeId) => this.readAll(nodeId, cancellation.token));
    } finally {
      if (this.reading.get(key) === cancellation) {
        this.reading.delete(key);
      }
      cancellation.dispose();
    }
  }

  /** Makes VS Code read a file anew, if it was written to since. */
  refresh(uri: vscode.Uri): void {
    this.changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }

  /** Stops reading a file that nobody waits for any more. */
  cancel(uri: vscode.Uri): void {
    this.reading.get(uri.toString())?.cancel();
  }

  dispose(): void {
    for (const cancellation of this.reading.values()) {
      cancellation.cancel();
    }
    this.changed.dispose();
  }

  watch(): vscode.Disposable {
    // Storage tells nobody of changes; "Refresh" asks.
    return new vscode.Disposable(() => undefined);
  }

  readDirectory(uri: vscode.Uri): [string, vscode.FileType][] {
    throw vscode.FileSystemError.FileNotFound(uri);
  }

  createDirectory(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  private async readAll(nodeId: string, token: vscode.CancellationToken): Promise<Uint8Array> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.readOnce(nodeId, token);
      } catch (error) {
        if (!(error instanceof Problem) || error.code !== 'file.changed' || attempt === attempts) {
          throw error;
        }
      }
    }
  }

  private async readOnce(nodeId: string, token: vscode.CancellationToken): Promise<Uint8Array> {
    const first = await this.readPart(nodeId, 0, null, token);
    const { bytes, eTag } = first.stat;
    const whole = new Uint8Array(bytes);
    let at = place(whole, first.data, 0);
    while (at < bytes) {
      const { data } = await this.readPart(nodeId, at, eTag, token);
      const next = place(whole, data, at);
      if (next === at) {
        throw new Problem(vscode.l10n.t('The file ended before all of it had come. Try again.'), {
          code: 'file.truncated',
          retryable: true,
          actions: ['retry'],
        });
      }
      at = next;
    }
    return whole;
  }

  private readPart(nodeId: string, offset: number, eTag: string | null, token: vscode.CancellationToken) {
    return this.sidecar.request(server.datastores.read, { nodeId, offset, count: partSize, eTag }, token);
  }

  /** VS Code shows the message of these errors in the editor's place. */
  private async ask<T>(uri: vscode.Uri, request: (nodeId: string) => Promise<T>): Promise<T> {
    const nodeId = nodeIdOf(uri);
    if (nodeId === undefined) {
      throw vscode.FileSystemError.FileNotFound(uri);
    }
    try {
      return await request(nodeId);
    } catch (error) {
      if (error instanceof Problem && error.code === 'storage.notFound') {
        throw vscode.FileSystemError.FileNotFound(error.message);
      }
      throw error instanceof vscode.CancellationError ? error : vscode.FileSystemError.Unavailable(messageOf(error));
    }
  }
}

function place(whole: Uint8Array, data: string, at: number): number {
  const bytes = Buffer.from(data, 'base64');
  whole.set(bytes, at);
  return at + bytes.length;
}

/**
 * VS Code takes a file of the same time and size for the same. Storage tells whole seconds only, so the version is put
 * into the milliseconds: what was written twice within a second is seen to differ.
 */
export function timeOf(stat: Pick<FileStat, 'modifiedUnixMs' | 'eTag'>): number {
  let hash = 0;
  for (const character of stat.eTag ?? '') {
    hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 1000;
  }
  return Math.floor((stat.modifiedUnixMs ?? 0) / 1000) * 1000 + hash;
}
