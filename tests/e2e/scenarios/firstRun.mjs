// What a person meets first: the walkthrough, and a background service that takes its time or does not start.
import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { themes } from '../lib/themes.mjs';
import { beforeAgain, until } from '../lib/workbench.mjs';

const stepTitles = ['Sign in', 'Choose subscriptions', 'Download a run', 'Delete safely', 'Answer a person'];

/** A sidecar that comes up late, as on a slow disk: the packaged one behind a script that waits for the file `go`. */
async function writeSlowSidecar(stage, path, go) {
  const folder = (await readdir(stage.extensions)).find((name) => name.startsWith('aml-data-tools.'));
  const bin = join(stage.extensions, folder, 'bin');
  const [target] = await readdir(bin);
  const [command, args] =
    target === 'portable' ? ['dotnet', [join(bin, target, 'AmlDataTools.Server.dll')]] : [join(bin, target, 'AmlDataTools.Server'), []];
  await writeFile(
    path,
    `import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
const timer = setInterval(() => {
  if (existsSync(${JSON.stringify(go)})) {
    clearInterval(timer);
    spawn(${JSON.stringify(command)}, ${JSON.stringify(args)}, { stdio: 'inherit' }).on('exit', (code) => process.exit(code ?? 1));
  }
}, 100);
`,
  );
}

export const scenarios = [
  {
    name: 'first run: the walkthrough opens, and its steps are done when what they say was done',
    async run(stage) {
      const window = await stage.open();
      const { page } = window;
      await page.locator('.part.sidebar').getByRole('button', { name: 'Sign In to Azure' }).waitFor({ timeout: 120_000 });
      await window.screenshot('signed-out');
      await window.command('Azure ML Data: Get Started');
      const steps = page.locator('.gettingStartedContainer .getting-started-step');
      await steps.first().waitFor();
      const titles = await steps.locator('.step-title').allInnerTexts();
      assert.deepEqual(titles, stepTitles);
      const isDone = (title) => steps.filter({ hasText: title }).locator('.codicon.complete, .codicon-getting-started-step-checked').first().isVisible();
      assert.equal(await isDone('Sign in'), false);
      // Beside the side bar there is no room for the pictures.
      await window.command('View: Toggle Primary Side Bar Visibility');
      for (const title of stepTitles) {
        await steps.filter({ hasText: title }).locator('.step-title').click();
        await sleep(700);
        await window.screenshot(title.toLowerCase().replaceAll(' ', '-'));
      }
      await stage.setTheme(window, themes.highContrastLight);
      await sleep(1500);
      await window.screenshot('hc-light');
      await window.command('View: Toggle Primary Side Bar Visibility');
      await stage.signIn(window);
      await until('the first step is done', () => isDone('Sign in'));
      await steps.filter({ hasText: 'Delete safely' }).locator('.step-title').click();
      assert.equal(await isDone('Delete safely'), false);
      await window.screenshot('signed-in');
    },
  },
  {
    name: 'first run: a background service that is not there, then starts slowly, is told by the views and the status bar',
    async run(stage) {
      const path = join(stage.folder, `sidecar-${Date.now()}.mjs`);
      const window = await stage.open({ settings: { 'amlData.sidecar.path': path } });
      const { page } = window;
      const sidebar = page.locator('.part.sidebar');
      const status = page.locator('.part.statusbar .statusbar-item').filter({ hasText: 'Azure ML Data' });
      await page.locator('.part.sidebar').getByRole('button', { name: 'Sign In to Azure' }).click({ timeout: 120_000 });
      await window.answerDialog('wants to sign in using Microsoft', 'Allow');
      const restart = sidebar.getByRole('button', { name: 'Restart Background Service' });
      await restart.first().waitFor();
      await window.screenshot('not-running');
      await until('the status bar says it', async () => /not running/.test(await status.innerText()));
      assert.match(await status.locator('a').getAttribute('aria-label'), /not running.*sidecar\.path/);
      await status.locator('a').click();
      await window.toast('amlData.sidecar.path is not there').waitFor();
      await window.screenshot('why');
      await writeSlowSidecar(stage, path, `${path}.go`);
      // Whatever asks for the service once it is there starts it as well.
      await until('the status bar says that it starts', async () => {
        await restart.first().click({ timeout: beforeAgain }).catch(() => {});
        return /starting/.test(await status.innerText({ timeout: beforeAgain }).catch(() => ''));
      });
      await window.screenshot('starting');
      await writeFile(`${path}.go`, '');
      await window.view('Workspaces').find('Contoso Research', { timeout: 120_000 });
      await status.waitFor({ state: 'detached' });
      await window.screenshot('running');
    },
  },
];
