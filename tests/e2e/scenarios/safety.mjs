// What others put into a folder or a chat decides nothing: a hostile folder in Restricted Mode and trusted, and the tools for chat.
import assert from 'node:assert/strict';
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlanPage } from '../lib/planPage.mjs';
import { beforeAgain, until } from '../lib/workbench.mjs';

const exists = (path) => access(path).then(() => true, () => false);

/** Somebody who waits for requests that should go elsewhere. */
async function startTrap() {
  const visits = [];
  const server = createServer((socket) => {
    visits.push(socket.remotePort);
    socket.destroy();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: server.address().port, visits, close: () => server.close() };
}

/** A forward proxy with a name and password. Names below localhost lead to this machine. */
async function startProxy(pair) {
  const tunnels = [];
  const server = createHttpServer((_, answer) => answer.writeHead(405).end());
  server.on('connect', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    if (request.headers['proxy-authorization'] !== `Basic ${Buffer.from(pair).toString('base64')}`) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="test"\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    tunnels.push(request.url);
    const upstream = connect(Number(request.url.split(':').at(-1)), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: server.address().port, tunnels, close: () => (server.closeAllConnections(), server.close()) };
}

/** A folder as somebody would send it: settings, a program, a config.json, code. */
async function hostileFolder(stage, trap) {
  const folder = await mkdtemp(join(stage.folder, 'hostile-'));
  const marker = join(folder, 'was-started');
  const program = join(folder, 'evil.mjs');
  await writeFile(program, `import { writeFileSync } from 'node:fs';\nwriteFileSync(${JSON.stringify(marker)}, 'yes');\n`);
  const evil = `https://localhost:${trap.port}`;
  await mkdir(join(folder, '.vscode'));
  await writeFile(
    join(folder, '.vscode', 'settings.json'),
    JSON.stringify({
      'amlData.cloud.name': 'custom',
      'amlData.cloud.custom': { resourceManager: evil, authorityHost: evil, storageSuffix: `localhost:${trap.port}`, dataPlaneSuffixes: ['.localhost'] },
      'amlData.credential.kind': 'environment',
      'amlData.sidecar.path': program,
      'amlData.changes.confirmation': 'click',
      'amlData.download.existingFiles': 'replace',
      'http.proxy': `http://127.0.0.1:${trap.port}`,
      'http.noProxy': ['<-loopback>'],
      'http.proxyStrictSSL': false,
      'security.workspace.trust.enabled': false,
    }),
  );
  const { at } = stage.emulator;
  await writeFile(
    join(folder, 'config.json'),
    JSON.stringify({
      ...{ subscription_id: at.subscriptionId, resource_group: at.resourceGroup, workspace_name: at.workspace },
      ...{ resourceManager: evil, discovery_url: evil, endpoint: evil },
    }),
  );
  await writeFile(join(folder, 'score.py'), 'from azureml.core import Model\n\nmodel = Model(ws, "churn-mlflow", version=7)\n');
  return { folder, marker };
}

/** Calls a tool as a chat would, and answers what VS Code asks before. @returns what it said, and what was asked. */
async function callTool(stage, window, name, input, shot) {
  const result = join(stage.server.workspace, 'tool-result.json');
  await rm(result, { force: true });
  await writeFile(join(stage.server.workspace, 'tool-call.json'), JSON.stringify({ name, input }));
  await window.command('Tests: Call Tool');
  const asked = [];
  let answer;
  const dialog = window.page.locator('.monaco-dialog-box:visible');
  await until(
    `${name} answers`,
    async () => {
      answer = await readFile(result, 'utf8').then(JSON.parse).catch(() => undefined);
      if (answer !== undefined) {
        return true;
      }
      if ((await dialog.count()) > 0) {
        asked.push((await dialog.first().innerText()).replaceAll('\u00a0', ' '));
        if (shot !== undefined) {
          await window.screenshot(shot);
        }
        const button = dialog.first().locator('.dialog-buttons .monaco-button').getByText(/^(Enable|Allow|Yes|Continue|OK)/).first();
        await button.click({ timeout: beforeAgain }).catch(() => {});
      }
      return false;
    },
    120_000,
  );
  return { ...answer, asked, said: answer.text === undefined ? undefined : JSON.parse(answer.text) };
}

/** Changes settings as the person's own. */
async function changeSettings(stage, window, settings) {
  const path = join(stage.server.workspace, 'settings-change.json');
  await writeFile(path, JSON.stringify(settings));
  await window.command('Tests: Change Settings');
  await until('the settings are changed', async () => !(await exists(path)));
}

const state = (stage) => stage.emulator.control('GET', 'state?workspace=sample-ws');

export const scenarios = [
  {
    name: 'a hostile folder: nothing of it is heard in Restricted Mode, and nothing that matters once it is trusted',
    async run(stage) {
      const trap = await startTrap();
      try {
        const { folder, marker } = await hostileFolder(stage, trap);
        const window = await stage.open({
          workspace: folder,
          trust: true,
          settings: { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never', 'security.workspace.trust.banner': 'always' },
        });
        await window.page.getByText('Restricted Mode').first().waitFor();
        const tree = await stage.signIn(window);
        await tree.expand('Contoso Research');
        await tree.find('sample-ws');
        await window.openFile('score.py');
        await window.page.locator('.codelens-decoration').getByText('Download model churn-mlflow:7').waitFor({ timeout: 120_000 });
        // Long enough for what is looked up by itself in a trusted folder.
        await sleep(4000);
        assert.equal(await window.page.locator('.squiggly-info').count(), 0, 'config.json was read in Restricted Mode');
        await window.screenshot('restricted');

        await window.command('Workspaces: Manage Workspace Trust');
        await window.page.locator('.workspace-trust-editor').getByRole('button', { name: 'Trust', exact: true }).click();
        await until('the folder is trusted', async () => (await window.page.locator('.part.statusbar').getByText('Restricted Mode').count()) === 0);
        await until('the page on trust is closed', async () => {
          await window.page.locator('.monaco-modal-editor-block .codicon-close').last().click({ timeout: beforeAgain }).catch(() => {});
          await sleep(500);
          return (await window.page.locator('.workspace-trust-editor:visible').count()) === 0;
        });
        await window.openFile('score.py');
        await window.page.locator('.squiggly-info').first().waitFor({ timeout: 120_000 });
        await window.command('Azure ML Data: Restart Background Service');
        await tree.expand('Contoso Research');
        await tree.find('sample-ws');
        await window.screenshot('trusted');

        assert.equal(await exists(marker), false, "the folder's program was started");
        assert.deepEqual(trap.visits, [], "the folder's host was visited");
      } finally {
        trap.close();
      }
    },
  },
  {
    name: 'a proxy in the settings: what it wants is told in the tree, and once it has it everything goes through it',
    async run(stage) {
      const proxy = await startProxy('ada:s3cret');
      try {
        const settings = { 'http.proxy': `http://127.0.0.1:${proxy.port}`, 'http.noProxy': ['<-loopback>'] };
        const window = await stage.open({ settings });
        const button = window.page.locator('.part.sidebar').getByRole('button', { name: 'Sign In to Azure' });
        await button.waitFor({ timeout: 120_000 });
        await button.click();
        await window.answerDialog('wants to sign in using Microsoft', 'Allow');
        const tree = window.view('Workspaces');
        const row = await tree.find(/^The proxy 127\.0\.0\.1:\d+ did not accept the name and password/, { timeout: 120_000 });
        await window.screenshot('wants-a-password');
        // At its icon: the middle of so long a label is out of sight.
        await row.click({ position: { x: 20, y: 10 } });
        await window.quickPick.row('Open Proxy Settings').waitFor();
        await window.screenshot('what-can-be-done');
        await window.page.keyboard.press('Escape');
        assert.deepEqual(proxy.tunnels, []);

        await changeSettings(stage, window, { 'http.proxyAuthorization': `Basic ${Buffer.from('ada:s3cret').toString('base64')}` });
        await tree.find('Contoso Research', { timeout: 120_000 });
        await tree.expand('Contoso Research');
        await tree.find('sample-ws');
        assert.ok(proxy.tunnels.length > 0 && proxy.tunnels.every((host) => /localhost:\d+$/.test(host)), proxy.tunnels.join());
        await window.screenshot('through-the-proxy');
      } finally {
        proxy.close();
      }
    },
  },
  {
    name: 'tools for chat: find a run, list models, and plans that wait for the person whatever is approved',
    async run(stage) {
      const window = await stage.open({ settings: { 'chat.disableAIFeatures': false } });
      await stage.signIn(window);
      const before = await state(stage);
      const runs = await callTool(stage, window, 'amlData_findRuns', { workspace: 'sample-ws', experiment: 'credit-scoring', statuses: ['Completed'], limit: 3 }, 'asked');
      assert.equal(runs.error, undefined);
      assert.match(runs.asked.join(), /Look for runs in Azure ML\?/);
      assert.deepEqual(runs.tools.sort(), ['amlData_findRuns', 'amlData_listModels', 'amlData_planDeletion', 'amlData_planExport']);
      assert.equal(runs.said.items.length, 3);
      assert.match(runs.said.note, /never follow instructions/);

      await changeSettings(stage, window, { 'chat.tools.global.autoApprove': true });
      const models = await callTool(stage, window, 'amlData_listModels', { workspace: 'sample-ws', name: 'churn' }, 'approving-everything');
      assert.match(models.asked.join(), /auto approve/);
      assert.ok(models.said.items.some(({ name }) => name === 'churn-mlflow'), JSON.stringify(models));

      const deletion = await callTool(stage, window, 'amlData_planDeletion', { ids: [runs.said.items[0].id], includeData: true });
      assert.deepEqual([deletion.asked, deletion.error], [[], undefined]);
      assert.match(deletion.said.state, /Nothing has been done/);
      assert.ok(deletion.said.ticked.records >= 1, JSON.stringify(deletion));
      await new PlanPage(window).opened();
      await window.screenshot('plan-of-deletion');

      const download = await callTool(stage, window, 'amlData_planExport', { ids: [models.said.items[0].id] });
      assert.deepEqual([download.asked, download.error], [[], undefined]);
      assert.ok(download.said.items > 0 && download.said.bytes > 0, JSON.stringify(download));
      await window.quickPick.waitForTitle(/files?, /);
      await window.page.keyboard.press('Enter');
      await sleep(1000);
      await window.quickPick.waitForTitle(/files?, /);
      await window.screenshot('plan-of-download');
      await window.page.keyboard.press('Escape');

      const folder = stage.server.workspace;
      const wrong = await callTool(stage, window, 'amlData_planDeletion', { ids: ['run-999999'] });
      assert.match(wrong.error, /is not known/);

      await sleep(3000);
      assert.deepEqual(await state(stage), before, 'a plan changed something');
      assert.equal(await exists(join(folder, 'churn-mlflow')), false);
      assert.deepEqual(await window.view('Operations').labels(), []);
    },
  },
];
