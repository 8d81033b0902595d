// Installs the clients, starts the emulator, runs the tests and prints the totals.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmulator } from './emulator.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { dependencies } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
const installed = Object.entries(dependencies).every(([name, version]) => {
  const manifest = join(here, 'node_modules', name, 'package.json');
  return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === version;
});
if (!installed) {
  const done = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error'], {
    cwd: here,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (done.status !== 0) {
    process.exit(1);
  }
}

const emulator = await startEmulator();
const files = readdirSync(here).filter((name) => name.endsWith('.test.mjs')).map((name) => join(here, name));
const tests = spawn(process.execPath, ['--test', '--test-concurrency=1', '--test-reporter=tap', ...files], {
  cwd: here,
  env: { ...process.env, NODE_EXTRA_CA_CERTS: emulator.caCertificate, EMULATOR: JSON.stringify(emulator) },
  stdio: ['ignore', 'pipe', 'inherit'],
});
let output = '';
tests.stdout.on('data', (data) => {
  output += data;
});
const code = await new Promise((resolve) => tests.once('exit', resolve));
await emulator.stop();
const total = (name) => Number(output.match(new RegExp(`^# ${name} (\\d+)$`, 'm'))?.[1] ?? 0);
const failed = total('fail') + total('cancelled');
if (code !== 0) {
  console.log(output);
}
console.log(`${total('pass')} passed, ${failed} failed, ${total('skipped') + total('todo')} skipped`);
process.exit(code === 0 && total('pass') > 0 ? 0 : 1);
