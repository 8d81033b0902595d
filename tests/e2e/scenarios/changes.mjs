// Archive, restore, unregister, delete, from the menu and from the palette. After each the whole state of the emulator is
// compared with the state before: only what the plan named may differ.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { PlanPage } from '../lib/planPage.mjs';
import { until } from '../lib/workbench.mjs';

const state = (stage) => stage.emulator.control('GET', 'state?workspace=sample-ws');

/** Every leaf of the state by its path. */
function leaves(value, path = '', found = new Map()) {
  if (value !== null && typeof value === 'object') {
    for (const [key, inner] of Object.entries(value)) {
      leaves(inner, `${path}\u2192${key}`, found);
    }
  } else {
    found.set(path, value);
  }
  return found;
}

/** The paths that differ, without entity tags: a thing archived and restored is what it was. */
function difference(before, after) {
  const [old, now] = [leaves(before), leaves(after)];
  const paths = new Set([...old.keys(), ...now.keys()]);
  return [...paths].filter((path) => !path.endsWith('\u2192etag') && old.get(path) !== now.get(path)).sort();
}

function assertOnly(before, after, allowed) {
  const others = difference(before, after).filter((path) => !allowed.some((part) => path.includes(part)));
  assert.deepEqual(others, [], 'more than the plan named has changed');
}

const resourcesOf = (document) => document.workspaces['sample-ws'].resources;

async function openGroup(stage, window, ...groups) {
  const tree = await stage.signIn(window);
  for (const group of ['Contoso Research', 'sample-ws', ...groups]) {
    await tree.expand(group);
  }
  return tree;
}

/** Chooses a verb from a row's menu; the name of an entry holds its key, if it has one. */
async function chooseVerb(window, tree, label, verb) {
  const entry = new RegExp(`^${verb}\\.\\.\\.`);
  await tree.openMenu(label, entry);
  await window.screenshot(`menu-${verb.toLowerCase().replaceAll(' ', '-')}`);
  await tree.choose(entry);
}

async function answerChoices(window, ...ticked) {
  await window.quickPick.row('Also delete its data').waitFor();
  for (const choice of ticked) {
    await window.quickPick.tick(choice);
  }
  await window.screenshot('choices');
  await window.quickPick.confirm();
}

/** Waits until an operation is over. */
async function finished(window, title) {
  const operations = window.view('Operations');
  await operations.find(title);
  await operations.waitForDescription(title, /deleted|archived|restored|unregistered/);
  await window.screenshot('finished');
}

