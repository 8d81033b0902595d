// Microsoft's client against copies that the service makes itself: Put Blob From URL, Put Block From URL.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { before, test } from 'node:test';
import {
  BlobSASPermissions,
  BlobServiceClient,
  ContainerSASPermissions,
  StorageSharedKeyCredential,
  generateBlobSASQueryParameters,
} from '@azure/storage-blob';
import machinelearning from '@azure/arm-machinelearning';
import { control, credential, emulator } from './support.mjs';

const account = new URL(emulator.blob).hostname.split('.')[0];
const noRetry = { retryOptions: { maxTries: 1 } };
const arm = new machinelearning.AzureMachineLearningWorkspaces(credential(), emulator.subscriptionId, { endpoint: emulator.resourceManager });
const { key } = await arm.datastores.listSecrets(emulator.resourceGroup, emulator.workspace, 'workspaceblobstore');
const shared = new StorageSharedKeyCredential(account, key);
const byKey = new BlobServiceClient(emulator.blob, shared, noRetry);
const byToken = new BlobServiceClient(emulator.blob, credential(), noRetry);
const lake = new BlobServiceClient(emulator.blob.replace(account, 'samplelake'), credential(), noRetry);
const target = byToken.getContainerClient('copies');
const source = byKey.getContainerClient('azureml').getBlockBlobClient('copying/a b#%20.bin');
const data = Buffer.alloc(3_000_000, 'copy');
const md5 = createHash('md5').update(data).digest();
const refused = (status, code) => (e) => e.statusCode === status && e.code === code;
const sasOf = (blob, permissions = 'r', expiresOn = new Date(Date.now() + 60_000)) =>
  `${blob.url}?${generateBlobSASQueryParameters({ containerName: blob.containerName, blobName: blob.name, permissions: BlobSASPermissions.parse(permissions), expiresOn }, shared)}`;
const tokenOf = async (user) => ({ scheme: 'Bearer', value: (await control('/token', { audience: 'https://storage.azure.com', user })).token });

before(async () => {
  await target.createIfNotExists();
  await source.upload(data, data.length, {
    blobHTTPHeaders: { blobContentType: 'application/x-model', blobContentLanguage: 'de', blobCacheControl: 'no-store' },
    metadata: { kind: 'test' },
  });
});

test('a blob with a signature: bytes, MD5 and properties; metadata only as given', async () => {
  const copy = target.getBlockBlobClient('by-sas.bin');
  const answer = await copy.syncUploadFromURL(sasOf(source), { sourceContentMD5: md5 });
  assert.ok(answer.etag && answer.lastModified);
  const properties = await copy.getProperties();
  assert.equal(answer.etag, properties.etag);
  assert.deepEqual(Buffer.from(properties.contentMD5), md5);
  assert.deepEqual(await copy.downloadToBuffer(), data);
  assert.deepEqual(
    [properties.contentType, properties.contentLanguage, properties.cacheControl, properties.metadata],
    ['application/x-model', 'de', 'no-store', {}],
  );
  const plain = target.getBlockBlobClient('plain.bin');
  await plain.syncUploadFromURL(sasOf(source), { copySourceBlobProperties: false, metadata: { mine: 'yes' }, blobHTTPHeaders: { blobContentType: 'text/plain' } });
  const of = await plain.getProperties();
  assert.deepEqual([of.contentType, of.contentLanguage, of.metadata], ['text/plain', undefined, { mine: 'yes' }]);
});

test('a blob with a token, into another account; a container signature', async () => {
  const copy = lake.getContainerClient('raw').getBlockBlobClient('copies/deep/by-token.bin');
  await copy.syncUploadFromURL(source.url, { sourceAuthorization: await tokenOf('ada@example.com') });
  assert.deepEqual(await copy.downloadToBuffer(), data);
  const listed = generateBlobSASQueryParameters(
    { containerName: 'azureml', permissions: ContainerSASPermissions.parse('r'), expiresOn: new Date(Date.now() + 60_000) },
    shared,
  );
  await byKey.getContainerClient('copies').getBlockBlobClient('by-key.bin').syncUploadFromURL(`${source.url}?${listed}`);
});

test('sources that cannot be read are CannotVerifyCopySource, with their own status', async () => {
  const copy = target.getBlockBlobClient('never.bin');
  const missing = byKey.getContainerClient('azureml').getBlockBlobClient('copying/missing');
  await assert.rejects(copy.syncUploadFromURL(sasOf(missing)), refused(404, 'CannotVerifyCopySource'));
  await assert.rejects(copy.syncUploadFromURL(source.url), refused(401, 'CannotVerifyCopySource'));
  await assert.rejects(copy.syncUploadFromURL(sasOf(source, 'w')), refused(403, 'CannotVerifyCopySource'));
  await assert.rejects(copy.syncUploadFromURL(sasOf(source, 'r', new Date(Date.now() - 1000))), refused(403, 'CannotVerifyCopySource'));
  await assert.rejects(copy.syncUploadFromURL(sasOf(source).replace(/sig=.{4}/, 'sig=AAAA')), refused(403, 'CannotVerifyCopySource'));
  await control('/identity', { user: 'ben@example.com', storageRole: 'None' });
  await assert.rejects(copy.syncUploadFromURL(source.url, { sourceAuthorization: await tokenOf('ben@example.com') }), refused(403, 'CannotVerifyCopySource'));
  await control('/identity', { user: 'ben@example.com', storageRole: 'Contributor' });
  await assert.rejects(copy.stageBlockFromURL(Buffer.from('1').toString('base64'), source.url, 0, 10), refused(401, 'CannotVerifyCopySource'));
  assert.equal(await copy.exists(), false);
});

