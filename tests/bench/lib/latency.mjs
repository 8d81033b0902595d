// How long a person waits: for the sidecar to be up, and for the first page of a very long experiment.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { startEmulator } from '../../tools/emulator.mjs';
import { emulatorAnswers, Sidecar } from '../../tools/sidecar.mjs';
import { peakBytes } from './measure.mjs';
import { mebibytes } from './table.mjs';

const starts = 20;
const pages = 10;
const plans = 3;

async function withStorage(body) {
  const folder = await mkdtemp(join(tmpdir(), 'aml-bench-storage-'));
  try {
    return await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Seconds from starting the process to its reply to `initialize`, one for each start. */
export function measureStarts(executable) {
  return withStorage(async (storageFolder) => {
    const seconds = [];
    for (let index = 0; index <= starts; index++) {
      const sidecar = new Sidecar(executable, []);
      await sidecar.initialize({ storageFolder, logLevel: 'warning' });
      if (index > 0) {
        seconds.push((performance.now() - sidecar.started) / 1000);
      }
      await sidecar.stop();
    }
    return seconds;
  });
}

/** Has a sidecar do something with the node of an experiment that has 100,000 runs. */
function withLongExperiment(executable, body) {
  return withStorage(async (storageFolder) => {
    const emulator = await startEmulator({ seed: 'large' });
    const sidecar = new Sidecar(executable, [], emulatorAnswers(emulator));
    try {
      await sidecar.initialize({ cloud: emulator.cloud, storageFolder, logLevel: 'warning' });
      const { subscriptions } = await sidecar.request('explorer/subscriptions');
      let node = await sidecar.findChild(null, ({ kind }) => kind === 'subscription', { subscriptions });
      for (const matches of [({ kind }) => kind === 'workspace', ({ kind }) => kind === 'experiments', ({ label }) => label === 'bulk']) {
        node = await sidecar.findChild(node.id, matches);
      }
      return await body(sidecar, node);
    } finally {
      await sidecar.stop();
      await emulator.stop();
    }
  });
}

/** Seconds from asking for the runs of an experiment that has 100,000 to its first page, nothing being remembered. */
export function measureFirstPages(executable) {
  return withLongExperiment(executable, async (sidecar, node) => {
    const seconds = [];
    for (let index = 0; index <= pages; index++) {
      await sidecar.request('explorer/refresh', { nodeId: null });
      const began = performance.now();
      const page = await sidecar.children(node.id);
      if (index > 0) {
        seconds.push((performance.now() - began) / 1000);
      }
      if (page.nextPageToken === null || page.nodes.some(({ kind }) => kind !== 'run')) {
        throw new Error('The first page of the long experiment is not a page of runs.');
      }
    }
    return seconds;
  });
}

/** Seconds that a plan to delete every tenth of 100,000 runs takes. The peak memory of the sidecar goes to standard error. */
function measurePlans(executable, includeData) {
  return withLongExperiment(executable, async (sidecar, node) => {
    const seconds = [];
    for (let index = 0; index < plans; index++) {
      const began = performance.now();
      const plan = await sidecar.request('operations/plan', {
        verb: 'delete',
        nodeIds: [node.id],
        export: null,
        change: { includeData, includeChildren: false, includeVersionsAndSnapshots: false, typeNames: true, typeAboveBytes: 1 << 30 },
        filter: { olderThanDays: null, statuses: [], name: '*7', tag: null, createdBy: null, unreferenced: false },
        operationId: null,
        progressToken: null,
      });
      seconds.push((performance.now() - began) / 1000);
      const wanted = includeData ? 30_000 : 10_000; // With data each run has its record, its metrics and its folder.
      if (plan.items !== wanted) {
        throw new Error(`The plan has ${plan.items} items, wanted ${wanted}.`);
      }
      console.error(`plan ${index + 1}${includeData ? ' with data' : ''}: peak memory ${mebibytes(await peakBytes(sidecar.pid))}`);
    }
    return seconds;
  });
}

export const measureRecordPlans = (executable) => measurePlans(executable, false);
export const measureDataPlans = (executable) => measurePlans(executable, true);
