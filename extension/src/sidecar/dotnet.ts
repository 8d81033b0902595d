import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import { messageOf } from '../infrastructure/problem';
import type { InstallTool } from './installTool';
import { listedRuntimes, parseVersion, satisfies } from './runtimeVersion';
import { SidecarError } from './sidecarError';

/** Where to look. */
export interface DotnetPlaces {
  /** The path in the setting amlData.sidecar.dotnetPath; null when it is not set. */
  readonly configured: () => string | null;
  readonly installTool: InstallTool;
  /** Takes a line that says where was looked and what was there. */
  readonly log: (line: string) => void;
  readonly environment?: NodeJS.ProcessEnv;
  readonly platform?: NodeJS.Platform;
  /** Where installers put it, for an editor that was not started from a shell and so has a short PATH. */
  readonly usualPlaces?: readonly string[];
}

/** What a `dotnet` was found to have. */
type Check = { readonly ok: true } | { readonly ok: false; readonly versions: readonly string[]; readonly why: string };

const settingName = 'amlData.sidecar.dotnetPath';

/** Finds a `dotnet` with the runtime that the portable sidecar needs. */
export class DotnetFinder {
  private readonly environment: NodeJS.ProcessEnv;
  private readonly platform: NodeJS.Platform;

  constructor(private readonly places: DotnetPlaces) {
    this.environment = places.environment ?? process.env;
    this.platform = places.platform ?? process.platform;
  }

  /**
   * Looks at the setting, asks the .NET Install Tool, then looks at DOTNET_ROOT, the PATH and where installers put it.
   * A setting is final: what it names is taken or refused.
   * @param needed the version of Microsoft.NETCore.App, such as `10.0.0`
   * @returns the path of an executable.
   * @throws SidecarError that says what is missing and how to get it.
   */
  async find(needed: string): Promise<string> {
    const configured = this.places.configured();
    if (configured !== null) {
      return this.fromSetting(configured, needed);
    }
    const seen = new Set<string>();
    const tooOld: { path: string; versions: readonly string[] }[] = [];
    const take = async (source: string, path: string): Promise<boolean> => {
      if (seen.has(path)) {
        return false;
      }
      seen.add(path);
      const check = await this.check(path, needed);
      this.places.log(`.NET of ${source}: ${path}: ${check.ok ? 'taken' : check.why}`);
      if (!check.ok && check.versions.length > 0) {
        tooOld.push({ path, versions: check.versions });
      }
      return check.ok;
    };
    if (this.places.installTool.isPresent()) {
      const { installTool } = this.places;
      const version = needed.split('.').slice(0, 2).join('.');
      for (const [source, ask] of [
        ['dotnet.findPath', () => installTool.find(version)],
        ['dotnet.acquire', () => installTool.acquire(version)],
      ] as const) {
        const path = await this.asked(source, ask);
        if (path !== undefined && (await take(source, path))) {
          return path;
        }
      }
    }
    for (const [source, path] of this.ofMachine()) {
      if ((await isFile(path)) && (await take(source, path))) {
        return path;
      }
    }
    throw noRuntime(needed, tooOld[0]);
  }

  private async fromSetting(configured: string, needed: string): Promise<string> {
    const isFolder = await stat(configured).then(
      (found) => found.isDirectory(),
      () => false,
    );
    const path = isFolder ? join(configured, this.fileName) : configured;
    const check: Check = isAbsolute(path)
      ? await this.check(path, needed)
      : { ok: false, versions: [], why: 'not an absolute path' };
    this.places.log(`.NET of ${settingName}: ${path}: ${check.ok ? 'taken' : check.why}`);
    if (check.ok) {
      return path;
    }
    throw new SidecarError(
      check.versions.length > 0
        ? vscode.l10n.t(
            'The setting {0} names {1}, which has only .NET {2}. Azure ML Data Tools needs the .NET {3} runtime or a later one.',
            settingName,
            path,
            check.versions.join(', '),
            shortVersion(needed),
          )
        : vscode.l10n.t(
            'The setting {0} names {1}, which is not a working .NET. Give the full path of dotnet, or clear the setting to have it looked for.',
            settingName,
            path,
          ),
      { code: 'sidecar.badDotnetPath', target: path, actions: ['openSettings', 'retry'] },
    );
  }

