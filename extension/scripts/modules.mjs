import { spawnSync } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Installs the npm packages of the lock file when they are missing or older than it. */
export async function ensureModules(root) {
  const time = async (path) => (await stat(path).catch(() => undefined))?.mtimeMs ?? 0;
  const installed = await time(join(root, 'node_modules', '.package-lock.json'));
  if (installed !== 0 && installed >= (await time(join(root, 'package-lock.json')))) {
    return;
  }
  console.log('Installing npm packages...');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    throw new Error(`npm ci ended with ${status}.`);
  }
}
