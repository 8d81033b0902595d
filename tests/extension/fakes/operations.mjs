// The operations of the fake sidecar: they take a few seconds and write a receipt, and no file of any run.
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apply } from './assets.mjs';
import { makeItems, pageOf, reviewOf } from './changes.mjs';
import { files } from './world.mjs';

const tick = 250;
const duration = Number(process.env.FAKE_SIDECAR_SECONDS ?? 5) * 1000;

const actionsOf = {
  running: ['pause', 'cancel', 'reveal'],
  paused: ['resume', 'cancel', 'discard', 'reveal'],
  interrupted: ['resume', 'discard', 'reveal'],
  cancelled: ['resume', 'reveal', 'receipt'],
  succeeded: ['reveal', 'receipt'],
  failed: ['resume', 'reveal', 'receipt'],
};

const emptyOperation = {
  state: 'running',
  owner: 'this',
  finishedAt: null,
  itemsDone: 0,
  itemsSkipped: 0,
  itemsFailed: 0,
  bytesDone: 0,
  bytesPerSecond: null,
  secondsLeft: null,
  destination: null,
  message: null,
  errorCode: null,
  undeleteUntil: null,
};

function actionsFor({ state, verb, undeleteUntil }) {
  const usual = actionsOf[state].filter((action) => verb === 'export' || action !== 'reveal');
  return [
    ...usual,
    ...(state === 'succeeded' && verb === 'archive' ? ['restore'] : []),
    ...(state === 'succeeded' && undeleteUntil !== null ? ['undelete'] : []),
  ];
}

export class Operations {
  constructor(notify) {
    this.notify = notify;
    this.plans = new Map();
    this.operations = new Map();
    this.timers = new Map();
    this.count = 0;
    this.folders = new Map();
    this.changes = new Map();
    this.parts = new Map();
  }

  async plan(params, progress, token) {
    const { nodeIds, export: options } = params;
    for (let step = 1; step <= 3; step++) {
      await new Promise((resolve) => setTimeout(resolve, 120));
      if (token.isCancellationRequested) {
        throw Object.assign(new Error('cancelled'), { code: -32800 });
      }
      progress({ message: 'outputs', items: step * 10, bytes: step * 1_000_000 });
    }
    const planId = `plan-${++this.count}`;
    if (params.verb !== 'export') {
      return this.planChange(planId, params);
    }
    const runs = nodeIds.filter((id) => id.startsWith('run:'));
    const items = files.map((file, id) => ({
      id,
      kind: 'file',
      name: file.path,
      label: file.path,
      action: 'download',
      parent: null,
      blobs: null,
      created: null,
      state: null,
      ticked: true,
      canTick: false,
      needsName: false,
      details: [],
      path: file.path,
      bytes: file.bytes,
      note: null,
    }));
    const plan = {
      planId,
      verb: 'export',
      title: `Download ${nodeIds.length === 1 ? nodeIds[0].split(':').at(-1) : `${nodeIds.length} items`}`,
      items: items.length,
      bytes: items.reduce((sum, item) => sum + item.bytes, 0),
      warnings: nodeIds.includes('run:0')
        ? [
            {
              code: 'run.stillRunning',
              message: 'The run is still running: files may change while they are fetched.',
              count: 1,
            },
          ]
        : [],
      survivors: [],
      confirmation: 'none',
      confirmationText: null,
      needsDestination: true,
      suggestedFolderName: runs.length > 0 ? runs[0].replace(':', '-') : null,
      hasChildRuns: runs.length > 0 && !options.includeChildren,
      review: null,
    };
    this.plans.set(planId, { plan, items });
    return plan;
  }

  planChange(planId, params) {
    const items = makeItems(params);
    const review = reviewOf({ ...params, items }, []);
    const plan = {
      planId,
      verb: params.verb,
      title: review.question.replace('?', ''),
      items: items.length,
      bytes: review.bytes,
      warnings: review.warnings,
      survivors: review.survivors,
      confirmation: review.confirmation,
      confirmationText: review.confirmationText,
      needsDestination: false,
      suggestedFolderName: null,
      hasChildRuns: false,
      review,
    };
    this.plans.set(planId, { plan, items, params });
    return plan;
  }

  planItems(params) {
    const { items, plan } = this.plans.get(params.planId);
    return plan.verb === 'export' ? { items, nextPageToken: null } : pageOf(items, params);
  }

  review({ planId, toggled }) {
    const { params, items } = this.plans.get(planId);
    return reviewOf({ ...params, items }, toggled);
  }

  async savePlan({ planId, path, format, toggled }) {
    const { plan, items } = this.plans.get(planId);
    await writeFile(path, format === 'json' ? JSON.stringify({ plan, items, toggled }) : `# ${plan.title}\n`);
    return {};
  }

