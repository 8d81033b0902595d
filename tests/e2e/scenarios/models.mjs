// Models and data: by the context menu, by the icon of a row, from the palette.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compareRun, filesBelow } from '../lib/disk.mjs';

const blobStore = 'azureml-blobstore-a0000000-0000-4000-8000-000000000002';
const mlflow = 'LocalUpload/3f8a1c5de2b74f60a9d1c8e7b6a54321/churn-mlflow/';
const isOwn = (path) => /(^|\/)(export-receipt\.(json|md)|model\.json|data\.json)$/.test(path);

async function acceptPlan(window, shot) {
  await window.quickPick.waitForTitle(/files?, /);
  await window.screenshot(shot);
  // The folder of the window is offered as the one used last after the first time.
  await window.quickPick.choose(/folder of this window|used last/);
}

async function finished(window, row) {
  const operations = window.view('Operations');
  await operations.find(row);
  await operations.waitForDescription(row, /\d+ files?, /);
}

/** That the document names just the files beside it, with their hashes. */
async function assertDocument(folder, name, wanted) {
  const document = JSON.parse(await readFile(join(folder, name), 'utf8'));
  for (const [key, value] of Object.entries(wanted)) {
    assert.equal(document[key], value, key);
  }
  assert.deepEqual(document.files.map(({ path }) => path).sort(), (await filesBelow(folder)).filter((path) => !isOwn(path)));
  for (const { path, sha256 } of document.files) {
    assert.equal(createHash('sha256').update(await readFile(join(folder, path))).digest('hex'), sha256, path);
  }
  assert.ok(!/[?&]sig=/.test(JSON.stringify(document)), 'the document holds a signature');
}

export const scenarios = [
  {
    name: 'right-click a model version, download the model, compare every byte; the latest by its icon',
    async run(stage) {
      const window = await stage.open();
      const tree = await stage.signIn(window);
      await tree.expand('Contoso Research');
      await tree.expand('sample-ws');
      await tree.expand('Models');
      await tree.expand('churn-mlflow');
      await tree.openMenu('1', 'Download Model...');
      await window.screenshot('context-menu');
      await tree.choose('Download Model...');
      await acceptPlan(window, 'plan');
      await finished(window, 'Download churn-mlflow:1');
      await window.screenshot('finished');
      const folder = join(stage.server.workspace, 'churn-mlflow', '1');
      const { files } = await compareRun(await stage.emulator.filesBelow(mlflow, { container: blobStore }), folder, isOwn);
      assert.equal(files, 4);
      await assertDocument(folder, 'model.json', { name: 'churn-mlflow', version: '1', type: 'mlflow_model', stage: 'Production', filesMissing: 0 });

      await tree.inlineAction('loan-scorer', /Download Model/);
      await acceptPlan(window, 'plan-of-the-latest');
      await finished(window, 'Download loan-scorer:1');
      await assertDocument(join(stage.server.workspace, 'loan-scorer', '1'), 'model.json', { name: 'loan-scorer', type: 'custom_model', filesMissing: 0 });
    },
  },
  {
    name: 'from the palette: pick a data asset and its version, download it; a table tells what is out of reach',
    async run(stage) {
      const window = await stage.open();
      await stage.signIn(window);
      await window.command('Azure ML Data: Download Data Asset...');
      for (const step of ['Contoso Research', 'sample-ws', 'wide-features']) {
        await window.quickPick.choose(step);
      }
      // The row of the asset has the same words as that of its version.
      await window.quickPick.waitForTitle('/ wide-features');
      await window.screenshot('versions');
      await window.quickPick.choose('mltable, ');
      await acceptPlan(window, 'plan');
      await finished(window, 'Download wide-features:1');
      const folder = join(stage.server.workspace, 'wide-features', '1');
      await assertDocument(folder, 'data.json', { name: 'wide-features', version: '1', type: 'mltable', filesMissing: 0 });
      const tables = await stage.emulator.filesBelow('UI/tables/wide/', { container: blobStore });
      await compareRun(tables, folder, (path) => isOwn(path) || path.startsWith('mltable-paths/'));
      assert.match(await readFile(join(folder, 'export-receipt.md'), 'utf8'), /example\.org/);
    },
  },
  {
    name: 'a model, a data asset and a run selected together are downloaded at once',
    async run(stage) {
      const runId = await stage.emulator.addRun({ displayName: 'beside_models', experiment: 'beside', files: [{ path: 'outputs/a.bin', size: 900 }] });
      const window = await stage.open();
      const tree = await stage.signIn(window);
      await stage.openExperiment(tree, 'beside');
      await tree.click('beside_models');
      await tree.expand('Models');
      await (await tree.find('loan-scorer')).locator('.label-name').click({ modifiers: ['Control'] });
      await tree.expand('Data');
      const row = await tree.find('income');
      await row.locator('.label-name').click({ modifiers: ['Control'] });
      await tree.contextMenu('income', 'Download...');
      await acceptPlan(window, 'plan');
      await finished(window, 'Download 3 selected items');
      assert.deepEqual(
        (await filesBelow(stage.server.workspace)).filter((path) => !path.startsWith('.')),
        [`${runId}/outputs/a.bin`, 'income/2/data.json', 'income/2/income.csv', 'loan-scorer/1/loan-scorer.pkl', 'loan-scorer/1/model.json'].sort(),
      );
    },
  },
  {
    name: 'a registry beside the workspaces: its model is downloaded, and nothing in it can be changed',
    async run(stage) {
      const window = await stage.open();
      const tree = await stage.signIn(window);
      await tree.expand('Contoso Research');
      await tree.expand('Registries');
      await tree.expand('contoso-registry');
      await tree.expand('Models');
      await tree.expand('credit-scoring-shared');
      await window.screenshot('tree');
      await tree.openMenu('2', 'Download Model...');
      await window.screenshot('context-menu');
      assert.equal(await window.page.getByRole('menuitem', { name: /Delete|Archive|Unregister/ }).count(), 0);
      await tree.choose('Download Model...');
      await acceptPlan(window, 'plan');
      await finished(window, 'Download credit-scoring-shared:2');
      const folder = join(stage.server.workspace, 'credit-scoring-shared', '2');
      await assertDocument(folder, 'model.json', { name: 'credit-scoring-shared', version: '2', type: 'mlflow_model', filesMissing: 0 });
      assert.match(await readFile(join(folder, 'export-receipt.md'), 'utf8'), /signature of the registry/);
    },
  },
];
