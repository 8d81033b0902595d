// Downloads: the whole way, stopped, continued, and after the sidecar was killed.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareRun, filesBelow } from '../lib/disk.mjs';
import { run } from '../../tools/processes.mjs';
import { until } from '../lib/workbench.mjs';

const menuItem = 'Download Outputs and Logs...';
const isOwn = (path) => /^export-(receipt|manifest)\./.test(path);
const mebibyte = 1024 * 1024;

/** From the context menu to a running download into the folder of the window. */
async function startDownload(window, tree, label) {
  await tree.contextMenu(label, menuItem);
  await acceptChoicesAndPlan(window);
}

async function acceptChoicesAndPlan(window, beforeFolder = async () => {}) {
  // The pickers before it have the same title, so this one is known by what it offers.
  await window.quickPick.row('Child runs too').waitFor();
  await window.quickPick.confirm();
  await window.quickPick.waitForTitle(/files?, /);
  await window.screenshot('plan');
  await beforeFolder();
  await window.quickPick.choose(/folder of this window|used last/);
}

/** The folder a download made in the workspace. */
async function downloadedFolder(stage) {
  const folders = (await readdir(stage.server.workspace, { withFileTypes: true })).filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  assert.equal(folders.length, 1, `folders in the workspace: ${folders.map((folder) => folder.name)}`);
  return join(stage.server.workspace, folders[0].name);
}

async function assertAllThere(stage, runId) {
  const folder = await downloadedFolder(stage);
  const { files, bytes } = await compareRun(await stage.emulator.filesOfRun(runId), folder, isOwn);
  assert.ok(files > 0 && bytes > 0, 'nothing was compared');
  const left = (await filesBelow(folder)).filter((path) => path.endsWith('.part'));
  assert.deepEqual(left, [], 'unfinished files were left');
  return folder;
}

/** A run whose download is under way long enough to do something to it: some of its files come at once, the others late. */
async function slowRun(stage, { files = 24, size = 2 * mebibyte } = {}) {
  const displayName = `slow_${Math.random().toString(16).slice(2, 8)}`;
  const runId = await stage.emulator.addRun({
    // The same name twice, so that the operation is found whichever of them it shows.
    runId: displayName,
    displayName,
    experiment: 'slow-downloads',
    files: Array.from({ length: files }, (_, index) => ({ path: `outputs/part-${String(index).padStart(3, '0')}.bin`, size, seed: `${displayName}${index}` })),
  });
  for (const tens of ['01', '02']) {
    await stage.emulator.addFault({
      match: { method: 'GET', pathContains: `dcid.${runId}/outputs/part-${tens}` },
      // A pause waits for what is under way.
      action: { kind: 'delay', milliseconds: 20_000 },
      times: 1_000_000,
    });
  }
  return { runId, displayName };
}

async function openSlowRun(stage, window) {
  const slow = await slowRun(stage);
  const tree = await stage.signIn(window);
  await stage.openExperiment(tree, 'slow-downloads');
  await startDownload(window, tree, slow.displayName);
  const operations = window.view('Operations');
  const row = await operationLabel(operations, slow);
  await operations.waitForDescription(row, /[1-9]\d* ?%/);
  return { ...slow, operations, row };
}

async function operationLabel(operations, { displayName }) {
  const pattern = new RegExp(`^Download ${displayName}`);
  await operations.find(pattern);
  return pattern;
}

