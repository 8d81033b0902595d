// The packages under test, made once for each content of the sources.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { targetOf } from '../../../extension/scripts/platforms.mjs';
import { withLock } from '../../tools/locks.mjs';
import { root } from '../../tools/paths.mjs';
import { run } from '../../tools/processes.mjs';

/** What goes into a package, or decides how it is made. */
const sources = [
  ...['package.json', 'package-lock.json', '.vscodeignore', 'README.md', 'CHANGELOG.md', 'LICENSE'],
  ...['Directory.Build.props', 'Directory.Packages.props', 'extension', 'server', 'resources', 'l10n'],
];
const ignored = new Set(['bin', 'obj', 'node_modules']);

/**
 * @param target `own` for what this machine's VS Code takes, or one of extension/scripts/platforms.mjs
 * @returns the path of the package; its bill of materials lies beside it.
 */
export async function ensureVsix(target = 'own') {
  const wanted = targetOf(target);
  const folder = join(root, '.cache', 'vsix', await hashOf(sources));
  const find = async () => (await readdir(folder).catch(() => [])).find((name) => name.includes(`-${wanted}-`) && name.endsWith('.vsix'));
  await withLock(join(root, '.cache', 'vsix-lock'), async () => {
    if ((await find()) !== undefined) {
      return;
    }
    console.error(`Packaging the extension for ${wanted}`);
    // Packages of older sources are of no use any more.
    for (const name of await readdir(dirname(folder)).catch(() => [])) {
      if (join(dirname(folder), name) !== folder) {
        await rm(join(dirname(folder), name), { recursive: true, force: true });
      }
    }
    const scratch = `${folder}-new`;
    await rm(scratch, { recursive: true, force: true });
    await run(process.execPath, [join(root, 'extension', 'scripts', 'package.mjs'), '--target', wanted, '--out', scratch], { cwd: root });
    await mkdir(folder, { recursive: true });
    // The package last: where it is, the rest is.
    for (const name of (await readdir(scratch)).sort()) {
      await rename(join(scratch, name), join(folder, name));
    }
    await rm(scratch, { recursive: true });
  });
  const name = await find();
  if (name === undefined) {
    throw new Error(`extension/scripts/package.mjs made no package for ${wanted}.`);
  }
  return join(folder, name);
}

async function hashOf(paths) {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`);
  const manifests = (await readdir(root)).filter((name) => /^package\.nls.*\.json$/.test(name)).sort();
  for (const path of [...paths, ...manifests]) {
    for (const file of await filesOf(path)) {
      hash.update(file).update('\0').update(await readFile(join(root, file))).update('\0');
    }
  }
  return hash.digest('hex').slice(0, 20);
}

async function filesOf(path) {
  let entries;
  try {
    entries = await readdir(join(root, path), { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOTDIR') {
      return [path];
    }
    if (error.code === 'ENOENT') {
      return [];
    }
    throw error;
  }
  const nested = await Promise.all(
    entries
      .filter((entry) => !ignored.has(entry.name))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((entry) => (entry.isDirectory() ? filesOf(`${path}/${entry.name}`) : [`${path}/${entry.name}`])),
  );
  return nested.flat();
}
