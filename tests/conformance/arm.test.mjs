// @azure/arm-machinelearning against the emulator.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import machinelearning from '@azure/arm-machinelearning';
import { all, control, credential, emulator } from './support.mjs';

const { AzureMachineLearningWorkspaces } = machinelearning;
const { resourceGroup: group, workspace } = emulator;
const client = (user) =>
  new AzureMachineLearningWorkspaces(credential(user), emulator.subscriptionId, { endpoint: emulator.resourceManager });

test('workspaces are listed by subscription and by group, and got', async () => {
  const bySubscription = await all(client().workspaces.listBySubscription());
  const byGroup = await all(client().workspaces.listByResourceGroup(group));
  assert.deepEqual(bySubscription.map((w) => w.name), [workspace]);
  assert.deepEqual(byGroup.map((w) => w.name), [workspace]);
  const got = await client().workspaces.get(group, workspace);
  assert.equal(got.discoveryUrl, `${emulator.dataPlane}/discovery`);
  assert.match(got.storageAccount, /storageAccounts/);
  assert.equal(got.systemData.createdByType, 'User');
});

test('a missing workspace is Resource Manager\'s own 404', async () => {
  await assert.rejects(client().workspaces.get(group, 'nowhere'), (e) => e.statusCode === 404 && e.code === 'ResourceNotFound');
});

test('jobs are paged, filtered by type and archived by PUT', async () => {
  const jobs = await all(client().jobs.list(group, workspace));
  assert.ok(jobs.length > 80, `${jobs.length} jobs`);
  assert.equal(new Set(jobs.map((j) => j.name)).size, jobs.length);
  assert.ok(jobs.every((j) => j.properties.isArchived === false));
  const pipelines = await all(client().jobs.list(group, workspace, { jobType: 'Pipeline' }));
  assert.ok(pipelines.length >= 4 && pipelines.every((j) => j.properties.jobType === 'Pipeline'));

  const job = await client().jobs.get(group, workspace, jobs.find((j) => j.properties.status === 'Completed').name);
  const archived = await client().jobs.createOrUpdate(group, workspace, job.name, { properties: { ...job.properties, isArchived: true } });
  assert.equal(archived.properties.isArchived, true);
  const shown = await all(client().jobs.list(group, workspace, { listViewType: 'ArchivedOnly' }));
  assert.ok(shown.some((j) => j.name === job.name));
  await client().jobs.createOrUpdate(group, workspace, job.name, { properties: { ...job.properties, isArchived: false } });
});

test('a missing job is the provider\'s 404', async () => {
  await assert.rejects(client().jobs.get(group, workspace, 'nothing'), (e) => e.statusCode === 404 && e.code === 'UserError');
});

test('a running job is cancelled by a long-running operation, a finished one refuses', async () => {
  const { runs } = await control('/runs', { experiment: 'to-cancel', status: 'Running' });
  await client().jobs.beginCancelAndWait(group, workspace, runs[0].runId, { updateIntervalInMs: 20 });
  const job = await client().jobs.get(group, workspace, runs[0].runId);
  assert.equal(job.properties.status, 'Canceled');
  await assert.rejects(client().jobs.beginCancelAndWait(group, workspace, runs[0].runId), (e) => e.statusCode === 400);
});

test('a job is deleted by a long-running operation', async () => {
  const { runs } = await control('/runs', { experiment: 'to-delete' });
  await client().jobs.beginDeleteAndWait(group, workspace, runs[0].runId, { updateIntervalInMs: 20 });
  await assert.rejects(client().jobs.get(group, workspace, runs[0].runId), (e) => e.statusCode === 404);
});

