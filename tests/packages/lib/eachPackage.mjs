// What holds for one package: that its sidecar is one for its platform.
import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { universal } from '../../../extension/scripts/platforms.mjs';
import { Sidecar } from '../../tools/sidecar.mjs';
import { inspect, machines } from './binaries.mjs';

/** Each file of the sidecar with what it is. */
async function binaries(opened) {
  const entries = opened.binEntries.filter((entry) => !entry.endsWith('.json'));
  return Promise.all(entries.map(async (entry) => ({ entry, name: entry.split('/').at(-1), ...inspect(await opened.read(entry)) })));
}

/** Starts the sidecar as it lies in the package, and has it answer. */
async function assertAnswers(command, args) {
  const folder = await mkdtemp(join(tmpdir(), 'aml-answers-'));
  const sidecar = new Sidecar(command, args);
  try {
    const cloud = { resourceManager: 'https://management.local', storageSuffix: 'core.local' };
    const { serverVersion, capabilities } = await sidecar.initialize({ cloud, storageFolder: folder });
    assert.match(serverVersion, /^\d+\.\d+\.\d+/);
    assert.ok(capabilities.length > 3);
  } finally {
    await sidecar.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Assemblies compiled ahead carry the machine they were compiled for. */
function assertCompiledFor(files, machine) {
  const image = files.find(({ name }) => name === 'AmlDataTools.Server.r2r.dll');
  assert.equal(image?.machine, machine);
  assert.ok(files.filter(({ isCompiledAhead }) => isCompiledAhead).length > 10, 'the assemblies are not compiled ahead');
}

export const eachPackage = {
  'linux-x64': [
    [
      'holds a sidecar for Linux that answers',
      async (opened) => {
        const files = await binaries(opened);
        const elf = files.filter(({ kind }) => kind === 'elf').map(({ name }) => name);
        assert.deepEqual(elf.filter((name) => !name.endsWith('.so')), ['AmlDataTools.Server']);
        assert.ok(files.every(({ kind, name }) => kind === 'elf' || (kind === 'pe' && name.endsWith('.dll'))));
        assertCompiledFor(files, machines.linuxX64);
        const executable = join(opened.folder, 'extension', 'bin', 'linux-x64', 'AmlDataTools.Server');
        assert.ok(((await stat(executable)).mode & 0o111) !== 0, 'it cannot be executed');
        await assertAnswers(executable, []);
      },
    ],
  ],
  'win32-x64': [
    [
      'holds a sidecar for Windows, and nothing of Linux',
      async (opened) => {
        const files = await binaries(opened);
        assert.deepEqual(files.filter(({ kind }) => kind !== 'pe').map(({ name }) => name), []);
        const executable = files.find(({ name }) => name === 'AmlDataTools.Server.exe');
        assert.deepEqual([executable?.machine, executable?.isManaged], [machines.x64, false]);
        assertCompiledFor(files, machines.x64);
        const native = files.filter(({ isManaged, name }) => !isManaged && !name.includes('.r2r.'));
        for (const name of ['coreclr.dll', 'clrjit.dll', 'hostfxr.dll', 'hostpolicy.dll', 'System.IO.Compression.Native.dll']) {
          assert.equal(native.find((file) => file.name === name)?.machine, machines.x64, name);
        }
        const { runtimeTarget } = await opened.dependencyList();
        assert.match(runtimeTarget.name, /\/win-x64$/);
      },
    ],
  ],
  [universal]: [
    [
      'holds a sidecar for any platform that runs on the .NET of the machine',
      async (opened) => {
        const files = await binaries(opened);
        assert.deepEqual(files.filter(({ isManaged }) => isManaged !== true).map(({ name }) => name), []);
        assert.deepEqual(files.filter(({ isCompiledAhead }) => isCompiledAhead).map(({ name }) => name), []);
        const folder = join('extension', 'bin', 'portable');
        const { runtimeOptions } = JSON.parse(await opened.readText(join(folder, 'AmlDataTools.Server.runtimeconfig.json')));
        assert.equal(runtimeOptions.framework.name, 'Microsoft.NETCore.App');
        assert.equal(runtimeOptions.rollForward, 'Major');
        await assertAnswers('dotnet', [join(opened.folder, folder, 'AmlDataTools.Server.dll')]);
      },
    ],
  ],
};
