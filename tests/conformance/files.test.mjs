// @azure/storage-file-share against the emulator's file shares.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import {
  AccountSASPermissions,
  AccountSASResourceTypes,
  AccountSASServices,
  AnonymousCredential,
  ShareSASPermissions,
  ShareServiceClient,
  StorageSharedKeyCredential,
  generateAccountSASQueryParameters,
  generateFileSASQueryParameters,
} from '@azure/storage-file-share';
import machinelearning from '@azure/arm-machinelearning';
import { all, control, credential, emulator } from './support.mjs';

const account = new URL(emulator.blob).hostname.split('.')[0];
const address = emulator.blob.replace('.blob.', '.file.');
const arm = new machinelearning.AzureMachineLearningWorkspaces(credential(), emulator.subscriptionId, { endpoint: emulator.resourceManager });
const { key } = await arm.datastores.listSecrets(emulator.resourceGroup, emulator.workspace, 'workspaceworkingdirectory');
const store = await arm.datastores.get(emulator.resourceGroup, emulator.workspace, 'workspaceworkingdirectory');
const shared = new StorageSharedKeyCredential(account, key);
const once = { retryOptions: { maxTries: 1 }, allowTrailingDot: true };
const byKey = new ShareServiceClient(address, shared, once);
const byToken = (user, options) => new ShareServiceClient(address, credential(user), { ...once, ...options });
const withIntent = { fileRequestIntent: 'backup' };
const md5 = (data) => createHash('md5').update(data).digest();
const code = (expected) => (error) => {
  assert.equal(error.code ?? error.details?.errorCode, expected, error.message);
  return true;
};

const fresh = async () => {
  const share = byKey.getShareClient(`test-${randomBytes(6).toString('hex')}`);
  await share.create();
  return share;
};

test('the datastore of the notebooks leads to a share with a folder for each person', async () => {
  assert.equal(store.properties.datastoreType, 'AzureFile');
  const share = byKey.getShareClient(store.properties.fileShareName);
  assert.equal(await share.exists(), true);
  const users = await all(share.getDirectoryClient('Users').listFilesAndDirectories());
  assert.deepEqual(users.map((u) => [u.kind, u.name]), [
    ['directory', 'ada.example'],
    ['directory', 'ben.example'],
    ['directory', 'chloe.example'],
  ]);
});

