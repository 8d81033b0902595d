// Debian packages that tests need. What cannot be installed is an error, never a skipped test.
import { existsSync } from 'node:fs';
import { capture, run } from './processes.mjs';

/** Installs those of the packages that are missing. */
export async function ensurePackages(names) {
  const missing = [];
  for (const name of names) {
    const { code, stdout } = await capture('dpkg-query', ['-W', '-f=${db:Status-Status}', name], { check: false });
    if (code !== 0 || stdout.trim() !== 'installed') {
      missing.push(name);
    }
  }
  if (missing.length === 0) {
    return;
  }
  const how = `apt-get install ${missing.join(' ')}`;
  if (!existsSync('/usr/bin/apt-get')) {
    throw new Error(`These are needed and cannot be installed by a script here: ${missing.join(', ')} (on Debian: ${how})`);
  }
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const apt = (...args) => {
    const [command, ...rest] = [...asRoot, 'apt-get', '-o', 'DPkg::Lock::Timeout=600', '-o', 'Acquire::Retries=3', '-q', ...args];
    return run(command, rest, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, stdio: ['ignore', 'ignore', 'inherit'] });
  };
  console.error(`Installing ${missing.join(', ')}`);
  try {
    await apt('update');
    await apt('install', '-y', '--no-install-recommends', ...missing);
  } catch (error) {
    throw new Error(`Could not install ${missing.join(', ')}: ${error.message}. Do it by hand: ${how}`);
  }
}
