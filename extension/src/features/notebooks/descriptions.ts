import type * as vscode from 'vscode';
import { server } from '../../protocol/methods';
import type { NotebookAsset, NotebookDescription } from '../../protocol/types';
import type { SidecarClient } from '../../sidecar/client';
import { assetKey } from './assetText';
import type { WorkspaceChoice, Workspaces } from './workspaces';

/** Milliseconds to gather what is asked about one after the other. */
const gather = 50;
/** As many as the sidecar looks up at once. */
const batch = 200;
/** Milliseconds for which an answer is good, and for which a workspace that did not answer is left alone. */
const memory = 60_000;
const remembered = 1000;

interface Waiting {
  readonly workspace: WorkspaceChoice;
  readonly assets: Map<string, NotebookAsset>;
  readonly answers: Promise<ReadonlyMap<string, NotebookDescription>>;
}

/** What the workspace knows of references; many questions become one request. */
export class Descriptions {
  private readonly known = new Map<string, { readonly at: number; readonly description: NotebookDescription }>();
  private readonly waiting = new Map<string, Waiting>();
  private readonly silent = new Map<string, number>();

  constructor(
    private readonly sidecar: SidecarClient,
    private readonly workspaces: Workspaces,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** What is known of a reference, asking nobody; undefined when no workspace is known or it does not answer. */
  async get(uri: vscode.Uri, asset: NotebookAsset): Promise<NotebookDescription | undefined> {
    try {
      const workspace = await this.workspaces.find(uri);
      if (workspace === undefined) {
        return undefined;
      }
      const key = keyOf(workspace, asset);
      const known = this.known.get(key);
      if (known !== undefined && Date.now() - known.at < memory) {
        return known.description;
      }
      if (Date.now() - (this.silent.get(workspace.nodeId) ?? 0) < memory) {
        return undefined;
      }
      return (await this.ask(workspace, asset)).get(key);
    } catch (error) {
      // A workspace that cannot be read says nothing of the code; the log has why.
      this.onError(error);
      return undefined;
    }
  }

  /** Asks the workspace now; what it answers is shown, an error too. */
  async getFresh(workspace: WorkspaceChoice, asset: NotebookAsset): Promise<NotebookDescription | undefined> {
    const { descriptions } = await this.sidecar.request(server.notebook.describe, {
      workspaceNodeId: workspace.nodeId,
      assets: [asset],
      fresh: true,
    });
    this.silent.delete(workspace.nodeId);
    const [description] = descriptions;
    if (description !== undefined) {
      this.remember(keyOf(workspace, asset), description);
    }
    return description;
  }

  /** Everything is asked anew. */
  forget(): void {
    this.known.clear();
    this.silent.clear();
  }

  private ask(workspace: WorkspaceChoice, asset: NotebookAsset): Promise<ReadonlyMap<string, NotebookDescription>> {
    let waiting = this.waiting.get(workspace.nodeId);
    if (waiting === undefined || waiting.assets.size >= batch) {
      const assets = new Map<string, NotebookAsset>();
      const answers = new Promise<void>((resolve) => {
        setTimeout(resolve, gather);
      }).then(() => this.send(workspace, assets));
      waiting = { workspace, assets, answers };
      this.waiting.set(workspace.nodeId, waiting);
    }
    waiting.assets.set(keyOf(workspace, asset), asset);
    return waiting.answers;
  }

  private async send(
    workspace: WorkspaceChoice,
    assets: ReadonlyMap<string, NotebookAsset>,
  ): Promise<ReadonlyMap<string, NotebookDescription>> {
    if (this.waiting.get(workspace.nodeId)?.assets === assets) {
      this.waiting.delete(workspace.nodeId);
    }
    const answers = new Map<string, NotebookDescription>();
    try {
      const { descriptions } = await this.sidecar.request(server.notebook.describe, {
        workspaceNodeId: workspace.nodeId,
        assets: [...assets.values()],
        fresh: false,
      });
      [...assets.keys()].forEach((key, index) => {
        const description = descriptions[index];
        if (description !== undefined) {
          answers.set(key, description);
          this.remember(key, description);
        }
      });
    } catch (error) {
      this.silent.set(workspace.nodeId, Date.now());
      throw error;
    }
    return answers;
  }

  private remember(key: string, description: NotebookDescription): void {
    if (this.known.size >= remembered) {
      this.known.clear();
    }
    this.known.set(key, { at: Date.now(), description });
  }
}

function keyOf(workspace: WorkspaceChoice, asset: NotebookAsset): string {
  return `${workspace.nodeId} ${assetKey(asset)}`;
}
