// Publishes the sidecar into bin/<rid>/ (or bin/portable/), ready to be packed into the extension.
//   node extension/scripts/publish-server.mjs --rid linux-x64   self-contained: trimmed, compiled ahead (ReadyToRun)
//   node extension/scripts/publish-server.mjs --portable        for any platform with .NET 10: dotnet AmlDataTools.Server.dll
// The runtime identifier, or "portable", may also stand alone.
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const { values, positionals } = parseArgs({
  options: { rid: { type: 'string' }, portable: { type: 'boolean' } },
  allowPositionals: true,
});
const target = values.portable ? 'portable' : (values.rid ?? positionals[0]);
if (!target || !/^(portable|[a-z0-9]+(-[a-z0-9]+)+)$/.test(target)) {
  console.error('Usage: publish-server.mjs --rid <runtime identifier such as linux-x64 or win-x64> | --portable');
  process.exit(2);
}

const output = join(root, 'bin', target);
// Without the composite image, what the framework's generic types do with this product's types is compiled at every start:
// measured, that nearly doubles the processor time until the first answer.
const common = [
  '-p:DebugType=none',
  '-p:DebugSymbols=false',
  '-p:PublishDocumentationFiles=false',
  '-p:PublishReferencesDocumentationFiles=false',
];
const specific =
  target === 'portable'
    ? ['-p:UseAppHost=false']
    : [
        '-r',
        target,
        '--self-contained',
        '-p:PublishTrimmed=true',
        '-p:TrimMode=full',
        '-p:PublishReadyToRun=true',
        '-p:PublishReadyToRunComposite=true',
      ];

rmSync(output, { recursive: true, force: true });
// From nothing: trimming over an earlier build can leave out an assembly that has come into use since.
if (target !== 'portable') {
  for (const project of ['Azure', 'Core', 'Server']) {
    for (const kind of ['obj', 'bin']) {
      rmSync(join(root, 'server', `AmlDataTools.${project}`, kind, 'Release', 'net10.0', target), {
        recursive: true,
        force: true,
      });
    }
  }
}
const published = spawnSync(
  'dotnet',
  [
    'publish',
    join(root, 'server', 'AmlDataTools.Server'),
    '-c',
    'Release',
    '-v',
    'q',
    '-nologo',
    '-o',
    output,
    ...common,
    ...specific,
  ],
  { cwd: root, stdio: 'inherit' },
);
if (published.status !== 0) {
  if (target !== 'portable') {
    console.error(
      `The sidecar could not be published for ${target}. Where there is no runtime pack for it, use "portable".`,
    );
  }
  process.exit(published.status ?? 1);
}

const files = readdirSync(output, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
const stray = files.filter((file) => /\.(pdb|xml)$/i.test(file.name));
if (stray.length > 0) {
  console.error(`These do not belong into ${output}: ${stray.map((file) => file.name).join(', ')}`);
  process.exit(1);
}
const bytes = files.reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0);
console.log(`${output}: ${files.length} files, ${(bytes / 1024 / 1024).toFixed(1)} MB`);
