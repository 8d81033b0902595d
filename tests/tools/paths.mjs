// Where things are.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

/**
 * Where downloads that are expensive to repeat are kept: AML_DATA_TOOLS_CACHE when set; the person's own cache when it
 * has been made, so that all clones on a machine share it; else a folder in the repository that git ignores.
 */
export function cacheRoot(environment = process.env) {
  if (environment.AML_DATA_TOOLS_CACHE) {
    return resolve(environment.AML_DATA_TOOLS_CACHE);
  }
  const shared = join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'aml-data-tools');
  return existsSync(shared) ? shared : join(root, '.cache');
}
