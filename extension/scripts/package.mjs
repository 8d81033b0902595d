// Makes the packages to publish.
//   node extension/scripts/package.mjs                      all platforms
//   node extension/scripts/package.mjs --target linux-x64   one of them; `own` means this machine's
//   node extension/scripts/package.mjs --out folder         where to put them; the root if left out
//   node extension/scripts/package.mjs --pictures https://... where the README's pictures are published; without it they are left out
import { cp, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureModules } from './modules.mjs';
import { ownTarget, targets } from './platforms.mjs';
import { packagedReadme, writePackagedReadme } from './readme.mjs';
import { program, root, run } from './run.mjs';

const { values } = parseArgs({
  options: {
    target: { type: 'string' },
    out: { type: 'string', default: root },
    pictures: { type: 'string' },
  },
});
const wanted =
  values.target === undefined ? Object.keys(targets) : [values.target === 'own' ? ownTarget() : values.target];
const unknown = wanted.find((target) => !(target in targets));
if (unknown !== undefined) {
  console.error(`There is no target ${unknown}; there are ${Object.keys(targets).join(', ')}.`);
  process.exit(2);
}

const bin = join(root, 'bin');
const aside = join(root, '.cache', 'bin-aside');
const published = join(root, '.cache', 'published');

/** Publishes a sidecar once, whatever number of packages it goes into. */
async function publish(name) {
  await rm(bin, { recursive: true, force: true });
  run(process.execPath, [join('extension', 'scripts', 'publish-server.mjs'), name]);
  await mkdir(published, { recursive: true });
  await rm(join(published, name), { recursive: true, force: true });
  await rename(join(bin, name), join(published, name));
}

await ensureModules(root);
const { bundle } = await import('./bundle.mjs');
await bundle();
await writePackagedReadme(values.pictures);
await mkdir(values.out, { recursive: true });
const { name, version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

// A package takes what is in bin/, so what a build put there is kept out of the way meanwhile.
await rm(aside, { recursive: true, force: true });
await mkdir(join(root, '.cache'), { recursive: true });
const hadBin = await rename(bin, aside).then(
  () => true,
  () => false,
);
try {
  const done = new Set();
  for (const target of wanted) {
    const { rid, selfContained } = targets[target];
    const folder = selfContained ? rid : 'portable';
    if (!done.has(folder)) {
      await publish(folder);
      done.add(folder);
    }
    await rm(bin, { recursive: true, force: true });
    await cp(join(published, folder), join(bin, folder), { recursive: true });
    const file = resolve(values.out, `${name}-${target}-${version}.vsix`);
    run(program('vsce'), [
      'package',
      '--target',
      target,
      '--no-dependencies',
      '--allow-missing-repository',
      '--readme-path',
      packagedReadme,
      '--out',
      file,
    ]);
    console.log(file);
  }
} finally {
  await rm(bin, { recursive: true, force: true });
  if (hadBin) {
    await rename(aside, bin);
  }
}
