// Files of runs and datastores: looked at without being saved, downloaded, deleted.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PlanPage } from '../lib/planPage.mjs';
import { until } from '../lib/workbench.mjs';

const log = Array.from({ length: 40 }, (_, line) => `epoch ${line} loss 0.${String(90 - line)}`).join('\n');
// A red square of 16 pixels.
const image =
  'iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAGElEQVR4nGP4z8BAEiJN9f9RDaMaqKQBAJYu/wGHwEDSAAAAAElFTkSuQmCC';

const blobsOf = async (stage) => {
  const { storage } = await stage.emulator.control('GET', 'state?workspace=sample-ws');
  return Object.values(storage)
    .flatMap(({ containers }) => Object.values(containers))
    .flatMap(({ blobs }) => Object.keys(blobs))
    .sort();
};

const sharesOf = async (stage) => {
  const { storage } = await stage.emulator.control('GET', 'state?workspace=sample-ws');
  return Object.values(storage)
    .flatMap(({ shares }) => Object.values(shares))
    .flatMap(({ files, directories }) => [...Object.keys(files), ...Object.keys(directories).map((name) => `${name}/`)])
    .sort();
};

async function choose(window, tree, label, verb) {
  const entry = new RegExp(`^${verb}`);
  await tree.openMenu(label, entry);
  await window.screenshot(`menu-${verb.replace(/\W/g, '').toLowerCase()}`);
  await tree.choose(entry);
}