const ways = [
  ['shared key', () => byKey],
  ['a token with intent', () => byToken('ada@example.com', withIntent)],
  [
    'an account signature',
    () => {
      const sas = generateAccountSASQueryParameters(
        {
          expiresOn: new Date(Date.now() + 3_600_000),
          permissions: AccountSASPermissions.parse('rwdlc'),
          services: AccountSASServices.parse('f').toString(),
          resourceTypes: AccountSASResourceTypes.parse('sco').toString(),
        },
        shared,
      );
      return new ShareServiceClient(`${address}?${sas}`, new AnonymousCredential(), once);
    },
  ],
];
for (const [name, service] of ways) {
  test(`${name}: write, list in pages, read in ranges, properties, delete`, async () => {
    const { name: shareName } = await fresh();
    const share = service().getShareClient(shareName);
    const folder = share.getDirectoryClient('notes and #1');
    await folder.create();
    const data = randomBytes(5_000_000);
    const names = ['a.txt', 'B.txt', 'dot.', 'q %20 100%.md', 'Überblick – ノート.txt'];
    for (const file of names) {
      await folder.getFileClient(file).uploadData(Buffer.from(file));
    }
    const large = folder.getFileClient('large.bin');
    await large.create(data.length, { fileHttpHeaders: { fileContentMD5: md5(data), fileContentType: 'application/x-large' } });
    await large.uploadRange(data.subarray(0, 4_000_000), 0, 4_000_000);
    await large.uploadRange(data.subarray(4_000_000), 4_000_000, 1_000_000);
    await folder.getDirectoryClient('inner').create();

    const pages = await all(folder.listFilesAndDirectories({ includeTimestamps: true, includeEtag: true, includeAttributes: true, includeExtendedInfo: true }).byPage({ maxPageSize: 3 }));
    const entries = pages.flatMap((p) => [...p.segment.fileItems.map((f) => ({ kind: 'file', ...f })), ...p.segment.directoryItems.map((d) => ({ kind: 'directory', ...d }))]);
    assert.equal(pages.length, 3);
    assert.deepEqual(entries.map((e) => e.name).sort(), [...names, 'large.bin', 'inner'].sort());
    const listed = entries.find((e) => e.name === 'large.bin');
    const properties = await large.getProperties();
    assert.equal(listed.properties.contentLength, data.length);
    assert.equal(listed.properties.etag, properties.etag);
    assert.equal(listed.attributes, 'Archive');
    assert.ok(listed.properties.lastModified instanceof Date);
    assert.equal(entries.find((e) => e.kind === 'directory').properties.etag, (await folder.getDirectoryClient('inner').getProperties()).etag);
    assert.deepEqual((await all(folder.listFilesAndDirectories({ prefix: 'q ' }))).map((e) => e.name), ['q %20 100%.md']);

    assert.equal(properties.contentLength, data.length);
    assert.equal(properties.contentType, 'application/x-large');
    assert.deepEqual(Buffer.from(properties.contentMD5), md5(data));
    assert.deepEqual(await large.downloadToBuffer(), data);
    const part = await large.download(1_000, 2_000);
    assert.equal(part.contentRange, `bytes 1000-2999/${data.length}`);
    assert.deepEqual(Buffer.from(part.fileContentMD5), md5(data));
    for (const file of names) {
      assert.equal((await folder.getFileClient(file).downloadToBuffer()).toString(), file);
    }

    const before = (await large.getProperties()).etag;
    await large.uploadRange(Buffer.from('changed'), 0, 7);
    assert.notEqual((await large.getProperties()).etag, before);

    await assert.rejects(folder.delete(), code('DirectoryNotEmpty'));
    for (const file of [...names, 'large.bin']) {
      await folder.getFileClient(file).delete();
    }
    await folder.getDirectoryClient('inner').delete();
    await folder.delete();
    assert.deepEqual(await all(share.rootDirectoryClient.listFilesAndDirectories()), []);
  });
}

test('a share signature reaches its share, with what it allows, and no other', async () => {
  const share = await fresh();
  await share.rootDirectoryClient.getFileClient('a.txt').uploadData(Buffer.from('a'));
  const sas = generateFileSASQueryParameters({ shareName: share.name, permissions: ShareSASPermissions.parse('rl'), expiresOn: new Date(Date.now() + 3_600_000) }, shared);
  const service = new ShareServiceClient(`${address}?${sas}`, new AnonymousCredential(), once);
  const mine = service.getShareClient(share.name);
  assert.deepEqual((await all(mine.rootDirectoryClient.listFilesAndDirectories())).map((f) => f.name), ['a.txt']);
  assert.equal((await mine.rootDirectoryClient.getFileClient('a.txt').downloadToBuffer()).toString(), 'a');
  await assert.rejects(mine.rootDirectoryClient.getFileClient('a.txt').delete(), code('AuthorizationPermissionMismatch'));
  const other = service.getShareClient(store.properties.fileShareName);
  await assert.rejects(all(other.rootDirectoryClient.listFilesAndDirectories()), code('AuthenticationFailed'));
  const { sasToken } = await arm.datastores.listSecrets(emulator.resourceGroup, emulator.workspace, 'partner_data');
  const foreign = new ShareServiceClient(`${address}?${sasToken}`, new AnonymousCredential(), once);
  await assert.rejects(all(foreign.getShareClient(share.name).rootDirectoryClient.listFilesAndDirectories()), code('AuthenticationFailed'));
});

