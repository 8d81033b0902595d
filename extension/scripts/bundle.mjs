// Bundles the extension into dist/extension.js, and the script and style of its page into dist/planPage.js and .css.
//   node extension/scripts/bundle.mjs [--watch]
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, context } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/**
 * Lets all modules share the editor's API. As it comes, a module that imports it makes a copy of its 300 members, which
 * together is most of what loading the extension takes. Here the members that are used are read once.
 */
const sharedApi = {
  name: 'shared-api',
  setup(building) {
    building.onResolve({ filter: /^vscode$/ }, ({ kind, path }) =>
      kind === 'require-call' ? { path, external: true } : { path, namespace: 'api' },
    );
    building.onLoad({ filter: /.*/, namespace: 'api' }, async () => {
      // A pure call is left out where only a type has the name.
      const members = [...(await namesOfApi())].map((name) => `export const ${name} = /* @__PURE__ */ of('${name}');`);
      return { contents: ["const api = require('vscode');", 'const of = (name) => api[name];', ...members].join('\n') };
    });
  },
};

/** The members of the editor's API that the sources name. */
async function namesOfApi() {
  const folder = join(root, 'extension', 'src');
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts'));
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  return new Set(texts.flatMap((text) => [...text.matchAll(/\bvscode\.(\w+)/g)].map(([, name]) => name)).sort());
}

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
    plugins: [sharedApi],
    // A member that the sources name in another way than `vscode.name` would be missing without a word.
    logOverride: { 'import-is-undefined': 'error' },
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
