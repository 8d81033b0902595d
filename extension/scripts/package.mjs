// Makes the packages to publish, each with a bill of materials (.cdx.json) beside it.
//   npm run package                         those that are released: linux-x64, win32-x64, universal
//   npm run package -- --target linux-x64   one, or several with commas; a runtime identifier of .NET will do, `own` is this machine's
//   npm run package -- --out folder         where to put them; the root if left out
//   npm run package -- --pictures https://...   where the README's pictures are published; without it they are left out
import { copyFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureModules } from './modules.mjs';
import { binFolder, released, targetOf, universal } from './platforms.mjs';
import { withoutRelativePaths } from './readme.mjs';
import { program, root, run } from './run.mjs';
import { sizeProblem } from './sizes.mjs';

const { values } = parseArgs({
  options: { target: { type: 'string' }, out: { type: 'string', default: root }, pictures: { type: 'string' } },
});

/** Copies what the allow-list (.vscodeignore) names and the repository holds; what is built is added to it. */
async function copySources(stage) {
  const { status, stdout, stderr } = spawnSync(program('vsce'), ['ls', '--no-dependencies'], {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    throw new Error(`vsce ls ended with ${status}: ${stderr}`);
  }
  const files = stdout.split(/\r?\n/).filter((path) => path !== '' && !/^(bin|dist)\//.test(path));
  for (const path of [...files, '.vscodeignore']) {
    await mkdir(dirname(join(stage, path)), { recursive: true });
    await copyFile(join(root, path), join(stage, path));
  }
  const readme = join(stage, 'README.md');
  await writeFile(readme, withoutRelativePaths(await readFile(readme, 'utf8'), values.pictures));
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  // What only the repository needs.
  for (const key of ['scripts', 'devDependencies', 'private']) {
    delete manifest[key];
  }
  await writeFile(join(stage, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/** Makes one package from a folder that holds nothing else. @returns its path. */
async function make(target, out) {
  const { bundle } = await import('./bundle.mjs');
  const { componentsOf } = await import('./inside.mjs');
  const { noticesOf } = await import('./notices.mjs');
  const { repacked } = await import('./repack.mjs');
  const { sbomOf } = await import('./sbom.mjs');
  const cache = join(root, '.cache');
  await mkdir(cache, { recursive: true });
  const stage = await mkdtemp(join(cache, 'package-'));
  try {
    const { name, version, displayName } = await copySources(stage);
    const bin = join(stage, 'bin', binFolder(target));
    run(process.execPath, [join('extension', 'scripts', 'publish-server.mjs'), binFolder(target), '--out', bin]);
    const components = await componentsOf(await bundle({ folder: stage, maps: false }), bin);
    const title = `${displayName} ${version} (${target})`;
    await writeFile(join(stage, 'THIRD-PARTY-NOTICES.txt'), noticesOf(components, title));
    const file = join(out, `${name}-${target}-${version}.vsix`);
    const platform = target === universal ? [] : ['--target', target];
    run(
      program('vsce'),
      ['package', ...platform, '--no-dependencies', '--allow-missing-repository', '--out', file],
      stage,
    );
    const packed = await repacked(await readFile(file));
    await writeFile(file, packed);
    const product = { name, version, target, description: `${displayName} for VS Code`, file: packed };
    await writeFile(file.replace(/\.vsix$/, '.cdx.json'), `${JSON.stringify(sbomOf(components, product), null, 2)}\n`);
    const { size } = await stat(file);
    console.log(`${file}: ${(size / 1e6).toFixed(1)} MB`);
    const problem = await sizeProblem(target, size);
    if (problem !== undefined) {
      throw new Error(problem);
    }
    return file;
  } finally {
    await rm(stage, { recursive: true, force: true, maxRetries: 5 });
  }
}

try {
  const wanted = values.target === undefined ? released : [...new Set(values.target.split(',').map(targetOf))];
  await ensureModules(root);
  const out = resolve(values.out);
  await mkdir(out, { recursive: true });
  for (const target of wanted) {
    await make(target, out);
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
