// Publishes the sidecar into bin/<rid>/ (or bin/portable/), ready to be packed into the extension.
//   node extension/scripts/publish-server.mjs --rid linux-x64   self-contained: trimmed, compiled ahead (ReadyToRun)
//   node extension/scripts/publish-server.mjs --portable        for any platform with .NET 10: dotnet AmlDataTools.Server.dll
//   --out folder                                                elsewhere than below bin/
// The runtime identifier, or "portable", may also stand alone.
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './run.mjs';

const { values, positionals } = parseArgs({
  options: { rid: { type: 'string' }, portable: { type: 'boolean' }, out: { type: 'string' } },
  allowPositionals: true,
});
const target = values.portable ? 'portable' : (values.rid ?? positionals[0]);
if (!target || !/^(portable|[a-z0-9]+(-[a-z0-9]+)+)$/.test(target)) {
  console.error(
    'Usage: publish-server.mjs --rid <runtime identifier such as linux-x64 or win-x64> | --portable [--out folder]',
  );
  process.exit(2);
}

const output = resolve(values.out ?? join(root, 'bin', target));
// What is special about a package's sidecar is in server/AmlDataTools.Server/Publishing.targets; these hold for its libraries too.
const common = [
  '-p:ForPackage=true',
  '-p:DebugType=none',
  '-p:DebugSymbols=false',
  '-p:PublishDocumentationFiles=false',
  '-p:PublishReferencesDocumentationFiles=false',
];
const specific = target === 'portable' ? [] : ['-r', target, '--self-contained'];

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
const project = join(root, 'server', 'AmlDataTools.Server');
const published = spawnSync(
  'dotnet',
  ['publish', project, '-c', 'Release', '-v', 'q', '-nologo', '-o', output, ...common, ...specific],
  { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 64 * 1024 * 1024 },
);
if (published.status !== 0) {
  console.error(published.error?.message ?? published.stdout);
  if (isMissingRuntime(published.stdout ?? '')) {
    console.error(
      `The .NET runtime for ${target} could not be restored: no package source in use has its runtime pack ` +
        `(Microsoft.NETCore.App.Runtime.${target}). Add a source that has it (dotnet nuget list source), or make the ` +
        'package that needs none and runs on every platform with .NET 10: npm run package -- --target universal',
    );
  }
  process.exit(published.status ?? 1);
}
process.stdout.write(published.stdout);

const files = readdirSync(output, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
const stray = files.filter((file) => /\.(pdb|xml)$/i.test(file.name));
if (stray.length > 0) {
  console.error(`These do not belong into ${output}: ${stray.map((file) => file.name).join(', ')}`);
  process.exit(1);
}
const bytes = files.reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0);
console.log(`${output}: ${files.length} files, ${(bytes / 1024 / 1024).toFixed(1)} MB`);

/** Whether NuGet did not find the packs of a runtime (NU1101, NU1102), or the SDK knows of none (NETSDK1082, 1083, 1094). */
function isMissingRuntime(text) {
  return (
    /\bNU110[12]\b[^\n]*Microsoft\.(NETCore|AspNetCore|WindowsDesktop)\.App\.(Runtime|Crossgen2|Host)/.test(text) ||
    /\bNETSDK10(82|83|94)\b/.test(text)
  );
}
