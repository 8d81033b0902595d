// One process at a time, across all processes of the machine.
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Runs `body` while no other process is in a body of the same folder. A lock left by a dead process is taken over. */
export async function withLock(path, body) {
  await mkdir(dirname(path), { recursive: true });
  for (let said = false; !(await tryLock(path)); await sleep(500)) {
    if (!said) {
      said = true;
      console.error(`Waiting for another process to finish with ${path}`);
    }
  }
  try {
    return await body();
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

async function tryLock(path) {
  try {
    await mkdir(path);
    await writeFile(`${path}/pid`, String(process.pid));
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') {
      throw error;
    }
  }
  if (await isAbandoned(path)) {
    // Only one of several takers-over can rename it.
    const grave = `${path}.${process.pid}.stale`;
    await rename(path, grave).then(
      () => rm(grave, { recursive: true, force: true }),
      () => {},
    );
  }
  return false;
}

async function isAbandoned(path) {
  const pid = Number(await readFile(`${path}/pid`, 'utf8').catch(() => ''));
  if (pid > 0) {
    try {
      process.kill(pid, 0);
      return false;
    } catch (error) {
      return error.code === 'ESRCH';
    }
  }
  const age = await stat(path).then(
    (found) => Date.now() - found.mtimeMs,
    () => 0,
  );
  return age > 10_000;
}
