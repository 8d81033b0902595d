// How fast runs are searched for a person: looking through pages alone, and a whole search through the emulator.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { startEmulator } from '../../tools/emulator.mjs';
import { root } from '../../tools/paths.mjs';
import { capture, run } from '../../tools/processes.mjs';
import { emulatorAnswers, Sidecar } from '../../tools/sidecar.mjs';
import { peakBytes } from './measure.mjs';
import { markdown, median, mebibytes, seconds } from './table.mjs';

const ada = '11111111-1111-1111-1111-111111111111';
const nobody = '99999999-9999-4999-8999-999999999999';
const pageCount = 20;
const rounds = 10;
const scans = 3;
const project = join(root, 'tests', 'bench', 'AmlDataTools.SearchBench');

/** The same in Python, which the vendor's own tool is written in. Prints runs, found and the processor's seconds of each round. */
const python = `
import glob, json, sys, time
pages = [open(name, 'rb').read() for name in sorted(glob.glob(sys.argv[1] + '/*.json'))]
wanted = sys.argv[3]
def holds(value):
    if isinstance(value, dict):
        return any(holds(one) for one in value.values())
    if isinstance(value, list):
        return any(holds(one) for one in value)
    return isinstance(value, str) and wanted in value.lower()
seconds = []
for index in range(int(sys.argv[2]) + 1):
    began = time.process_time()
    runs = [run for page in pages for run in json.loads(page)['value']]
    found = sum(1 for run in runs if holds(run))
    if index > 0:
        seconds.append(time.process_time() - began)
print(json.dumps({'runs': len(runs), 'found': found, 'seconds': seconds}))
`;

/** Pages of runs as the service gives them. */
async function savePages(emulator, folder) {
  const { subscriptionId, resourceGroup, workspace, dataPlane } = emulator.at;
  const scope = `subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.MachineLearningServices/workspaces/${workspace}`;
  const { token } = await emulator.token(['https://ml.azure.com/.default']);
  let continuationToken = null;
  for (let index = 0; index < pageCount; index++) {
    const answer = await emulator.request('POST', `${dataPlane.replace(/\/$/, '')}/history/v1.0/${scope}/experiments/bulk/runs:query`, {
      headers: { authorization: `Bearer ${token}` },
      body: { orderBy: 'CreatedUtc desc', top: 500, continuationToken },
    });
    if (answer.status !== 200) {
      throw new Error(`Page ${index}: ${answer.status} ${answer.body}`);
    }
    await writeFile(join(folder, `${String(index).padStart(3, '0')}.json`), answer.body);
    ({ continuationToken } = answer.json());
  }
}

/** What a command prints. */
const captureJson = async (command, args) => JSON.parse((await capture(command, args)).stdout);

/** Runs looked through a second, by peer, for a person with a third of the runs and for one with none. */
async function measureDecoding(emulator, folder) {
  await savePages(emulator, folder);
  await run('dotnet', ['build', project, '-c', 'Release', '-v', 'q', '--nologo'], { stdio: ['ignore', 'ignore', 'inherit'] });
  const results = [];
  for (const [title, id] of [
    ['a person with a third of the runs', ada],
    ['a person with none', nobody],
  ]) {
    const all = await captureJson('dotnet', [join(project, 'bin', 'Release', 'net10.0', 'AmlDataTools.SearchBench.dll'), folder, String(rounds), id]);
    all.python = await captureJson('python3', ['-c', python, folder, String(rounds), id]);
    const { found } = all.ours;
    for (const [peer, measured] of Object.entries(all)) {
      if (measured.found !== found || measured.runs !== pageCount * 500) {
        throw new Error(`${peer} found ${measured.found} of ${measured.runs} runs, wanted ${found} of ${pageCount * 500}`);
      }
      results.push({ title, peer, perSecond: measured.runs / median(measured.seconds) });
    }
  }
  return results;
}

/** Whole searches of 100,000 runs by the sidecar. */
async function measureScans(emulator, executable, storageFolder) {
  const results = [];
  for (let round = 0; round < scans; round++) {
    const sidecar = new Sidecar(executable, [], emulatorAnswers(emulator));
    try {
      await sidecar.initialize({ cloud: emulator.cloud, storageFolder, logLevel: 'warning' });
      const { subscriptions } = await sidecar.request('explorer/subscriptions');
      const subscription = await sidecar.findChild(null, ({ kind }) => kind === 'subscription', { subscriptions });
      const workspace = await sidecar.findChild(subscription.id, ({ kind }) => kind === 'workspace');
      const subject = { objectId: ada, tenantId: null, userPrincipalName: null, email: null, displayName: null };
      const asked = { subject, workspaceNodeIds: [workspace.id], exhaustive: false, fileNames: false, fileContent: false, maxFileBytes: 1 };
      let follow;
      const over = new Promise((resolve) => {
        follow = sidecar.onNotification('personalData/changed', ({ search }) => search.state !== 'running' && resolve(search));
      });
      const began = performance.now();
      await sidecar.request('personalData/search', asked);
      const search = await over;
      follow.dispose();
      if (search.state !== 'done' || search.found < 33_000) {
        throw new Error(`The search ended ${search.state} with ${search.found} findings. ${search.message}`);
      }
      results.push({ seconds: (performance.now() - began) / 1000, peak: await peakBytes(sidecar.pid), found: search.found });
      await sidecar.request('personalData/discard', { searchId: search.searchId });
    } finally {
      await sidecar.stop();
    }
  }
  return results;
}

/** Both. */
export async function measureSearch(executable) {
  const folder = await mkdtemp(join(tmpdir(), 'aml-bench-search-'));
  const emulator = await startEmulator({ seed: 'large' });
  try {
    return { decoding: await measureDecoding(emulator, folder), scans: await measureScans(emulator, executable, join(folder, 'storage')) };
  } finally {
    await emulator.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const peers = {
  ours: 'AML Data Tools: bytes first, documents where they may match',
  documents: 'System.Text.Json, every page a JsonDocument, every text compared',
  nodes: 'System.Text.Json, every page deserialised to nodes, every text compared',
  python: 'Python json, every page, every text compared',
};

/** The numbers for people. */
export function searchTables({ decoding, scans: all }) {
  const rows = decoding.map(({ title, peer, perSecond }) => [title, peers[peer], Math.round(perSecond).toLocaleString('en-US')]);
  const times = all.map((one) => one.seconds);
  const scan = [['searching 100,000 runs for a person with a third of them, emulator', seconds(median(times)), `${seconds(Math.min(...times))} to ${seconds(Math.max(...times))}`, mebibytes(Math.max(...all.map((one) => one.peak)))]];
  return `${markdown(['Looked for', 'By', 'Runs a second of processor time'], rows)}\n\n${markdown(['Search', 'Median', 'Range', 'Peak memory'], scan)}`;
}
