// Bundles the extension into dist/extension.js.
//   node extension/scripts/bundle.mjs [--watch]
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, context } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const options = {
  absWorkingDir: root,
  entryPoints: ['extension/src/extension.ts'],
  outfile: 'dist/extension.js',
  tsconfig: 'extension/tsconfig.json',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  // The Node of the oldest VS Code in engines.
  target: 'node22',
  external: ['vscode'],
  minify: true,
  // Names in stack traces are worth more than the bytes they take.
  keepNames: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
};

export async function bundle() {
  await build(options);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (process.argv.includes('--watch')) {
    await (await context(options)).watch();
  } else {
    await bundle();
  }
}
