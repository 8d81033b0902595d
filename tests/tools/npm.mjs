// npm packages of a folder that has its own lock file.
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from './locks.mjs';
import { run } from './processes.mjs';

/** Runs `npm ci` in a folder, unless its node_modules was made from the very same lock file. */
export async function ensureModules(folder, environment = process.env) {
  const wanted = createHash('sha256').update(await readFile(join(folder, 'package-lock.json'))).update(process.version).digest('hex');
  const stamp = join(folder, 'node_modules', '.made-from');
  const isMade = async () => (await readFile(stamp, 'utf8').catch(() => '')) === wanted;
  if (await isMade()) {
    return;
  }
  await withLock(join(folder, '.npm-lock'), async () => {
    if (!(await isMade())) {
      console.error(`npm ci in ${folder}`);
      await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, env: environment });
      await mkdir(join(folder, 'node_modules'), { recursive: true });
      await writeFile(stamp, wanted);
    }
  });
}
