// Microsoft's clients against what an account keeps: batches, soft delete, versions, snapshots, leases, policies, directories.
import assert from 'node:assert/strict';
import { before, beforeEach, test } from 'node:test';
import { BlobBatchClient, BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { DataLakeServiceClient } from '@azure/storage-file-datalake';
import machinelearning from '@azure/arm-machinelearning';
import { all, control, credential, emulator } from './support.mjs';

const account = new URL(emulator.blob).hostname.split('.')[0];
const noRetry = { retryOptions: { maxTries: 1 } };
const arm = new machinelearning.AzureMachineLearningWorkspaces(credential(), emulator.subscriptionId, {
  endpoint: emulator.resourceManager,
});
const byToken = new BlobServiceClient(emulator.blob, credential(), noRetry);
let byKey;
let number = 0;
const state = () => control('/state?workspace=sample-ws', undefined, 'GET');
const blobs = async () => (await state()).storage[account].containers.azureml.blobs;

before(async () => {
  const { key } = await arm.datastores.listSecrets(emulator.resourceGroup, emulator.workspace, 'workspaceblobstore');
  byKey = new BlobServiceClient(emulator.blob, new StorageSharedKeyCredential(account, key), noRetry);
});
beforeEach(() =>
  control('/storage', {
    softDeleteDays: null,
    versioning: false,
    permanentDelete: false,
    immutability: null,
    legalHold: null,
  }),
);

/** Writes some blobs under a folder of their own. */
async function made(...names) {
  const folder = `deletion/${(number += 1)}/`;
  for (const name of names) {
    await control('/blobs', { name: folder + name, text: name });
  }
  return folder;
}

for (const kind of ['key', 'token']) {
  test(`a batch by ${kind} deletes exactly what it names, each part by its own conditions`, async () => {
    const service = kind === 'key' ? byKey : byToken;
    const container = service.getContainerClient('azureml');
    const folder = await made('a.txt', 'b c%20#?.txt', 'd.txt');
    const was = await blobs();
    await control('/requests', undefined, 'DELETE');
    const batch = new BlobBatchClient(service.url, service.credential ?? container.credential);
    const assembled = batch.createBatch();
    await assembled.deleteBlob(container.getBlobClient(`${folder}a.txt`), {
      conditions: { ifMatch: `"${was[`${folder}a.txt`].etag}"` },
    });
    await assembled.deleteBlob(container.getBlobClient(`${folder}b c%20#?.txt`));
    await assembled.deleteBlob(container.getBlobClient(`${folder}d.txt`), { conditions: { ifMatch: '"0x8D0"' } });
    await assembled.deleteBlob(container.getBlobClient(`${folder}never.txt`));
    const answer = await batch.submitBatch(assembled);
    assert.deepEqual(
      answer.subResponses.map((r) => [r.status, r.errorCode]),
      [
        [202, undefined],
        [202, undefined],
        [412, 'ConditionNotMet'],
        [404, 'BlobNotFound'],
      ],
    );
    assert.equal(answer.subResponsesSucceededCount, 2);
    const now = await blobs();
    const expected = { ...was };
    delete expected[`${folder}a.txt`];
    delete expected[`${folder}b c%20#?.txt`];
    assert.deepEqual(now, expected);
    const { requests } = await control('/requests', undefined, 'GET');
    assert.deepEqual([requests.filter((r) => r.batch).length, requests.filter((r) => !r.batch).length], [4, 1]);
  });
}

test('a batch of a container refuses other containers, and more than 256 parts', async () => {
  const container = byToken.getContainerClient('azureml');
  const folder = await made('x.txt');
  const answer = await container
    .getBlobBatchClient()
    .deleteBlobs([`${container.url}/${folder}x.txt`], container.credential);
  assert.equal(answer.subResponsesSucceededCount, 1);
  const body =
    Array.from(
      { length: 257 },
      (_, i) =>
        `--b\r\nContent-Type: application/http\r\nContent-ID: ${i}\r\n\r\nDELETE /azureml/none${i} HTTP/1.1\r\n\r\n`,
    ).join('') + '--b--\r\n';
  const { token } = await credential().getToken('https://storage.azure.com');
  const refused = await fetch(`${emulator.blob}/?comp=batch`, {
    method: 'POST',
    body,
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'multipart/mixed; boundary=b',
      'x-ms-version': '2021-08-06',
    },
  });
  assert.deepEqual([refused.status, refused.headers.get('x-ms-error-code')], [400, 'ExceedsMaxBatchRequestCount']);
});