test('conditions on source and target, hashes, and what already is there', async () => {
  const copy = target.getBlockBlobClient('conditions.bin');
  const { etag } = await source.getProperties();
  await assert.rejects(copy.syncUploadFromURL(sasOf(source), { sourceConditions: { ifMatch: '"0x8D0"' } }), refused(412, 'SourceConditionNotMet'));
  await assert.rejects(copy.syncUploadFromURL(sasOf(source), { sourceContentMD5: Buffer.alloc(16, 1) }), refused(400, 'Md5Mismatch'));
  assert.equal(await copy.exists(), false);
  await copy.syncUploadFromURL(sasOf(source), { sourceConditions: { ifMatch: etag }, conditions: { ifNoneMatch: '*' } });
  await assert.rejects(copy.syncUploadFromURL(sasOf(source), { conditions: { ifNoneMatch: '*' } }), refused(409, 'BlobAlreadyExists'));
  await assert.rejects(copy.syncUploadFromURL(sasOf(source), { conditions: { ifMatch: '"0x8D0"' } }), refused(412, 'ConditionNotMet'));
  await assert.rejects(
    byToken.getContainerClient('nowhere').getBlockBlobClient('x').syncUploadFromURL(sasOf(source)),
    refused(404, 'ContainerNotFound'),
  );
});

test('blocks from ranges: uncommitted until the list, then the blob', async () => {
  const copy = target.getBlockBlobClient('blocks.bin');
  const { etag } = await source.getProperties();
  const ids = [0, 1, 2].map((n) => Buffer.from(`block-${n}`).toString('base64'));
  for (const [n, id] of ids.entries()) {
    await copy.stageBlockFromURL(id, sasOf(source), n * 1_000_000, 1_000_000, {
      sourceContentMD5: createHash('md5').update(data.subarray(n * 1_000_000, (n + 1) * 1_000_000)).digest(),
    });
  }
  // The client has no conditions for a block's source; the service does.
  for (const [ifMatch, status] of [['"0x8D0"', 412], [etag, 201]]) {
    const answer = await fetch(`${sasOf(copy, 'w')}&comp=block&blockid=${encodeURIComponent(ids[0])}`, {
      method: 'PUT',
      headers: { 'x-ms-version': '2021-12-02', 'x-ms-copy-source': sasOf(source), 'x-ms-source-range': 'bytes=0-999999', 'x-ms-source-if-match': ifMatch },
    });
    assert.deepEqual([answer.status, answer.headers.get('x-ms-error-code')], [status, status === 201 ? null : 'SourceConditionNotMet']);
  }
  await assert.rejects(copy.stageBlockFromURL(ids[0], sasOf(source), 9_000_000, 10), refused(416, 'InvalidRange'));
  assert.equal(await copy.exists(), false);
  const { uncommittedBlocks } = await copy.getBlockList('uncommitted');
  assert.deepEqual(uncommittedBlocks.map((b) => [b.name, b.size]).sort(), ids.map((id) => [id, 1_000_000]));
  await copy.commitBlockList(ids, { conditions: { ifNoneMatch: '*' }, blobHTTPHeaders: { blobContentMD5: md5 } });
  assert.deepEqual(await copy.downloadToBuffer(), data);
  assert.deepEqual(Buffer.from((await copy.getProperties()).contentMD5), md5);
});

test('a protected blob is not written over, by neither', async () => {
  const copy = target.getBlockBlobClient('kept/held.bin');
  await copy.upload('old', 3);
  await control('/storage', { account, legalHold: { container: 'copies', prefixOrBlob: 'kept/' } });
  await assert.rejects(copy.syncUploadFromURL(sasOf(source)), refused(409, 'BlobImmutableDueToPolicy'));
  const id = Buffer.from('block-0').toString('base64');
  await copy.stageBlockFromURL(id, sasOf(source), 0, 100);
  await assert.rejects(copy.commitBlockList([id]), refused(409, 'BlobImmutableDueToPolicy'));
  await target.getBlockBlobClient('kept/new.bin').syncUploadFromURL(sasOf(source));
  assert.equal((await copy.downloadToBuffer()).toString(), 'old');
  await control('/storage', { account, legalHold: null });
});

test('faults reach copies, and the log says what was copied without the source or its signature', async () => {
  const copy = target.getBlockBlobClient('faulty.bin');
  const { last } = await control('/requests', undefined, 'GET');
  await control('/faults', { match: { pathContains: 'faulty.bin', method: 'PUT' }, times: 1, action: { kind: 'status', status: 503, headers: { 'Retry-After': '1' } } });
  await assert.rejects(copy.syncUploadFromURL(sasOf(source)), refused(503, 'ServerBusy'));
  await control('/faults', { match: { pathContains: 'faulty.bin', method: 'PUT' }, times: 1, action: { kind: 'reset' } });
  await assert.rejects(copy.syncUploadFromURL(sasOf(source)));
  await control('/faults', undefined, 'DELETE');
  await copy.syncUploadFromURL(sasOf(source));
  const { requests } = await control(`/requests?since=${last}`, undefined, 'GET');
  assert.deepEqual(requests.map((r) => [r.method, r.fault ?? r.status]), [['PUT', 'Status'], ['PUT', 'Reset'], ['PUT', 201]]);
  assert.ok(!JSON.stringify(requests).includes('sig='));
});

test('roles: who may only read does not copy', async () => {
  await control('/identity', { user: 'ben@example.com', storageRole: 'Reader' });
  const ben = new BlobServiceClient(emulator.blob, credential('ben@example.com'), noRetry).getContainerClient('copies');
  await assert.rejects(ben.getBlockBlobClient('ben.bin').syncUploadFromURL(sasOf(source)), refused(403, 'AuthorizationPermissionMismatch'));
  await control('/identity', { user: 'ben@example.com', storageRole: 'Contributor' });
});