export const scenarios = [
  {
    name: 'right-click a run, download its outputs and logs, compare every byte, open the receipt',
    async run(stage) {
      const window = await stage.open();
      const tree = await stage.signIn(window);
      await stage.openExperiment(tree, 'credit-scoring');
      await tree.openMenu('mango_leaf_3f', menuItem);
      await window.screenshot('context-menu');
      await tree.choose(menuItem);
      await acceptChoicesAndPlan(window);
      const operations = window.view('Operations');
      const row = /^Download mango_leaf_3f/;
      await operations.find(row);
      await operations.waitForDescription(row, /\d+ files/);
      await window.screenshot('finished');
      const folder = await downloadedFolder(stage);
      const receipt = JSON.parse(await readFile(join(folder, 'export-receipt.json'), 'utf8'));
      await assertAllThere(stage, folder.slice(folder.lastIndexOf('/') + 1));
      assert.ok(!/[?&]sig=|Bearer /.test(JSON.stringify(receipt)), 'the receipt holds a secret');
      await operations.inlineAction(row, /Show Receipt/);
      await until('the receipt opens', async () => (await window.page.locator('.tabs-container [role=tab]').allInnerTexts()).some((text) => /receipt/i.test(text)));
      await window.previewShows('Everything in the plan is done and verified.');
      await window.screenshot('receipt');
    },
  },
  {
    name: 'a run as one zip file: chosen in the list of the plan, every byte compared, a second one beside it',
    async run(stage) {
      const window = await stage.open();
      const tree = await stage.signIn(window);
      await stage.openExperiment(tree, 'credit-scoring');
      const operations = window.view('Operations');
      const zips = async () => (await readdir(stage.server.workspace)).filter((name) => !name.startsWith('.') || name.startsWith('.aml-')).sort();
      const download = async () => {
        await tree.contextMenu('mango_leaf_3f', menuItem);
        await acceptChoicesAndPlan(window, async () => {
          await window.quickPick.choose(/Write as a Zip File/);
          await window.quickPick.row('now: a zip file').waitFor();
          await window.screenshot('zip-chosen');
        });
      };
      await download();
      await operations.waitForDescription(/^Download mango_leaf_3f/, /\d+ files/);
      await until('the zip has its name', async () => (await zips()).some((name) => name.endsWith('.zip')));
      await window.screenshot('finished');
      const [zip, ...others] = await zips();
      assert.deepEqual(others, []);
      const runId = zip.slice(0, -'.zip'.length);
      const unzipped = await mkdtemp(join(tmpdir(), 'aml-unzipped-'));
      try {
        await run('unzip', ['-qq', join(stage.server.workspace, zip), '-d', unzipped]);
        const { files, bytes } = await compareRun(await stage.emulator.filesOfRun(runId), join(unzipped, runId), isOwn);
        assert.ok(files > 0 && bytes > 0, 'nothing was compared');
      } finally {
        await rm(unzipped, { recursive: true, force: true });
      }
      await download();
      await until('a second zip is there', async () => (await zips()).join() === [`${runId} (1).zip`, zip].join());
    },
  },
  {
    name: 'a download shows its progress and can be cancelled',
    async run(stage) {
      const window = await stage.open();
      const { operations, row } = await openSlowRun(stage, window);
      await window.screenshot('running');
      await operations.inlineAction(row, /^Cancel/);
      await operations.waitForDescription(row, /cancelled at/);
      await stage.emulator.clearFaults();
      const folder = await downloadedFolder(stage);
      const left = (await filesBelow(folder)).filter((path) => path.endsWith('.part'));
      assert.deepEqual(left, [], 'unfinished files were left');
      await window.screenshot('cancelled');
    },
  },
  {
    name: 'a download can be paused and goes on where it was',
    async run(stage) {
      const window = await stage.open();
      const { operations, row, runId } = await openSlowRun(stage, window);
      await operations.inlineAction(row, /^Pause/);
      await operations.waitForDescription(row, /paused at/);
      await window.screenshot('paused');
      await stage.emulator.clearFaults();
      await operations.inlineAction(row, /^Resume/);
      await operations.waitForDescription(row, /24 files/);
      await assertAllThere(stage, runId);
    },
  },
  {
    name: 'after the sidecar is killed the download shows as interrupted, and resuming completes it',
    async run(stage) {
      const window = await stage.open();
      const { operations, row, runId } = await openSlowRun(stage, window);
      const [pid] = await stage.sidecarPids();
      assert.ok(pid, 'no sidecar was found');
      process.kill(pid, 'SIGKILL');
      await operations.waitForDescription(row, /interrupted at/);
      await window.screenshot('interrupted');
      await stage.emulator.clearFaults();
      await operations.inlineAction(row, /^Resume/);
      await operations.waitForDescription(row, /24 files/);
      await assertAllThere(stage, runId);
    },
  },
  {
    name: 'from the palette: pick a run with the pickers and download it',
    async run(stage) {
      const window = await stage.open();
      await stage.signIn(window);
      await window.command('Azure ML Data: Download Outputs and Logs...');
      for (const step of ['Contoso Research', 'sample-ws', 'credit-scoring', 'mango_leaf_3f']) {
        await window.quickPick.choose(step);
      }
      await acceptChoicesAndPlan(window);
      const operations = window.view('Operations');
      await operations.waitForDescription(/^Download mango_leaf_3f/, /\d+ files/);
      const folder = await downloadedFolder(stage);
      await assertAllThere(stage, folder.slice(folder.lastIndexOf('/') + 1));
    },
  },
];
