// npm test: everything, from nothing but Node and the .NET SDK. The last line is `N passed, N failed, N skipped`.
//   --only a,b   these suites: protocol, lint, dotnet, extension, conformance, packages, e2e, universal
//   --no-build   what is built already
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ensurePackages } from './tools/debian.mjs';
import { ensureModules } from './tools/npm.mjs';
import { root } from './tools/paths.mjs';
import { keep, main, run } from './tools/processes.mjs';
import { readTrx, readVitest } from './tools/results.mjs';

const { values: options } = parseArgs({
  options: { only: { type: 'string' }, 'no-build': { type: 'boolean', default: false } },
});
const node = process.execPath;
const environment = { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1', DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE: '1' };
const emulatorFolder = join(root, 'tests', 'AmlDataTools.Emulator');

/** Runs a command, its output shown; each line after a word when there is one. @returns its exit code. */
async function shown(command, args, word) {
  const child = keep(command, args, { cwd: root, env: environment, stdio: ['ignore', ...Array(2).fill(word === undefined ? 'inherit' : 'pipe')] });
  if (word !== undefined) {
    for (const stream of [child.process.stdout, child.process.stderr]) {
      createInterface({ input: stream }).on('line', (line) => console.log(`[${word}] ${line}`));
    }
  }
  const code = await child.ended;
  // The rest of what it wrote; not for ever: a server that a build left behind may hold the pipe.
  await Promise.race([child.closed, sleep(5000)]);
  return code;
}

/** A command that is one test. */
const single = (command, args) => async () => {
  const code = await shown(command, args);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
};

async function dotnet(scratch) {
  // Other people's readers of zips: what we write must open in all of them.
  await ensurePackages(['unzip', 'p7zip-full', 'libarchive-tools', 'python3']);
  const projects = (await readdir(join(root, 'tests'))).filter((name) => /^AmlDataTools\..*\.Tests$/.test(name)).sort();
  const totals = [];
  for (const project of projects) {
    const report = join(scratch, `${project}.trx`);
    const code = await shown('dotnet', [
      ...['test', join('tests', project), '--no-build', '--nologo', '--blame-hang-timeout', '10m'],
      ...['--logger', `trx;LogFileName=${report}`, '--logger', 'console;verbosity=minimal'],
    ]);
    totals.push(counted(project, await readTrx(report), code));
  }
  return sum(totals);
}

async function extension(scratch) {
  const report = join(scratch, 'vitest.json');
  const code = await shown(node, [
    join('node_modules', 'vitest', 'vitest.mjs'),
    ...['run', '--config', join('tests', 'extension', 'vitest.config.mts')],
    ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
  ]);
  return counted('extension', await readVitest(report), code);
}

/** Suites that write their results themselves: `{ results: [{ name, outcome }] }`. */
const own = (name, script, ...args) => async (scratch, word) => {
  const report = join(scratch, `${name}.json`);
  const code = await shown(node, [join(root, ...script), ...args, '--report', report], word);
  const { results } = JSON.parse(await readFile(report, 'utf8').catch(() => '{"results":[]}'));
  const count = (outcome) => results.filter((result) => result.outcome === outcome).length;
  const failures = results.filter(({ outcome }) => outcome === 'failed').map((result) => ({ name: `${name}: ${result.name}`, message: result.message ?? '' }));
  return counted(name, { passed: count('passed'), failed: count('failed'), skipped: count('skipped'), failures }, code);
};

/** A suite that says its totals in its last line, as this script does. */
const closing = (name, script) => async () => {
  const child = keep(node, [join(root, ...script)], { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  let last = '';
  createInterface({ input: child.process.stdout }).on('line', (line) => {
    console.log(line);
    last = line;
  });
  const code = await child.closed;
  const [, passed, failed, skipped] = /^(\d+) passed, (\d+) failed, (\d+) skipped$/.exec(last)?.map(Number) ?? [0, 0, 0, 0];
  return counted(name, { passed, failed, skipped }, code);
};

/** A suite that ran nothing, or ended badly without a failed test to show for it, has failed. */
function counted(name, result, code) {
  const ran = result.passed + result.failed;
  if (result.failed === 0 && (code !== 0 || ran === 0)) {
    console.log(`${name} ${code !== 0 ? `ended with ${code}` : 'ran no test'}`);
    return { ...result, failed: 1 };
  }
  return result;
}

const sum = (results) =>
  results.reduce(
    (total, each) => ({
      passed: total.passed + each.passed,
      failed: total.failed + each.failed,
      skipped: total.skipped + each.skipped,
      failures: [...total.failures, ...(each.failures ?? [])],
    }),
    { passed: 0, failed: 0, skipped: 0, failures: [] },
  );

const suites = {
  protocol: single(node, ['extension/scripts/generate.mjs', '--check']),
  lint: single(node, ['extension/scripts/lint.mjs']),
  dotnet,
  extension,
  conformance: closing('conformance', ['tests', 'conformance', 'run.mjs']),
  packages: own('packages', ['tests', 'packages', 'run.mjs']),
  e2e: own('e2e', ['tests', 'e2e', 'run.mjs']),
  universal: own('universal', ['tests', 'e2e', 'run.mjs'], '--package', 'universal'),
};

/**
 * Suites that wait for windows more than they compute: two of them at once take little longer than one. What they start
 * has processes, ports and folders of its own.
 */
const atOnce = new Set(['e2e', 'universal']);

/** What is run one after the other: each a suite, or several at once. */
const turnsOf = (wanted) => {
  const together = wanted.filter((name) => atOnce.has(name));
  return wanted.filter((name) => !together.slice(1).includes(name)).map((name) => (name === together[0] ? together : [name]));
};

/** Runs a suite. @param word what to put before the lines it writes, when another one writes too */
async function runSuite(name, scratch, word) {
  const began = Date.now();
  // One suite that cannot run must not hide the results of the others.
  const result = await suites[name](scratch, word).catch((error) => {
    console.log(error);
    return { passed: 0, failed: 1, skipped: 0 };
  });
  return { ...result, seconds: (Date.now() - began) / 1000 };
}

async function build() {
  await ensureModules(root);
  await ensureModules(emulatorFolder);
  await run('dotnet', ['build', 'AmlDataTools.sln', '--nologo', '-v', 'q'], { cwd: root, env: environment });
  // As it is started; from here on nobody has to build it, least of all two at once.
  await run('dotnet', ['build', emulatorFolder, '-c', 'Release', '--nologo', '-v', 'q'], { cwd: root, env: environment });
  environment.AMLDT_EMULATOR_BUILT = '1';
}

await main(async () => {
  const wanted = options.only?.split(',') ?? Object.keys(suites);
  const unknown = wanted.filter((name) => !(name in suites));
  if (unknown.length > 0) {
    console.error(`There is no suite ${unknown.join(', ')}; there are ${Object.keys(suites).join(', ')}.`);
    return 2;
  }
  const scratch = await mkdtemp(join(tmpdir(), 'aml-tests-'));
  const results = new Map();
  try {
    if (!options['no-build']) {
      heading('build');
      await build();
    }
    await mkdir(scratch, { recursive: true });
    for (const turn of turnsOf(wanted)) {
      heading(turn.join(', '));
      const done = await Promise.all(turn.map((name) => runSuite(name, scratch, turn.length > 1 ? name : undefined)));
      turn.forEach((name, index) => results.set(name, done[index]));
    }
  } catch (error) {
    console.log(error.message);
    results.set('build', { passed: 0, failed: 1, skipped: 0, seconds: 0 });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  const total = sum([...results.values()]);
  if (total.failures.length > 0) {
    // Again at the end: what a runner printed in passing is far up, or cut off, in a long log.
    heading('failed');
    for (const { name, message } of total.failures) {
      console.log(`${name}\n${message.trim().split('\n').slice(0, 30).join('\n').replace(/^/gm, '    ')}\n`);
    }
  }
  heading('results');
  for (const [name, { passed, failed, skipped, seconds }] of results) {
    console.log(`${name.padEnd(12)} ${passed} passed, ${failed} failed, ${skipped} skipped (${seconds.toFixed(0)} s)`);
  }
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return total.failed > 0 ? 1 : 0;
});

function heading(text) {
  console.log(`\n== ${text} ==`);
}
