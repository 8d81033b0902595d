import type { PickGoal } from '../../infrastructure/nodePicking';
import type { NodeKind, TreeNode } from '../../protocol/types';

/** What stands between a workspace and a kind, from the top. */
const above: Partial<Readonly<Record<NodeKind, readonly NodeKind[]>>> = {
  experiment: ['experiments'],
  run: ['experiments', 'experiment'],
  model: ['models'],
  modelVersion: ['models', 'model'],
  dataAsset: ['dataAssets'],
  dataVersion: ['dataAssets', 'dataAsset'],
  dataset: ['dataAssets'],
  compute: ['computes'],
  onlineEndpoint: ['endpoints'],
  onlineDeployment: ['endpoints', 'onlineEndpoint'],
  batchEndpoint: ['endpoints'],
  batchDeployment: ['endpoints', 'batchEndpoint'],
  webService: ['endpoints'],
  pipelineEndpoint: ['pipelines'],
  publishedPipeline: ['pipelines'],
  schedule: ['pipelines'],
  environments: ['environmentsAndComponents'],
  environment: ['environmentsAndComponents', 'environments'],
  environmentVersion: ['environmentsAndComponents', 'environments', 'environment'],
  components: ['environmentsAndComponents'],
  component: ['environmentsAndComponents', 'components'],
  componentVersion: ['environmentsAndComponents', 'components', 'component'],
  datastore: ['datastores'],
  userFolder: ['notebooks'],
  leftover: ['leftovers', 'leftoverGroup'],
  folder: ['datastores', 'datastore', 'folder'],
  file: [
    ...(['experiments', 'experiment', 'run', 'runFiles', 'childRuns', 'namedOutputs', 'namedOutput'] as const),
    ...(['datastores', 'datastore', 'notebooks', 'userFolder', 'folder'] as const),
  ],
};

/** What registries hold: where one of these is looked for, they are a way to it as workspaces are. */
const shared: ReadonlySet<NodeKind> = new Set(['model', 'modelVersion', 'dataAsset', 'dataVersion']);

/** What is beside workspaces, not in one: where only this is looked for, workspaces lead nowhere. */
const beside: ReadonlySet<NodeKind> = new Set(['leftover']);

/** Which nodes a search is for, and which lead to them. */
export class PickRoute {
  private readonly ways: ReadonlySet<NodeKind>;

  constructor(readonly goal: PickGoal) {
    this.ways = new Set(goal.kinds?.flatMap((kind) => above[kind] ?? []));
  }

  /** Whether a node is what is looked for. */
  fits(node: TreeNode): boolean {
    const { kinds, actions } = this.goal;
    return (kinds === null || kinds.includes(node.kind)) && actions.some((action) => node.actions.includes(action));
  }

  /** Whether what is looked for may be below a node. */
  leads(node: TreeNode): boolean {
    if (node.expansion === 'none' || (node.kind === 'workspace' && !this.leadsIntoWorkspaces)) {
      return false;
    }
    if (node.kind === 'leftovers' || node.kind === 'leftoverGroup') {
      return this.ways.has(node.kind);
    }
    return (
      node.kind === 'subscription' ||
      node.kind === 'workspace' ||
      ((node.kind === 'registries' || node.kind === 'registry') && this.leadsToShared) ||
      (this.goal.kinds === null ? node.kind !== 'run' : this.ways.has(node.kind))
    );
  }

  /** Nothing in a registry is changed, so only what is downloaded is looked for there. */
  private get leadsToShared(): boolean {
    const { kinds, actions } = this.goal;
    return actions.includes('download') && (kinds === null || kinds.some((kind) => shared.has(kind)));
  }

  private get leadsIntoWorkspaces(): boolean {
    const { kinds } = this.goal;
    return kinds === null || !(kinds.includes('workspace') || kinds.every((kind) => beside.has(kind)));
  }

  /** Whether choosing a node ends the search. */
  ends(node: TreeNode): boolean {
    return this.fits(node) && !this.leads(node);
  }

  /** Whether a node is worth showing: what it says, what it is, or what it leads to. */
  concerns(node: TreeNode): boolean {
    return (
      (this.goal.kinds === null && node.kind !== 'leftovers') ||
      node.kind === 'notice' ||
      node.kind === 'error' ||
      this.fits(node) ||
      this.leads(node)
    );
  }

  /** The group that is the only way down and no choice at all; undefined when there is something to choose. */
  onlyWay(parent: TreeNode | undefined, nodes: readonly TreeNode[]): TreeNode | undefined {
    if (this.goal.kinds === null) {
      return parent?.kind === 'workspace' ? nodes.find((node) => node.kind === 'experiments') : undefined;
    }
    const [only, ...others] = nodes.filter((node) => this.fits(node) || this.leads(node));
    return only !== undefined && others.length === 0 && isGroup(only) && !this.fits(only) ? only : undefined;
  }
}

/** Whether a node only groups. */
export function isGroup(node: TreeNode): boolean {
  return node.resource === null;
}
