// Starts the emulator: builds it if needed, installs Azurite if needed, passes all options on.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from '../tools/locks.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const windows = process.platform === 'win32';

/** Runs a command whose output belongs on stderr: stdout is for the emulator's one line. */
function run(command, args) {
  const done = spawnSync(command, args, { cwd: here, stdio: ['ignore', 2, 2], shell: windows });
  if (done.error || done.status !== 0) {
    console.error(`'${command} ${args.join(' ')}' failed${done.error ? `: ${done.error.message}` : ` with exit code ${done.status}`}.`);
    process.exit(1);
  }
}

const program = join(here, 'bin', 'Release', 'net10.0', 'AmlDataTools.Emulator.dll');

function make() {
  const wanted = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8')).dependencies.azurite;
  const manifest = join(here, 'node_modules', 'azurite', 'package.json');
  if (!existsSync(manifest) || JSON.parse(readFileSync(manifest, 'utf8')).version !== wanted) {
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error']);
  }
  // Incremental, so a second start costs little; AMLDT_EMULATOR_BUILT skips it for callers that have just built.
  if (!process.env.AMLDT_EMULATOR_BUILT || !existsSync(program)) {
    run('dotnet', ['build', join(here, 'AmlDataTools.Emulator.csproj'), '-c', 'Release', '-v', 'q', '--nologo', '-clp:ErrorsOnly']);
  }
}

// Several may start at once; two builds of one folder would write over each other.
await withLock(join(here, 'obj', 'start-lock'), async () => make());

const emulator = spawn(
  'dotnet',
  [program, '--azurite', join(here, 'node_modules', 'azurite', 'dist', 'src', 'blob', 'main.js'), ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
emulator.on('error', (error) => {
  console.error(`dotnet could not be started: ${error.message}. Install the .NET 10 SDK.`);
  process.exit(1);
});
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => emulator.kill(signal));
}
emulator.on('exit', (code) => process.exit(code ?? 1));
