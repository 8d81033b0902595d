// Bundles the extension into dist/extension.js, and the script and style of its page into dist/planPage.js and .css.
//   node extension/scripts/bundle.mjs [--watch]
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, context } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const common = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  // Names in stack traces are worth more than the bytes they take.
  keepNames: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
};

const bundles = (folder) => [
  {
    ...common,
    entryPoints: ['extension/src/extension.ts'],
    outfile: join(folder, 'dist', 'extension.js'),
    tsconfig: 'extension/tsconfig.json',
    platform: 'node',
    format: 'cjs',
    // The Node of the oldest VS Code in engines.
    target: 'node22',
    external: ['vscode'],
  },
  {
    ...common,
    entryPoints: { planPage: 'extension/webview/planPage/main.ts' },
    outdir: join(folder, 'dist'),
    tsconfig: 'extension/webview/tsconfig.json',
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    // Nothing in a page may be loaded but the script itself.
    sourcemap: false,
  },
];

/**
 * Bundles into `folder`/dist.
 * @param maps whether the extension gets a source map, as while developing; packages have none
 * @returns esbuild's lists of what went into each file.
 */
export async function bundle({ folder = root, maps = true } = {}) {
  const results = await Promise.all(
    bundles(folder).map((options) =>
      build({ ...options, metafile: true, sourcemap: maps ? options.sourcemap : false }),
    ),
  );
  return results.map(({ metafile }) => metafile);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (process.argv.includes('--watch')) {
    await Promise.all(bundles(root).map(async (options) => (await context(options)).watch()));
  } else {
    await bundle();
  }
}