  async start({ planId, destination, toggled }) {
    const { plan, params } = this.plans.get(planId);
    if (plan.verb !== 'export') {
      return this.startChange(plan, params, this.review({ planId, toggled }));
    }
    const folder =
      plan.suggestedFolderName === null ? destination.folder : join(destination.folder, plan.suggestedFolderName);
    await mkdir(folder, { recursive: true });
    const operation = this.set({
      id: `op-${++this.count}`,
      verb: 'export',
      title: plan.title,
      state: 'running',
      owner: 'this',
      startedAt: Date.now(),
      finishedAt: null,
      items: plan.items,
      itemsDone: 0,
      itemsSkipped: 0,
      itemsFailed: 0,
      bytes: plan.bytes,
      bytesDone: 0,
      bytesPerSecond: null,
      secondsLeft: null,
      destination: folder,
      message: null,
      errorCode: null,
      undeleteUntil: null,
    });
    this.go(operation.id);
    return { operation };
  }

  async startChange(plan, params, review) {
    const operation = this.set({
      ...emptyOperation,
      id: `op-${++this.count}`,
      verb: plan.verb,
      title: plan.title,
      startedAt: Date.now(),
      items: review.records + (review.blobs > 0 ? review.records : 0),
      bytes: review.bytes,
    });
    this.folders.set(operation.id, await mkdtemp(join(tmpdir(), 'fake-receipt-')));
    this.changes.set(operation.id, params);
    this.go(operation.id);
    return { operation };
  }

  go(id) {
    this.timers.set(
      id,
      setInterval(() => {
        const operation = this.operations.get(id);
        const part = Math.min(1, (this.parts.get(id) ?? 0) + tick / duration);
        this.parts.set(id, part);
        const done = part >= 1;
        const isExport = operation.verb === 'export';
        if (done && !isExport) {
          apply(operation.verb, this.changes.get(id).nodeIds);
        }
        this.change(id, {
          bytesDone: Math.round(operation.bytes * part),
          itemsDone: Math.floor(operation.items * part),
          bytesPerSecond: done || !isExport ? null : Math.round((operation.bytes * 1000) / duration),
          secondsLeft: done ? null : Math.round(((1 - part) * duration) / 1000),
          ...(done
            ? {
                state: 'succeeded',
                finishedAt: Date.now(),
                owner: 'none',
                undeleteUntil: operation.verb === 'delete' && operation.bytes > 0 ? Date.now() + 14 * 86_400_000 : null,
              }
            : {}),
        });
        if (done) {
          this.halt(id);
        }
      }, tick),
    );
  }

  halt(id) {
    clearInterval(this.timers.get(id));
    this.timers.delete(id);
  }

  pause({ operationId }) {
    this.halt(operationId);
    return {
      operation: this.change(operationId, { state: 'paused', bytesPerSecond: null, secondsLeft: null, owner: 'none' }),
    };
  }

  resume({ operationId }) {
    const operation = this.change(operationId, { state: 'running', finishedAt: null, owner: 'this' });
    this.go(operationId);
    return { operation };
  }

  cancel({ operationId }) {
    this.halt(operationId);
    return {
      operation: this.change(operationId, {
        state: 'cancelled',
        finishedAt: Date.now(),
        bytesPerSecond: null,
        secondsLeft: null,
        owner: 'none',
      }),
    };
  }

  discard({ operationId }) {
    this.halt(operationId);
    this.operations.delete(operationId);
    this.notify('operations/removed', { operationId });
    return {};
  }

  clearFinished() {
    for (const [id, operation] of this.operations) {
      if (operation.finishedAt !== null) {
        this.operations.delete(id);
        this.notify('operations/removed', { operationId: id });
      }
    }
    return this.list();
  }

  list() {
    return { operations: [...this.operations.values()].reverse() };
  }

  async receipt({ operationId }) {
    const operation = this.operations.get(operationId);
    const folder = operation.destination ?? this.folders.get(operationId);
    const markdownPath = join(folder, 'receipt.md');
    const jsonPath = join(folder, 'receipt.json');
    await writeFile(markdownPath, `# ${operation.title}\n\n${operation.itemsDone} items.\n`);
    await writeFile(jsonPath, JSON.stringify(operation));
    return { markdownPath, jsonPath, destination: operation.destination };
  }

  change(id, changes) {
    const operation = this.set({ ...this.operations.get(id), ...changes });
    this.notify('operations/changed', { operation });
    return operation;
  }

  set(operation) {
    const withActions = { ...operation, actions: actionsFor(operation) };
    this.operations.set(operation.id, withActions);
    return withActions;
  }
}
