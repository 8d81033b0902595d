import type * as vscode from 'vscode';
import type { SubscriptionSelection } from '../../infrastructure/subscriptionSelection';
import { server } from '../../protocol/methods';
import type { ChildrenResult, NodeKind, RunFilter, SubscriptionInfo, TreeNode } from '../../protocol/types';
import type { SidecarClient } from '../../sidecar/client';
import { ToolInputError } from './toolInput';

/** Subscriptions looked into, and names listed in a message. */
const bound = 20;
/** Milliseconds for which the list of workspaces is good: a chat asks several times in a row. */
const memory = 60_000;

/** What one page of a list is asked for. */
export interface PageRequest {
  readonly nodeId: string;
  readonly pageToken: string | null;
  readonly pageSize: number;
  readonly filter: RunFilter | null;
  readonly includeArchived: boolean;
}

/** All that tools may ask of the sidecar: lists of the tree. Nothing here plans, starts or changes anything. */
export class TreeReader {
  private known: { readonly at: number; readonly workspaces: readonly TreeNode[] } | undefined;

  constructor(
    private readonly sidecar: SidecarClient,
    private readonly selection: SubscriptionSelection,
  ) {}

  page(request: PageRequest, token: vscode.CancellationToken): Promise<ChildrenResult> {
    return this.sidecar.request(server.explorer.children, { ...request, subscriptions: null }, token);
  }

  /** The workspace of that name or Resource Manager id; the only one there is when none is named. */
  async workspace(named: string | null, token: vscode.CancellationToken): Promise<TreeNode> {
    const all = await this.workspaces(token);
    const wanted = named?.toLowerCase();
    const fitting = all.filter(
      ({ label, resource }) =>
        wanted === undefined || label.toLowerCase() === wanted || resource?.resourceId?.toLowerCase() === wanted,
    );
    const [only] = fitting;
    if (only !== undefined && fitting.length === 1) {
      return only;
    }
    if (fitting.length > 1) {
      const labels = fitting.map(({ label }) => label);
      const names =
        new Set(labels).size === labels.length
          ? labels
          : fitting.map(({ label, resource }) => resource?.resourceId ?? label);
      throw new ToolInputError(`Several workspaces fit. Pass one of these as "workspace": ${some(names)}.`);
    }
    throw new ToolInputError(
      all.length === 0
        ? 'No workspace can be seen. The person has to sign in and choose subscriptions in the view "Azure ML Data".'
        : `There is no workspace of that name. Pass one of these as "workspace": ${some(all.map(({ label }) => label))}.`,
    );
  }

  /** The group of a kind in a workspace, such as its models. */
  async group(workspace: TreeNode, kind: NodeKind, token: vscode.CancellationToken): Promise<TreeNode> {
    const { nodes } = await this.page(
      { nodeId: workspace.id, pageToken: null, pageSize: 100, filter: null, includeArchived: false },
      token,
    );
    const found = nodes.find((node) => node.kind === kind);
    if (found === undefined) {
      const problem = nodes.find((node) => node.kind === 'error');
      throw new ToolInputError(problem?.label ?? `The workspace ${workspace.label} shows none of these.`);
    }
    return found;
  }

  private async workspaces(token: vscode.CancellationToken): Promise<readonly TreeNode[]> {
    if (this.known !== undefined && Date.now() - this.known.at < memory) {
      return this.known.workspaces;
    }
    const subscriptions: SubscriptionInfo[] =
      this.selection.chosen ?? (await this.sidecar.request(server.explorer.subscriptions, {}, token)).subscriptions;
    const roots = await this.sidecar.request(
      server.explorer.children,
      {
        nodeId: null,
        subscriptions: subscriptions.slice(0, bound),
        pageToken: null,
        pageSize: bound,
        filter: null,
        includeArchived: false,
      },
      token,
    );
    const pages = await Promise.all(
      roots.nodes
        .filter((node) => node.kind === 'subscription')
        .map(({ id }) =>
          this.page({ nodeId: id, pageToken: null, pageSize: 200, filter: null, includeArchived: false }, token),
        ),
    );
    const workspaces = pages.flatMap(({ nodes }) => nodes).filter((node) => node.kind === 'workspace');
    this.known = workspaces.length === 0 ? undefined : { at: Date.now(), workspaces };
    return workspaces;
  }
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, bound).map((name) => JSON.stringify(name));
  return names.length > bound ? `${shown.join(', ')} and ${names.length - bound} more` : shown.join(', ');
}
