// What the pictures show. VS Code's own texts are English in every language here: see writeLanguagePack.
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlanPage } from './planPage.mjs';
import { themes } from './themes.mjs';
import { until } from './workbench.mjs';

const mebibyte = 1024 * 1024;
export const locales = ['en', 'de', 'es', 'fr', 'pt-br', 'ru'];
/** The language of nobody (extension/scripts/texts.mjs pseudo), to see what is cut off; taken only when it is asked for. */
const pseudo = 'qps-ploc';
const run = 'mango_leaf_3f';
/** Named as a person would: the receipt shows it. */
const workspace = join(tmpdir(), 'projects', 'credit-risk');

/** The first child of a row, by the place where it stands: its name is in the language of the person. */
async function expandFirstBelow(tree, label) {
  const parent = await tree.find(label);
  const level = Number(await parent.getAttribute('aria-level')) + 1;
  const child = tree.locator.locator(`[role=treeitem][aria-level="${level}"]`).first();
  await child.waitFor();
  return tree.expand(await child.locator('.label-name').innerText());
}

async function openExperiment(stage, window, experiment) {
  const tree = await stage.signIn(window);
  await tree.expand('Contoso Research');
  await tree.expand('sample-ws');
  await expandFirstBelow(tree, 'sample-ws');
  await tree.expand(experiment);
  return tree;
}

/** Downloads what is selected into the folder of the window, by keys: what is proposed is taken. */
async function download(stage, window, tree, label) {
  const row = await tree.find(label);
  await row.hover();
  await row.getByRole('button').first().click();
  const choices = window.quickPick.row(stage.words.text('Child runs too'));
  await choices.waitFor();
  await window.page.keyboard.press('Enter');
  await choices.waitFor({ state: 'hidden' });
  // The first row is the folder of the window.
  await window.quickPick.row(stage.server.workspace).waitFor({ timeout: 60_000 });
  await sleep(300);
  await window.page.keyboard.press('Enter');
}

/** A plan to delete a row and its data, by the Delete key. */
async function planDeletion(stage, window, tree, label) {
  await tree.click(label);
  await window.page.keyboard.press('Delete');
  await window.quickPick.row(stage.words.text('Also delete its data')).waitFor();
  await window.quickPick.tick(stage.words.text('Also delete its data'));
  await window.quickPick.confirm();
  return new PlanPage(window).opened();
}

async function closeToasts(window) {
  if ((await window.page.locator('.notifications-toasts .notification-list-item').count()) > 0) {
    await window.command('Notifications: Clear All Notifications');
  }
}

/** Gives the side bar more room, as a person does. */
async function widen(window, pixels = 110) {
  const box = await window.page.locator('.part.sidebar').boundingBox();
  const [x, y] = [box.x + box.width + 2, box.y + 300];
  await window.page.mouse.move(x, y);
  await window.page.mouse.down();
  await window.page.mouse.move(x + pixels, y, { steps: 5 });
  await window.page.mouse.up();
}

/** Everything at once: the tree, a finished download, the plan of a deletion. */
async function overview(stage, options) {
  const window = await stage.open(options);
  await widen(window, 60);
  const tree = await openExperiment(stage, window, 'credit-scoring');
  await download(stage, window, tree, run);
  const operations = window.view(stage.words.manifest('view.operations'));
  await operations.find(new RegExp(run));
  await until('the download ends', async () => /KB|MB|Ko|КБ|Б/.test(await operations.descriptionOf(new RegExp(run))) && !/%/.test(await operations.descriptionOf(new RegExp(run))), 60_000);
  // It comes 1.5 s after the end, with the ends of others.
  await window.toast(run).first().waitFor();
  await closeToasts(window);
  await planDeletion(stage, window, tree, run);
  await closeToasts(window);
  await tree.scroll(-1_000_000);
  return window;
}

