// Measures a published sidecar: time from its start to its answer to initialize, and the memory it took until then.
//   node extension/scripts/measure-server.mjs <rid|portable> [runs]
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const [target = 'portable', runs = '20'] = process.argv.slice(2);
const folder = join(root, 'bin', target);
const executable = join(folder, process.platform === 'win32' ? 'AmlDataTools.Server.exe' : 'AmlDataTools.Server');
const [command, args] = existsSync(executable)
  ? [executable, []]
  : ['dotnet', [join(folder, 'AmlDataTools.Server.dll')]];
const scratch = mkdtempSync(join(tmpdir(), 'measure-'));
const body = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {
    protocolVersion: 1,
    clientName: 'measure',
    clientVersion: '1',
    locale: 'en',
    cloud: { name: 'public', custom: null },
    credential: { kind: 'vsCode', tenantId: null, clientId: null },
    storageFolder: join(scratch, 'storage'),
    logFolder: join(scratch, 'logs'),
    logLevel: 'info',
    parentProcessId: process.pid,
  },
});

/** The most memory the process ever had resident, where the system tells it. */
function peakMegabytes(pid) {
  const line =
    process.platform === 'linux' ? /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) : null;
  return line ? Number(line[1]) / 1024 : NaN;
}

function once() {
  return new Promise((resolve, reject) => {
    const start = process.hrtime.bigint();
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    let output = '';
    let measured;
    child.on('error', reject);
    child.on('exit', () =>
      measured ? resolve(measured) : reject(new Error(`It ended before it answered: ${output}`)),
    );
    child.stdout.on('data', (data) => {
      output += data;
      if (!measured && output.includes('"result"')) {
        measured = { milliseconds: Number(process.hrtime.bigint() - start) / 1e6, megabytes: peakMegabytes(child.pid) };
        child.stdin.end();
      }
    });
    child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  });
}

try {
  await once();
  const all = [];
  for (let i = 0; i < Number(runs); i++) {
    all.push(await once());
  }
  const sorted = (key) => all.map((one) => one[key]).sort((a, b) => a - b);
  const median = (values) => values[Math.floor(values.length / 2)];
  const times = sorted('milliseconds');
  console.log(
    `${target}: start to initialize reply, ${runs} runs: median ${median(times).toFixed(0)} ms, ` +
      `fastest ${times[0].toFixed(0)} ms, slowest ${times.at(-1).toFixed(0)} ms; peak memory ${median(sorted('megabytes')).toFixed(0)} MB`,
  );
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