test('a fault meets one part of a batch', async () => {
  const container = byToken.getContainerClient('azureml');
  const folder = await made('1.txt', '2.txt', '3.txt');
  await control('/faults', {
    match: { pathContains: `${folder}2.txt`, method: 'DELETE' },
    action: { kind: 'status', status: 503, code: 'ServerBusy' },
  });
  const answer = await new BlobBatchClient(emulator.blob, credential()).deleteBlobs(
    ['1.txt', '2.txt', '3.txt'].map((n) => container.getBlobClient(folder + n)),
  );
  assert.deepEqual(
    answer.subResponses.map((r) => r.status),
    [202, 503, 202],
  );
  await control('/faults', undefined, 'DELETE');
});

test('a soft-deleted blob is listed, cannot be read, and comes back', async () => {
  await control('/storage', { softDeleteDays: 7 });
  const { deleteRetentionPolicy } = await byKey.getProperties();
  assert.deepEqual([deleteRetentionPolicy.enabled, deleteRetentionPolicy.days], [true, 7]);
  const container = byToken.getContainerClient('azureml');
  const folder = await made('kept.txt', 'other.txt');
  const before = await blobs();
  await container.getBlobClient(`${folder}kept.txt`).delete();
  await assert.rejects(container.getBlobClient(`${folder}kept.txt`).download(), (e) => e.statusCode === 404);
  const shown = await all(container.listBlobsFlat({ prefix: folder, includeDeleted: true }));
  assert.deepEqual(
    shown.map((b) => [b.name.slice(folder.length), b.deleted, b.properties.remainingRetentionDays]),
    [
      ['kept.txt', true, 6],
      ['other.txt', undefined, undefined],
    ],
  );
  assert.ok(shown[0].properties.deletedOn instanceof Date);
  assert.deepEqual(
    (await all(container.listBlobsFlat({ prefix: folder }))).map((b) => b.name),
    [`${folder}other.txt`],
  );
  const there = (await state()).storage[account].containers.azureml;
  assert.equal(Object.keys(there.deleted).filter((n) => n.startsWith(folder)).length, 1);
  await container.getBlobClient(`${folder}kept.txt`).undelete();
  assert.equal((await container.getBlobClient(`${folder}kept.txt`).downloadToBuffer()).toString(), 'kept.txt');
  assert.deepEqual(Object.keys(await blobs()), Object.keys(before));
  await assert.rejects(container.getBlobClient(`${folder}never.txt`).undelete(), (e) => e.statusCode === 404);
});

test('deleted blobs are listed page by page and under their folders', async () => {
  await control('/storage', { softDeleteDays: 7 });
  const container = byToken.getContainerClient('azureml');
  const names = ['a/1', 'a/2', 'b', 'c/1', 'd', 'e/x'];
  const folder = await made(...names);
  for (const name of ['a/1', 'b', 'c/1', 'e/x']) {
    await container.getBlobClient(folder + name).delete();
  }
  for (const maxPageSize of [1, 2, 3, 10]) {
    const pages = await all(container.listBlobsFlat({ prefix: folder, includeDeleted: true }).byPage({ maxPageSize }));
    assert.deepEqual(
      pages.flatMap((p) => p.segment.blobItems.map((b) => b.name.slice(folder.length))),
      names,
    );
    assert.ok(pages.every((p) => p.segment.blobItems.length <= maxPageSize));
    const tree = await all(
      container.listBlobsByHierarchy('/', { prefix: folder, includeDeleted: true }).byPage({ maxPageSize }),
    );
    assert.deepEqual(
      tree.flatMap((p) =>
        [...(p.segment.blobPrefixes ?? []), ...p.segment.blobItems].map((i) => i.name.slice(folder.length)).sort(),
      ),
      ['a/', 'b', 'c/', 'd', 'e/'],
    );
  }
});

