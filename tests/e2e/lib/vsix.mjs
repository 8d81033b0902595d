// The package under test, made once for each content of the sources.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '../../tools/locks.mjs';
import { root } from '../../tools/paths.mjs';
import { run } from '../../tools/processes.mjs';

/** What goes into a package, or decides how it is made. */
const sources = [
  ...['package.json', 'package.nls.json', 'package-lock.json', '.vscodeignore', 'README.md', 'CHANGELOG.md', 'LICENSE'],
  ...['Directory.Build.props', 'Directory.Packages.props', 'extension', 'server', 'resources', 'l10n'],
];
const ignored = new Set(['bin', 'obj', 'node_modules']);

/** @returns the path of this machine's package. */
export async function ensureVsix() {
  const folder = join(root, '.cache', 'vsix');
  const path = join(folder, `${await hashOf(sources)}.vsix`);
  await withLock(join(folder, 'lock'), async () => {
    const made = await readdir(folder);
    if (made.includes(path.slice(folder.length + 1))) {
      return;
    }
    console.error('Packaging the extension');
    const scratch = join(folder, 'new');
    await rm(scratch, { recursive: true, force: true });
    await run(process.execPath, [join(root, 'extension', 'scripts', 'package.mjs'), '--target', 'own', '--out', scratch], { cwd: root });
    const [name] = (await readdir(scratch)).filter((each) => each.endsWith('.vsix'));
    if (name === undefined) {
      throw new Error('extension/scripts/package.mjs made no package.');
    }
    // Older packages are of no use any more.
    await Promise.all(made.filter((each) => each.endsWith('.vsix')).map((each) => rm(join(folder, each))));
    await mkdir(folder, { recursive: true });
    await rename(join(scratch, name), path);
  });
  return path;
}

async function hashOf(paths) {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`);
  for (const path of paths) {
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
