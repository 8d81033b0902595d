// npm start: from a fresh clone to a sample workspace in VS Code.
// Restores and builds, starts the emulated Azure ML with its sample workspace, exports one run of it in the terminal
// through the sidecar, then opens VS Code on it and serves until Ctrl-C.
//   --once       stops after the export
//   --browser    the workbench in a browser instead of the desktop's VS Code; installed on demand
//   --no-build   what is built already
import { access, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { startEmulator } from '../../tests/tools/emulator.mjs';
import { capture, keep, main } from '../../tests/tools/processes.mjs';
import { ensureModules } from './modules.mjs';
import { binFolder, ownPackage } from './platforms.mjs';
import { root, run } from './run.mjs';

const { values: options } = parseArgs({
  options: {
    once: { type: 'boolean', default: false },
    browser: { type: 'boolean', default: false },
    'no-build': { type: 'boolean', default: false },
  },
});
const bytes = (count) => {
  const units = ['B', 'KB', 'MB', 'GB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3));
  return `${(count / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
};
const step = (text) => console.log(`\n> ${text}`);

async function checkTools() {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new Error(`Node 20 or newer is needed; this is ${process.versions.node}.`);
  }
  const { code, stdout } = await capture('dotnet', ['--list-sdks'], { check: false });
  if (code !== 0 || !/^1\d\./m.test(stdout)) {
    throw new Error('The .NET 10 SDK is needed: https://dotnet.microsoft.com/download/dotnet/10.0');
  }
}

/** What `build` left in bin/: the executable of this platform, or the portable build with the installed .NET. */
async function findSidecar() {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const executable = join(root, 'bin', binFolder(ownPackage()), `AmlDataTools.Server${suffix}`);
  const hasOwn = await access(executable).then(
    () => true,
    () => false,
  );
  return hasOwn ? [executable, []] : ['dotnet', [join(root, 'bin', 'portable', 'AmlDataTools.Server.dll')]];
}

/** One export of a sample run, as the extension does it, with everything said in the terminal. */
async function exportOne(emulator, scratch) {
  // Only now, because it needs a package that the build installs.
  const { emulatorAnswers, Sidecar } = await import('../../tests/tools/sidecar.mjs');
  const folder = join(scratch, 'download');
  await mkdir(folder);
  step('Export a run through the sidecar');
  const [command, args] = await findSidecar();
  const sidecar = new Sidecar(command, args, emulatorAnswers(emulator));
  try {
    const { serverVersion, processId } = await sidecar.initialize({
      cloud: emulator.cloud,
      storageFolder: join(scratch, 'storage'),
    });
    console.log(`sidecar ${serverVersion}, process ${processId}`);
    const chosen = await findRun(sidecar);
    console.log(`run ${chosen.label}: ${chosen.description ?? ''}`);
    const { operation, receipt } = await sidecar.export([chosen.id], folder, {
      onPlan: (plan) => console.log(`${plan.title}: ${plan.items} files, ${bytes(plan.bytes)}`),
      onProgress: showProgress,
    });
    process.stdout.write(process.stdout.isTTY ? '\n' : '');
    await showFiles(folder);
    console.log(`\nReceipt ${receipt.markdownPath}\n`);
    console.log((await readFile(receipt.markdownPath, 'utf8')).replace(/^/gm, '  '));
    if (operation.state !== 'succeeded') {
      throw new Error(`The export ended as ${operation.state}: ${operation.message ?? 'see the receipt'}`);
    }
  } finally {
    await sidecar.stop();
  }
}

/** The way a person takes through the tree to a run. */
async function findRun(sidecar) {
  const { subscriptions } = await sidecar.request('explorer/subscriptions');
  const isNamed = (kind, label) => (node) => node.kind === kind && (label === undefined || node.label === label);
  let node = await sidecar.findChild(null, isNamed('subscription', 'Contoso Research'), { subscriptions });
  for (const wanted of [
    isNamed('workspace', 'sample-ws'),
    isNamed('experiments'),
    isNamed('experiment', 'credit-scoring'),
    isNamed('run', 'mango_leaf_3f'),
  ]) {
    node = await sidecar.findChild(node.id, wanted);
  }
  return node;
}

let shown = '';
function showProgress({ state, itemsDone, items, bytesDone, bytes: all, bytesPerSecond }) {
  const rate = bytesPerSecond ? `, ${bytes(bytesPerSecond)}/s` : '';
  const line = `${state}: ${itemsDone} of ${items} files, ${bytes(bytesDone)} of ${bytes(all)}${rate}`;
  if (line !== shown) {
    shown = line;
    process.stdout.write(process.stdout.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
  }
}

async function showFiles(folder) {
  const entries = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const files = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  for (const file of files) {
    console.log(`${bytes((await stat(file)).size).padStart(10)}  ${relative(folder, file)}`);
  }
}

/** The settings a person would make for a cloud of their own. */
const settingsFor = (emulator) => ({
  'amlData.cloud.name': 'custom',
  'amlData.cloud.custom': emulator.cloud,
});

async function openVsCode(emulator, scratch) {
  const workspace = join(scratch, 'workspace');
  await mkdir(workspace);
  if (!options.browser && (await isOnPath('code'))) {
    await openDesktop(emulator, scratch, workspace);
  } else if (options.browser) {
    await openBrowser(emulator, scratch, workspace);
  } else {
    step('VS Code');
    console.log('There is no "code" on the PATH. To use the workbench in a browser: npm start -- --browser');
    console.log('The emulator goes on until Ctrl-C.');
  }
  await new Promise(() => setInterval(() => {}, 1 << 30));
}

async function isOnPath(name) {
  const { code } = await capture(process.platform === 'win32' ? 'where' : 'which', [name], { check: false });
  return code === 0;
}

/** A stand-in for the Microsoft account that signs in to the emulator; an extension beside the one developed. */
const account = join(root, 'tests', 'e2e', 'microsoft-authentication');

async function openDesktop(emulator, scratch, workspace) {
  step('Open VS Code');
  const data = join(scratch, 'vscode');
  await mkdir(join(data, 'User'), { recursive: true });
  await writeFile(
    join(data, 'User', 'settings.json'),
    JSON.stringify({ ...settingsFor(emulator), 'security.workspace.trust.enabled': false }, null, 2),
  );
  const child = keep(
    'code',
    [
      ...['--user-data-dir', data, '--new-window', '--wait', '--disable-extension', 'vscode.microsoft-authentication'],
      ...[`--extensionDevelopmentPath=${root}`, `--extensionDevelopmentPath=${account}`, workspace],
    ],
    { stdio: 'inherit', env: { ...process.env, AML_E2E_TOKEN_URL: emulator.tokenUrl } },
  );
  console.log('Choose the flask in the activity bar. Ctrl-C here ends everything.');
  await child.ended;
  console.log('VS Code was closed. The emulator goes on until Ctrl-C.');
}

async function openBrowser(emulator, scratch, workspace) {
  const { ensureCodeServer } = await import('../../tests/tools/codeServer.mjs');
  const { makeBuiltins, startCodeServer, installExtension } = await import('../../tests/e2e/lib/server.mjs');
  const { ensureVsix } = await import('../../tests/e2e/lib/vsix.mjs');
  step('Open VS Code in the browser');
  const codeServer = await ensureCodeServer();
  const server = await startCodeServer({
    codeServer,
    folder: scratch,
    extensions: await installExtension(codeServer, await ensureVsix(), scratch),
    builtins: await makeBuiltins(codeServer, scratch),
    settings: settingsFor(emulator),
    environment: { AML_E2E_TOKEN_URL: emulator.tokenUrl },
    workspace,
  });
  console.log(`Open ${server.url} and choose the flask in the activity bar. Ctrl-C here ends everything.`);
}

await main(async () => {
  await checkTools();
  if (!options['no-build']) {
    step('Build');
    await ensureModules(root);
    run(process.execPath, [join('extension', 'scripts', 'build.mjs')]);
  }
  step('Start the emulated Azure ML with its sample workspace');
  const emulator = await startEmulator({ seed: 'sample', onLine: (line) => line.trim() && console.log(line) });
  console.log(`${emulator.at.workspace} at ${emulator.at.resourceManager}`);
  const scratch = await mkdtemp(join(tmpdir(), 'aml-data-tools-'));
  try {
    await exportOne(emulator, scratch);
    if (!options.once) {
      await openVsCode(emulator, scratch);
    }
  } finally {
    await emulator.stop();
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
});
