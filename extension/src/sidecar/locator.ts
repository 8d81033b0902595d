import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { runtimeIdentifier } from './platform';
import { SidecarError } from './sidecarError';

/** What to start. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
}

const assembly = 'AmlDataTools.Server';

/** What an assembly without a note of its own needs. */
const leastRuntime = '10.0.0';

/** Finds the sidecar: the one named in the settings, else the package's for this platform, else its portable build. */
export class SidecarLocator {
  constructor(
    private readonly extensionPath: string,
    private readonly configuredPath: () => string | null,
    /** Finds a `dotnet` with a version of the runtime, or says what to do. */
    private readonly dotnet: (needed: string) => Promise<string>,
  ) {}

  /** @throws SidecarError that says what is missing and how to get it. */
  async locate(): Promise<Launch> {
    const configured = this.configuredPath();
    if (configured !== null) {
      if (!(await exists(configured))) {
        throw new SidecarError(
          vscode.l10n.t('The file in the setting amlData.sidecar.path is not there: {0}', configured),
          {
            code: 'sidecar.notFound',
            target: configured,
            actions: ['openSettings'],
          },
        );
      }
      return this.launchOf(configured);
    }
    const suffix = process.platform === 'win32' ? '.exe' : '';
    const own = join(this.extensionPath, 'bin', runtimeIdentifier(), `${assembly}${suffix}`);
    if (await exists(own)) {
      return { command: own, args: [] };
    }
    const portable = join(this.extensionPath, 'bin', 'portable', `${assembly}.dll`);
    if (await exists(portable)) {
      return this.launchOf(portable);
    }
    throw new SidecarError(
      vscode.l10n.t(
        'This installation of Azure ML Data Tools is incomplete: its background service is missing. Reinstall the extension.',
      ),
      { code: 'sidecar.notFound', target: portable, actions: ['showLog'] },
    );
  }

  private async launchOf(path: string): Promise<Launch> {
    if (path.endsWith('.mjs') || path.endsWith('.js')) {
      return { command: process.execPath, args: [path] };
    }
    if (!path.endsWith('.dll')) {
      return { command: path, args: [] };
    }
    const dotnet = await this.dotnet(await neededRuntime(path));
    return { command: dotnet, args: [path] };
  }
}

/** The version of the runtime that an assembly was built for, as the build wrote it beside it. */
async function neededRuntime(assemblyPath: string): Promise<string> {
  const path = assemblyPath.replace(/\.dll$/, '.runtimeconfig.json');
  const text = await readFile(path, 'utf8').catch(() => '');
  const version = /"name":\s*"Microsoft\.NETCore\.App",\s*"version":\s*"([^"]+)"/.exec(text)?.[1];
  return version ?? leastRuntime;
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
