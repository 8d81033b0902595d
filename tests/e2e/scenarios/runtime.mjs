// The package that brings no runtime: where it finds one, and what it says when there is none.
import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { capture } from '../../tools/processes.mjs';
import { makeBuiltins } from '../lib/server.mjs';
import { until } from '../lib/workbench.mjs';

const only = 'universal';

/** A folder without `dotnet`, or with one that has only an old runtime, to be the whole PATH. */
async function pathWith(stage, versions) {
  const folder = await mkdtemp(join(stage.folder, 'path-'));
  if (versions !== undefined) {
    const lines = versions.map((version) => `echo "Microsoft.NETCore.App ${version} [/opt/dotnet/shared/Microsoft.NETCore.App]"\n`);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'dotnet'), `#!/bin/sh\n${lines.join('')}`);
    await chmod(join(folder, 'dotnet'), 0o755);
  }
  return folder;
}

/** An environment of this PATH alone: VS Code asks the person's shell for another one unless it was started from a shell. */
const withoutShell = (path) => ({ PATH: path, DOTNET_ROOT: '', VSCODE_CLI: '1' });

/** The messages that stand in the window. */
async function messages(window) {
  return window.page.locator('.notifications-toasts .notification-list-item .notification-list-item-message').allInnerTexts();
}

/** The machine's own `dotnet`, links resolved. */
async function machineDotnet() {
  const { stdout } = await capture('sh', ['-c', 'readlink -f "$(command -v dotnet)"']);
  return stdout.trim();
}

async function assertRunsOn(stage, dotnet) {
  const [pid] = await stage.sidecarPids();
  const executable = await readlink(`/proc/${pid}/exe`);
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
  assert.equal(executable, dotnet);
  assert.match(command, /bin\/portable\/AmlDataTools\.Server\.dll/);
}

export const scenarios = [
  {
    name: 'the runtime on the PATH is taken',
    only,
    async run(stage) {
      const window = await stage.open({ environment: { DOTNET_ROOT: '' } });
      await stage.signIn(window);
      await assertRunsOn(stage, await machineDotnet());
    },
  },
  {
    name: 'without a runtime there is one message, and its button leads to .NET',
    only,
    async run(stage) {
      const window = await stage.open({ environment: withoutShell(await pathWith(stage)) });
      await window.command('Azure ML Data: Restart Background Service');
      const toast = window.toast('Azure ML Data Tools needs the .NET 10 runtime on this platform, and it was not found.');
      await toast.waitFor();
      // Whatever else asks for the sidecar meanwhile says it in its view.
      await new Promise((resolve) => setTimeout(resolve, 2000));
      assert.equal((await messages(window)).length, 1);
      await toast.hover();
      assert.deepEqual(await toast.locator('.monaco-button').allInnerTexts(), ['Install .NET', 'Try Again', 'Open Settings', 'Show Log']);
      await window.screenshot('missing');
      await window.clickToast('it was not found', 'Install .NET');
      const dialog = window.page.locator('.monaco-dialog-box').filter({ hasText: 'https://dotnet.microsoft.com/download/dotnet/10.0' });
      await dialog.waitFor();
      await window.screenshot('install');
    },
  },
  {
    name: 'a runtime that is too old is named, and another one in the setting is taken',
    only,
    async run(stage) {
      const path = await pathWith(stage, ['8.0.21', '9.0.10']);
      const window = await stage.open({ environment: withoutShell(path) });
      await window.command('Azure ML Data: Restart Background Service');
      await window.toast(`needs the .NET 10 runtime or a later one. ${join(path, 'dotnet')} has only 8.0.21, 9.0.10.`).waitFor();
      await window.screenshot('too-old');
      // Nobody asks again: the setting was what it lacked.
      await stage.setMachineSetting('amlData.sidecar.dotnetPath', await machineDotnet());
      await until('the sidecar runs', async () => (await stage.sidecarPids()).length === 1, 60_000);
      await assertRunsOn(stage, await machineDotnet());
      await stage.signIn(window);
    },
  },
  {
    name: 'the runtime that the .NET Install Tool fetches is taken',
    only,
    async run(stage) {
      const builtins = await makeBuiltins(stage.codeServer, stage.folder, ['dotnet-install-tool']);
      const environment = { ...withoutShell(await pathWith(stage)), AML_E2E_ACQUIRED: await machineDotnet() };
      const window = await stage.open({ environment, builtins });
      await stage.signIn(window);
      await assertRunsOn(stage, await machineDotnet());
    },
  },
];
