// Microsoft's clients against lists of resources, deployments and containers.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import resources from '@azure/arm-resources';
import { StorageManagementClient } from '@azure/arm-storage';
import { all, control, credential, emulator } from './support.mjs';

const options = { endpoint: emulator.resourceManager };
const arm = new resources.ResourceManagementClient(credential(), emulator.subscriptionId, options);
const accounts = new StorageManagementClient(credential(), emulator.subscriptionId, options);
const group = 'lists-rg';

before(async () => {
  await control('/dependents', {
    type: 'Microsoft.KeyVault/vaults',
    group,
    name: 'vault',
    count: 250,
    created: '2025-03-01T10:00:00Z',
    tags: { team: 'risk' },
  });
  await control('/dependents', {
    type: 'Microsoft.Storage/storageAccounts',
    group,
    name: 'listedaccount',
    containers: ['azureml', 'azureml-blobstore-0f0f0f0f-1111-4222-8333-444444444444', 'raw'],
  });
});

test('resources of a type come through all pages, with what was asked for beside', async () => {
  const found = await all(
    arm.resources.list({
      filter: "resourceType eq 'Microsoft.KeyVault/vaults'",
      expand: 'createdTime,provisioningState',
    }),
  );
  const own = found.filter((one) => one.id.includes(`/${group}/`));
  assert.equal(own.length, 250);
  assert.ok(found.every((one) => one.type.toLowerCase() === 'microsoft.keyvault/vaults'));
  assert.equal(own[0].createdTime.toISOString(), '2025-03-01T10:00:00.000Z');
  assert.deepEqual(
    [own[0].provisioningState, own[0].tags, own[0].properties],
    ['Succeeded', { team: 'risk' }, undefined],
  );
  const plain = await all(arm.resources.listByResourceGroup(group, { filter: "name eq 'vault00001'" }));
  assert.deepEqual([plain.length, plain[0].createdTime], [1, undefined]);
});

test('filters are as documented, and others are refused', async () => {
  const byTag = await all(arm.resources.list({ filter: "tagName eq 'team' and tagValue eq 'risk'" }));
  assert.deepEqual([byTag.length, byTag[0].tags], [250, undefined]);
  const part = await all(arm.resources.list({ filter: "substringof('listedacc', name)" }));
  assert.deepEqual(
    part.map((one) => one.name),
    ['listedaccount'],
  );
  const workspaces = await all(
    arm.resources.list({ filter: "resourceType eq 'Microsoft.MachineLearningServices/workspaces'" }),
  );
  assert.ok(workspaces.some((one) => one.name === emulator.workspace));
  await assert.rejects(
    all(arm.resources.list({ filter: 'properties/x gt 3' })),
    (error) => error.code === 'InvalidFilterInQueryString',
  );
  await assert.rejects(
    all(
      new resources.ResourceManagementClient(
        credential(),
        '99999999-0000-0000-0000-000000000000',
        options,
      ).resources.list(),
    ),
    (error) => error.code === 'SubscriptionNotFound',
  );
});

test('deployments tell what they made and what depends on what', async () => {
  const id = (provider, name) =>
    `/subscriptions/${emulator.subscriptionId}/resourceGroups/${group}/providers/${provider}/${name}`;
  const [workspace, vault] = [
    id('Microsoft.MachineLearningServices/workspaces', 'w'),
    id('Microsoft.KeyVault/vaults', 'k'),
  ];
  await control('/deployments', {
    group,
    name: 'w-1234567',
    resources: [workspace, vault],
    dependencies: { [workspace]: [vault] },
  });
  await control('/deployments', { group, name: 'broken', state: 'Failed', resources: [] });
  const done = await all(arm.deployments.listByResourceGroup(group, { filter: "provisioningState eq 'Succeeded'" }));
  assert.deepEqual(
    done.map((one) => one.name),
    ['w-1234567'],
  );
  const { properties } = done[0];
  assert.deepEqual(
    properties.outputResources.map((one) => one.id),
    [workspace, vault],
  );
  assert.deepEqual(properties.dependencies[0].dependsOn[0], {
    id: vault,
    resourceType: 'Microsoft.KeyVault/vaults',
    resourceName: 'k',
  });
  assert.ok(properties.timestamp instanceof Date);
  assert.equal((await arm.deployments.get(group, 'broken')).properties.provisioningState, 'Failed');
  assert.equal((await all(arm.deployments.listByResourceGroup(group))).length, 2);
});

test('containers of an account come by the beginning of their names, page by page', async () => {
  const names = async (account, more) =>
    (await all(accounts.blobContainers.list(...account, more))).map((one) => one.name);
  assert.deepEqual(await names([group, 'listedaccount'], { filter: 'azureml-blobstore-' }), [
    'azureml-blobstore-0f0f0f0f-1111-4222-8333-444444444444',
  ]);
  assert.equal((await names([group, 'listedaccount'], { maxpagesize: '1' })).length, 3);
  const own = new URL(emulator.blob).hostname.split('.')[0];
  assert.ok((await names([emulator.resourceGroup, own])).includes('azureml'));
  await assert.rejects(names([group, 'nothere']), (error) => error.statusCode === 404);
});