  /** What the tool answers; its failure is only one place less to look at. */
  private async asked(source: string, ask: () => Promise<string | undefined>): Promise<string | undefined> {
    try {
      const path = await ask();
      if (path === undefined) {
        this.places.log(`.NET of ${source}: none`);
      }
      return path;
    } catch (error) {
      this.places.log(`.NET of ${source}: ${messageOf(error)}`);
      return undefined;
    }
  }

  private get fileName(): string {
    return this.platform === 'win32' ? 'dotnet.exe' : 'dotnet';
  }

  /** Absolute paths alone: a name would be looked for in the current folder first on Windows. */
  private ofMachine(): readonly (readonly [string, string])[] {
    const { environment, fileName } = this;
    const rooted = [`DOTNET_ROOT_${process.arch.toUpperCase()}`, 'DOTNET_ROOT'].map(
      (name) => [name, environment[name] ?? ''] as const,
    );
    const path = Object.entries(environment).find(([name]) => name.toUpperCase() === 'PATH')?.[1] ?? '';
    const onPath = path.split(delimiter).map((folder) => ['PATH', folder] as const);
    const usual = (this.places.usualPlaces ?? usualPlaces(environment, this.platform)).map(
      (folder) => ['the usual places', folder] as const,
    );
    return [...rooted, ...onPath, ...usual]
      .filter(([, folder]) => isAbsolute(folder))
      .map(([source, folder]) => [source, join(folder, fileName)] as const);
  }

  private check(dotnet: string, needed: string): Promise<Check> {
    const wanted = parseVersion(needed);
    return new Promise((resolve) => {
      execFile(dotnet, ['--list-runtimes'], { timeout: 20_000, windowsHide: true }, (error, stdout) => {
        if (error !== null) {
          resolve({ ok: false, versions: [], why: messageOf(error).trim() });
          return;
        }
        const versions = listedRuntimes(stdout);
        const fits = versions.some((text) => {
          const version = parseVersion(text);
          return version !== undefined && wanted !== undefined && satisfies(version, wanted);
        });
        resolve(fits ? { ok: true } : { ok: false, versions, why: `it has ${versions.join(', ') || 'no runtime'}` });
      });
    });
  }
}

function usualPlaces(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): readonly string[] {
  const home = environment['HOME'] ?? environment['USERPROFILE'];
  const ofHome = home === undefined ? [] : [join(home, '.dotnet')];
  const ofSystem = platform === 'win32' ? environment['ProgramFiles'] : platform === 'darwin' ? '/usr/local/share' : '';
  return [...(ofSystem ? [join(ofSystem, 'dotnet')] : []), ...ofHome];
}

function noRuntime(needed: string, tooOld: { path: string; versions: readonly string[] } | undefined): SidecarError {
  const version = shortVersion(needed);
  return new SidecarError(
    tooOld === undefined
      ? vscode.l10n.t('Azure ML Data Tools needs the .NET {0} runtime on this platform, and it was not found.', version)
      : vscode.l10n.t(
          'Azure ML Data Tools needs the .NET {0} runtime or a later one. {1} has only {2}.',
          version,
          tooOld.path,
          tooOld.versions.join(', '),
        ),
    {
      code: 'sidecar.noRuntime',
      retryable: true,
      target: tooOld?.path ?? null,
      actions: ['retry', 'openSettings', 'showLog'],
    },
  );
}

/** `10` for `10.0.0`, as people call it. */
function shortVersion(version: string): string {
  return version.replace(/(\.0)+$/, '');
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
