// npm run bench: this project beside its peers, on the same work, from the same server, on the same disk.
//   --rounds N        measured rounds after one to warm up (5)
//   --only a,b        works: small, big, model, list, delete, deleteFolder, start, page, plan, planData,
//                     notebook, keystroke, search, editor
//   --peers a,b       ids: ours, ours-bag, rclone, rclone-verified, storage-blob; rclone-plain shows what TLS costs
//   --destination D   a folder on the disk to write to (the system's temporary folder)
//   --json            the numbers as JSON instead of a table
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { capture, main } from '../tools/processes.mjs';
import { processorSeconds } from './lib/measure.mjs';
import { editorTable, measureEditor } from './lib/editor.mjs';
import { measureDataPlans, measureFirstPages, measureRecordPlans, measureStarts } from './lib/latency.mjs';
import { measureKeystroke, measureNotebook } from './lib/notebook.mjs';
import { measureSearch, searchTables } from './lib/search.mjs';
import { startServer } from './lib/server.mjs';
import { markdown, mebibytes, median, milliseconds, seconds } from './lib/table.mjs';
import { checkDestination, works } from './lib/works.mjs';
import { executable, ours } from './peers/ours.mjs';
import { rclone } from './peers/rclone.mjs';
import { storageBlob } from './peers/storage-blob.mjs';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    peers: { type: 'string' },
    destination: { type: 'string', default: tmpdir() },
    json: { type: 'boolean', default: false },
  },
});
const wanted = (list, id) => list === undefined || list.split(',').includes(id);

/** One peer doing one work once, from an empty destination on a disk with nothing left to write. */
async function once(peer, work, server, base, round) {
  const destination = join(base, `${work.id}-${peer.id}-${round}`);
  await mkdir(destination);
  await capture('sync', []);
  if (work.deletes !== undefined) {
    await fetchFrom(server, 'reset');
  }
  const serverBefore = await processorSeconds(server.pid);
  const measured = await peer.works[work.id]({ server, work, destination });
  const serverSeconds = (await processorSeconds(server.pid)) - serverBefore;
  let requests;
  if (work.deletes !== undefined) {
    requests = await fetchFrom(server, 'counts');
    const left = await fetchFrom(server, `left?container=${work.container}`);
    if (left !== 0) {
      throw new Error(`${peer.name} left ${left} blobs`);
    }
  } else if (work.names === undefined) {
    await checkDestination(work, destination);
  } else if (measured.names !== work.names) {
    throw new Error(`${peer.name} listed ${measured.names} names, wanted ${work.names}`);
  }
  // Thousands of files are left until the end: for a minute ext4 will not give their inodes to new files, and searching
  // for others would be measured instead of the clients.
  if (work.files === undefined || work.files < 100) {
    await rm(destination, { recursive: true, force: true });
  }
  return { seconds: measured.seconds, cpuSeconds: measured.cpuSeconds, peakBytes: measured.peakBytes, serverSeconds, requests };
}

/** What the server's own pages say; over plain HTTP, which it speaks too. */
async function fetchFrom(server, page) {
  const text = await (await fetch(`${server.http}/bench/${page}`)).text();
  return text === '' ? undefined : JSON.parse(text);
}

async function measureWork(work, peers, server, base) {
  const able = peers.filter((peer) => peer.works[work.id]);
  const samples = new Map(able.map((peer) => [peer.id, []]));
  for (let round = 0; round <= Number(options.rounds); round++) {
    for (const peer of able) {
      const sample = await once(peer, work, server, base, round);
      console.error(`${work.id} ${round === 0 ? 'warm-up' : `round ${round}`} ${peer.name}: ${seconds(sample.seconds)}`);
      if (round > 0) {
        samples.get(peer.id).push(sample);
      }
    }
  }
  return able.map((peer) => {
    const all = samples.get(peer.id);
    const of = (key) => all.map((sample) => sample[key]);
    return {
      work: work.id,
      title: work.title,
      peer: peer.id,
      name: peer.name,
      seconds: of('seconds'),
      median: median(of('seconds')),
      cpuSeconds: median(of('cpuSeconds')),
      serverSeconds: median(of('serverSeconds')),
      peakBytes: Math.max(...of('peakBytes')),
      requests: all.at(-1).requests,
    };
  });
}

async function machine() {
  const model = cpus()[0].model.trim();
  const pretty = /PRETTY_NAME="(.*)"/.exec(await readFile('/etc/os-release', 'utf8').catch(() => ''))?.[1] ?? process.platform;
  return `${cpus().length} cores (${model}), ${(totalmem() / 2 ** 30).toFixed(0)} GiB, ${pretty}, Linux ${release()}`;
}

