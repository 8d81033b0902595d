/** A version of the .NET runtime as its installers write it: `10.0.3`, `11.0.0-preview.2.25164.34`. */
export interface RuntimeVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** Whether it came before the version it names. */
  readonly isPreview: boolean;
}

/** @returns undefined for what is no version. */
export function parseVersion(text: string): RuntimeVersion | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)(-\S+)?$/.exec(text.trim());
  return match === null
    ? undefined
    : {
        major: Number(match[1]),
        minor: Number(match[2]),
        patch: Number(match[3]),
        isPreview: match[4] !== undefined,
      };
}

/** Whether a program that needs the one version runs on the other: the same or a later one, previews of it excepted. */
export function satisfies(version: RuntimeVersion, needed: RuntimeVersion): boolean {
  const difference = version.major - needed.major || version.minor - needed.minor || version.patch - needed.patch;
  return difference > 0 ? !version.isPreview : difference === 0 && version.isPreview === needed.isPreview;
}

/** The versions of the runtime that the output of `dotnet --list-runtimes` names, in its order. */
export function listedRuntimes(output: string): readonly string[] {
  return output
    .split(/\r?\n/)
    .map((line) => /^Microsoft\.NETCore\.App (\S+) /.exec(line)?.[1])
    .filter((version) => version !== undefined);
}