test('datastores and their secrets', async () => {
  const stores = await all(client().datastores.list(group, workspace));
  const byName = Object.fromEntries(stores.map((d) => [d.name, d.properties]));
  assert.equal(byName.workspaceblobstore.datastoreType, 'AzureBlob');
  assert.equal(byName.workspaceblobstore.isDefault, true);
  assert.equal(byName.research_lake.datastoreType, 'AzureDataLakeGen2');
  const key = await client().datastores.listSecrets(group, workspace, 'workspaceblobstore');
  assert.equal(key.secretsType, 'AccountKey');
  assert.equal(Buffer.from(key.key, 'base64').length, 64);
  const sas = await client().datastores.listSecrets(group, workspace, 'partner_data');
  assert.equal(sas.secretsType, 'Sas');
  assert.match(sas.sasToken, /sig=/);
  await assert.rejects(client().datastores.listSecrets(group, workspace, 'research_lake'), (e) => e.statusCode === 400);
  const defaults = await all(client().datastores.list(group, workspace, { isDefault: true }));
  assert.deepEqual(defaults.map((d) => d.name), ['workspaceblobstore']);
});

test('models: containers, versions, one page each, archive and delete', async () => {
  const models = await all(client().modelContainers.list(group, workspace));
  assert.ok(models.some((m) => m.name === 'credit-scoring-model'));
  const versions = await all(client().modelVersions.list(group, workspace, 'credit-scoring-model', { orderBy: 'createdtime desc', top: 1, listViewType: 'All' }));
  assert.deepEqual(versions.map((v) => v.name), ['3', '2', '1']);
  const version = await client().modelVersions.get(group, workspace, 'credit-scoring-model', '2');
  const put = await client().modelVersions.createOrUpdate(group, workspace, 'credit-scoring-model', '2', { properties: { ...version.properties, isArchived: true } });
  assert.equal(put.properties.isArchived, true);
  await client().modelVersions.delete(group, workspace, 'credit-scoring-model', '2');
  await assert.rejects(client().modelVersions.get(group, workspace, 'credit-scoring-model', '2'), (e) => e.statusCode === 404);
});

test('data assets refuse to be deleted', async () => {
  await assert.rejects(client().dataContainers.delete(group, workspace, 'loans'), (e) => e.statusCode === 405);
});

test('endpoints, computes and schedules are deleted by long-running operations', async () => {
  await client().batchEndpoints.beginDeleteAndWait(group, workspace, 'nightly', { updateIntervalInMs: 20 });
  await assert.rejects(client().batchEndpoints.get(group, workspace, 'nightly'), (e) => e.statusCode === 404);
  await client().computeOperations.beginDeleteAndWait(group, workspace, 'ben-dev', 'Delete', { updateIntervalInMs: 20 });
  await assert.rejects(client().computeOperations.get(group, workspace, 'ben-dev'), (e) => e.statusCode === 404);
  await client().schedules.beginDeleteAndWait(group, workspace, 'weekly-retrain', { updateIntervalInMs: 20 });
  await assert.rejects(client().schedules.beginDeleteAndWait(group, workspace, 'nightly', { updateIntervalInMs: 20 }));
});

test('someone without a role sees no workspace and is refused', async () => {
  await control('/identity', { user: 'chloe@example.com', workspaceRole: 'None' });
  assert.deepEqual(await all(client('chloe@example.com').workspaces.listBySubscription()), []);
  await assert.rejects(client('chloe@example.com').workspaces.get(group, workspace), (e) => e.statusCode === 403 && e.code === 'AuthorizationFailed');
  await control('/identity', { user: 'chloe@example.com', workspaceRole: 'Reader' });
  assert.equal((await client('chloe@example.com').workspaces.get(group, workspace)).name, workspace);
  await assert.rejects(client('chloe@example.com').datastores.listSecrets(group, workspace, 'workspaceblobstore'), (e) => e.statusCode === 403);
  await control('/identity', { user: 'chloe@example.com', workspaceRole: 'Contributor' });
});

test('a throttled call is repeated by the client', async () => {
  await control('/faults', { match: { host: 'localhost', pathContains: '/models' }, times: 1, action: { kind: 'status', status: 429, headers: { 'Retry-After': '1' } } });
  assert.ok((await all(client().modelContainers.list(group, workspace))).length > 0);
  const { faults } = await control('/faults', undefined, 'GET');
  assert.equal(faults.at(-1).hits, 1);
  await control('/faults', undefined, 'DELETE');
});
