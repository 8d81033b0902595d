// The made-up world of the fake sidecar: experiments and runs. What else a workspace holds is in assets.mjs.
import { assetGroups, assetsIn } from './assets.mjs';
import { node } from './node.mjs';

export const subscriptions = [
  {
    subscriptionId: '11111111-0000-0000-0000-000000000001',
    tenantId: 'tenant-1',
    name: 'Contoso Research',
    state: 'Enabled',
  },
  {
    subscriptionId: '11111111-0000-0000-0000-000000000002',
    tenantId: 'tenant-1',
    name: 'Contoso Production',
    state: 'Enabled',
  },
];

const runCount = 1204;
const defaultPage = 50;
const words = ['mango', 'plum', 'olive', 'cedar', 'amber', 'coral'];
const states = [
  { status: 'Completed', icon: 'pass', iconColor: 'testing.iconPassed' },
  { status: 'Failed', icon: 'error', iconColor: 'testing.iconFailed' },
  { status: 'Running', icon: 'sync', iconColor: 'charts.blue' },
  { status: 'Canceled', icon: 'circle-slash', iconColor: null },
];

export const files = [
  { path: 'outputs/model/model.pkl', bytes: 1_200_000 },
  { path: 'outputs/metrics.json', bytes: 1_830 },
  { path: 'user_logs/std_log.txt', bytes: 48_211 },
  { path: 'system_logs/lifecycler/execution-wrapper.log', bytes: 9_104 },
];

export function run(number) {
  const state = states[number % 7 === 3 ? 1 : number % 11 === 5 ? 3 : number === 0 ? 2 : 0];
  const label = `${words[number % words.length]}_leaf_${number.toString(16).padStart(2, '0')}`;
  return node(`run:${number}`, 'run', label, state.icon, {
    iconColor: state.iconColor,
    description: `${(number % 50) + 1} min, ${number + 1} h ago, Ada Example`,
    tooltip: `${label}\nRun ID: run-${number}\n${state.status}\nStarted: 20 Nov 2026, 14:02\nBy: Ada Example`,
    accessibilityLabel: `Run ${label}, ${state.status}`,
    actions: ['refresh', 'downloadRun', 'exportRun', 'copyName', 'copyId', 'openInStudio', 'archive', 'delete'],
    resource: {
      name: `run-${number}`,
      resourceId: null,
      studioUrl: `https://ml.azure.com/runs/run-${number}`,
      bytes: null,
      isArchived: false,
      dataUri: null,
    },
  });
}

function allRuns(filter) {
  return Array.from({ length: runCount }, (_, number) => run(number)).filter(
    (item) =>
      filter === null ||
      ((filter.name === null || item.label.includes(filter.name)) &&
        (filter.statuses.length === 0 || filter.statuses.some((status) => item.tooltip.includes(status)))),
  );
}

/** Folders and files directly in a folder of a run; `folder` is empty or ends with a slash. */
function filesIn(number, folder) {
  const below = files
    .filter((file) => file.path.startsWith(folder))
    .map((file) => ({ ...file, rest: file.path.slice(folder.length) }));
  const folders = [...new Set(below.filter((file) => file.rest.includes('/')).map((file) => file.rest.split('/')[0]))];
  return [
    ...folders.map((name) =>
      node(`folder:${number}:${folder}${name}/`, 'folder', name, 'folder', {
        actions: ['refresh', 'download', 'copyName'],
        resource: {
          name: `${folder}${name}`,
          resourceId: null,
          studioUrl: null,
          bytes: null,
          isArchived: false,
          dataUri: null,
        },
      }),
    ),
    ...below
      .filter((file) => !file.rest.includes('/'))
      .map((file) =>
        node(`file:${number}:${file.path}`, 'file', file.rest, 'file', {
          expansion: 'none',
          description: `${Math.max(1, Math.round(file.bytes / 1024))} KB`,
          actions: ['download', 'copyName'],
          resource: { name: file.path, resourceId: null, studioUrl: null, bytes: file.bytes },
        }),
      ),
  ];
}

function childrenOf({ nodeId, subscriptions: chosen, filter, includeArchived }) {
  const [kind, number, path] = nodeId?.split(':') ?? [];
  switch (kind) {
    case undefined:
      return chosen.map((item) =>
        node(`sub:${item.subscriptionId}`, 'subscription', item.name, 'azure', {
          tooltip: `${item.name}\nSubscription: ${item.subscriptionId}\nTenant: ${item.tenantId}`,
          expansion: 'expanded',
          actions: ['refresh', 'copyName', 'copyId', 'selectSubscriptions'],
        }),
      );
    case 'sub':
      return number.endsWith('2')
        ? [
            node('notice:no-workspaces', 'notice', 'No workspaces in this subscription', 'info', {
              expansion: 'none',
              resource: null,
            }),
          ]
        : [
            node('ws:sample', 'workspace', 'sample-ws', 'package', {
              description: 'westeurope',
              actions: ['refresh', 'copyName', 'copyId', 'openInStudio'],
              resource: {
                name: 'sample-ws',
                resourceId: '/subscriptions/1/sample-ws',
                studioUrl: 'https://ml.azure.com/?wsid=1',
                bytes: null,
                isArchived: false,
                dataUri: null,
              },
            }),
            node('ws:locked', 'workspace', 'locked-ws', 'package', {
              description: 'northeurope',
              actions: ['refresh'],
            }),
          ];
    case 'ws':
      return number === 'locked'
        ? [
            node('error:locked', 'error', 'You may not read this workspace', 'error', {
              iconColor: 'list.errorForeground',
              tooltip: 'You may not read this workspace.\nAsk for the role AzureML Data Scientist.',
              expansion: 'none',
              actions: ['signIn', 'retry', 'showLog'],
              resource: null,
            }),
          ]
        : [
            node('exps:1', 'experiments', 'Experiments', 'beaker', {
              actions: ['refresh', 'filter', 'showArchived', 'changeMatching'],
              resource: null,
            }),
            ...assetGroups(),
          ];
    case 'exps':
      return [
        node('exp:1', 'experiment', 'credit-scoring', 'beaker', {
          description: `${runCount.toLocaleString('en')} runs`,
          actions: ['refresh', 'filter', 'copyName', 'openInStudio', 'archive', 'delete', 'changeMatching'],
        }),
      ];
    case 'exp':
      return allRuns(filter);
    case 'run':
      return [
        node(`files:${number}`, 'runFiles', 'Outputs + logs', 'files', { actions: ['refresh', 'download'] }),
        ...(Number(number) % 3 === 0
          ? [
              node(`kids:${number}`, 'childRuns', 'Child runs', 'type-hierarchy-sub', {
                description: '2',
                actions: ['refresh'],
              }),
            ]
          : []),
      ];
    case 'kids':
      return [run(1), run(2)];
    case 'files':
      return filesIn(number, '');
    case 'folder':
      return filesIn(number, path);
    default:
      return assetsIn(nodeId, includeArchived);
  }
}

export function children(params) {
  const all = childrenOf(params);
  const from = params.pageToken === null ? 0 : Number(params.pageToken);
  const to = from + (params.pageSize ?? defaultPage);
  return { nodes: all.slice(from, to), nextPageToken: to < all.length ? String(to) : null };
}

export function locate(text) {
  const match = /run-(\d+)/.exec(text);
  return match === null ? undefined : run(Number(match[1]));
}
