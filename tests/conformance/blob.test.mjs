// @azure/storage-blob against the emulator's front.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import {
  BlobClient,
  BlobSASPermissions,
  BlobServiceClient,
  ContainerClient,
  ContainerSASPermissions,
  SASProtocol,
  StorageSharedKeyCredential,
  generateBlobSASQueryParameters,
} from '@azure/storage-blob';
import machinelearning from '@azure/arm-machinelearning';
import { all, control, credential, emulator } from './support.mjs';

const account = new URL(emulator.blob).hostname.split('.')[0];
const arm = new machinelearning.AzureMachineLearningWorkspaces(credential(), emulator.subscriptionId, { endpoint: emulator.resourceManager });
const { key } = await arm.datastores.listSecrets(emulator.resourceGroup, emulator.workspace, 'workspaceblobstore');
const shared = new StorageSharedKeyCredential(account, key);
const byKey = new BlobServiceClient(emulator.blob, shared);
const byToken = new BlobServiceClient(emulator.blob, credential());
const noRetry = { retryOptions: { maxTries: 1 } };
const hash = (data) => createHash('sha256').update(data).digest('hex');

const { runs: [made] } = await control('/runs', {
  experiment: 'blob-tests',
  files: [
    { path: 'outputs/model.bin', size: 3_000_000 },
    { path: 'outputs/sub/a b%20c#?.txt', text: 'odd name' },
    { path: 'outputs/empty.txt', text: '' },
    { path: 'user_logs/std_log.txt', text: 'hello\n', append: true },
    { path: 'outputs/../up.txt', text: 'up' },
  ],
});
const prefix = `ExperimentRun/${made.dataContainerId}/`;

for (const [name, service] of [['shared key', byKey], ['bearer', byToken]]) {
  test(`${name}: flat list, hierarchy, ranges, whole blob, properties`, async () => {
    const container = service.getContainerClient('azureml');
    const flat = await all(container.listBlobsFlat({ prefix }));
    assert.deepEqual(flat.map((b) => b.name.slice(prefix.length)).sort(), made.files.map((f) => f.path).sort());
    assert.equal(flat.find((b) => b.name.endsWith('std_log.txt')).properties.blobType, 'AppendBlob');
    const top = await all(container.listBlobsByHierarchy('/', { prefix }));
    assert.deepEqual(top.map((i) => [i.kind, i.name.slice(prefix.length)]), [['prefix', 'outputs/'], ['prefix', 'user_logs/']]);
    const pages = container.listBlobsFlat({ prefix }).byPage({ maxPageSize: 2 });
    assert.deepEqual((await all(pages)).map((p) => p.segment.blobItems.length), [2, 2, 1]);

    const model = container.getBlobClient(`${prefix}outputs/model.bin`);
    assert.equal(hash(await model.downloadToBuffer()), made.files[0].sha256);
    const parts = await Promise.all([0, 1, 2].map((i) => model.downloadToBuffer(i * 1_000_000, 1_000_000)));
    assert.equal(hash(Buffer.concat(parts)), made.files[0].sha256);
    const odd = container.getBlobClient(`${prefix}outputs/sub/a b%20c#?.txt`);
    assert.equal((await odd.downloadToBuffer()).toString(), 'odd name');
    const properties = await model.getProperties();
    assert.equal(properties.contentLength, 3_000_000);
    assert.equal((await container.getBlobClient(`${prefix}user_logs/std_log.txt`).getProperties()).contentMD5, undefined);
  });
}

test('an ETag that is not the blob\'s is refused', async () => {
  const blob = byToken.getContainerClient('azureml').getBlobClient(`${prefix}outputs/model.bin`);
  const { etag } = await blob.getProperties();
  assert.equal((await blob.download(0, 10, { conditions: { ifMatch: etag } })).contentLength, 10);
  await assert.rejects(blob.download(0, 10, { conditions: { ifMatch: '"0x8D0"' } }), (e) => e.statusCode === 412);
});

test('a range of an empty blob is 416, the whole is empty', async () => {
  const blob = byKey.getContainerClient('azureml').getBlobClient(`${prefix}outputs/empty.txt`);
  await assert.rejects(blob.download(0, 10), (e) => e.statusCode === 416 && e.code === 'InvalidRange');
  assert.equal((await blob.download()).contentLength, 0);
});

test('a missing blob and a missing container', async () => {
  await assert.rejects(byToken.getContainerClient('azureml').getBlobClient('nothing').download(), (e) => e.statusCode === 404 && e.code === 'BlobNotFound');
  await assert.rejects(all(byToken.getContainerClient('nowhere').listBlobsFlat()), (e) => e.statusCode === 404);
});

