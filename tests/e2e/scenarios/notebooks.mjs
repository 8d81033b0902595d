// In notebooks and Python files: what they refer to is found, described, exported beside them and loaded from a new cell.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compareRun } from '../lib/disk.mjs';
import { shows, until } from '../lib/workbench.mjs';

const blobStore = 'azureml-blobstore-a0000000-0000-4000-8000-000000000002';
const mlflow = 'LocalUpload/3f8a1c5de2b74f60a9d1c8e7b6a54321/churn-mlflow/';
const isOwn = (path) => /(^|\/)(export-receipt\.(json|md)|model\.json|data\.json)$/.test(path);

const cell = (source) => ({ cell_type: 'code', execution_count: null, metadata: {}, outputs: [], source: [source] });

/** Puts a config.json of the SDK and a file in the window's folder. */
async function put(stage, name, content) {
  const { at } = stage.emulator;
  const config = { subscription_id: at.subscriptionId, resource_group: at.resourceGroup, workspace_name: at.workspace };
  await writeFile(join(stage.server.workspace, 'config.json'), JSON.stringify(config));
  await writeFile(join(stage.server.workspace, name), content);
}

const notebookOf = (...sources) =>
  JSON.stringify({ cells: sources.map(cell), metadata: { language_info: { name: 'python' } }, nbformat: 4, nbformat_minor: 5 });

async function acceptPlan(window, title, shot) {
  await window.quickPick.waitForTitle(/files?, /);
  await window.screenshot(shot);
  await window.quickPick.choose('beside this file');
  const operations = window.view('Operations');
  await operations.find(title);
  await operations.waitForDescription(title, /\d+ files?, /);
}

async function assertModel(stage) {
  const folder = join(stage.server.workspace, 'churn-mlflow', '1');
  const { files } = await compareRun(await stage.emulator.filesBelow(mlflow, { container: blobStore }), folder, isOwn);
  assert.equal(files, 4);
}

/** The texts of a notebook's cells; none while the editor is writing the file. */
async function sourcesOf(stage, name) {
  const text = await readFile(join(stage.server.workspace, name), 'utf8');
  try {
    return JSON.parse(text).cells.map(({ source }) => (Array.isArray(source) ? source.join('') : source));
  } catch {
    return [];
  }
}

const loader = [
  '# churn-mlflow:1, exported from Azure Machine Learning',
  'import mlflow.sklearn',
  '',
  'model = mlflow.sklearn.load_model("churn-mlflow/1")',
].join('\n');

