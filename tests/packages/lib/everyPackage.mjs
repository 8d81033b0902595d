// What holds for each package.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { binFolder, universal } from '../../../extension/scripts/platforms.mjs';
import { sizeProblem } from '../../../extension/scripts/sizes.mjs';
import { root } from '../../tools/paths.mjs';

/** Everything that may be in a package; what else turns up has to be looked at and named here. */
const allowed = [
  /^\[Content_Types\]\.xml$/,
  /^extension\.vsixmanifest$/,
  /^extension\/(package\.json|readme\.md|changelog\.md|LICENSE\.txt|THIRD-PARTY-NOTICES\.txt)$/,
  /^extension\/package\.nls(\.[a-z]{2}(-[a-z]{2})?)?\.json$/,
  /^extension\/l10n\/bundle\.l10n(\.[a-z]{2}(-[a-z]{2})?)?\.json$/,
  /^extension\/dist\/(extension\.js|[a-zA-Z]+Page\.(js|css))$/,
  /^extension\/(resources|media|walkthrough)\/[\w./-]+\.(svg|png|md)$/,
];

/** Of the sidecar: assemblies, the native parts of the runtime, and three files of its own. */
const allowedInBin = {
  'linux-x64': [/\/[\w.]+\.dll$/, /\/lib(coreclr|clrjit|hostfxr|hostpolicy|System\.([\w.]+\.)?Native(\.OpenSsl)?)\.so$/, /\/AmlDataTools\.Server$/],
  'win32-x64': [/\/[\w.]+\.dll$/, /\/AmlDataTools\.Server\.exe$/],
  [universal]: [/^extension\/bin\/portable\/(runtimes\/win\/lib\/netstandard2\.0\/)?[\w.]+\.dll$/],
};
const ownFiles = /\/AmlDataTools\.Server\.(deps|runtimeconfig)\.json$/;

export const everyPackage = [
  [
    'keeps its budget',
    async (opened) => {
      assert.equal(await sizeProblem(opened.target, opened.bytes), undefined);
      console.log(`        ${opened.target}: ${(opened.bytes / 1e6).toFixed(2)} MB`);
    },
  ],
  [
    'holds what is allowed and nothing else: no sources, maps, tests or symbols',
    async (opened) => {
      const bin = `extension/bin/${binFolder(opened.target)}/`;
      const isAllowed = (entry) =>
        allowed.some((pattern) => pattern.test(entry)) ||
        (entry.startsWith(bin) && [ownFiles, ...allowedInBin[opened.target]].some((pattern) => pattern.test(entry)));
      assert.deepEqual(opened.entries.filter((entry) => !isAllowed(entry)), []);
      for (const entry of ['extension/dist/extension.js', 'extension/THIRD-PARTY-NOTICES.txt', `${bin}AmlDataTools.Server.dll`]) {
        assert.ok(opened.entries.includes(entry), `${entry} is missing`);
      }
      for (const entry of opened.entries.filter((name) => /\/dist\//.test(name))) {
        assert.doesNotMatch(await opened.readText(entry), /sourceMappingURL|sourcesContent/, entry);
      }
      const manifest = JSON.parse(await opened.readText('extension/package.json'));
      assert.deepEqual([manifest.scripts, manifest.devDependencies], [undefined, undefined]);
    },
  ],
  [
    "has the editor's API once: a copy for each module is what loading the extension would mostly take",
    async (opened) => {
      const text = await opened.readText('extension/dist/extension.js');
      assert.equal(text.split('require("vscode")').length, 2);
    },
  ],
  [
    'names its platform, and the one for all others names none',
    async (opened) => {
      const [, platform] = /<Identity [^>]*?TargetPlatform="([^"]*)"/.exec(await opened.readText('extension.vsixmanifest')) ?? [];
      assert.equal(platform, opened.target === universal ? undefined : opened.target);
    },
  ],
  [
    'lists in its notices and its bill of materials exactly what is inside',
    async (opened) => {
      const inside = [...(await npmInside(opened)), ...(await nugetInside(opened))].sort();
      const listed = opened.sbom.components.map(({ name, version }) => `${name} ${version}`).sort();
      const { text, list } = await opened.noticed();
      assert.ok(inside.length > 5);
      assert.deepEqual(listed, inside);
      assert.deepEqual([...list].sort(), inside);
      // Each with the text of its licence.
      const sections = text.split('='.repeat(100)).filter((part) => part.trim().startsWith('Licence of')).join('\n');
      for (const component of inside) {
        assert.ok(sections.includes(component), `no licence of ${component}`);
      }
      assert.match(text, /Permission is hereby granted, free of charge/);
    },
  ],
  [
    'has a bill of materials that is valid CycloneDX and of this very file',
    async (opened) => {
      const { Spec, Validation } = await import('@cyclonedx/cyclonedx-library');
      const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
      assert.equal(await validator.validate(opened.sbomText), null);
      const { component } = opened.sbom.metadata;
      assert.deepEqual(component.hashes, [{ alg: 'SHA-256', content: opened.sha256 }]);
      const refs = new Set([component['bom-ref'], ...opened.sbom.components.map((each) => each['bom-ref'])]);
      assert.equal(refs.size, opened.sbom.components.length + 1);
      for (const { ref, dependsOn } of opened.sbom.dependencies) {
        assert.deepEqual([ref, ...dependsOn].filter((each) => !refs.has(each)), []);
      }
      for (const each of opened.sbom.components) {
        assert.match(each.hashes?.[0].content ?? '', /^[0-9a-f]{128}$/, each.name);
        assert.ok(each.licenses[0].license.id, each.name);
      }
    },
  ],
];

