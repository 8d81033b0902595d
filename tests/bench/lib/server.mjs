// The server all peers read from.
import { join } from 'node:path';
import { keepUntilReady, run } from '../../tools/processes.mjs';
import { root } from '../../tools/paths.mjs';

const project = join(root, 'tests', 'bench', 'AmlDataTools.Bench');

/** Builds and starts it. @returns the running server; `ready` says where. */
export async function startServer() {
  await run('dotnet', ['build', project, '-c', 'Release', '-v', 'q', '--nologo'], { stdio: ['ignore', 'ignore', 'inherit'] });
  return keepUntilReady('dotnet', [join(project, 'bin', 'Release', 'net10.0', 'AmlDataTools.Bench.dll'), '--http']);
}
