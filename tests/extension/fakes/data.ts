import type {
  OperationSummary,
  PlanItem,
  PlanResult,
  PlanReview,
  TreeNode,
} from '../../../extension/src/protocol/types';

export function treeNode(id: string, more: Partial<TreeNode> = {}): TreeNode {
  return {
    id,
    kind: 'run',
    label: id,
    description: null,
    tooltip: null,
    icon: 'pass',
    iconColor: null,
    accessibilityLabel: null,
    expansion: 'collapsed',
    actions: [],
    resource: {
      name: id,
      resourceId: null,
      studioUrl: null,
      bytes: null,
      isArchived: false,
      dataUri: null,
      portalUrl: null,
    },
    ...more,
  };
}

export function operation(id: string, more: Partial<OperationSummary> = {}): OperationSummary {
  return {
    id,
    verb: 'export',
    title: `Download ${id}`,
    state: 'running',
    owner: 'this',
    startedAt: 0,
    finishedAt: null,
    items: 34,
    itemsDone: 0,
    itemsSkipped: 0,
    itemsFailed: 0,
    bytes: 1000,
    bytesDone: 0,
    bytesPerSecond: null,
    secondsLeft: null,
    destination: '/data/out',
    message: null,
    errorCode: null,
    undeleteUntil: null,
    actions: [],
    ...more,
  };
}

export function plan(planId: string, more: Partial<PlanResult> = {}): PlanResult {
  return {
    planId,
    verb: 'export',
    title: 'Download mango_leaf_3f',
    items: 2,
    bytes: 2048,
    warnings: [],
    survivors: [],
    confirmation: 'none',
    confirmationText: null,
    needsDestination: true,
    suggestedFolderName: 'mango_leaf_3f',
    hasChildRuns: false,
    review: null,
    ...more,
  };
}

/** A file of a download. */
export function planFile(path: string, bytes: number): PlanItem {
  return {
    id: 0,
    kind: 'file',
    kindName: null,
    name: path,
    label: path,
    path,
    action: 'download',
    parent: null,
    bytes,
    blobs: null,
    created: null,
    state: null,
    ticked: true,
    canTick: false,
    needsName: false,
    note: null,
    details: [],
  };
}

/** What a choice of items amounts to. */
export function review(more: Partial<PlanReview> = {}): PlanReview {
  return {
    records: 14,
    blobs: 120,
    bytes: 3 * 2 ** 30,
    notDone: 1,
    confirmation: 'modal',
    confirmationText: null,
    question: 'Delete 14 runs and 3 GB of data?',
    detail: 'Deleted blobs stay for 14 days.',
    button: 'Delete',
    warnings: [],
    survivors: ['Soft-deleted blobs, until 4 Dec'],
    ...more,
  };
}

/** An item of a change. */
export function planItem(id: number, more: Partial<PlanItem> = {}): PlanItem {
  return {
    ...planFile('', 0),
    id,
    kind: 'run',
    name: `run-${id}`,
    label: `plum_${id}`,
    action: 'delete',
    bytes: null,
    canTick: true,
    ...more,
  };
}
