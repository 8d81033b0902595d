// This project: the shipped sidecar, driven over JSON-RPC as the extension drives it, from its start to the receipt.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { root } from '../../tools/paths.mjs';
import { run } from '../../tools/processes.mjs';
import { Sidecar } from '../../tools/sidecar.mjs';
import { measureProcess } from '../lib/measure.mjs';

const rid = `${process.platform === 'win32' ? 'win' : 'linux'}-${process.arch}`;
export const executable = join(root, 'bin', rid, process.platform === 'win32' ? 'AmlDataTools.Server.exe' : 'AmlDataTools.Server');

/** A token that only has to look like one: the benchmark server takes any. */
const claims = Buffer.from(JSON.stringify({ name: 'Bench', exp: 4102444800 })).toString('base64url');
const answers = { 'credential/token': () => ({ token: `e30.${claims}.c2ln`, expiresOn: 4102444800000, accountLabel: 'Bench' }) };

/** Starts a sidecar, has it do something, and measures from before its start to the end of that. */
async function measured(server, body) {
  const storageFolder = await mkdtemp(join(tmpdir(), 'aml-bench-storage-'));
  const began = performance.now();
  const sidecar = new Sidecar(executable, [], answers);
  try {
    const port = new URL(server.https).port;
    const { cpuSeconds, peakBytes, result } = await measureProcess(sidecar.pid, async () => {
      await sidecar.initialize({
        cloud: {
          resourceManager: `https://localhost:${port}`,
          storageSuffix: `localhost:${port}`,
          dataPlaneSuffixes: ['localhost'],
          caCertificatePath: server.caCertificate,
        },
        storageFolder,
        logLevel: 'warning',
      });
      return body(sidecar);
    });
    return { seconds: (performance.now() - began) / 1000, cpuSeconds, peakBytes, ...result };
  } finally {
    await sidecar.stop();
    await rm(storageFolder, { recursive: true, force: true });
  }
}

async function locate(sidecar, work) {
  const workspace = `/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/bench/providers/Microsoft.MachineLearningServices/workspaces/${work.container}`;
  const { node } = await sidecar.request('explorer/locate', { text: `${workspace}/jobs/bench_run`, workspaceNodeId: null });
  return node.id;
}

/** The other ways of writing, which are measured with copies alone. */
const written = { bag: ['ours-bag', 'as a bag'], zip: ['ours-zip', 'as a zip'], bagZip: ['ours-bag-zip', 'as a bag in a zip'] };

/** @param format how the export is written: 'folder', 'bag', 'zip' or 'bagZip' */
export function ours({ format = 'folder' } = {}) {
  const copy = ({ server, work, destination }) =>
    measured(server, async (sidecar) => {
      const { operation } = await sidecar.export([await locate(sidecar, work)], destination, { format });
      if (operation.state !== 'succeeded') {
        throw new Error(`The export ended as ${operation.state}: ${operation.message}`);
      }
      return {};
    });
  const list = ({ server, work }) =>
    measured(server, async (sidecar) => {
      const plan = await sidecar.request('operations/plan', { verb: 'export', nodeIds: [await locate(sidecar, work)], export: null, change: null, filter: null, operationId: null, progressToken: null });
      return { names: plan.items };
    });
  const remove = ({ server, work }) =>
    measured(server, async (sidecar) => {
      const run = await locate(sidecar, work);
      const files = await sidecar.findChild(run, ({ kind }) => kind === 'runFiles');
      const operation = await sidecar.change('delete', [files.id], { includeData: true });
      if (operation.state !== 'succeeded') {
        throw new Error(`The deletion ended as ${operation.state}: ${operation.message}`);
      }
      return {};
    });
  const [id, how] = written[format] ?? ['ours'];
  return {
    id,
    name: how ? `AML Data Tools, ${how}` : 'AML Data Tools',
    prepare: () => run(process.execPath, [join(root, 'extension', 'scripts', 'publish-server.mjs'), rid], { stdio: ['ignore', 'ignore', 'inherit'] }),
    works: { small: copy, big: copy, model: copy, ...(how ? {} : { list, delete: remove, deleteFolder: remove }) },
  };
}
