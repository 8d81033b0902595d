// Builds what is needed to run the extension on this machine: the sidecar into bin/, the extension into dist/.
//   node extension/scripts/build.mjs [--no-server]
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureModules } from './modules.mjs';
import { binFolder, ownPackage } from './platforms.mjs';
import { root, run } from './run.mjs';

await ensureModules(root);
if (!process.argv.includes('--no-server')) {
  run(process.execPath, [join('extension', 'scripts', 'publish-server.mjs'), binFolder(ownPackage())]);
}
// Only now, because it needs a package that the first step installs.
const { bundle } = await import('./bundle.mjs');
await bundle();
await access(join(root, 'dist', 'extension.js'));
console.log('Built dist/extension.js.');