export const scenarios = [
  {
    name: 'a notebook: export a model by the toolbar, insert the cell that loads it',
    async run(stage) {
      const window = await stage.open();
      await stage.signIn(window);
      await put(stage, 'train.ipynb', notebookOf('import mlflow\nfrom azure.ai.ml import MLClient', 'm = mlflow.sklearn.load_model(\n    "models:/churn-mlflow/1")'));
      await window.openFile('train.ipynb');
      await window.page.locator('.notebook-editor .code-cell-row').first().waitFor();
      await window.page.locator('.notebook-editor').getByText('Download model churn-mlflow:1').waitFor();
      await window.screenshot('cell-item');
      await window.page.locator('.notebook-toolbar-container').getByRole('button', { name: /^Export Model/ }).click();
      await window.quickPick.waitForTitle('Export Model');
      await window.screenshot('models');
      const rows = await window.quickPick.rows();
      assert.match(rows[0], /churn-mlflow:1/);
      assert.match(rows.at(-1), /All Models/);
      await window.quickPick.choose('churn-mlflow:1');
      await acceptPlan(window, 'Download churn-mlflow:1', 'plan');
      await window.screenshot('finished');
      await assertModel(stage);
      await window.clickToast('Download churn-mlflow:1', 'Insert Cell');
      await until('the cell is there', async () => (await window.page.locator('.notebook-editor .code-cell-row').count()) === 3);
      await window.screenshot('inserted');
      await window.command('File: Save');
      let sources;
      await until('the notebook is saved', async () => {
        sources = await sourcesOf(stage, 'train.ipynb');
        return sources.length === 3;
      });
      assert.ok(sources.includes(loader), JSON.stringify(sources));
    },
  },
  {
    name: 'a notebook: export a model by the item of its cell',
    async run(stage) {
      const window = await stage.open();
      await stage.signIn(window);
      await put(stage, 'score.ipynb', notebookOf('model = ml_client.models.get(\n    name="churn-mlflow",\n    version="1",\n)'));
      await window.openFile('score.ipynb');
      await window.page.locator('.notebook-editor').getByText('Download model churn-mlflow:1').click();
      await acceptPlan(window, 'Download churn-mlflow:1', 'plan');
      await assertModel(stage);
    },
  },
  {
    name: 'a Python file: hover, a version that is not there and its fix, download by the lens',
    async run(stage) {
      const window = await stage.open();
      await stage.signIn(window);
      await put(stage, 'score.py', 'from azureml.core import Model\n\nmodel = Model(ws, "churn-mlflow", version=7)\n');
      await window.openFile('score.py');
      await window.page.locator('.codelens-decoration').getByText('Download model churn-mlflow:7').waitFor();
      await window.page.locator('.squiggly-info').first().waitFor();
      await window.screenshot('missing');
      await window.pointAt(window.inEditor('churn-mlflow'));
      await window.page.mouse.down();
      await window.page.mouse.up();
      await until('the fix is offered', async () => {
        await window.page.keyboard.press('Control+.');
        return shows(window.page.locator('.action-widget').getByText('Use version 1 of churn-mlflow'));
      });
      await window.screenshot('fix');
      await window.page.keyboard.press('Enter');
      const lens = window.page.locator('.codelens-decoration').getByText('Download model churn-mlflow:1');
      await lens.waitFor();
      await until('nothing is missing any more', async () => (await window.page.locator('.squiggly-info').count()) === 0);
      assert.match(await window.editorText(), /version=1\)/);
      const hover = window.page.locator('.monaco-hover:visible').filter({ hasText: 'Production' });
      await until('the hover shows', async () => {
        await window.page.mouse.move(10, 10);
        await window.pointAt(window.inEditor('churn-mlflow'));
        return shows(hover);
      });
      await window.screenshot('hover');
      assert.match(await hover.innerText(), /mlflow_model/);
      assert.match(await hover.innerText(), /team=retention/);
      await window.page.mouse.move(10, 10);
      await window.clickLens('Download model churn-mlflow:1');
      await acceptPlan(window, 'Download churn-mlflow:1', 'plan');
      await assertModel(stage);
      await window.clickToast('Download churn-mlflow:1', 'Insert Code');
      await until('the code is inserted', async () => /mlflow\.sklearn\.load_model\(str\(Path\(__file__\)\.parent \/ "churn-mlflow\/1"\)\)/.test(await window.editorText()));
      await window.screenshot('inserted');
    },
  },
  {
    name: 'a Python file: a registry by its client, places in datastores, what is not there; download of both',
    async run(stage) {
      const window = await stage.open();
      await stage.signIn(window);
      await put(stage, 'shared.py', [
        'shared = MLClient(credential, registry_name="contoso-registry")',
        'model = shared.models.get("credit-scoring-shared", version="2")',
        'weights = "azureml://datastores/research_lake/paths/models/uplift"',
        'nothing = "azureml://datastores/research_lake/paths/no/such"',
        '',
      ].join('\n'));
      await window.openFile('shared.py');
      const lens = (title) => window.page.locator('.codelens-decoration').getByText(title, { exact: true });
      await lens('Download model credit-scoring-shared:2').waitFor();
      await until('just one is missing', async () => (await window.page.locator('.squiggly-info').count()) === 1);
      const hover = window.page.locator('.monaco-hover:visible').filter({ hasText: '2 files' });
      await until('the hover shows', async () => {
        await window.page.mouse.move(10, 10);
        await window.pointAt(window.inEditor('models/uplift'));
        return shows(hover);
      });
      await window.screenshot('hover-of-a-place');
      await window.page.mouse.move(10, 10);
      await window.clickLens('Download model credit-scoring-shared:2');
      await acceptPlan(window, 'Download credit-scoring-shared:2', 'plan');
      assert.ok((await readFile(join(stage.server.workspace, 'credit-scoring-shared', '2', 'MLmodel'), 'utf8')).includes('sklearn'));
      await window.clickLens('Download uplift');
      await acceptPlan(window, 'Download uplift of research_lake', 'plan-of-a-place');
      assert.ok((await readFile(join(stage.server.workspace, 'uplift', 'config', 'params.json'), 'utf8')).includes('depth'));
    },
  },
];
