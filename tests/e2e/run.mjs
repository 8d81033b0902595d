// npm run e2e: the packaged extension in a real VS Code, on the emulated Azure ML.
//   --grep TEXT     only scenarios whose name holds the text
//   --package NAME  the package that is installed: linux-x64, universal, ... of those this machine's VS Code takes. The one that is
//                   made for the machine runs all scenarios, another one the main job (scenarios with `mainJob`) and its own
//   --vsix PATH     this file instead of one made from the sources
//   --report PATH   the results as JSON
//   --keep          leaves servers and windows' folders in place until Ctrl-C, to look at
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { ownPackage, targetOf } from '../../extension/scripts/platforms.mjs';
import { ensureBrowser, ensureCodeServer } from '../tools/codeServer.mjs';
import { startEmulator } from '../tools/emulator.mjs';
import { ensureModules } from '../tools/npm.mjs';
import { main } from '../tools/processes.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
  options: {
    grep: { type: 'string', default: '' },
    package: { type: 'string', default: 'own' },
    vsix: { type: 'string' },
    report: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});

const target = targetOf(options.package);

/** Whether a scenario is played with the chosen package; `only` names the one that it is about. */
const isPlayed = ({ name, mainJob = false, only }) =>
  name.includes(options.grep) && (only === undefined ? mainJob || target === ownPackage() : only === target);

async function loadScenarios() {
  const names = (await readdir(join(here, 'scenarios'))).filter((name) => name.endsWith('.mjs')).sort();
  const all = [];
  for (const name of names) {
    const { scenarios } = await import(pathToFileURL(join(here, 'scenarios', name)).href);
    all.push(...scenarios);
  }
  return all;
}

await main(async () => {
  await ensureModules(here);
  const executable = await ensureBrowser();
  const codeServer = await ensureCodeServer();
  const { ensureVsix } = await import('./lib/vsix.mjs');
  const { launchBrowser } = await import('./lib/workbench.mjs');
  const { installExtension, makeBuiltins } = await import('./lib/server.mjs');
  const { Stage } = await import('./lib/stage.mjs');

  const vsix = options.vsix ?? (await ensureVsix(target));
  const folder = await mkdtemp(join(tmpdir(), 'aml-e2e-'));
  const results = [];
  let browser;
  try {
    if (target === ownPackage()) {
      await rm(join(here, '.out'), { recursive: true, force: true });
    }
    await mkdir(join(here, '.out'), { recursive: true });
    const extensions = await installExtension(codeServer, vsix, folder);
    const builtins = await makeBuiltins(codeServer, folder);
    browser = await launchBrowser(executable);
    const emulator = await startEmulator({ seed: 'sample' });
    for (const scenario of (await loadScenarios()).filter(isPlayed)) {
      const began = Date.now();
      const stage = new Stage({ codeServer, extensions, builtins, folder, browser, emulator, scenario });
      let error;
      try {
        await scenario.run(stage);
      } catch (caught) {
        error = caught;
        await stage.record();
      }
      const seconds = ((Date.now() - began) / 1000).toFixed(1);
      console.log(`${error ? 'failed' : 'ok    '}  ${scenario.name} (${seconds} s)`);
      if (error) {
        console.log(error.stack.replace(/^/gm, '        '));
      }
      results.push({ name: scenario.name, outcome: error ? 'failed' : 'passed', seconds: Number(seconds), message: error?.message });
      if (options.keep) {
        console.log(`        ${stage.server?.url}`);
        await new Promise(() => {});
      }
      await stage.end();
    }
    await emulator.stop();
  } finally {
    await browser?.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  const failed = results.filter(({ outcome }) => outcome === 'failed').length;
  if (options.report) {
    await writeFile(options.report, JSON.stringify({ results }, null, 2));
  }
  console.log(`${results.length - failed} passed, ${failed} failed, 0 skipped`);
  return failed > 0 || results.length === 0 ? 1 : 0;
});