export const scenarios = [
  {
    name: 'datastores: open a log and an image, download a folder, delete a folder',
    async run(stage) {
      const runId = 'look-at-me';
      await stage.emulator.addRun({
        runId,
        displayName: 'look_at_me',
        experiment: 'to-look-at',
        files: [
          { path: 'user_logs/std_log.txt', text: log },
          { path: 'outputs/plot.png', base64: image },
          { path: 'outputs/data1/a.bin', size: 2000 },
          { path: 'outputs/data1/deep/b.bin', size: 3000 },
          { path: 'outputs/data10/c.bin', size: 1000 },
        ],
      });
      const window = await stage.open();
      const tree = await stage.signIn(window);
      await stage.openExperiment(tree, 'to-look-at');
      for (const row of ['look_at_me', 'Outputs + logs', 'user_logs']) {
        await tree.expand(row);
      }
      await tree.click('std_log.txt');
      await window.editorTab(/std_log\.txt/).waitFor();
      await until('the text of the log is there', async () => /epoch 0 loss 0\.90/.test(await window.editorText()));
      await window.screenshot('log');
      await window.page.locator('.editor-group-container.active .view-line').first().click();
      await window.page.keyboard.type('x');
      assert.doesNotMatch(await window.editorText(), /xepoch|ex?pochx/, 'it can be written');
      await window.page.keyboard.press('Escape');

      // What was written since is there after a refresh.
      await stage.emulator.control('POST', 'blobs', { name: `ExperimentRun/dcid.${runId}/user_logs/std_log.txt`, text: `it went on\n${log}` });
      await window.command('Azure ML Data: Refresh Opened File');
      await until('the new text is there', async () => /it went on/.test(await window.editorText()));

      await tree.expand('outputs');
      await tree.click('plot.png');
      const preview = window.page.frameLocator('iframe.webview.ready').last().frameLocator('#active-frame').locator('img');
      await until('the image is drawn', async () => (await preview.evaluate((node) => node.naturalWidth).catch(() => 0)) === 16, 60_000);
      await window.screenshot('image');

      // The same files by way of the datastore, beside the run's name.
      await (await tree.find('Experiments')).locator('.monaco-tl-twistie').click();
      for (const row of ['Datastores', 'workspaceartifactstore', 'ExperimentRun']) {
        await tree.expand(row);
      }
      const own = `dcid.${runId}`;
      await tree.find(own);
      assert.equal(await tree.descriptionOf(own), 'look_at_me');
      await tree.expand(own);
      await tree.expand('outputs');
      await window.screenshot('datastore');
      await choose(window, tree, 'data1', 'Download\\.\\.\\.');
      await window.quickPick.waitForTitle(/files?, /);
      await window.quickPick.choose('folder of this window');
      const operations = window.view('Operations');
      await operations.waitForDescription(/^Download data1/, /2 files|done|downloaded|verified/);
      const saved = await readdir(join(stage.server.workspace, 'data1'), { recursive: true });
      assert.ok(saved.includes('a.bin') && saved.includes(join('deep', 'b.bin')), JSON.stringify(saved));

      const before = await blobsOf(stage);
      await choose(window, tree, 'data1', 'Delete\\.\\.\\.');
      const plan = await new PlanPage(window).opened();
      await window.screenshot('plan');
      const rows = await plan.rows();
      assert.equal(rows.length, 1, JSON.stringify(rows));
      // It lies in the folder of a run that stays, so it goes only when asked for by name.
      await plan.row('data1').locator('input').click();
      await until('the name is asked for', async () => /type "data1"/.test(await plan.frame.locator('.hint').innerText()));
      await plan.confirm('Delete');
      await operations.waitForDescription(/^Delete data1/, /deleted/);
      const after = await blobsOf(stage);
      assert.deepEqual(
        before.filter((name) => !after.includes(name)),
        [`ExperimentRun/${own}/outputs/data1/a.bin`, `ExperimentRun/${own}/outputs/data1/deep/b.bin`],
      );
      await until('the tree shows the neighbour alone', async () => !(await tree.row('data1').isVisible()) && (await tree.row('data10').isVisible()));
      await window.screenshot('deleted');
    },
  },
  {
    name: 'notebooks: a person\'s files opened, downloaded from the palette, a folder of them deleted',
    async run(stage) {
      const home = 'Users/dana.example';
      await stage.emulator.control('POST', 'files', {
        files: [
          { path: `${home}/notes/read me #1 (50%).md`, text: '# What this is about\n' },
          { path: `${home}/data1/a.csv`, size: 2000 },
          { path: `${home}/data1/deep/b.csv`, size: 3000 },
          { path: `${home}/data1/empty`, directory: true },
          { path: `${home}/data10/c.csv`, size: 1000 },
        ],
      });
      const window = await stage.open();
      const tree = await stage.signIn(window);
      for (const row of ['Contoso Research', 'sample-ws', 'Notebooks', 'dana.example', 'notes']) {
        await tree.expand(row);
      }
      await tree.click('read me #1 (50%).md');
      await window.editorTab(/read me #1 \(50%\)\.md/).waitFor();
      await until('the text is there', async () => /What this is about/.test(await window.editorText()));
      await window.screenshot('opened');

      // From the palette: the workspace, then whose.
      await window.command('Azure ML Data: Download Notebooks...');
      const offered = window.page.locator('.quick-input-list .monaco-list-row');
      const pick = async (label) => {
        const row = offered.filter({ hasText: label }).first();
        await row.waitFor();
        if (label === 'dana.example') {
          await window.screenshot('people');
        }
        await row.click();
      };
      for (const label of ['Contoso Research', 'sample-ws', 'dana.example']) {
        await pick(label);
      }
      await window.quickPick.waitForTitle(/files?, /);
      await window.screenshot('plan-of-the-download');
      await window.quickPick.choose('folder of this window');
      const operations = window.view('Operations');
      await operations.waitForDescription(/^Download dana\.example/, /^5 files, /);
      const saved = (await readdir(join(stage.server.workspace, 'dana.example'), { recursive: true })).filter((name) => !name.startsWith('export-receipt')).sort();
      assert.deepEqual(saved, [
        ...['data1', join('data1', 'a.csv'), join('data1', 'deep'), join('data1', 'deep', 'b.csv'), join('data1', 'empty')],
        ...['data10', join('data10', 'c.csv'), 'notes', join('notes', 'read me #1 (50%).md')],
      ]);

      const before = await sharesOf(stage);
      await choose(window, tree, 'data1', 'Delete\\.\\.\\.');
      const plan = await new PlanPage(window).opened();
      await window.screenshot('plan');
      assert.match(await plan.frame.locator('body').innerText(), /has no snapshots: files deleted there are gone for good/);
      await plan.confirm('Delete');
      await operations.waitForDescription(/^Delete data1/, /deleted/);
      const after = await sharesOf(stage);
      assert.deepEqual(
        before.filter((name) => !after.includes(name)),
        ['data1/', 'data1/a.csv', 'data1/deep/', 'data1/deep/b.csv', 'data1/empty/'].map((name) => `${home}/${name}`),
      );
      await until('the tree shows the neighbour alone', async () => !(await tree.row('data1').isVisible()) && (await tree.row('data10').isVisible()));
      await window.screenshot('deleted');
    },
  },
];