export const scenarios = [
  {
    name: 'from the palette: delete a model, its record alone',
    async run(stage) {
      const window = await stage.open();
      const before = await state(stage);
      await stage.signIn(window);
      await window.command('Azure ML Data: Delete Model...');
      for (const step of ['Contoso Research', 'sample-ws']) {
        await window.quickPick.choose(step);
      }
      await window.quickPick.tick('churn-model');
      await window.screenshot('picker');
      await window.quickPick.confirm();
      await answerChoices(window);
      const plan = await new PlanPage(window).opened();
      await window.screenshot('plan');
      const rows = await plan.rows();
      assert.ok(rows.length > 0 && rows.every((row) => row.action !== 'delete data' || !row.ticked), JSON.stringify(rows));
      await plan.confirm('Delete');
      await finished(window, /^Delete.*churn-model/);
      const after = await state(stage);
      assert.deepEqual(Object.keys(resourcesOf(after)).filter((path) => path.includes('churn-model')), []);
      assertOnly(before, after, ['models/churn-model']);
    },
  },
  {
    name: 'right-click a run, delete it with its data',
    async run(stage) {
      const files = [
        { path: 'outputs/model.pkl', size: 40_000 },
        { path: 'user_logs/std_log.txt', text: 'done\n' },
      ];
      const experiment = 'to-delete';
      // One name is another's beginning: the other's data must stay.
      await stage.emulator.addRun({ runId: 'erase1', displayName: 'erase1', experiment, files });
      await stage.emulator.addRun({ runId: 'erase10', displayName: 'erase10', experiment, files });
      const before = await state(stage);
      const window = await stage.open();
      const tree = await openGroup(stage, window, 'Experiments', experiment);
      await chooseVerb(window, tree, 'erase1', 'Delete');
      await answerChoices(window, 'Also delete its data');
      const plan = await new PlanPage(window).opened();
      await window.screenshot('plan');
      const rows = await plan.rows();
      assert.ok(
        rows.some((row) => row.action === 'delete data' && row.ticked),
        JSON.stringify(rows),
      );
      await plan.confirm('Delete');
      await finished(window, /^Delete.*erase1/);
      const after = await state(stage);
      assert.equal(after.workspaces['sample-ws'].runs['erase1'], undefined);
      assert.ok(after.workspaces['sample-ws'].runs['erase10']);
      assert.equal((await stage.emulator.filesOfRun('erase1')).size, 0);
      assert.equal((await stage.emulator.filesOfRun('erase10')).size, files.length);
      assertOnly(before, after, ['\u2192erase1\u2192', 'dcid.erase1/', 'jobs/erase1\u2192']);
      await until('the tree no longer shows it', async () => !(await tree.row('erase1').isVisible()));
    },
  },
  {
    name: 'archive an experiment, restore it from the tree',
    async run(stage) {
      const name = 'fraud-detection';
      const before = await state(stage);
      const archived = async () => (await state(stage)).workspaces['sample-ws'].experiments[name].archived;
      const window = await stage.open();
      const tree = await openGroup(stage, window, 'Experiments');
      await chooseVerb(window, tree, name, 'Archive');
      const plan = await new PlanPage(window).opened();
      await window.screenshot('plan');
      await plan.confirm('Archive');
      await finished(window, new RegExp(`^Archive.*${name}`));
      assert.equal(await archived(), true);
      await until('the tree no longer shows it', async () => !(await tree.row(name).isVisible()));
      await window.command('Azure ML Data: Show Archived');
      await tree.find(name);
      await window.screenshot('archived');
      await chooseVerb(window, tree, name, 'Restore');
      await (await new PlanPage(window).opened()).confirm('Restore');
      await finished(window, new RegExp(`^Restore.*${name}`));
      assert.equal(await archived(), false);
      assertOnly(before, await state(stage), []);
    },
  },
  {
    name: 'unregister a dataset: its data and the other datasets stay',
    async run(stage) {
      const before = await state(stage);
      const window = await stage.open();
      const tree = await openGroup(stage, window, 'Data');
      await chooseVerb(window, tree, 'customers-2024', 'Unregister');
      await answerChoices(window);
      const plan = await new PlanPage(window).opened();
      await window.screenshot('plan');
      await plan.confirm('Unregister');
      await finished(window, /^Unregister.*customers-2024/);
      const after = await state(stage);
      assert.equal(after.workspaces['sample-ws'].classic['datasets/customers-2024'], undefined);
      assert.ok(after.workspaces['sample-ws'].classic['datasets/customers']);
      assertOnly(before, after, ['datasets/customers-2024']);
    },
  },
  {
    name: 'the data of a model that another shares is kept, and the plan says why',
    async run(stage) {
      const before = await state(stage);
      const window = await stage.open();
      const tree = await openGroup(stage, window, 'Models');
      await chooseVerb(window, tree, 'shared-model-a', 'Delete');
      await answerChoices(window, 'Also delete its data');
      const plan = await new PlanPage(window).opened();
      const kept = (await plan.rows()).filter((row) => row.name.includes('shared-model') && !row.ticked);
      assert.ok(kept.length > 0, 'nothing is kept');
      assert.ok(
        kept.some((row) => /shared-model-b/.test(row.note)),
        JSON.stringify(kept),
      );
      await window.screenshot('kept');
      await plan.confirm('Delete');
      await finished(window, /^Delete.*shared-model-a/);
      const after = await state(stage);
      assert.deepEqual(after.storage, before.storage);
      assertOnly(before, after, ['models/shared-model-a']);
    },
  },
  {
    name: 'the Delete key on a run and a model together, and the plan as a file',
    async run(stage) {
      const files = [{ path: 'outputs/weights.bin', size: 5000 }];
      await stage.emulator.addRun({ runId: 'mixed1', displayName: 'mixed1', experiment: 'mixed', files });
      const before = await state(stage);
      const window = await stage.open();
      const tree = await openGroup(stage, window, 'Experiments', 'mixed');
      await tree.expand('Models');
      await tree.click('mixed1');
      await (await tree.find('image-tagger')).locator('.label-name').click({ modifiers: ['Control'] });
      await window.page.keyboard.press('Delete');
      await answerChoices(window);
      const plan = await new PlanPage(window).opened();
      const rows = await plan.rows();
      for (const kind of ['run', 'model', 'model version']) {
        assert.ok(
          rows.some((row) => row.kind === kind && row.ticked),
          `${kind} is not in the plan: ${JSON.stringify(rows)}`,
        );
      }
      await plan.press('Save Plan as Markdown...');
      await window.quickPick.widget.waitFor();
      await window.quickPick.confirm();
      const status = plan.frame.locator('.status');
      await status.waitFor();
      const path = (await status.innerText()).replace(/^Saved as /, '');
      const saved = await readFile(path, 'utf8');
      assert.match(saved, /mixed1/);
      assert.match(saved, /image-tagger:1/);
      assertOnly(before, await state(stage), []);
      await window.screenshot('saved');
      await plan.confirm('Delete');
      await finished(window, /^Delete 2 selected items/);
      const after = await state(stage);
      assert.equal(after.workspaces['sample-ws'].runs['mixed1'], undefined);
      assert.deepEqual(Object.keys(resourcesOf(after)).filter((name) => name.includes('image-tagger')), []);
      assert.deepEqual(after.storage, before.storage);
      assertOnly(before, after, ['\u2192mixed1\u2192', 'jobs/mixed1\u2192', 'models/image-tagger']);
    },
  },
  {
    name: 'delete the matching runs of an experiment, undelete their data',
    async run(stage) {
      const files = [
        { path: 'outputs/a.bin', size: 5000 },
        { path: 'outputs/deep/b.bin', size: 7000 },
      ];
      const experiment = 'matching';
      for (const runId of ['draft-1', 'draft-2', 'final-1']) {
        await stage.emulator.addRun({ runId, displayName: runId, experiment, files });
      }
      await stage.emulator.control('POST', 'storage', { softDeleteDays: 14 });
      try {
        const before = await state(stage);
        const window = await stage.open();
        const tree = await openGroup(stage, window, 'Experiments');
        await chooseVerb(window, tree, experiment, 'Delete Matching');
        await window.quickPick.choose('Name');
        await window.quickPick.waitForTitle('Name Pattern');
        await window.quickPick.fill('draft-*');
        await window.quickPick.accept();
        await window.quickPick.choose('Show the Plan');
        await answerChoices(window, 'Also delete its data');
        const plan = await new PlanPage(window).opened();
        await window.screenshot('plan');
        assert.match(await plan.frame.locator('.survivors').innerText(), /14 days/);
        const runs = (await plan.rows()).filter((row) => row.kind === 'run').map((row) => row.name);
        assert.deepEqual(runs.sort(), ['draft-1', 'draft-2']);
        await plan.confirm('Delete');
        await finished(window, 'Delete 2 runs');
        const deleted = await state(stage);
        assert.deepEqual(Object.keys(deleted.workspaces['sample-ws'].runs).filter((id) => /^(draft|final)/.test(id)), ['final-1']);
        assert.equal((await stage.emulator.filesOfRun('draft-1')).size, 0);
        assert.equal((await stage.emulator.filesOfRun('final-1')).size, files.length);
        const allowed = ['draft-1', 'draft-2'].flatMap((id) => [`\u2192${id}\u2192`, `dcid.${id}/`, `jobs/${id}\u2192`]);
        assertOnly(before, deleted, allowed);
        const operations = window.view('Operations');
        await operations.contextMenu('Delete 2 runs', 'Undelete Data...');
        const undelete = await new PlanPage(window).opened();
        await window.screenshot('undelete');
        await undelete.confirm('Undelete');
        await operations.find(/^Undelete/);
        await operations.waitForDescription(/^Undelete/, /brought back/);
        await window.screenshot('undeleted');
        assertOnly(before, await state(stage), ['\u2192draft-1\u2192', '\u2192draft-2\u2192', 'jobs/draft-1\u2192', 'jobs/draft-2\u2192']);
        for (const id of ['draft-1', 'draft-2']) {
          assert.deepEqual([...(await stage.emulator.filesOfRun(id)).keys()].sort(), files.map(({ path }) => path));
        }
      } finally {
        await stage.emulator.control('POST', 'storage', { softDeleteDays: null });
      }
    },
  },
];
