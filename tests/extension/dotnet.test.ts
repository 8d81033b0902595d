import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ErrorPresenter } from '../../extension/src/infrastructure/errorPresenter';
import { Problem } from '../../extension/src/infrastructure/problem';
import { DotnetFinder } from '../../extension/src/sidecar/dotnet';
import { InstallRuntimeCommand } from '../../extension/src/sidecar/installRuntime';
import { type InstallTool, InstallToolCommands, installToolId } from '../../extension/src/sidecar/installTool';
import { listedRuntimes, parseVersion, satisfies } from '../../extension/src/sidecar/runtimeVersion';
import type { Sidecar } from '../../extension/src/sidecar/sidecar';
import { SidecarError } from '../../extension/src/sidecar/sidecarError';
import { FakeLog } from './fakes/log';
import { fake } from './fakes/vscode';

const fits = (version: string, needed: string): boolean => {
  const [a, b] = [parseVersion(version), parseVersion(needed)];
  return a !== undefined && b !== undefined && satisfies(a, b);
};

describe('a version of the runtime', () => {
  it.each([
    ['10.0.0', true],
    ['10.0.12', true],
    ['10.1.0', true],
    ['11.0.0', true],
    ['9.0.9', false],
    ['10.0.0-rc.1.25451.107', false],
    ['11.0.0-preview.2.25164.34', false],
    ['10.0', false],
    ['ten', false],
  ])('%s does for 10.0.0: %s', (version, expected) => {
    expect(fits(version, '10.0.0')).toBe(expected);
  });

  it('is compared number by number', () => {
    expect(fits('10.0.9', '10.0.10')).toBe(false);
    expect(fits('10.10.0', '10.9.9')).toBe(true);
  });

  it('is read from what dotnet lists, of the one framework that counts', () => {
    const output = [
      'Microsoft.AspNetCore.App 11.0.1 [/usr/share/dotnet/shared/Microsoft.AspNetCore.App]',
      'Microsoft.NETCore.App 8.0.1 [/usr/share/dotnet/shared/Microsoft.NETCore.App]',
      'Microsoft.NETCore.App 10.0.3 [C:\\Program Files\\dotnet\\shared\\Microsoft.NETCore.App]',
      '',
    ];
    expect(listedRuntimes(output.join('\r\n'))).toEqual(['8.0.1', '10.0.3']);
    expect(listedRuntimes('')).toEqual([]);
  });
});

