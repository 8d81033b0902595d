import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';

/** The major version of .NET the sidecar needs. */
export const dotnetMajor = 10;

/**
 * A `dotnet` that has the runtime the sidecar needs: the one of DOTNET_ROOT, of the PATH, or where installers put it.
 * @returns its path; undefined when there is none.
 */
export async function findDotnet(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): Promise<string | undefined> {
  for (const candidate of candidates(environment, platform)) {
    if (await hasRuntime(candidate)) {
      return candidate;
    }
  }
  return undefined;
}

function candidates(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): readonly string[] {
  const name = platform === 'win32' ? 'dotnet.exe' : 'dotnet';
  const root = environment['DOTNET_ROOT'];
  const home = environment['HOME'] ?? environment['USERPROFILE'];
  const programFiles = environment['ProgramFiles'];
  const usual =
    platform === 'win32'
      ? [programFiles && join(programFiles, 'dotnet', name)]
      : [
          '/usr/local/share/dotnet/dotnet',
          '/usr/share/dotnet/dotnet',
          '/usr/lib/dotnet/dotnet',
          '/opt/homebrew/bin/dotnet',
        ];
  return [root && join(root, name), name, ...usual, home && join(home, '.dotnet', name)].filter(
    (path): path is string => path !== undefined && path !== '',
  );
}

async function hasRuntime(dotnet: string): Promise<boolean> {
  if (dotnet.includes('/') || dotnet.includes('\\')) {
    try {
      await access(dotnet);
    } catch {
      return false;
    }
  }
  return new Promise((resolve) => {
    execFile(dotnet, ['--list-runtimes'], { timeout: 10_000, windowsHide: true }, (error, stdout) => {
      resolve(error === null && listsRuntime(stdout));
    });
  });
}

/** Whether the output of `dotnet --list-runtimes` names the runtime that is needed. */
export function listsRuntime(output: string): boolean {
  return output.split(/\r?\n/).some((line) => line.startsWith(`Microsoft.NETCore.App ${dotnetMajor}.`));
}