function table(results) {
  const rows = results.map((result) => {
    const base = results.find((other) => other.work === result.work && other.peer === 'rclone');
    return [
      result.title,
      result.name,
      seconds(result.median),
      `${seconds(Math.min(...result.seconds))} to ${seconds(Math.max(...result.seconds))}`,
      base ? (result.median / base.median).toFixed(2) : '-',
      seconds(result.cpuSeconds),
      seconds(result.serverSeconds),
      mebibytes(result.peakBytes),
    ];
  });
  return markdown(['Work', 'Client', 'Median', 'Range', 'To rclone', 'CPU', 'Server CPU', 'Peak memory'], rows);
}

async function measureLatencies() {
  const all = [
    { id: 'start', title: 'sidecar: start to the reply of initialize', wanted: 0.1, measure: measureStarts },
    { id: 'page', title: 'first page of an experiment with 100,000 runs, emulator', wanted: 0.3, measure: measureFirstPages },
    { id: 'plan', title: 'planning a deletion of 10,000 of 100,000 runs, emulator', wanted: 10, measure: measureRecordPlans },
    { id: 'planData', title: 'planning a deletion of 10,000 runs with their data, emulator', wanted: 10, measure: measureDataPlans },
    { id: 'notebook', title: 'what a notebook with 5 MB of code refers to', wanted: 0.05, measure: measureNotebook },
    { id: 'keystroke', title: 'the same after a keystroke', wanted: 0.005, measure: measureKeystroke },
  ];
  const results = [];
  for (const { measure, ...work } of all.filter(({ id }) => wanted(options.only, id))) {
    const values = await measure(executable);
    results.push({ ...work, seconds: values, median: median(values) });
  }
  return results;
}

/** What deletions asked of the server: requests by kind, in the last round. */
function requestTable(results) {
  const rows = results
    .filter(({ requests }) => requests !== undefined)
    .map(({ title, name, requests: { batch = 0, delete: single = 0, deleteFolder = 0, list = 0, read = 0, other = 0 } }) => [
      title,
      name,
      batch,
      single,
      deleteFolder,
      list,
      read + other,
    ]);
  return rows.length === 0 ? '' : `\n${markdown(['Work', 'Client', 'Batches', 'Single deletes', 'Folder deletes', 'Listings', 'Others'], rows)}\n`;
}

function latencyTable(latencies) {
  const rows = latencies.map(({ title, wanted: limit, median: middle, seconds: all }) => [
    title,
    milliseconds(middle),
    `${milliseconds(Math.min(...all))} to ${milliseconds(Math.max(...all))}`,
    `under ${milliseconds(limit)}`,
    all.length,
  ]);
  return markdown(['Wait', 'Median', 'Range', 'Wanted', 'Times'], rows);
}

const notes = `
- One static server for all, over TLS, on the same machine; its own processor time is shown, for it shares the cores.
- Rounds are interleaved; one warm-up round is thrown away. Each writes to a fresh folder, the disk synced before.
- 16 files in parallel each. What is left at the destination is checked after each, outside the time.
- rclone verifies the MD5 of small files. With several streams a file, its default for large ones, it does not verify
  them: the hash is not in the ranged answers where it looks. "One stream a file" is rclone with verification.
- @azure/storage-blob verifies nothing unless a program does it itself.`;

await main(async () => {
  const peers = [ours(), ours({ format: 'bag' }), ours({ format: 'zip' }), ours({ format: 'bagZip' }), rclone(), rclone({ singleStream: true }), storageBlob(), rclone({ plain: true })].filter(
    (peer) => peer && (options.peers ? wanted(options.peers, peer.id) : peer.id !== 'rclone-plain'),
  );
  for (const peer of peers) {
    await peer.prepare();
  }
  const server = await startServer();
  const base = await mkdtemp(join(options.destination, 'aml-bench-'));
  const results = [];
  try {
    for (const work of works.filter((each) => wanted(options.only, each.id))) {
      results.push(...(await measureWork(work, peers, server.ready, base)));
    }
  } finally {
    await rm(base, { recursive: true, force: true });
  }
  const latencies = peers.some((peer) => peer.id === 'ours') ? await measureLatencies() : [];
  const search = peers.some((peer) => peer.id === 'ours') && wanted(options.only, 'search') ? await measureSearch(executable) : undefined;
  const editor = peers.some((peer) => peer.id === 'ours') && wanted(options.only, 'editor') ? await measureEditor() : undefined;
  const where = await machine();
  if (options.json) {
    console.log(JSON.stringify({ machine: where, rounds: Number(options.rounds), results, latencies, search, editor }, null, 2));
  } else {
    console.log(`\n${where}; median of ${options.rounds} rounds.\n\n${table(results)}\n${requestTable(results)}${notes}`);
    if (latencies.length > 0) {
      console.log(`\n${latencyTable(latencies)}`);
    }
    if (search) {
      console.log(`\n${searchTables(search)}`);
    }
    if (editor) {
      console.log(`\n${editorTable(editor)}`);
    }
  }
});
