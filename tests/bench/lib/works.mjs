// What each peer does.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { run } from '../../tools/processes.mjs';

/** Name, container at the server, and what must be true afterwards. */
export const works = [
  { id: 'small', title: '10,000 blobs of 4 KiB', container: 'small', files: 10_000, bytes: 10_000 * 4096 },
  { id: 'big', title: 'one blob of 1 GiB', container: 'big', files: 1, bytes: 1 << 30, md5: 'JWlEgOxrIVMLUciDDY4raQ==' },
  { id: 'model', title: 'model: 200 files of 5 MB among 2,000 of 10 KB', container: 'model', files: 2200, bytes: 200 * 5_000_000 + 2000 * 10_000 },
  { id: 'list', title: 'listing 100,000 blobs', container: 'many', names: 100_000 },
  { id: 'delete', title: 'deleting 100,000 blobs', container: 'doomed', deletes: 100_000 },
  { id: 'deleteFolder', title: 'deleting 100,000 blobs, hierarchical account', container: 'folders', deletes: 100_000 },
];

/** Checks what a peer left in its destination; a fast peer that is wrong has no time. */
export async function checkDestination(work, folder) {
  await unpack(folder);
  const found = await walk(folder);
  const files = found.filter((file) => file.size > 0 && /\.(bin)$/.test(file.path));
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  if (files.length !== work.files || bytes !== work.bytes) {
    throw new Error(`${work.id}: ${files.length} files and ${bytes} bytes at the destination, wanted ${work.files} and ${work.bytes}`);
  }
  if (work.md5) {
    const hash = createHash('md5');
    await pipeline(createReadStream(files[0].path, { highWaterMark: 1 << 20 }), hash);
    if (hash.digest('base64') !== work.md5) {
      throw new Error(`${work.id}: the bytes at the destination are wrong`);
    }
  }
}

async function walk(folder) {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        return { path, size: (await stat(path)).size };
      }),
  );
}

/** Zips are unpacked where they are, so that what is in them is looked at as what others leave. */
async function unpack(folder) {
  for (const name of (await readdir(folder)).filter((each) => each.endsWith('.zip'))) {
    const zip = join(folder, name);
    await run('unzip', ['-qq', zip, '-d', folder], { stdio: ['ignore', 'ignore', 'inherit'] });
    await rm(zip);
  }
}