test('blob and container signatures, with and without https only, and expired', async () => {
  const name = `${prefix}outputs/sub/a b%20c#?.txt`;
  const url = byKey.getContainerClient('azureml').getBlobClient(name).url;
  const soon = new Date(Date.now() + 60_000);
  for (const protocol of [undefined, SASProtocol.Https]) {
    const sas = generateBlobSASQueryParameters({ containerName: 'azureml', blobName: name, permissions: BlobSASPermissions.parse('r'), expiresOn: soon, protocol }, shared);
    assert.equal((await new BlobClient(`${url}?${sas}`).downloadToBuffer()).toString(), 'odd name');
    await assert.rejects(new BlobClient(`${url}?${sas}`, undefined, noRetry).delete(), (e) => e.statusCode === 403);
    await assert.rejects(new BlobClient(`${url}?${sas.toString().replace(/sig=.{4}/, 'sig=AAAA')}`, undefined, noRetry).download(), (e) => e.statusCode === 403);
  }
  const list = generateBlobSASQueryParameters({ containerName: 'azureml', permissions: ContainerSASPermissions.parse('rl'), expiresOn: soon, protocol: SASProtocol.Https }, shared);
  const container = new ContainerClient(`${emulator.blob}/azureml?${list}`);
  assert.equal((await all(container.listBlobsFlat({ prefix }))).length, 5);
  const old = generateBlobSASQueryParameters({ containerName: 'azureml', permissions: ContainerSASPermissions.parse('rl'), expiresOn: new Date(Date.now() - 60_000) }, shared);
  await assert.rejects(all(new ContainerClient(`${emulator.blob}/azureml?${old}`, undefined, noRetry).listBlobsFlat()), (e) => e.statusCode === 403);
});

test('a user delegation signature', async () => {
  const start = new Date(Date.now() - 60_000);
  const end = new Date(Date.now() + 600_000);
  const delegation = await byToken.getUserDelegationKey(start, end);
  const name = `${prefix}outputs/model.bin`;
  const sas = generateBlobSASQueryParameters({ containerName: 'azureml', blobName: name, permissions: BlobSASPermissions.parse('r'), expiresOn: end }, delegation, account);
  const url = byKey.getContainerClient('azureml').getBlobClient(name).url;
  assert.equal(hash(await new BlobClient(`${url}?${sas}`).downloadToBuffer()), made.files[0].sha256);
  await assert.rejects(new BlobClient(`${url.replace('model.bin', 'empty.txt')}?${sas}`, undefined, noRetry).download(), (e) => e.statusCode === 403);
});

test('roles: reader reads and does not write, none does nothing; no token and a wrong key are refused', async () => {
  const ben = new BlobServiceClient(emulator.blob, credential('ben@example.com'), noRetry).getContainerClient('azureml');
  await control('/identity', { user: 'ben@example.com', storageRole: 'Reader' });
  assert.equal((await all(ben.listBlobsFlat({ prefix }))).length, 5);
  await assert.rejects(ben.getBlockBlobClient('new').upload('x', 1), (e) => e.statusCode === 403 && e.code === 'AuthorizationPermissionMismatch');
  await control('/identity', { user: 'ben@example.com', storageRole: 'None' });
  await assert.rejects(ben.getBlobClient(`${prefix}outputs/model.bin`).download(), (e) => e.statusCode === 403);
  await control('/identity', { user: 'ben@example.com', storageRole: 'Contributor' });
  await assert.rejects(new BlobClient(`${emulator.blob}/azureml/x`, undefined, noRetry).download(), (e) => e.statusCode === 401 && e.code === 'NoAuthenticationInformation');
  const wrong = new BlobServiceClient(emulator.blob, new StorageSharedKeyCredential(account, Buffer.alloc(64).toString('base64')), noRetry);
  await assert.rejects(wrong.getContainerClient('azureml').getBlobClient('x').download(), (e) => e.statusCode === 403);
});

test('upload, blocks, metadata and delete', async () => {
  const container = byToken.getContainerClient('uploads');
  await container.createIfNotExists();
  const blob = container.getBlockBlobClient('a/b.bin');
  const data = Buffer.alloc(9_000_000, 7);
  await blob.uploadData(data, { blockSize: 4_000_000, maxSingleShotSize: 1_000_000, metadata: { kind: 'test' } });
  assert.equal(hash(await blob.downloadToBuffer()), hash(data));
  assert.equal((await blob.getProperties()).metadata.kind, 'test');
  await blob.delete();
  assert.equal(await blob.exists(), false);
});

test('a cut connection never gives wrong bytes; the next call has every byte', async () => {
  await control('/faults', { match: { pathContains: 'outputs/model.bin', method: 'GET' }, times: 1, action: { kind: 'reset', bytes: 500_000 } });
  const blob = byToken.getContainerClient('azureml').getBlobClient(`${prefix}outputs/model.bin`);
  // Where the cut falls for the client depends on how much it has read by then: it gives up, or reads on by itself.
  const first = await blob.downloadToBuffer(0, 3_000_000).catch((error) => error);
  assert.ok(first instanceof Error || hash(first) === made.files[0].sha256);
  assert.equal(hash(await blob.downloadToBuffer(0, 3_000_000)), made.files[0].sha256);
  const { requests } = await control('/requests', undefined, 'GET');
  assert.ok(requests.some((r) => r.fault === 'Reset' && r.bytes === 500_000));
  await control('/faults', undefined, 'DELETE');
});

test('a hierarchical account lists directories', async () => {
  const lake = new BlobServiceClient(emulator.blob.replace(account, 'samplelake'), credential()).getContainerClient('raw');
  const items = await all(lake.listBlobsByHierarchy('/', { prefix: 'credit/' }));
  assert.deepEqual(items.map((i) => [i.kind, i.name]), [['prefix', 'credit/2024/'], ['prefix', 'credit/2025/']]);
  const flat = await all(lake.listBlobsFlat({ includeMetadata: true }));
  assert.equal(flat.find((b) => b.name === 'credit/2024').metadata.hdi_isfolder, 'true');
  assert.equal((await lake.getBlobClient('credit/2024/loans.csv').downloadToBuffer()).toString().split('\n').length, 4);
});
