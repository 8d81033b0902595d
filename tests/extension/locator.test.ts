import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Settings } from '../../extension/src/infrastructure/settings';
import { SidecarLocator } from '../../extension/src/sidecar/locator';
import { runtimeIdentifier } from '../../extension/src/sidecar/platform';
import { fake } from './fakes/vscode';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aml-locator-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function put(...path: string[]): Promise<string> {
  const file = join(folder, ...path);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, '');
  return file;
}

/** The versions of the runtime that were asked for. */
const asked: string[] = [];

function locator(configured: string | null = null): SidecarLocator {
  asked.length = 0;
  return new SidecarLocator(
    folder,
    () => configured,
    (needed) => {
      asked.push(needed);
      return Promise.resolve('/usr/bin/dotnet');
    },
  );
}

const executable = process.platform === 'win32' ? 'AmlDataTools.Server.exe' : 'AmlDataTools.Server';

describe('the sidecar that is started', () => {
  it("is the package's for this platform, else the portable one through dotnet", async () => {
    const portable = await put('bin', 'portable', 'AmlDataTools.Server.dll');
    expect(await locator().locate()).toEqual({ command: '/usr/bin/dotnet', args: [portable] });
    const own = await put('bin', runtimeIdentifier(), executable);
    expect(await locator().locate()).toEqual({ command: own, args: [] });
  });

  it('is the one of the settings before all others', async () => {
    await put('bin', runtimeIdentifier(), executable);
    const other = await put('elsewhere', 'sidecar');
    expect(await locator(other).locate()).toEqual({ command: other, args: [] });
  });

  it('is missed with a message that says what to do', async () => {
    await expect(locator().locate()).rejects.toMatchObject({ code: 'sidecar.notFound' });
    await expect(locator('/no/such/file').locate()).rejects.toMatchObject({
      code: 'sidecar.notFound',
      actions: ['openSettings'],
    });
  });

  it('needs the runtime it was built for, as its build says', async () => {
    await put('bin', 'portable', 'AmlDataTools.Server.dll');
    await locator().locate();
    expect(asked).toEqual(['10.0.0']);
    const config = await put('bin', 'portable', 'AmlDataTools.Server.runtimeconfig.json');
    await writeFile(
      config,
      JSON.stringify({ runtimeOptions: { framework: { name: 'Microsoft.NETCore.App', version: '11.2.3' } } }, null, 2),
    );
    await locator().locate();
    expect(asked).toEqual(['11.2.3']);
  });

  it('says what the search for a runtime says', async () => {
    await put('bin', 'portable', 'AmlDataTools.Server.dll');
    const without = new SidecarLocator(
      folder,
      () => null,
      () => Promise.reject(new Error('no runtime')),
    );
    await expect(without.locate()).rejects.toThrow('no runtime');
  });
});

describe('the runtime identifier', () => {
  it.each([
    ['linux', 'x64', false, 'linux-x64'],
    ['linux', 'x64', true, 'linux-musl-x64'],
    ['win32', 'arm64', false, 'win-arm64'],
    ['darwin', 'arm64', false, 'osx-arm64'],
  ] as const)('of %s %s (musl: %s) is %s', (platform, architecture, musl, expected) => {
    expect(runtimeIdentifier(platform, architecture, () => musl)).toBe(expected);
  });
});

describe('the settings of a custom cloud', () => {
  const set = (custom: unknown): void => {
    fake.settings.set('amlData.cloud.name', 'custom');
    fake.settings.set('amlData.cloud.custom', custom);
  };

  it('are passed on whole, with null for what is left out', () => {
    set({ resourceManager: 'https://arm.local', storageSuffix: 'local', dataPlaneSuffixes: ['.api.local'] });
    expect(new Settings().cloud).toEqual({
      name: 'custom',
      custom: {
        resourceManager: 'https://arm.local',
        authorityHost: null,
        resourceManagerAudience: null,
        dataPlaneAudience: null,
        storageAudience: null,
        storageSuffix: 'local',
        dataPlaneSuffixes: ['.api.local'],
        caCertificatePath: null,
        portalUrl: null,
        azurePortalUrl: null,
      },
    });
  });

  it.each([
    ['lacks "resourceManager"', { storageSuffix: 'local' }],
    ['lacks "storageSuffix"', { resourceManager: 'https://arm.local' }],
    [
      '"storageSuffix" in the setting amlData.cloud.custom must be text',
      { resourceManager: 'https://a', storageSuffix: 7 },
    ],
    ['must be a list of texts', { resourceManager: 'https://a', storageSuffix: 'b', dataPlaneSuffixes: '.c' }],
  ])('are refused when it %s', (text, custom) => {
    set(custom);
    expect(() => new Settings().cloud).toThrow(text);
  });

  it('do not matter for a cloud that is known by name', () => {
    fake.settings.set('amlData.cloud.custom', { nonsense: true });
    expect(new Settings().cloud).toEqual({ name: 'public', custom: null });
  });
});