test('versions: an overwrite and a delete leave older ones, which can be read, copied back and deleted', async () => {
  await control('/storage', { versioning: true });
  const container = byToken.getContainerClient('azureml');
  const folder = await made();
  const blob = container.getBlockBlobClient(`${folder}v.txt`);
  const first = await blob.upload('one', 3);
  const second = await blob.upload('three', 5);
  assert.ok(first.versionId && second.versionId && first.versionId < second.versionId);
  assert.equal((await blob.withVersion(first.versionId).downloadToBuffer()).toString(), 'one');
  assert.equal((await blob.getProperties()).versionId, second.versionId);
  const listed = await all(container.listBlobsFlat({ prefix: folder, includeVersions: true }));
  assert.deepEqual(
    listed.map((b) => [b.versionId, b.isCurrentVersion]),
    [
      [first.versionId, undefined],
      [second.versionId, true],
    ],
  );
  await blob.delete();
  await assert.rejects(blob.getProperties(), (e) => e.statusCode === 404);
  assert.deepEqual(
    (await all(container.listBlobsFlat({ prefix: folder, includeVersions: true }))).map((b) => b.versionId),
    [first.versionId, second.versionId],
  );
  const copied = byKey.getContainerClient('azureml').getBlockBlobClient(`${folder}v.txt`);
  await (
    await copied.beginCopyFromURL(`${blob.url}?versionid=${encodeURIComponent(second.versionId)}`)
  ).pollUntilDone();
  assert.equal((await blob.downloadToBuffer()).toString(), 'three');
  await blob.withVersion(first.versionId).delete();
  await assert.rejects(blob.withVersion(first.versionId).getProperties(), (e) => e.statusCode === 404);
});

test('snapshots hold a blob until they are named', async () => {
  const container = byToken.getContainerClient('azureml');
  const folder = await made('s.txt');
  const blob = container.getBlobClient(`${folder}s.txt`);
  const { snapshot } = await blob.createSnapshot();
  await assert.rejects(blob.delete(), (e) => e.statusCode === 409 && e.code === 'SnapshotsPresent');
  assert.equal((await all(container.listBlobsFlat({ prefix: folder, includeSnapshots: true }))).length, 2);
  await control('/storage', { softDeleteDays: 3 });
  await blob.delete({ deleteSnapshots: 'include' });
  assert.equal(
    (await all(container.listBlobsFlat({ prefix: folder, includeSnapshots: true, includeDeleted: true }))).length,
    2,
  );
  await blob.undelete();
  assert.equal((await blob.withSnapshot(snapshot).downloadToBuffer()).toString(), 's.txt');
  await blob.delete({ deleteSnapshots: 'include' });
});

test('a lease and a policy hold a blob', async () => {
  const container = byToken.getContainerClient('azureml');
  const folder = await made('leased.txt', 'held.txt', 'policy/p.txt', 'free.txt');
  const lease = container.getBlobClient(`${folder}leased.txt`).getBlobLeaseClient();
  await lease.acquireLease(-1);
  await assert.rejects(
    container.getBlobClient(`${folder}leased.txt`).delete(),
    (e) => e.statusCode === 412 && e.code === 'LeaseIdMissing',
  );
  await control('/storage', {
    immutability: { container: 'azureml', prefixOrBlob: `${folder}policy/`, until: '2199-01-01T00:00:00Z' },
    legalHold: { container: 'azureml', prefixOrBlob: `${folder}held.txt` },
  });
  const before = await blobs();
  for (const name of ['held.txt', 'policy/p.txt']) {
    await assert.rejects(
      container.getBlobClient(folder + name).delete(),
      (e) => e.statusCode === 409 && e.code === 'BlobImmutableDueToPolicy',
    );
    await assert.rejects(container.getBlockBlobClient(folder + name).upload('x', 1), (e) => e.statusCode === 409);
  }
  assert.equal((await container.getBlobClient(`${folder}held.txt`).getProperties()).legalHold, true);
  const listed = await all(
    container.listBlobsFlat({ prefix: folder, includeImmutabilityPolicy: true, includeLegalHold: true }),
  );
  assert.deepEqual(
    listed.filter((b) => b.properties.immutabilityPolicyExpiresOn).map((b) => b.name),
    [`${folder}policy/p.txt`],
  );
  await container.getBlobClient(`${folder}free.txt`).delete();
  await lease.releaseLease();
  await container.getBlobClient(`${folder}leased.txt`).delete();
  const expected = { ...before };
  delete expected[`${folder}free.txt`];
  delete expected[`${folder}leased.txt`];
  assert.deepEqual(await blobs(), expected);
});

