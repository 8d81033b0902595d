// What the made-up workspace holds besides runs: a group of each, and a few things in it.
import { node } from './node.mjs';

const archived = new Set(['model:fraud-detector-2019']);
const gone = new Set();
const usual = ['refresh', 'copyName', 'copyId', 'openInStudio'];

const groups = {
  models: ['models', 'Models', 'symbol-class'],
  data: ['dataAssets', 'Data', 'database'],
  computes: ['computes', 'Compute', 'server'],
  endpoints: ['endpoints', 'Endpoints', 'plug'],
  pipelines: ['pipelines', 'Pipelines and schedules', 'git-merge'],
  envcomp: ['environmentsAndComponents', 'Environments and components', 'package'],
  datastores: ['datastores', 'Datastores', 'archive'],
};

/** [id, kind, label, description, actions, has children] by the group or thing they are in. */
const things = {
  models: [
    ['model:credit-scorer', 'model', 'credit-scorer', '3 versions', ['archive', 'delete', 'changeMatching'], true],
    ['model:churn', 'model', 'churn', '1 version', ['archive', 'delete', 'changeMatching'], true],
    ['model:fraud-detector-2019', 'model', 'fraud-detector-2019', '7 versions', ['archive', 'delete'], true],
  ],
  'model:credit-scorer': [3, 2, 1].map((version) => [
    `mv:credit-scorer:${version}`,
    'modelVersion',
    `credit-scorer:${version}`,
    version === 3 ? 'Production' : null,
    ['archive', 'delete'],
    false,
  ]),
  data: [
    ['data:applications', 'dataAsset', 'applications', 'uri_folder, 2 versions', ['archive', 'deleteData'], false],
    ['ds:iris-tabular', 'dataset', 'iris-tabular', 'v1 dataset', ['unregister', 'deleteData'], false],
    ['ds:survey-2021', 'dataset', 'survey-2021', 'v1 dataset', ['unregister', 'deleteData'], false],
  ],
  computes: [
    ['compute:cpu-cluster', 'compute', 'cpu-cluster', 'AmlCompute, 0 of 4 nodes', ['delete'], false],
    ['compute:old-aks', 'compute', 'old-aks', 'AKS, attached', ['detach'], false],
  ],
  endpoints: [
    ['ep:scoring', 'onlineEndpoint', 'scoring', '2 deployments', ['delete'], true],
    ['aci:legacy', 'webService', 'legacy-score', 'v1 web service, ACI', ['delete'], false],
  ],
  pipelines: [
    ['sched:nightly', 'schedule', 'nightly', 'every day, 02:00', ['delete'], false],
    ['pe:retrain', 'pipelineEndpoint', 'retrain', 'v1', ['archive'], false],
  ],
  envcomp: [
    ['envs', 'environments', 'Environments', null, [], true],
    ['comps', 'components', 'Components', null, [], true],
  ],
  envs: [['env:sklearn', 'environment', 'sklearn-1.5', '4 versions', ['archive', 'delete'], true]],
  comps: [['comp:train', 'component', 'train', '2 versions', ['archive', 'delete'], true]],
  datastores: [['store:landing', 'datastore', 'landing', 'Azure Blob', ['unregister'], false]],
};

export function assetGroups() {
  return Object.entries(groups).map(([id, [kind, label, icon]]) =>
    node(id, kind, label, icon, { actions: ['refresh', 'changeMatching'], resource: null }),
  );
}

/** What is in a group or thing. */
export function assetsIn(id, includeArchived) {
  return (things[id] ?? [])
    .filter(([own]) => !gone.has(own) && (includeArchived || !archived.has(own)))
    .map(([own, kind, label, description, actions, hasChildren]) => {
      const isArchived = archived.has(own);
      const isGroup = kind === 'environments' || kind === 'components';
      return node(own, kind, label, isGroup ? 'package' : 'symbol-misc', {
        description: isArchived ? `${description}, archived` : description,
        expansion: hasChildren ? 'collapsed' : 'none',
        actions: [...usual, ...actions.map((action) => (action === 'archive' && isArchived ? 'restore' : action))],
        resource: isGroup
          ? null
          : { name: label, resourceId: `/x/${own}`, studioUrl: null, bytes: null, isArchived, dataUri: null },
      });
    });
}

/** What a change does to the world. */
export function apply(verb, ids) {
  for (const id of ids) {
    if (verb === 'archive') {
      archived.add(id);
    } else if (verb === 'restore') {
      archived.delete(id);
    } else {
      gone.add(id);
    }
  }
}