export const scenes = [
  {
    name: 'the tree, down to the files of a run',
    pictures: ['tree'],
    async play(stage, take) {
      const window = await stage.open({ theme: themes.dark });
      await widen(window);
      const tree = await openExperiment(stage, window, 'credit-scoring');
      await tree.expand(run);
      await tree.expand('Outputs + logs');
      await tree.expand('outputs');
      for (const view of ['Operations', 'Personal Data']) {
        await window.collapse(view);
      }
      await tree.expand('user_logs');
      await tree.click('std_log.txt');
      await window.editorTab(/std_log/).waitFor();
      const entry = await tree.openMenu(run, 'Download Outputs and Logs...');
      await entry.hover();
      await take(window, 'tree', { pointer: null });
    },
  },
  {
    name: 'a download under way, and a receipt',
    pictures: ['download', 'receipt'],
    async play(stage, take) {
      const runId = await stage.emulator.addRun({
        runId: 'resnet50-fold-3',
        displayName: 'resnet50-fold-3',
        experiment: 'image-classification',
        files: Array.from({ length: 160 }, (_, index) => ({ path: `outputs/checkpoints/epoch-${String(index).padStart(3, '0')}.ckpt`, size: mebibyte, seed: `epoch${index}` })),
      });
      await stage.emulator.addFault({ match: { method: 'GET', pathContains: `dcid.${runId}/outputs/` }, action: { kind: 'delay', milliseconds: 3000 }, times: 1_000_000 });
      await rm(workspace, { recursive: true, force: true });
      const window = await stage.open({ theme: themes.dark, workspace });
      await widen(window);
      const tree = await openExperiment(stage, window, 'credit-scoring');
      await download(stage, window, tree, run);
      const operations = window.view('Operations');
      await operations.waitForDescription(/mango_leaf_3f/, /\d+ files/);
      await window.toast('complete and verified').waitFor();
      await operations.inlineAction(/mango_leaf_3f/, /Show Receipt/);
      await window.previewShows('Everything in the plan is done and verified.');
      await closeToasts(window);
      await window.command('View: Toggle Primary Side Bar Visibility');
      await take(window, 'receipt');
      await window.command('View: Toggle Primary Side Bar Visibility');
      await tree.expand('image-classification');
      await tree.contextMenu(runId, 'Download Outputs and Logs...');
      await window.quickPick.row('Child runs too').waitFor();
      await window.page.keyboard.press('Enter');
      await window.quickPick.row('used last').waitFor({ timeout: 60_000 });
      await sleep(300);
      await window.page.keyboard.press('Enter');
      await operations.waitForDescription(/resnet50/, /[2-5]\d ?%/);
      const { x, y, height } = await (await operations.find(/resnet50/)).boundingBox();
      await take(window, 'download', { pointer: { x: x + 60, y: y + height / 2 } });
    },
  },
  {
    name: 'the plan of a deletion',
    pictures: ['plan'],
    async play(stage, take) {
      const window = await stage.open({ theme: themes.dark });
      const tree = await stage.signIn(window);
      for (const label of ['Contoso Research', 'sample-ws', 'Models']) {
        await tree.expand(label);
      }
      await tree.find('shared-model-a');
      const plan = await planDeletion(stage, window, tree, 'shared-model-a');
      await plan.frame.locator('.opener').last().click();
      await take(window, 'plan');
    },
  },
  {
    name: 'what was found of a person',
    pictures: ['personal-data'],
    async play(stage, take) {
      await stage.emulator.control('POST', 'people/plant', { workspace: 'care-shots' });
      const window = await stage.open({ theme: themes.dark });
      await widen(window);
      const tree = await stage.signIn(window);
      await tree.expand('Contoso Research');
      await tree.contextMenu('care-shots', 'Find Personal Data...');
      await window.quickPick.waitForTitle('Find Personal Data');
      for (const identifier of ['maria.muster@contoso.example', 'Maria Muster']) {
        await window.quickPick.fill(identifier);
        await window.quickPick.choose(identifier);
        await window.quickPick.row('Search for this person').filter({ hasText: identifier }).waitFor();
        await until('the box is empty', async () => (await window.quickPick.text()) === '');
      }
      await window.quickPick.choose('Search for this person');
      for (const choice of ['Names of files', 'Text of files']) {
        await window.quickPick.tick(choice);
      }
      await window.quickPick.confirm();
      const results = window.view('Personal Data');
      const row = /Maria Muster.*care-shots/;
      await results.find(row, { timeout: 60_000 });
      await results.waitForDescription(row, /^\d+ found, \d+ ticked/);
      for (const title of ['Workspaces', 'Operations']) {
        await window.collapse(title);
      }
      await closeToasts(window);
      await results.expand('Runs');
      await results.expand(/calm_river_01/);
      await results.expand('Files');
      await results.click(/\.(csv|txt|log|md|json)$/);
      await window.editorTab(/\.(csv|txt|log|md|json)/).waitFor();
      await results.scroll(-1_000_000);
      await sleep(1500);
      await take(window, 'personal-data');
    },
  },
  ...[...locales, pseudo].map((locale) => ({
    name: `in ${locale}`,
    isAskedFor: locale === pseudo,
    pictures: [`language-${locale}`],
    async play(stage, take) {
      await take(await overview(stage, { theme: themes.dark, locale }), `language-${locale}`);
    },
  })),
  {
    name: 'in each kind of theme',
    pictures: Object.values(themes).map(({ slug }) => `theme-${slug}`),
    async play(stage, take) {
      const window = await overview(stage, { theme: themes.dark });
      for (const theme of Object.values(themes)) {
        await stage.setTheme(window, theme);
        await take(window, `theme-${theme.slug}`);
      }
    },
  },
];