// A stand-in for dotnet is a script with a #! line, which Windows does not start.
describe.skipIf(process.platform === 'win32')('the .NET that is taken', () => {
  let folder: string;
  let lines: string[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aml-dotnet-'));
    lines = [];
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** A `dotnet` in a folder of its own. */
  async function dotnet(name: string, ...versions: readonly string[]): Promise<string> {
    const path = join(folder, name, 'dotnet');
    await mkdir(join(path, '..'), { recursive: true });
    const output = versions.map((version) => `echo "Microsoft.NETCore.App ${version} [x]"\n`).join('');
    await writeFile(path, `#!/bin/sh\n[ "$1" = --list-runtimes ] || exit 3\n${output}`);
    await chmod(path, 0o755);
    return path;
  }

  interface Given {
    readonly setting?: string;
    readonly tool?: Partial<InstallTool>;
    readonly environment?: NodeJS.ProcessEnv;
    readonly usual?: readonly string[];
  }

  function find(given: Given, needed = '10.0.0'): Promise<string> {
    const absent: InstallTool = {
      isPresent: () => given.tool !== undefined,
      find: () => Promise.resolve(undefined),
      acquire: () => Promise.resolve(undefined),
    };
    return new DotnetFinder({
      configured: () => given.setting ?? null,
      installTool: { ...absent, ...given.tool },
      log: (line) => lines.push(line),
      environment: given.environment ?? {},
      usualPlaces: given.usual ?? [],
    }).find(needed);
  }

  it('is looked for in the setting, the tool, DOTNET_ROOT, the PATH and the usual places, in this order', async () => {
    const names = ['setting', 'found', 'acquired', 'root', 'path', 'usual'] as const;
    const paths = Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await dotnet(name, '10.0.5')] as const)),
    );
    // Each time without the places already seen to be taken.
    for (const [index, name] of names.entries()) {
      const left = new Set<string>(names.slice(index));
      const given: Given = {
        ...(left.has('setting') ? { setting: paths.setting } : {}),
        ...(left.has('acquired')
          ? {
              tool: {
                find: () => Promise.resolve(left.has('found') ? paths.found : undefined),
                acquire: () => Promise.resolve(paths.acquired),
              },
            }
          : {}),
        environment: {
          ...(left.has('root') ? { DOTNET_ROOT: join(folder, 'root') } : {}),
          PATH: ['relative', join(folder, 'nothing-here'), ...(left.has('path') ? [join(folder, 'path')] : [])].join(
            delimiter,
          ),
        },
        usual: [join(folder, 'usual')],
      };
      expect(await find(given)).toBe(paths[name]);
    }
  });

  it('has the version that is needed: too old ones are passed over', async () => {
    const good = await dotnet('good', '9.0.1', '10.0.3');
    await dotnet('old', '8.0.4', '9.0.1');
    const old = join(folder, 'old');
    expect(await find({ environment: { DOTNET_ROOT: old, PATH: join(folder, 'good') } })).toBe(good);
    expect(lines).toEqual([
      `.NET of DOTNET_ROOT: ${join(old, 'dotnet')}: it has 8.0.4, 9.0.1`,
      `.NET of PATH: ${good}: taken`,
    ]);
  });

  it('is not asked of a tool that is not there, and a tool that fails is one place less', async () => {
    const good = await dotnet('good', '10.0.3');
    const environment = { PATH: join(folder, 'good') };
    expect(await find({ environment })).toBe(good);
    const fails = (): Promise<never> => Promise.reject(new Error('no network'));
    expect(await find({ environment, tool: { find: fails, acquire: fails } })).toBe(good);
    expect(lines).toContain('.NET of dotnet.acquire: no network');
  });

  it('is not fetched by the tool when the tool finds one', async () => {
    const good = await dotnet('good', '10.0.3');
    let acquired = 0;
    const acquire = (): Promise<undefined> => {
      acquired++;
      return Promise.resolve(undefined);
    };
    expect(await find({ tool: { find: (version) => Promise.resolve(version === '10.0' ? good : ''), acquire } })).toBe(
      good,
    );
    expect(acquired).toBe(0);
  });

  it('is checked too when the tool names it', async () => {
    const old = await dotnet('old', '9.0.0');
    const fresh = await dotnet('fresh', '10.0.0');
    expect(await find({ tool: { find: () => Promise.resolve(old), acquire: () => Promise.resolve(fresh) } })).toBe(
      fresh,
    );
  });

  it('is never one of the current folder', async () => {
    await dotnet('here', '10.0.3');
    const current = relative(process.cwd(), join(folder, 'here'));
    const environment = { DOTNET_ROOT: current, PATH: [current, '', '.'].join(delimiter) };
    await expect(find({ environment })).rejects.toMatchObject({ code: 'sidecar.noRuntime' });
    expect(lines).toEqual([]);
  });

  it('may be named by its folder in the setting', async () => {
    const good = await dotnet('good', '10.0.3');
    expect(await find({ setting: join(folder, 'good') })).toBe(good);
  });

  it('is not looked for elsewhere when the setting will not do', async () => {
    const old = await dotnet('old', '9.0.0');
    const environment = { PATH: join(await dotnet('good', '10.0.3'), '..') };
    const refused = { code: 'sidecar.badDotnetPath', actions: ['openSettings', 'retry'] };
    await expect(find({ setting: old, environment })).rejects.toMatchObject({
      ...refused,
      message: `The setting amlData.sidecar.dotnetPath names ${old}, which has only .NET 9.0.0. Azure ML Data Tools needs the .NET 10 runtime or a later one.`,
    });
    for (const setting of [join(folder, 'nothing'), 'dotnet', join('.', 'good')]) {
      await expect(find({ setting, environment })).rejects.toMatchObject(refused);
    }
  });

  it('is missed in one sentence, which says what was too old', async () => {
    await expect(find({})).rejects.toMatchObject({
      code: 'sidecar.noRuntime',
      retryable: true,
      message: 'Azure ML Data Tools needs the .NET 10 runtime on this platform, and it was not found.',
    });
    const old = await dotnet('old', '8.0.4', '9.0.1');
    await expect(find({ environment: { PATH: join(folder, 'old') } }, '10.2.0')).rejects.toMatchObject({
      code: 'sidecar.noRuntime',
      message: `Azure ML Data Tools needs the .NET 10.2 runtime or a later one. ${old} has only 8.0.4, 9.0.1.`,
    });
  });
});

