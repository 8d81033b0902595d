// The platforms of VS Code that a package can be made for, and the .NET runtime that belongs to each.

/** VS Code's targets, each with its runtime identifier of .NET. */
export const targets = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'linux-armhf': 'linux-arm',
  'alpine-x64': 'linux-musl-x64',
  'alpine-arm64': 'linux-musl-arm64',
  'darwin-x64': 'osx-x64',
  'darwin-arm64': 'osx-arm64',
  'win32-x64': 'win-x64',
  'win32-arm64': 'win-arm64',
};

/** Without a target: VS Code takes it wherever there is no package for the platform. */
export const universal = 'universal';

/** What is published: a package that brings its runtime for the first two, one that needs .NET for all others. */
export const released = ['linux-x64', 'win32-x64', universal];

/**
 * The target that a word on the command line means: one of VS Code's, a runtime identifier of .NET, `universal`, or `own`.
 * @throws Error that names what there is.
 */
export function targetOf(word) {
  const target = word === 'own' ? ownPackage() : word;
  const found = [universal, ...Object.keys(targets)].find((each) => each === target || targets[each] === target);
  if (found === undefined) {
    throw new Error(
      `There is no target ${word}. VS Code has ${Object.keys(targets).join(', ')}; their runtime identifiers of .NET ` +
        `(${[...new Set(Object.values(targets))].join(', ')}) do too. "${universal}" is the package for all others.`,
    );
  }
  return found;
}

/** The platform of this machine, in VS Code's words. */
function ownPlatform() {
  const musl = process.platform === 'linux' && process.report.getReport().header.glibcVersionRuntime === undefined;
  return `${musl ? 'alpine' : process.platform}-${process.arch}`;
}

/** The released package that this machine's VS Code takes. */
export function ownPackage() {
  const platform = ownPlatform();
  return released.includes(platform) ? platform : universal;
}

/** The folder below bin/ that holds the sidecar of a target. */
export function binFolder(target) {
  return targets[target] ?? 'portable';
}
