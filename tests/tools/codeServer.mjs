// The real VS Code workbench, served to a browser: Node 24 and code-server from npm, kept in the cache.
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensurePackages } from './debian.mjs';
import { withLock } from './locks.mjs';
import { cacheRoot } from './paths.mjs';
import { capture, run } from './processes.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const nodePackage = `node-linux-${process.arch}`;

/** What building the native parts of code-server takes, and what the browser of the tests is. */
const buildPackages = ['g++', 'make', 'python3', 'libkrb5-dev'];
const browserPackages = ['chromium', 'fonts-dejavu-core', 'fonts-liberation'];

/** The browser of the tests. */
export async function ensureBrowser() {
  await ensurePackages(browserPackages);
  return '/usr/bin/chromium';
}

/** @returns `node`, `entry` and `builtinExtensions` of an installed code-server. */
export async function ensureCodeServer() {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) {
    throw new Error(`VS Code in the browser can be installed on Linux x64 and arm64 only, not on ${process.platform} ${process.arch}.`);
  }
  const hash = createHash('sha256');
  for (const part of ['node24', 'code-server']) {
    hash.update(await readFile(join(here, part, 'package-lock.json')));
  }
  const cache = cacheRoot();
  const name = `code-server-${process.arch}-${hash.digest('hex').slice(0, 12)}`;
  const folder = join(cache, name);
  const installed = describe(folder);
  if (!(await exists(installed.entry))) {
    await withLock(join(cache, `${name}.lock`), async () => {
      if (!(await exists(installed.entry))) {
        await install(cache, folder);
      }
    });
  }
  return installed;
}

function describe(folder) {
  const modules = join(folder, 'code-server', 'node_modules', 'code-server');
  return {
    node: join(folder, 'node24', 'node_modules', nodePackage, 'bin', 'node'),
    entry: join(modules, 'out', 'node', 'entry.js'),
    builtinExtensions: join(modules, 'lib', 'vscode', 'extensions'),
  };
}

/** Made under another name and renamed when it works, so that what has the name is whole. */
async function install(cache, folder) {
  console.error(`Installing Node 24 and code-server into ${folder}; this takes two or three minutes, once.`);
  await ensurePackages(buildPackages);
  await mkdir(cache, { recursive: true });
  const scratch = await mkdtemp(join(cache, 'code-server-making-'));
  try {
    for (const part of ['node24', 'code-server']) {
      await cp(join(here, part), join(scratch, part), { recursive: true });
    }
    const made = describe(scratch);
    const ci = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
    // Without what an npm that runs this script has set: among it the version of its own Node, which code-server refuses.
    const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
    await run('npm', ci, { cwd: join(scratch, 'node24'), env: environment });
    const node24 = dirname(dirname(made.node));
    await run('npm', ci, {
      cwd: join(scratch, 'code-server'),
      // Native modules are built against the Node they will run on, headers included.
      env: { ...environment, PATH: `${join(node24, 'bin')}:${process.env.PATH}`, npm_config_nodedir: node24 },
    });
    const { stdout } = await capture(made.node, [made.entry, '--version']);
    console.error(`code-server ${stdout.trim()}`);
    await rm(folder, { recursive: true, force: true });
    await rename(scratch, folder);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function exists(path) {
  return stat(path).then(
    () => true,
    () => false,
  );
}
