// What of others is inside a package: npm packages in the bundles, NuGet packages and the .NET runtime beside the sidecar.
import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { root } from './run.mjs';

/**
 * One thing of others that ships: `type` (npm or nuget), `name`, `version`, `license` (SPDX), `copyright`, `url`, `sha512`
 * (of the package as its registry has it, hexadecimal), `needs` (names), and `texts`: the licences and notices that came with it.
 */

/** All components of a package. @param metafiles esbuild's lists @param binFolder where the sidecar was published to */
export async function componentsOf(metafiles, binFolder) {
  const components = [...(await npmComponents(metafiles)), ...(await nugetComponents(binFolder))];
  for (const { name, version, license, texts } of components) {
    if (texts.every(({ kind }) => kind !== 'license')) {
      throw new Error(
        `${name} ${version} is inside and brings no licence text that could be shown (its licence: ${license ?? 'unknown'}).`,
      );
    }
  }
  return components.sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
}

/** The npm packages of which something is left in a bundle. */
async function npmComponents(metafiles) {
  const folders = new Set();
  for (const { outputs } of metafiles) {
    for (const { inputs } of Object.values(outputs)) {
      for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
        const [folder] = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? [];
        if (folder !== undefined && bytesInOutput > 0) {
          folders.add(folder);
        }
      }
    }
  }
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
  return Promise.all(
    [...folders].map(async (path) => {
      const folder = join(root, path);
      const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
      return {
        type: 'npm',
        name: manifest.name,
        version: manifest.version,
        license: manifest.license,
        copyright: undefined,
        url: manifest.homepage ?? manifest.repository?.url,
        sha512: hexOf(packages[path]?.integrity?.replace(/^sha512-/, '')),
        needs: Object.keys(manifest.dependencies ?? {}),
        texts: await textsOf(folder),
      };
    }),
  );
}

/** The packages and the runtime whose files were published, as the list for the runtime's host names them. */
async function nugetComponents(binFolder) {
  const names = await readdir(binFolder);
  const list = JSON.parse(await readFile(join(binFolder, 'AmlDataTools.Server.deps.json'), 'utf8'));
  const target = list.targets[list.runtimeTarget.name];
  const present = new Set(names);
  const components = [];
  for (const [id, { type }] of Object.entries(list.libraries)) {
    const { runtime = {}, native = {}, runtimeTargets = {}, dependencies = {} } = target[id] ?? {};
    const files = Object.keys({ ...runtime, ...native, ...runtimeTargets }).map((path) => path.split('/').at(-1));
    if (type === 'project' || !files.some((file) => present.has(file))) {
      continue;
    }
    const [name, version] = id.replace(/^runtimepack\./, '').split('/');
    components.push(await nugetComponent(name, version, dependencies));
  }
  return components;
}

async function nugetComponent(name, version, dependencies) {
  const packages = process.env.NUGET_PACKAGES ?? join(homedir(), '.nuget', 'packages');
  const folder = join(packages, name.toLowerCase(), version.toLowerCase());
  const files = await readdir(folder);
  const nuspec = await readFile(
    join(
      folder,
      files.find((file) => file.endsWith('.nuspec')),
    ),
    'utf8',
  );
  const element = (tag) => new RegExp(`<${tag}(?: [^>]*)?>([^<]*)</${tag}>`).exec(nuspec)?.[1].trim();
  const sha512 = await readFile(join(folder, `${name}.${version}.nupkg.sha512`.toLowerCase()), 'utf8');
  const copyright = element('copyright');
  const texts = await textsOf(folder);
  const declared = /<license type="expression">([^<]*)</.exec(nuspec)?.[1];
  const license = declared ?? texts.map(({ text }) => licenseOf(text)).find((found) => found !== undefined);
  if (license === 'MIT' && texts.every(({ kind }) => kind !== 'license')) {
    texts.unshift({ kind: 'license', text: mit(copyright ?? element('authors')) });
  }
  return {
    type: 'nuget',
    name,
    version,
    license,
    copyright,
    url: element('projectUrl'),
    sha512: hexOf(sha512.trim()),
    needs: Object.keys(dependencies).map((id) => id.replace(/^runtimepack\./, '')),
    texts,
  };
}

async function textsOf(folder) {
  const names = (await readdir(folder)).filter((name) =>
    /^(licen[cs]e|notice|third-?party-?notices?)(\.(txt|md))?$/i.test(name),
  );
  return Promise.all(
    names.sort().map(async (name) => ({
      kind: /^licen[cs]e/i.test(name) ? 'license' : 'notices',
      text: (await readFile(join(folder, name), 'utf8'))
        .replace(/^\uFEFF/, '')
        .replaceAll('\r\n', '\n')
        .trim(),
    })),
  );
}

function licenseOf(text) {
  return /Permission is hereby granted, free of charge[^]*without restriction/.test(text) ? 'MIT' : undefined;
}

function hexOf(base64) {
  return base64 ? Buffer.from(base64, 'base64').toString('hex') : undefined;
}

/** The text that the SPDX identifier MIT stands for, for packages that name it and do not bring it. */
function mit(holder) {
  return `MIT License

Copyright (c) ${(holder ?? '').replace(/^(copyright|\(c\)|©|\s)+/i, '')}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;
}
