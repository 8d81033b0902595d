import type { NodeAction, NodeKind, OperationVerb } from '../../protocol/types';

/** How a verb deals with the data of what it is applied to. */
type DataChoice = 'kept' | 'asked' | 'taken';

/** A verb as menus know it. */
export interface ChangeVerb {
  /** The command is `amlData.changes.` and this. */
  readonly id: string;
  /** A node must allow one of these; the first is the one its menu looks for. */
  readonly actions: readonly NodeAction[];
  readonly verb: OperationVerb;
  readonly data: DataChoice;
}

export const verbs = {
  archive: { id: 'archive', actions: ['archive'], verb: 'archive', data: 'kept' },
  restore: { id: 'restore', actions: ['restore'], verb: 'restore', data: 'kept' },
  unregister: { id: 'unregister', actions: ['unregister'], verb: 'unregister', data: 'asked' },
  detach: { id: 'detach', actions: ['detach'], verb: 'unregister', data: 'kept' },
  delete: { id: 'delete', actions: ['delete'], verb: 'delete', data: 'asked' },
  deleteData: { id: 'deleteData', actions: ['deleteData'], verb: 'delete', data: 'taken' },
} as const satisfies Readonly<Record<string, ChangeVerb>>;

/** "Delete Data..." of the palette: an asset whose record can go is one whose data can. */
const deleteAssetData: ChangeVerb = { ...verbs.deleteData, actions: ['deleteData', 'delete'] };

/** Kinds whose blobs can be deleted with them. */
const kindsWithData: ReadonlySet<NodeKind> = new Set([
  'experiment',
  'run',
  'model',
  'modelVersion',
  'dataAsset',
  'dataVersion',
  'dataset',
]);

/** Kinds whose data is older versions and snapshots too. */
const kindsOfData: ReadonlySet<NodeKind> = new Set(['runFiles', 'namedOutput', 'folder', 'file']);

/** What is directly in a node, for "Delete Matching...". */
const membersOf: Partial<Readonly<Record<NodeKind, readonly NodeKind[]>>> = {
  experiments: ['experiment'],
  experiment: ['run'],
  childRuns: ['run'],
  models: ['model'],
  model: ['modelVersion'],
  dataAssets: ['dataAsset', 'dataset'],
  dataAsset: ['dataVersion'],
  computes: ['compute'],
  endpoints: ['onlineEndpoint', 'batchEndpoint', 'webService'],
  pipelines: ['pipelineEndpoint', 'publishedPipeline', 'schedule'],
  environments: ['environment'],
  environment: ['environmentVersion'],
  components: ['component'],
  component: ['componentVersion'],
  datastores: ['datastore'],
};

/** The kinds whose members "Delete Matching..." can be about. */
export const containerKinds = Object.keys(membersOf) as readonly NodeKind[];

/** The kinds a verb would be applied to. */
export function kindsOf(kinds: readonly NodeKind[], matching: boolean): readonly NodeKind[] {
  return matching ? kinds.flatMap((kind) => membersOf[kind] ?? []) : kinds;
}

export function haveData(kinds: readonly NodeKind[]): boolean {
  return kinds.some((kind) => kindsWithData.has(kind));
}

export function areOrHaveData(kinds: readonly NodeKind[]): boolean {
  return haveData(kinds) || kinds.some((kind) => kindsOfData.has(kind));
}

/** A command of the palette: a verb for some kinds, with pickers when nothing fitting is selected. */
export interface PaletteCommand {
  /** The command is `amlData.changes.` and this; its title in the manifest is this, in words. */
  readonly id: string;
  readonly verb: ChangeVerb;
  readonly kinds: readonly NodeKind[];
}

/** What can be archived can be restored. */
const archivable: readonly (readonly [string, readonly NodeKind[]])[] = [
  ['Run', ['run']],
  ['Experiment', ['experiment']],
  ['Model', ['model', 'modelVersion']],
  ['DataAsset', ['dataAsset', 'dataVersion']],
  ['Environment', ['environment', 'environmentVersion']],
  ['Component', ['component', 'componentVersion']],
  ['Pipeline', ['pipelineEndpoint', 'publishedPipeline']],
];

const deletable: readonly (readonly [string, readonly NodeKind[]])[] = [
  ['Run', ['run']],
  ['Model', ['model', 'modelVersion']],
  ['Experiment', ['experiment']],
  ['Compute', ['compute']],
  ['Endpoint', ['onlineEndpoint', 'batchEndpoint', 'onlineDeployment', 'batchDeployment']],
  ['Environment', ['environment', 'environmentVersion']],
  ['Component', ['component', 'componentVersion']],
  ['Schedule', ['schedule']],
  ['Workspace', ['workspace']],
  ['Leftover', ['leftover']],
  ['WebService', ['webService']],
];

export const paletteCommands: readonly PaletteCommand[] = [
  ...deletable.map(([name, kinds]) => ({ id: `delete${name}`, verb: verbs.delete, kinds })),
  { id: 'deleteAssetData', verb: deleteAssetData, kinds: ['dataAsset', 'dataVersion', 'dataset'] },
  ...archivable.map(([name, kinds]) => ({ id: `archive${name}`, verb: verbs.archive, kinds })),
  ...archivable.map(([name, kinds]) => ({ id: `restore${name}`, verb: verbs.restore, kinds })),
  { id: 'unregisterDataset', verb: verbs.unregister, kinds: ['dataset'] },
  { id: 'unregisterDatastore', verb: verbs.unregister, kinds: ['datastore'] },
  { id: 'detachCompute', verb: verbs.detach, kinds: ['compute'] },
];