/** By another way than the package was made: what the source maps of the same bundles name. */
async function npmInside() {
  const { build } = await import('esbuild');
  const made = await build({
    absWorkingDir: root,
    entryPoints: ['extension/src/extension.ts', 'extension/webview/planPage/main.ts'],
    bundle: true,
    minify: true,
    platform: 'node',
    external: ['vscode'],
    loader: { '.css': 'empty' },
    sourcemap: 'external',
    write: false,
    outdir: join(root, 'dist'),
    logLevel: 'silent',
  });
  const sources = made.outputFiles.filter(({ path }) => path.endsWith('.map')).flatMap(({ text }) => JSON.parse(text).sources);
  const folders = new Set(sources.map((source) => /node_modules\/(?:@[^/]+\/)?[^/]+/.exec(source)?.[0]).filter(Boolean));
  return Promise.all(
    [...folders].map(async (folder) => {
      const { name, version } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
      return `${name} ${version}`;
    }),
  );
}

/** Each assembly and library that is inside, by who it belongs to; one that belongs to nobody fails. */
async function nugetInside(opened) {
  const own = new Set(['AmlDataTools.Server', 'AmlDataTools.Core', 'AmlDataTools.Azure', 'AmlDataTools.Server.r2r']);
  const { targets, runtimeTarget } = await opened.dependencyList();
  const owners = new Map();
  for (const [id, { runtime = {}, native = {}, runtimeTargets = {} }] of Object.entries(targets[runtimeTarget.name])) {
    for (const path of Object.keys({ ...runtime, ...native, ...runtimeTargets })) {
      owners.set(path.split('/').at(-1), id.replace(/^runtimepack\./, '').replace('/', ' '));
    }
  }
  const found = new Set();
  for (const entry of opened.binEntries.filter((name) => !ownFiles.test(name))) {
    const file = entry.split('/').at(-1);
    if (!own.has(file.replace(/\.(dll|exe)$/, ''))) {
      assert.ok(owners.has(file), `${file} belongs to no package`);
      found.add(owners.get(file));
    }
  }
  return found;
}
