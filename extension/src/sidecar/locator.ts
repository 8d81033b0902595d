import { access } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { dotnetMajor, findDotnet } from './dotnet';
import { runtimeIdentifier } from './platform';
import { SidecarError } from './sidecarError';

/** What to start. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
}

const assembly = 'AmlDataTools.Server';

/** Finds the sidecar: the one named in the settings, else the package's for this platform, else its portable build. */
export class SidecarLocator {
  constructor(
    private readonly extensionPath: string,
    private readonly configuredPath: () => string | null,
    private readonly dotnet: () => Promise<string | undefined> = findDotnet,
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
    const dotnet = await this.dotnet();
    if (dotnet === undefined) {
      throw new SidecarError(
        vscode.l10n.t(
          'Azure ML Data Tools needs the .NET {0} runtime on this platform, and it was not found. Install it from https://dotnet.microsoft.com/download, then try again.',
          dotnetMajor,
        ),
        { code: 'sidecar.noRuntime', retryable: true, actions: ['retry', 'showLog'] },
      );
    }
    return { command: dotnet, args: [path] };
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