test('a directory goes with all below it, page by page, and nothing else goes', async () => {
  const lake = new DataLakeServiceClient(emulator.blob.replace(`${account}.blob`, 'samplelake.dfs'), credential());
  const system = lake.getFileSystemClient('raw');
  for (const name of ['gone/a/1.csv', 'gone/a/2.csv', 'gone/b/3.csv', 'gone/4.csv', 'gone-not/5.csv']) {
    await control('/blobs', { account: 'samplelake', container: 'raw', name, text: name });
  }
  assert.equal(
    (await new BlobServiceClient(emulator.blob.replace(account, 'samplelake'), credential()).getAccountInfo())
      .isHierarchicalNamespaceEnabled,
    true,
  );
  const left = async () =>
    Object.keys(
      (await control('/state?workspace=sample-ws', undefined, 'GET')).storage.samplelake.containers.raw.blobs,
    ).filter((n) => n.startsWith('gone'));
  const flat = new BlobServiceClient(
    emulator.blob.replace(account, 'samplelake'),
    credential(),
    noRetry,
  ).getContainerClient('raw');
  await assert.rejects(
    flat.getBlobClient('gone').delete(),
    (e) => e.statusCode === 409 && e.code === 'DirectoryIsNotEmpty',
  );
  await assert.rejects(system.getDirectoryClient('gone').delete(false), (e) => e.statusCode === 409);
  await control('/settings', { recursiveDeletePage: 2 });
  const { token } = await credential().getToken('https://storage.azure.com');
  const seen = [];
  let continuation = '';
  do {
    const answer = await fetch(
      `${emulator.blob.replace(`${account}.blob`, 'samplelake.dfs')}/raw/gone?recursive=true${continuation && `&continuation=${encodeURIComponent(continuation)}`}`,
      { method: 'DELETE', headers: { authorization: `Bearer ${token}`, 'x-ms-version': '2021-08-06' } },
    );
    assert.equal(answer.status, 200);
    continuation = answer.headers.get('x-ms-continuation') ?? '';
    seen.push((await left()).length);
  } while (continuation);
  await control('/settings', { recursiveDeletePage: 5000 });
  assert.deepEqual(seen, [7, 5, 2]);
  assert.deepEqual(await left(), ['gone-not', 'gone-not/5.csv']);
  await system.getDirectoryClient('gone-not').delete(true);
  assert.deepEqual(await left(), []);
});

test('deleted paths of a lake are listed and come back, a directory with all that went with it', async () => {
  await control('/storage', { account: 'samplelake', softDeleteDays: 7 });
  try {
    const lake = new DataLakeServiceClient(emulator.blob.replace(`${account}.blob`, 'samplelake.dfs'), credential());
    const system = lake.getFileSystemClient('raw');
    // The client lists and restores at the blob address; of hosts it does not know it takes the one it is given.
    const restoring = new DataLakeServiceClient(
      emulator.blob.replace(account, 'samplelake'),
      credential(),
    ).getFileSystemClient('raw');
    for (const name of ['back/a/1.csv', 'back/2.csv', 'back-alone/3.csv', 'back-alone/4.csv']) {
      await control('/blobs', { account: 'samplelake', container: 'raw', name, text: name });
    }
    const there = async () =>
      Object.keys(
        (await control('/state?workspace=sample-ws', undefined, 'GET')).storage.samplelake.containers.raw.blobs,
      ).filter((n) => n.startsWith('back'));
    const before = await there();
    await system.getDirectoryClient('back').delete(true);
    await system.getFileClient('back-alone/3.csv').delete();
    const deleted = await all(restoring.listDeletedPaths({ prefix: 'back' }));
    assert.deepEqual(
      deleted.map((p) => [p.name, p.remainingRetentionDays]),
      [
        ['back', 6],
        ['back-alone/3.csv', 6],
      ],
    );
    assert.ok(deleted.every((p) => p.deletionId && p.deletedOn instanceof Date));
    await assert.rejects(restoring.undeletePath('back', 'another'), (e) => e.statusCode === 404);
    for (const path of deleted) {
      await restoring.undeletePath(path.name, path.deletionId);
    }
    assert.deepEqual(await there(), before);
    assert.equal((await system.getFileClient('back/a/1.csv').readToBuffer()).toString(), 'back/a/1.csv');
    assert.deepEqual(await all(restoring.listDeletedPaths({ prefix: 'back' })), []);
    await system.getDirectoryClient('back').delete(true);
    await control('/blobs', { account: 'samplelake', container: 'raw', name: 'back/new.csv', text: 'new' });
    const [again] = await all(restoring.listDeletedPaths({ prefix: 'back' }));
    await assert.rejects(restoring.undeletePath('back', again.deletionId), (e) => e.statusCode === 409);
  } finally {
    await control('/storage', { account: 'samplelake', softDeleteDays: null });
  }
});
