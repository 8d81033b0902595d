// The operations of the fake sidecar: they take a few seconds and write a receipt, and no file of any run.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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

export class Operations {
  constructor(notify) {
    this.notify = notify;
    this.plans = new Map();
    this.operations = new Map();
    this.timers = new Map();
    this.count = 0;
  }

  async plan({ nodeIds, export: options }, progress, token) {
    for (let step = 1; step <= 3; step++) {
      await new Promise((resolve) => setTimeout(resolve, 120));
      if (token.isCancellationRequested) {
        throw Object.assign(new Error('cancelled'), { code: -32800 });
      }
      progress({ message: 'outputs', items: step * 10, bytes: step * 1_000_000 });
    }
    const planId = `plan-${++this.count}`;
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

  planItems({ planId }) {
    return { items: this.plans.get(planId).items, nextPageToken: null };
  }

  async start({ planId, destination }) {
    const { plan } = this.plans.get(planId);
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

  go(id) {
    this.timers.set(
      id,
      setInterval(() => {
        const operation = this.operations.get(id);
        const bytesDone = Math.min(operation.bytes, operation.bytesDone + (operation.bytes * tick) / duration);
        const done = bytesDone >= operation.bytes;
        const rate = Math.round((operation.bytes * 1000) / duration);
        this.change(id, {
          bytesDone: Math.round(bytesDone),
          itemsDone: Math.floor((operation.items * bytesDone) / operation.bytes),
          bytesPerSecond: done ? null : rate,
          secondsLeft: done ? null : Math.round((operation.bytes - bytesDone) / rate),
          ...(done ? { state: 'succeeded', finishedAt: Date.now(), owner: 'none' } : {}),
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
    const markdownPath = join(operation.destination, 'receipt.md');
    const jsonPath = join(operation.destination, 'receipt.json');
    await writeFile(markdownPath, `# ${operation.title}\n\n${operation.itemsDone} files.\n`);
    await writeFile(jsonPath, JSON.stringify(operation));
    return { markdownPath, jsonPath, destination: operation.destination };
  }

  change(id, changes) {
    const operation = this.set({ ...this.operations.get(id), ...changes });
    this.notify('operations/changed', { operation });
    return operation;
  }

  set(operation) {
    const withActions = { ...operation, actions: actionsOf[operation.state] };
    this.operations.set(operation.id, withActions);
    return withActions;
  }
}
