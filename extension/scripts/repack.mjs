// Packs a package once more, in fewer bytes: vsce takes Node's fast compression, and a package is downloaded more often than made.
import { buffer } from 'node:stream/consumers';
import { zip } from 'fflate';
import yauzl from 'yauzl';

/** Unix, as the maker of an entry: its attributes are a mode then, as those of vsce are. */
const unix = 3;

/**
 * @param vsix the bytes of a package
 * @returns the bytes of one with the same entries in the same order: names, times, modes and contents.
 */
export async function repacked(vsix) {
  const entries = {};
  for (const { entry, content } of await entriesOf(vsix)) {
    entries[entry.fileName] = [
      content,
      { level: 9, mem: 12, os: unix, attrs: entry.externalFileAttributes, mtime: entry.getLastModDate() },
    ];
  }
  return new Promise((resolve, reject) => {
    zip(entries, (error, bytes) => {
      if (error) {
        reject(error);
      } else {
        resolve(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
      }
    });
  });
}

async function entriesOf(vsix) {
  const file = await yauzl.fromBufferPromise(vsix);
  const found = [];
  for await (const entry of file.eachEntry()) {
    found.push({ entry, content: await buffer(await file.openReadStreamPromise(entry)) });
  }
  return found;
}
