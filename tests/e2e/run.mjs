// npm run e2e: the packaged extension in a real VS Code, on the emulated Azure ML.
//   --grep TEXT     only scenarios whose name holds the text, or one of the texts if it is given several times
//   --package NAME  the package that is installed: linux-x64, universal, ... of those this machine's VS Code takes. All scenarios
//                   are played with each, but for those that are about one (`only`)
//   --vsix PATH     this file instead of one made from the sources
//   --report PATH   the results as JSON
//   --keep          leaves servers and windows' folders in place until Ctrl-C, to look at
// Pictures and logs are put into .out/NAME.
import { readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { targetOf } from '../../extension/scripts/platforms.mjs';
import { main } from '../tools/processes.mjs';
import { ensureImports, inTheatre } from './lib/theatre.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
  options: {
    grep: { type: 'string', multiple: true, default: [''] },
    package: { type: 'string', default: 'own' },
    vsix: { type: 'string' },
    report: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});

const target = targetOf(options.package);
/** Milliseconds; the longest scenario takes a tenth of it on a machine that does nothing else. */
const longest = 480_000;

async function loadScenarios() {
  await ensureImports();
  const names = (await readdir(join(here, 'scenarios'))).filter((name) => name.endsWith('.mjs')).sort();
  const all = [];
  for (const name of names) {
    const { scenarios } = await import(pathToFileURL(join(here, 'scenarios', name)).href);
    all.push(...scenarios);
  }
  return all.filter(({ name, only }) => options.grep.some((text) => name.includes(text)) && (only === undefined || only === target));
}

/** Fails when something waits for what never comes: the others shall be played all the same. */
async function within(milliseconds, playing) {
  let timer;
  const over = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It was not over after ${milliseconds / 60_000} minutes.`)), milliseconds);
  });
  await Promise.race([playing, over]).finally(() => clearTimeout(timer));
}

/** @returns the result as it is reported. */
async function play(scenario, stage) {
  const began = Date.now();
  const errors = [];
  await within(longest, scenario.run(stage)).catch((error) => errors.push(error));
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  if (errors.length > 0) {
    await stage.record().catch((error) => errors.push(error));
  }
  if (options.keep) {
    console.log(`${errors[0]?.stack ?? 'ok'}\n${stage.server?.url}`);
    await new Promise(() => {});
  }
  await stage.end().catch((error) => errors.push(error));
  console.log(`${errors.length > 0 ? 'failed' : 'ok    '}  ${scenario.name} (${seconds} s)`);
  for (const error of errors) {
    console.log(error.stack.replace(/^/gm, '        '));
  }
  return { name: scenario.name, outcome: errors.length > 0 ? 'failed' : 'passed', seconds: Number(seconds), message: errors[0]?.message };
}

await main(async () => {
  const scenarios = await loadScenarios();
  const results = [];
  await inTheatre({ play: target, target, vsix: options.vsix }, async ({ stageFor }) => {
    for (const scenario of scenarios) {
      results.push(await play(scenario, stageFor(scenario)));
    }
  });
  const failed = results.filter(({ outcome }) => outcome === 'failed').length;
  if (options.report) {
    await writeFile(options.report, JSON.stringify({ results }, null, 2));
  }
  console.log(`${results.length - failed} passed, ${failed} failed, 0 skipped`);
  return failed > 0 || results.length === 0 ? 1 : 0;
});