describe("Microsoft's .NET Install Tool", () => {
  const tool = new InstallToolCommands('aml-data-tools.aml-data-tools');
  const context = {
    version: '10.0',
    requestingExtensionId: 'aml-data-tools.aml-data-tools',
    mode: 'runtime',
    architecture: process.arch,
    errorConfiguration: 1,
  };

  it('is there when its extension is', () => {
    expect(tool.isPresent()).toBe(false);
    fake.extensions.add(installToolId);
    expect(tool.isPresent()).toBe(true);
  });

  it('is asked with everything it wants to know', async () => {
    fake.commands.set('dotnet.findPath', () => ({ dotnetPath: '/found/dotnet' }));
    fake.commands.set('dotnet.acquire', () => ({ dotnetPath: '/acquired/dotnet' }));
    expect(await tool.find('10.0')).toBe('/found/dotnet');
    expect(await tool.acquire('10.0')).toBe('/acquired/dotnet');
    expect(fake.executed).toEqual([
      {
        command: 'dotnet.findPath',
        args: [{ acquireContext: context, versionSpecRequirement: 'greater_than_or_equal', rejectPreviews: true }],
      },
      { command: 'dotnet.acquire', args: [context] },
    ]);
  });

  it.each([undefined, null, {}, { dotnetPath: '' }, { dotnetPath: 7 }, '/usr/bin/dotnet'])(
    'names no path with %j',
    async (answer) => {
      fake.commands.set('dotnet.findPath', () => answer);
      expect(await tool.find('10.0')).toBeUndefined();
    },
  );
});

describe('"Install .NET"', () => {
  const page = 'https://dotnet.microsoft.com/download/dotnet/10.0';
  const missing = new SidecarError('none', { code: 'sidecar.noRuntime', retryable: true, actions: ['retry'] });

  function command(starts: () => Promise<void>): InstallRuntimeCommand {
    // Of the sidecar it takes the one method.
    const sidecar = { restart: starts } as unknown as Sidecar;
    return new InstallRuntimeCommand(new InstallToolCommands('x.y'), sidecar, new FakeLog().channel);
  }

  it('is offered first where the runtime is missing', () => {
    const offers = new ErrorPresenter(new FakeLog().channel).offersFor(missing, () => Promise.resolve());
    expect(offers.map((offer) => offer.title)).toEqual(['Install .NET', 'Try Again']);
  });

  it('installs the tool, and starts the sidecar, whose search makes the tool fetch .NET', async () => {
    fake.commands.set('workbench.extensions.installExtension', (id) => fake.extensions.add(String(id)));
    let starts = 0;
    await command(() => {
      starts++;
      return Promise.resolve();
    }).execute();
    expect([starts, fake.opened]).toEqual([1, []]);
  });

  it("opens Microsoft's page where the tool cannot be had", async () => {
    fake.commands.set('workbench.extensions.installExtension', () => Promise.reject(new Error('no gallery')));
    let starts = 0;
    await command(() => {
      starts++;
      return Promise.resolve();
    }).execute();
    expect([starts, fake.opened]).toEqual([0, [page]]);
  });

  it("opens Microsoft's page where the tool could not fetch it", async () => {
    fake.extensions.add(installToolId);
    await command(() => Promise.reject(missing)).execute();
    expect(fake.opened).toEqual([page]);
  });

  it('tells what else goes wrong', async () => {
    fake.extensions.add(installToolId);
    const other = new Problem('other', { code: 'settings.customCloud' });
    await expect(command(() => Promise.reject(other)).execute()).rejects.toBe(other);
    expect(fake.opened).toEqual([]);
  });
});
