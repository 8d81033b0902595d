// What a scenario plays on: a server and a window of its own, the emulator shared with the others.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startCodeServer } from './server.mjs';
import { wordsOf } from './words.mjs';
import { openWindow, until } from './workbench.mjs';

const slug = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');

export class Stage {
  constructor(parts) {
    Object.assign(this, parts);
    this.windows = [];
  }

  /**
   * Starts a server with the emulated cloud in its settings and opens a window on it.
   * @param theme one of `themes`; VS Code's default if left out.
   * @param locale the display language; English if left out.
   * @param workspace the folder to open; one of its own if left out.
   */
  async open({ settings = {}, environment = {}, builtins = this.builtins, workspace, trust, theme, locale = 'en' } = {}) {
    this.words = await wordsOf(locale);
    this.server = await startCodeServer({
      codeServer: this.codeServer,
      folder: this.folder,
      extensions: this.extensions,
      builtins,
      settings: {
        'amlData.cloud.name': 'custom',
        'amlData.cloud.custom': this.emulator.cloud,
        ...(theme === undefined ? {} : { 'workbench.colorTheme': theme.name }),
        ...settings,
      },
      locale,
      workspace,
      trust,
      environment: { AML_E2E_TOKEN_URL: this.emulator.tokenUrl, ...environment },
    });
    return this.openAnotherWindow();
  }

  /** Changes the colour theme of an open window, as a person does. */
  async setTheme(window, theme) {
    await window.command('Preferences: Color Theme');
    await window.quickPick.fill(theme.label);
    // Enter takes the first row, so that has to be the one that was typed.
    await until(`${theme.label} is the first row`, async () => (await window.quickPick.rows())[0].includes(theme.label));
    await window.quickPick.accept();
    await window.page.locator(`.monaco-workbench.${theme.workbenchClass}`).waitFor();
  }

  /** Changes a setting of the machine, as a person does in its settings.json. */
  async setMachineSetting(name, value) {
    const path = join(this.server.userData, 'Machine', 'settings.json');
    const settings = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify({ ...settings, [name]: value }, null, 2));
  }

  /** Another window on the same server: another extension host, and so another sidecar. */
  async openAnotherWindow() {
    const window = await openWindow(this.browser, this.server, { name: slug(this.scenario.name), outFolder: this.outFolder });
    this.windows.push(window);
    await window.openContainer(this.words.manifest('container.title'));
    return window;
  }

  /** Signs in as a person does and waits for the tree. */
  async signIn(window) {
    const button = window.page.locator('.part.sidebar').getByRole('button', { name: this.words.button('welcome.signIn') });
    await button.waitFor({ timeout: 120_000 });
    await button.click();
    await window.allowSignIn();
    const tree = window.view(this.words.manifest('view.explorer'));
    await tree.find('Contoso Research', { timeout: 120_000 });
    return tree;
  }

  /** Opens the tree down to an experiment's runs. */
  async openExperiment(tree, experiment, { subscription = 'Contoso Research', workspace = 'sample-ws' } = {}) {
    await tree.expand(subscription);
    await tree.expand(workspace);
    await tree.expand('Experiments');
    return tree.expand(experiment);
  }

  /** The process of the sidecar of this stage's windows. */
  async sidecarPids() {
    const pids = [];
    for (const entry of await readdir('/proc')) {
      if (/^\d+$/.test(entry)) {
        const command = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
        if (command.includes('AmlDataTools.Server') && command.includes(this.folder)) {
          pids.push(Number(entry));
        }
      }
    }
    return pids;
  }

  /** Keeps a picture and the logs of a scenario that failed. */
  async record() {
    for (const window of this.windows) {
      await window.screenshot('failed').catch(() => {});
    }
    if (this.server) {
      await mkdir(this.outFolder, { recursive: true });
      await writeFile(join(this.outFolder, `${slug(this.scenario.name)}-server.log`), this.server.output());
      const logs = join(this.server.userData, 'logs');
      for (const path of await readdir(logs, { recursive: true }).catch(() => [])) {
        if (/aml-data-tools.*\.log$/i.test(path) || path.endsWith('remoteexthost.log')) {
          await writeFile(join(this.outFolder, `${slug(this.scenario.name)}-${slug(path)}.log`), await readFile(join(logs, path)));
        }
      }
    }
  }

  async end() {
    await this.emulator.clearFaults().catch(() => {});
    for (const window of this.windows) {
      await window.close();
    }
    if (this.server) {
      // No sidecar may outlive its window.
      await until('the sidecars end with their windows', async () => (await this.sidecarPids()).length === 0, 60_000).finally(() =>
        this.server.stop(),
      );
    }
  }
}
