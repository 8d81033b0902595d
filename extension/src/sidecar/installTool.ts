import * as vscode from 'vscode';

/** Microsoft's ".NET Install Tool", by which extensions find .NET or have it fetched into the person's profile. */
export interface InstallTool {
  /** Whether it is installed where this extension runs. */
  isPresent(): boolean;
  /**
   * A `dotnet` of this machine that has the runtime, by the tool's own settings and records.
   * @param version such as `10.0`
   * @returns its path; undefined when there is none.
   */
  find(version: string): Promise<string | undefined>;
  /** Fetches the runtime unless the tool already did. @returns the path of its `dotnet`; undefined when that failed. */
  acquire(version: string): Promise<string | undefined>;
}

export const installToolId = 'ms-dotnettools.vscode-dotnet-runtime';

/** The tool's `AcquireErrorConfiguration.DisableErrorPopups`: what fails here is said by us, once. */
const withoutMessages = 1;

/** The tool's commands, as its documentation has them (github.com/dotnet/vscode-dotnet-runtime, Documentation/commands.md). */
export class InstallToolCommands implements InstallTool {
  constructor(private readonly extensionId: string) {}

  isPresent(): boolean {
    return vscode.extensions.getExtension(installToolId) !== undefined;
  }

  async find(version: string): Promise<string | undefined> {
    return pathOf(
      await vscode.commands.executeCommand('dotnet.findPath', {
        acquireContext: this.context(version),
        versionSpecRequirement: 'greater_than_or_equal',
        rejectPreviews: true,
      }),
    );
  }

  async acquire(version: string): Promise<string | undefined> {
    return pathOf(await vscode.commands.executeCommand('dotnet.acquire', this.context(version)));
  }

  private context(version: string): Readonly<Record<string, unknown>> {
    return {
      version,
      requestingExtensionId: this.extensionId,
      mode: 'runtime',
      architecture: process.arch,
      errorConfiguration: withoutMessages,
    };
  }
}

function pathOf(result: unknown): string | undefined {
  return typeof result === 'object' &&
    result !== null &&
    'dotnetPath' in result &&
    typeof result.dotnetPath === 'string' &&
    result.dotnetPath !== ''
    ? result.dotnetPath
    : undefined;
}
