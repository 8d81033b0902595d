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

/** Batches of 256, eight at a time. */
async function deleteAll() {
  const batches = container.getBlobBatchClient();
  const pages = container.listBlobsFlat().byPage({ maxPageSize: 5000 });
  let names = 0;
  for await (const page of pages) {
    const clients = page.segment.blobItems.map(({ name }) => container.getBlobClient(name));
    names += clients.length;
    const chunks = Array.from({ length: Math.ceil(clients.length / 256) }, (_, index) => clients.slice(index * 256, (index + 1) * 256));
    const worker = async () => {
      for (let chunk = chunks.pop(); chunk !== undefined; chunk = chunks.pop()) {
        const answer = await batches.deleteBlobs(chunk.map(({ url }) => url), chunk[0].credential);
        if (answer.subResponsesFailedCount > 0) {
          throw new Error(`${answer.subResponsesFailedCount} blobs of a batch were not deleted`);
        }
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
  }
  return names;
}

const verbs = { list, copy, delete: deleteAll };
console.log(await verbs[verb]());
