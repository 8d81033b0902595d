// Bags that the product writes, read by another's implementation of BagIt.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import Bag from 'bagit';
import { root } from '../tools/paths.mjs';
import { Sidecar } from '../tools/sidecar.mjs';
import { control, emulator } from './support.mjs';

const folder = await mkdtemp(join(tmpdir(), 'aml-bag-'));
after(() => rm(folder, { recursive: true, force: true }));

const hashOf = async (path) => createHash('sha256').update(await readFile(path)).digest('hex');

/** Those of the files that do not have the hash that the manifest, as the library reads it, has on record. */
async function wrong(bag, manifest, paths) {
  const differing = [];
  for (const path of paths) {
    if ((await hashOf(join(bag, path))) !== manifest[path]) {
      differing.push(path);
    }
  }
  return differing;
}

test('a bag of a run, in a folder or a zip, is read by the npm package bagit, and every file is as it says', async () => {
  const server = join(root, 'server', 'AmlDataTools.Server');
  assert.equal(spawnSync('dotnet', ['build', server, '-v', 'q', '-clp:ErrorsOnly'], { stdio: ['ignore', 'ignore', 'inherit'] }).status, 0);
  const sidecar = new Sidecar('dotnet', [join(server, 'bin', 'Debug', 'net10.0', 'AmlDataTools.Server.dll')], {
    'credential/token': ({ scopes: [audience], tenantId }) => control('/token', { audience, ...(tenantId ? { tenantId } : {}) }),
  });
  try {
    await sidecar.initialize({
      cloud: {
        resourceManager: emulator.resourceManager,
        resourceManagerAudience: 'https://management.azure.com',
        storageSuffix: emulator.storageSuffix,
        dataPlaneSuffixes: emulator.dataPlaneSuffixes,
        caCertificatePath: emulator.caCertificate,
      },
      storageFolder: join(folder, 'storage'),
    });
    const { subscriptions } = await sidecar.request('explorer/subscriptions');
    let node = await sidecar.findChild(null, ({ kind }) => kind === 'subscription', { subscriptions });
    for (const kind of ['workspace', 'experiments', 'experiment', 'run']) {
      node = await sidecar.findChild(node.id, (child) => child.kind === kind);
    }
    const { operation, receipt } = await sidecar.export([node.id], join(folder, 'out'), { format: 'bag' });
    assert.equal(operation.state, 'succeeded');
    const { items, totals } = JSON.parse(await readFile(receipt.jsonPath, 'utf8'));
    const bag = new Bag(operation.destination);
    assert.ok(bag.isDirectory(bag.getPath()));
    const manifest = await bag.readManifest('sha256');
    // The library ends a name at its first space: such names are looked at elsewhere, with sha256sum.
    const files = items.filter(({ sha256, path }) => sha256 && !path.includes(' ')).map(({ path }) => join(folder, 'out', path));
    const listed = Object.keys(manifest).filter((path) => files.includes(join(operation.destination, path)));
    assert.ok(files.length > 3 && totals.done >= files.length);
    assert.equal(listed.length, files.length);
    assert.deepEqual(await wrong(operation.destination, manifest, listed), []);

    await writeFile(join(operation.destination, listed[0]), 'tampered');
    assert.deepEqual(await wrong(operation.destination, manifest, listed), [listed[0]]);

    // The same bag in a zip: unzipped it is one folder, and the library reads the same of it.
    const zipped = await sidecar.export([node.id], join(folder, 'zip'), { format: 'bagZip' });
    assert.equal(zipped.operation.state, 'succeeded');
    assert.match(zipped.operation.destination, /\.zip$/);
    const unzip = (zip, to) => spawnSync('unzip', ['-qq', zip, '-d', to], { env: { ...process.env, LC_ALL: 'C.UTF-8' }, encoding: 'utf8' });
    const unzipped = join(folder, 'unzipped');
    await mkdir(unzipped);
    const done = unzip(zipped.operation.destination, unzipped);
    assert.equal(done.status, 0, done.stderr);
    const [name, ...others] = await readdir(unzipped);
    assert.deepEqual(others, []);
    const inZip = join(unzipped, name);
    assert.deepEqual(await new Bag(inZip).readManifest('sha256'), manifest);
    assert.deepEqual(await wrong(inZip, manifest, listed), []);
    const tags = (await readFile(join(inZip, 'tagmanifest-sha256.txt'), 'utf8')).trim().split('\n').map((line) => line.split('  '));
    assert.deepEqual(tags.map(([, path]) => path).sort(), ['bag-info.txt', 'bagit.txt', 'export-receipt.json', 'export-receipt.md', 'manifest-sha256.txt']);
    assert.deepEqual(await wrong(inZip, Object.fromEntries(tags.map(([hash, path]) => [path, hash])), tags.map(([, path]) => path)), []);

    // A byte changed within the zip is found by its own checksum; one changed after unzipping by the manifest.
    const bytes = await readFile(zipped.operation.destination);
    const at = bytes.indexOf(await readFile(join(inZip, listed[0])));
    bytes[at] ^= 1;
    await writeFile(join(folder, 'tampered.zip'), bytes);
    assert.notEqual(unzip(join(folder, 'tampered.zip'), join(folder, 'tampered')).status, 0);
    await writeFile(join(inZip, listed[0]), 'tampered');
    assert.deepEqual(await wrong(inZip, manifest, listed), [listed[0]]);
  } finally {
    await sidecar.stop();
  }
});