test('a token is refused without its intent, for shares themselves, and without a role', async () => {
  const name = store.properties.fileShareName;
  await assert.rejects(all(byToken('ada@example.com').getShareClient(name).rootDirectoryClient.listFilesAndDirectories()), code('MissingRequiredHeader'));
  await assert.rejects(byToken('ada@example.com', withIntent).getShareClient(name).getProperties(), (error) => error.statusCode === 403);
  await assert.rejects(all(byToken('ada@example.com', withIntent).listShares()), (error) => error.statusCode === 403);
  await control('/identity', { user: 'ben@example.com', storageRole: 'None' });
  try {
    await assert.rejects(all(byToken('ben@example.com', withIntent).getShareClient(name).rootDirectoryClient.listFilesAndDirectories()), code('AuthorizationPermissionMismatch'));
  } finally {
    await control('/identity', { user: 'ben@example.com', storageRole: 'Contributor' });
  }
  const wrong = new ShareServiceClient(address, new StorageSharedKeyCredential(account, Buffer.alloc(64, 1).toString('base64')), once);
  await assert.rejects(wrong.getShareClient(name).getProperties(), (error) => error.statusCode === 403);
});

test('refusals in the service\'s own words', async () => {
  const share = await fresh();
  const root = share.rootDirectoryClient;
  await root.getDirectoryClient('a').create();
  await root.getFileClient('f.txt').uploadData(Buffer.from('f'));
  await assert.rejects(root.getDirectoryClient('a').create(), code('ResourceAlreadyExists'));
  await assert.rejects(root.getDirectoryClient('f.txt').create(), code('ResourceTypeMismatch'));
  await assert.rejects(root.getFileClient('none.txt').downloadToBuffer(), code('ResourceNotFound'));
  await assert.rejects(root.getFileClient('a').getProperties(), code('ResourceNotFound'));
  await assert.rejects(root.getDirectoryClient('x').getFileClient('y.txt').create(1), code('ParentNotFound'));
  await assert.rejects(root.getFileClient('f.txt').download(5, 2), code('InvalidRange'));
  await assert.rejects(byKey.getShareClient('no-such-share').rootDirectoryClient.getFileClient('f').getProperties(), code('ShareNotFound'));
  await assert.rejects(root.getFileClient('a?b').create(1), code('InvalidResourceName'));
  assert.equal(await root.getFileClient('F.TXT').exists(), true);
  for (const held of ['SharingViolation', 'DeletePending', 'CannotDeleteFileOrDirectory']) {
    await control('/files', { share: share.name, path: 'f.txt', heldBy: held });
    await assert.rejects(root.getFileClient('f.txt').delete(), code(held));
  }
  await control('/files', { share: share.name, path: 'f.txt', heldBy: '', readOnly: true });
  await assert.rejects(root.getFileClient('f.txt').delete(), code('ReadOnlyAttribute'));
});

test('without the header a dot at the end of a name does not count', async () => {
  const share = await fresh();
  await share.rootDirectoryClient.getFileClient('notes').uploadData(Buffer.from('without'));
  await share.rootDirectoryClient.getFileClient('notes.').uploadData(Buffer.from('with'));
  const plain = new ShareServiceClient(address, shared, { retryOptions: { maxTries: 1 } }).getShareClient(share.name).rootDirectoryClient;
  assert.equal((await plain.getFileClient('notes.').downloadToBuffer()).toString(), 'without');
  assert.equal((await share.rootDirectoryClient.getFileClient('notes.').downloadToBuffer()).toString(), 'with');
});

test('snapshots are listed with their share, which is not deleted while it has any', async () => {
  const share = await fresh();
  const { snapshot } = await share.createSnapshot();
  const listed = await all(byKey.listShares({ prefix: share.name, includeSnapshots: true }));
  assert.deepEqual(listed.map((s) => s.snapshot), [snapshot, undefined]);
  await assert.rejects(share.delete(), code('ShareHasSnapshots'));
  await share.delete({ deleteSnapshots: 'include' });
  assert.equal(await share.exists(), false);
});
