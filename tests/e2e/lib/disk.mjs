// What is on disk, compared with what the storage holds.
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** The paths of all files below a folder, with `/`. */
export async function filesBelow(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

/**
 * Compares every byte of a downloaded run.
 * @param expected path to function that reads the bytes, as `Emulator.filesOfRun` gives it
 * @param folder where the run's files are
 * @param own whether a path is the product's own (manifest, receipt) and not one of the run's
 * @returns how many files and bytes were the same
 */
export async function compareRun(expected, folder, own = () => false) {
  const found = (await filesBelow(folder)).filter((path) => !own(path));
  const missing = [...expected.keys()].filter((path) => !found.includes(path));
  const extra = found.filter((path) => !expected.has(path));
  if (missing.length > 0 || extra.length > 0) {
    throw new Error(`In ${folder}: missing ${JSON.stringify(missing)}, unexpected ${JSON.stringify(extra)}`);
  }
  let bytes = 0;
  for (const [path, read] of expected) {
    const [wanted, got] = await Promise.all([read(), readFile(join(folder, ...path.split('/')))]);
    if (!wanted.equals(got)) {
      throw new Error(`${path} has ${got.length} bytes on disk, ${wanted.length} in storage, and they differ`);
    }
    bytes += got.length;
  }
  return { files: found.length, bytes };
}
