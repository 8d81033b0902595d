// The packages that are released: made, opened, and checked against what they must be.
//   --report PATH   the results as JSON
//   --folder PATH   packages that are there instead of ones made from the sources
import { readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { released } from '../../extension/scripts/platforms.mjs';
import { ensurePackages } from '../tools/debian.mjs';
import { ensureModules } from '../tools/npm.mjs';
import { root } from '../tools/paths.mjs';
import { main } from '../tools/processes.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({ options: { report: { type: 'string' }, folder: { type: 'string' } } });

async function pathOf(target) {
  if (options.folder === undefined) {
    const { ensureVsix } = await import('../e2e/lib/vsix.mjs');
    return ensureVsix(target);
  }
  const name = (await readdir(options.folder)).find((each) => each.includes(`-${target}-`) && each.endsWith('.vsix'));
  return join(options.folder, name ?? `(no package for ${target})`);
}

await main(async () => {
  await ensurePackages(['unzip']);
  await ensureModules(root);
  await ensureModules(here);
  const { OpenedPackage } = await import('./lib/opened.mjs');
  const { everyPackage } = await import('./lib/everyPackage.mjs');
  const { eachPackage } = await import('./lib/eachPackage.mjs');
  const { ofTheScript } = await import('./lib/script.mjs');
  const results = [];
  const check = async (name, body) => {
    const began = Date.now();
    const error = await body().then(
      () => undefined,
      (caught) => caught,
    );
    console.log(`${error ? 'failed' : 'ok    '}  ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
    if (error) {
      console.log(error.stack.replace(/^/gm, '        '));
    }
    results.push({ name, outcome: error ? 'failed' : 'passed', message: error?.message });
  };
  for (const target of released) {
    let opened;
    await check(`the package for ${target} is made and opened`, async () => {
      opened = await OpenedPackage.open(target, await pathOf(target));
    });
    for (const [name, body] of opened ? [...everyPackage, ...eachPackage[target]] : []) {
      await check(`the package for ${target} ${name}`, () => body(opened));
    }
    if (opened) {
      await rm(opened.folder, { recursive: true, force: true });
    }
  }
  for (const [name, body] of ofTheScript) {
    await check(name, body);
  }
  const failed = results.filter(({ outcome }) => outcome === 'failed').length;
  if (options.report) {
    await writeFile(options.report, JSON.stringify({ results }, null, 2));
  }
  console.log(`${results.length - failed} passed, ${failed} failed, 0 skipped`);
  return failed > 0 ? 1 : 0;
});
