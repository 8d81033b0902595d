// Registries. No npm client of Microsoft's has their operations (@azure/arm-machinelearning ends before them), so they are asked as
// the specification says; the signature they give is used by @azure/storage-blob.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlobServiceClient, ContainerClient } from '@azure/storage-blob';
import { all, credential, emulator } from './support.mjs';

const { subscriptionId } = emulator;
const root = `${emulator.resourceManager.replace(/\/$/, '')}/subscriptions/${subscriptionId}`;
const provider = 'providers/Microsoft.MachineLearningServices/registries';
const registry = `${root}/resourceGroups/shared-rg/${provider}/contoso-registry`;

async function ask(url, body) {
  const { token } = await credential().getToken('https://management.azure.com/.default');
  const answer = await fetch(url.includes('?') ? url : `${url}?api-version=2024-04-01`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}

test('registries are listed by subscription and by group, and got', async () => {
  for (const list of [`${root}/${provider}`, `${root}/resourceGroups/shared-rg/${provider}`]) {
    const { body } = await ask(list);
    assert.deepEqual(body.value.map(({ name }) => name), ['contoso-registry']);
  }
  const { body } = await ask(registry);
  assert.equal(body.type, 'Microsoft.MachineLearningServices/registries');
  assert.match(body.properties.discoveryUrl, /\/registrymanagement\/v1\.0\/registries\/contoso-registry\/discovery$/);
  assert.equal((await ask(registry.replace('contoso-registry', 'none'))).status, 404);
});

test('assets are paged with $top, newest first when asked so, and the links end', async () => {
  const versions = [];
  let next = `${registry}/models/credit-scoring-shared/versions?api-version=2024-04-01&$top=1&$orderBy=createdtime%20desc`;
  for (let pages = 0; next && pages < 5; pages++) {
    const { body } = await ask(next);
    assert.equal(body.value.length, 1);
    versions.push(...body.value.map(({ name }) => name));
    next = body.nextLink;
  }
  assert.deepEqual(versions, ['2', '1']);
  for (const [kind, name] of [['data', 'income-shared'], ['environments', 'sklearn-shared'], ['components', 'score_shared']]) {
    const { body } = await ask(`${registry}/${kind}/${name}/versions/1`);
    assert.equal(body.type, `Microsoft.MachineLearningServices/registries/${kind}/versions`);
  }
  assert.equal((await ask(`${registry}/models/nothing/versions`)).status, 404);
});

test('files are read by the signature given for one version, which opens no other container and writes nothing', async () => {
  const { body: model } = await ask(`${registry}/models/credit-scoring-shared/versions/1`);
  const assetId = 'azureml://registries/contoso-registry/models/credit-scoring-shared/versions/1';
  const reference = `${registry}/datareferences/credit-scoring-shared/versions/1`;
  const { body } = await ask(reference, { assetId, blobUri: model.properties.modelUri });
  const { blobUri, credential: given } = body.blobReferenceForConsumption;
  assert.equal(blobUri, model.properties.modelUri);
  assert.equal(given.credentialType, 'SAS');
  const container = new ContainerClient(given.sasUri);
  const blobs = await all(container.listBlobsFlat({ prefix: 'model/' }));
  assert.deepEqual(blobs.map(({ name }) => name), ['model/MLmodel', 'model/model.pkl', 'model/requirements.txt']);
  assert.equal((await container.getBlobClient('model/model.pkl').downloadToBuffer()).length, 90_000);
  await assert.rejects(container.getBlockBlobClient('model/new').upload('x', 1), (e) => e.statusCode === 403);
  const { body: other } = await ask(`${registry}/models/credit-scoring-shared/versions/2`);
  const elsewhere = new URL(other.properties.modelUri);
  const foreign = new ContainerClient(`${elsewhere.origin}/${elsewhere.pathname.split('/')[1]}?${given.sasUri.split('?')[1]}`);
  await assert.rejects(all(foreign.listBlobsFlat()), (e) => e.statusCode === 403);
  assert.equal((await ask(reference, { assetId: assetId.replace('/1', '/2'), blobUri })).status, 400);
});

test('the account of a registry has no role for anybody', async () => {
  const { body: model } = await ask(`${registry}/models/credit-scoring-shared/versions/1`);
  const service = new BlobServiceClient(new URL(model.properties.modelUri).origin, credential());
  await assert.rejects(all(service.getContainerClient('x').listBlobsFlat()), (e) => e.statusCode === 403);
});
