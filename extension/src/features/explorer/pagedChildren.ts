import * as vscode from 'vscode';
import type { ChildrenResult } from '../../protocol/types';
import { ExplorerNode } from './elements';

/** Reads one page. */
export type ReadPage = (pageToken: string | null, token: vscode.CancellationToken) => Promise<ChildrenResult>;

/** The children of one node, as far as they have been read. */
export class PagedChildren {
  private readonly nodes: ExplorerNode[] = [];
  private readonly ids = new Set<string>();
  private nextPageToken: string | null = null;
  private reading: Promise<void> | undefined;
  private hasFirst = false;
  private readonly cancellation = new vscode.CancellationTokenSource();

  constructor(
    private readonly parent: ExplorerNode | undefined,
    private readonly read: ReadPage,
  ) {}

  get elements(): readonly ExplorerNode[] {
    return this.nodes;
  }

  get hasMore(): boolean {
    return this.nextPageToken !== null;
  }

  get isReading(): boolean {
    return this.reading !== undefined;
  }

  /** Reads the first page, once: whoever asks while it is read waits for the same. */
  first(): Promise<void> {
    return this.reading ?? (this.hasFirst ? Promise.resolve() : this.page(null));
  }

  /** Reads the next page, if there is one. */
  next(): Promise<void> {
    return this.reading ?? (this.nextPageToken === null ? Promise.resolve() : this.page(this.nextPageToken));
  }

  /** Takes a child out that is gone. */
  remove(child: ExplorerNode): void {
    const at = this.nodes.indexOf(child);
    if (at >= 0) {
      this.nodes.splice(at, 1);
      this.ids.delete(child.node.id);
    }
  }

  /** Stops what is being read; the object is not used afterwards. */
  cancel(): void {
    this.cancellation.cancel();
    this.cancellation.dispose();
  }

  private page(pageToken: string | null): Promise<void> {
    this.reading = this.readPage(pageToken).finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  private async readPage(pageToken: string | null): Promise<void> {
    const result = await this.read(pageToken, this.cancellation.token);
    for (const node of result.nodes) {
      // A list that grows at its beginning shows its last rows again on the next page.
      if (!this.ids.has(node.id)) {
        this.ids.add(node.id);
        this.nodes.push(new ExplorerNode(node, this.parent));
      }
    }
    this.nextPageToken = result.nextPageToken;
    this.hasFirst = true;
  }
}
