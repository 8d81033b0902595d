/** The .NET runtime identifier of this machine. */
export function runtimeIdentifier(
  platform: NodeJS.Platform = process.platform,
  architecture: string = process.arch,
  isMusl: () => boolean = detectMusl,
): string {
  const system =
    platform === 'win32'
      ? 'win'
      : platform === 'darwin'
        ? 'osx'
        : platform === 'linux' && isMusl()
          ? 'linux-musl'
          : platform;
  return `${system}-${architecture}`;
}

/** Node reports the glibc it runs on; on musl there is none to report. */
function detectMusl(): boolean {
  const report: unknown = process.report.getReport();
  if (typeof report !== 'object' || report === null || !('header' in report)) {
    return false;
  }
  const header = report.header;
  return typeof header === 'object' && header !== null && !('glibcVersionRuntime' in header);
}
