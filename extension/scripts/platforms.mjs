// The platforms of VS Code that a package is made for, and the .NET runtime that belongs to each.

/** VS Code's targets. Where a self-contained sidecar can be published it ships; elsewhere the portable one, which needs .NET. */
export const targets = {
  'linux-x64': { rid: 'linux-x64', selfContained: true },
  'win32-x64': { rid: 'win-x64', selfContained: true },
  'linux-arm64': { rid: 'linux-arm64', selfContained: false },
  'win32-arm64': { rid: 'win-arm64', selfContained: false },
  'darwin-x64': { rid: 'osx-x64', selfContained: false },
  'darwin-arm64': { rid: 'osx-arm64', selfContained: false },
  'alpine-x64': { rid: 'linux-musl-x64', selfContained: false },
};

/** The target of this machine. */
export function ownTarget() {
  const musl = process.platform === 'linux' && process.report.getReport().header.glibcVersionRuntime === undefined;
  return `${musl ? 'alpine' : process.platform}-${process.arch}`;
}
