// @azure/arm-machinelearning archives, restores and deletes every kind; after each the whole state is compared.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import machinelearning from '@azure/arm-machinelearning';
import { all, control, credential, emulator } from './support.mjs';

const { AzureMachineLearningWorkspaces } = machinelearning;
const { resourceGroup: group, workspace } = emulator;
const client = new AzureMachineLearningWorkspaces(credential(), emulator.subscriptionId, { endpoint: emulator.resourceManager });
const quick = { updateIntervalInMs: 20 };

/** The resources and runs of the workspace. */
async function state() {
  const { workspaces } = await control(`/state?workspace=${workspace}`, undefined, 'GET');
  const { resources, runs, classic } = workspaces[workspace];
  return { ...resources, ...Object.fromEntries(Object.entries(runs).map(([id, run]) => [`runs/${id}`, run])), ...classic };
}

/** Does something and tells what is gone or changed. */
async function differences(act) {
  const before = await state();
  await act();
  const after = await state();
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.filter((n) => JSON.stringify(before[n]) !== JSON.stringify(after[n])).map((n) => (n in after ? n : `-${n}`));
}

const archivable = [
  ['modelContainers', 'modelVersions', 'models', 'from-run-model', '1'],
  ['dataContainers', 'dataVersions', 'data', 'income', '2'],
  ['environmentContainers', 'environmentVersions', 'environments', 'sklearn-train', '3'],
  ['componentContainers', 'componentVersions', 'components', 'score_batch', '2'],
];
for (const [containers, versions, path, name, version] of archivable) {
  test(`${path}: versions and containers are archived and restored`, async () => {
    const one = await client[versions].get(group, workspace, name, version);
    assert.deepEqual(await differences(() => client[versions].createOrUpdate(group, workspace, name, version, { properties: { ...one.properties, isArchived: true } })), [`${path}/${name}/versions/${version}`]);
    const archived = await all(client[versions].list(group, workspace, name, { listViewType: 'ArchivedOnly' }));
    assert.ok(archived.some((v) => v.name === version));
    await client[versions].createOrUpdate(group, workspace, name, version, { properties: { ...one.properties, isArchived: false } });
    const container = await client[containers].get(group, workspace, name);
    assert.deepEqual(await differences(() => client[containers].createOrUpdate(group, workspace, name, { properties: { ...container.properties, isArchived: true } })), [`${path}/${name}`]);
    assert.ok((await all(client[containers].list(group, workspace))).every((c) => c.name !== name));
    await client[containers].createOrUpdate(group, workspace, name, { properties: { ...container.properties, isArchived: false } });
    assert.equal((await client[containers].get(group, workspace, name)).properties.isArchived, false);
  });
}

for (const [path, operation, args] of [
  ['data', 'dataVersions', ['income', '1']],
  ['environments', 'environmentVersions', ['sklearn-train', '3']],
  ['components', 'componentContainers', ['score_batch']],
]) {
  test(`${path}: DELETE is refused`, async () => {
    assert.deepEqual(await differences(() => assert.rejects(client[operation].delete(group, workspace, ...args), (e) => e.statusCode === 405 && e.code === 'UserError')), []);
  });
}

test('models, codes and datastores are deleted at once; the default datastore is not', async () => {
  await control('/resources', { path: 'models/passing', body: { properties: { isArchived: false } } });
  await control('/resources', { path: 'models/passing/versions/1', body: { properties: { isArchived: false } } });
  await control('/resources', { path: 'models/passing-not', body: { properties: { isArchived: false } } });
  await control('/resources', { path: 'codes/passing/versions/1', body: { properties: {} } });
  await control('/resources', { path: 'datastores/passing', body: { properties: { isDefault: false, datastoreType: 'AzureBlob' } } });
  assert.deepEqual(await differences(() => client.modelVersions.delete(group, workspace, 'passing', '1')), ['-models/passing/versions/1']);
  assert.deepEqual(await differences(() => client.modelContainers.delete(group, workspace, 'passing')), ['-models/passing']);
  assert.deepEqual(await differences(() => client.codeVersions.delete(group, workspace, 'passing', '1')), ['-codes/passing/versions/1']);
  assert.deepEqual(await differences(() => client.datastores.delete(group, workspace, 'passing')), ['-datastores/passing']);
  assert.deepEqual(await differences(() => assert.rejects(client.datastores.delete(group, workspace, 'workspaceblobstore'), (e) => e.statusCode === 400)), []);
  await client.modelContainers.delete(group, workspace, 'passing-not');
});

test('a deployment with traffic stays, without it goes; an endpoint takes its deployments along', async () => {
  await assert.rejects(client.onlineDeployments.beginDeleteAndWait(group, workspace, 'loan-scoring', 'green', quick), (e) => e.statusCode === 400);
  const endpoint = await client.onlineEndpoints.get(group, workspace, 'loan-scoring');
  assert.deepEqual(endpoint.properties.traffic, { blue: 90, green: 10 });
  await control('/resources', { path: 'onlineEndpoints/loan-scoring/deployments/spare', body: { properties: {} } });
  assert.deepEqual(await differences(() => client.onlineDeployments.beginDeleteAndWait(group, workspace, 'loan-scoring', 'spare', quick)), ['-onlineEndpoints/loan-scoring/deployments/spare']);
  await control('/resources', { path: 'batchEndpoints/passing', body: { properties: {} } });
  await control('/resources', { path: 'batchEndpoints/passing/deployments/only', body: { properties: {} } });
  await control('/resources', { path: 'batchEndpoints/passing-not', body: { properties: {} } });
  assert.deepEqual(await differences(() => client.batchEndpoints.beginDeleteAndWait(group, workspace, 'passing', quick)), ['-batchEndpoints/passing', '-batchEndpoints/passing/deployments/only']);
});

test('computes: detach only what was attached, delete only what runs nothing', async () => {
  const refused = (name, action, status) => assert.rejects(client.computeOperations.beginDeleteAndWait(group, workspace, name, action, quick), (e) => e.statusCode === status);
  assert.deepEqual(await differences(() => refused('gpu-cluster', 'Delete', 409)), []);
  assert.deepEqual(await differences(() => refused('idle-cluster', 'Detach', 400)), []);
  assert.deepEqual(await differences(() => client.computeOperations.beginDeleteAndWait(group, workspace, 'attached-k8s', 'Detach', quick)), ['-computes/attached-k8s']);
});

test('a job goes with a long-running operation, and run10 stays when run1 goes', async () => {
  await control('/runs', { experiment: 'goes', runId: 'goes1' });
  await control('/runs', { experiment: 'goes', runId: 'goes10' });
  assert.deepEqual(await differences(() => client.jobs.beginDeleteAndWait(group, workspace, 'goes1', quick)), ['-runs/goes1']);
});

test('a lock refuses with ScopeLocked, and the client waits out a used up allowance', async () => {
  const scope = `/subscriptions/${emulator.subscriptionId}/resourceGroups/${group}`;
  await control('/locks', { scope, level: 'CanNotDelete', name: 'keep' });
  assert.deepEqual(await differences(() => assert.rejects(client.modelContainers.delete(group, workspace, 'shared-model-a'), (e) => e.statusCode === 409 && e.code === 'ScopeLocked')), []);
  assert.equal((await control('/locks', undefined, 'DELETE')).removed, 1);
  await control('/settings', { subscriptionDeletes: 1, subscriptionDeletesRefillSeconds: 1 });
  await client.modelContainers.delete(group, workspace, 'nothing');
  await client.modelContainers.delete(group, workspace, 'nothing');
  await control('/settings', { subscriptionDeletes: null });
});
