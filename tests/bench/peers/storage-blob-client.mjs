// What one would write with @azure/storage-blob: list, and fetch 16 files at a time into the same tree.
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ContainerClient } from '@azure/storage-blob';

const [verb, url, destination] = process.argv.slice(2);
const container = new ContainerClient(url);

async function list() {
  let names = 0;
  for await (const page of container.listBlobsFlat().byPage({ maxPageSize: 5000 })) {
    names += page.segment.blobItems.length;
  }
  return names;
}

async function copy() {
  let files = 0;
  const folders = new Map();
  const blobs = container.listBlobsFlat();
  const worker = async () => {
    for (let next = await blobs.next(); !next.done; next = await blobs.next()) {
      const { name } = next.value;
      const path = join(destination, name);
      const folder = dirname(path);
      if (!folders.has(folder)) {
        folders.set(folder, mkdir(folder, { recursive: true }));
      }
      await folders.get(folder);
      await container.getBlobClient(name).downloadToFile(path);
      files++;
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  return files;
}

console.log(verb === 'list' ? await list() : await copy());
