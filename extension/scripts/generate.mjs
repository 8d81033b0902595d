// Makes extension/src/protocol/ from the contract in server/AmlDataTools.Server/Protocol.
//   node extension/scripts/generate.mjs           writes the files
//   node extension/scripts/generate.mjs --check   writes nothing; fails, showing the difference, when they are out of date
import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { compile } from 'json-schema-to-typescript';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const target = join(root, 'extension', 'src', 'protocol');
const generator = join(root, 'tests', 'AmlDataTools.ProtocolGenerator');
const header = '// Generated from server/AmlDataTools.Server/Protocol by `npm run generate`. Do not edit.\n';

/** Builds and runs the C# half: one JSON document with every method and the schema of every type. */
async function readContract() {
  const { stdout } = await promisify(execFile)('dotnet', ['run', '--project', generator, '-v', 'q'], {
    cwd: root,
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' },
  });
  return JSON.parse(stdout);
}

function jsdoc(text, indent = '') {
  return `${indent}/** ${text.replaceAll('*/', '*\\/')} */\n`;
}

/** The TypeScript generator copies a type into the place of a reference that has a description; within anyOf it keeps the name. */
function keepNames(node) {
  if (Array.isArray(node)) {
    return node.map(keepNames);
  }
  if (node === null || typeof node !== 'object') {
    return node;
  }
  const { $ref, ...rest } = node;
  return $ref && rest.description
    ? { ...rest, anyOf: [{ $ref }] }
    : Object.fromEntries(Object.entries(node).map(([key, value]) => [key, keepNames(value)]));
}

async function typesFile({ definitions, protocolVersion }) {
  const body = await compile({ title: 'Contract', type: 'object', definitions: keepNames(definitions) }, 'Contract', {
    additionalProperties: false,
    bannerComment: '',
    unreachableDefinitions: true,
    style: { singleQuote: true, printWidth: 120 },
  });
  const types = body
    // The document itself is not a type of the contract, and its name in every comment says nothing.
    .replace(/^(export|\/\*\*)/gm, (start, _, at, whole) =>
      start === 'export' && whole.slice(0, at).endsWith('*/\n') ? start : `\n${start}`,
    )
    .replace(/\n{3,}/g, '\n\n')
    .replace('interface Empty {}', 'type Empty = Record<string, never>;')
    .replace(/export interface Contract \{\}?\s*\}?\n?/, '')
    .replace(
      /\n \*(\n \*)? This interface was referenced by `Contract`'s JSON-Schema\n \* via the `definition` "[^"]+"\./g,
      '',
    )
    .replace(/\/\*\*\n \* ([^\n]*)\n \*\/\n/g, (_, text) => jsdoc(text))
    .replace(/ {2}\/\*\*\n {3}\* ([^\n]*)\n {3}\*\/\n/g, (_, text) => jsdoc(text, '  '))
    .trim();
  return `${header}\n${jsdoc(protocolVersion.description)}export const protocolVersion = ${protocolVersion.value};\n\n${types}\n`;
}

/** `feature/verb` becomes `feature.verb`, so that the methods of a side read as they are called. */
function methodsOfSide(methods, side) {
  const tree = new Map();
  const own = methods.filter((m) => m.side === side);
  for (const method of [...own.filter((m) => !m.name.includes('/')), ...own.filter((m) => m.name.includes('/'))]) {
    const [first, second] = method.name.split('/');
    if (second === undefined) {
      tree.set(first, method);
    } else {
      tree.set(first, [...(tree.get(first) ?? []), { ...method, key: second }]);
    }
  }
  return tree;
}

function constant(method) {
  return method.kind === 'request'
    ? `new RequestType<${method.params}, ${method.result}, ErrorData>('${method.name}', byName)`
    : `new NotificationType<${method.params}>('${method.name}', byName)`;
}

function member(key, method, indent) {
  const line = `${indent}${key}: ${constant(method)},\n`;
  const progress = method.progress
    ? `${jsdoc(`What \`$/progress\` carries for the \`progressToken\` of \`${method.name}\`.`, indent)}${indent}${key}Progress: new ProgressType<${method.progress}>(),\n`
    : '';
  return jsdoc(method.description, indent) + line + progress;
}

function sideObject(name, text, tree) {
  let out = `${jsdoc(text)}export const ${name} = {\n`;
  for (const [key, entry] of tree) {
    if (Array.isArray(entry)) {
      out += `  ${key}: {\n${entry.map((m) => member(m.key, m, '    ')).join('')}  },\n`;
    } else {
      out += member(key, entry, '  ');
    }
  }
  return `${out}} as const;\n`;
}

function methodsFile({ methods }) {
  const used = new Set(['ErrorData', ...methods.flatMap((m) => [m.params, m.result, m.progress]).filter(Boolean)]);
  return [
    header,
    `import { NotificationType, ParameterStructures, ProgressType, RequestType } from 'vscode-jsonrpc/node';`,
    `import type {\n${[...used]
      .sort()
      .map((t) => `  ${t},\n`)
      .join('')}} from './types';\n`,
    `const byName = ParameterStructures.byName;\n`,
    sideObject('server', 'Answered by the sidecar, called by the extension.', methodsOfSide(methods, 'server')),
    sideObject('client', 'Answered by the extension, called by the sidecar.', methodsOfSide(methods, 'client')),
  ].join('\n');
}

async function generate() {
  const contract = await readContract();
  return new Map([
    ['types.ts', await typesFile(contract)],
    ['methods.ts', methodsFile(contract)],
  ]);
}

async function write(files) {
  await mkdir(target, { recursive: true });
  for (const [name, text] of files) {
    await writeFile(join(target, name), text);
  }
}

/** Compares with what is committed; a file that the contract no longer makes counts as a difference too. */
async function check(files) {
  const scratch = await mkdtemp(join(tmpdir(), 'protocol-'));
  try {
    let differs = false;
    const present = await readdir(target).catch(() => []);
    for (const name of new Set([...files.keys(), ...present])) {
      const fresh = files.get(name) ?? '';
      const stale = await readFile(join(target, name), 'utf8').catch(() => '');
      if (fresh === stale) {
        continue;
      }
      differs = true;
      await writeFile(join(scratch, 'committed'), stale);
      await writeFile(join(scratch, 'generated'), fresh);
      console.error(`extension/src/protocol/${name} is not what the contract makes:`);
      const diff = spawnSync('git', ['diff', '--no-index', '--no-color', 'committed', 'generated'], {
        cwd: scratch,
        encoding: 'utf8',
      });
      console.error(diff.stdout || fresh);
    }
    if (differs) {
      console.error('Run `npm run generate` and commit the result.');
    }
    return !differs;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const files = await generate();
if (process.argv.includes('--check')) {
  process.exitCode = (await check(files)) ? 0 : 1;
} else {
  await write(files);
}
