// Retention rules show what they would do and do it only when asked; the audit log of it is exported, tampered with and checked.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlanPage } from '../lib/planPage.mjs';
import { until } from '../lib/workbench.mjs';

const daysAgo = (days) => new Date(Date.now() - days * 86_400_000).toISOString();
const runs = async (stage) => Object.keys((await stage.emulator.control('GET', 'state')).workspaces['sample-ws'].runs);

async function addRuns(stage, experiment, ages) {
  for (const [runId, age] of Object.entries(ages)) {
    await stage.emulator.addRun({
      runId,
      displayName: runId,
      experiment,
      created: daysAgo(age),
      files: [{ path: 'outputs/a.bin', size: 4000 }],
    });
  }
}

/** Where a file dialog of the browser would write or read: its path, typed once the dialog no longer fills in its own. */
async function answerPath(window, path, button) {
  const { widget } = window.quickPick;
  await widget.getByRole('button', { name: button, exact: true }).waitFor();
  const input = widget.locator('.quick-input-box input');
  await until('the path stays as typed', async () => {
    await window.quickPick.fill(path);
    await sleep(1000);
    return (await input.inputValue()) === path;
  });
  await window.quickPick.accept();
}

export const scenarios = [
  {
    name: 'a retention rule: new from an experiment, its plan, its doing, seen in a second window, edited and removed',
    async run(stage) {
      await addRuns(stage, 'retained', { 'ret-old-1': 200, 'ret-old-2': 190, 'ret-young': 20 });
      const window = await stage.open();
      const tree = await stage.signIn(window);
      await stage.openExperiment(tree, 'retained');
      await tree.contextMenu('retained', 'New Retention Rule...');
      await window.quickPick.waitForTitle('New Retention Rule');
      await window.screenshot('what');
      await window.quickPick.choose('Delete the runs and their data');
      await window.quickPick.choose('Older Than');
      await window.quickPick.waitForTitle('Older Than How Many Days');
      await window.quickPick.fill('0');
      await window.page.locator('.quick-input-message', { hasText: 'from 1 to 36,500' }).waitFor();
      await window.quickPick.fill('180');
      await window.quickPick.accept();
      await window.quickPick.row('Without a Registered Model').waitFor();
      await window.quickPick.choose('Without a Registered Model');
      await window.quickPick.row('older than 180 days, without a registered model').waitFor();
      await window.screenshot('conditions');
      await window.quickPick.choose('Go On');
      await window.quickPick.row('Include child runs').waitFor();
      await window.screenshot('what-else');
      await window.quickPick.confirm();
      await until('the name is asked', async () => (await window.quickPick.widget.innerText()).includes('Plans and Receipts Show It'));
      await window.quickPick.fill('Half a year');
      await window.screenshot('name');
      await window.quickPick.accept();
      await window.clickToast('The rule "Half a year" is saved', 'Show What It Would Do');

      const plan = await new PlanPage(window).opened();
      assert.equal(await plan.title, 'Rule "Half a year": delete 2 runs');
      const rows = await plan.rows();
      assert.deepEqual(rows.filter((row) => row.kind === 'run' && row.ticked).map((row) => row.name).sort(), ['ret-old-1', 'ret-old-2']);
      await window.screenshot('plan');
      assert.ok((await runs(stage)).includes('ret-old-1'), 'a rule does nothing by itself');
      await plan.confirm('Delete');
      const operations = window.view('Operations');
      await operations.find(/^Rule "Half a year": delete 2 runs/);
      await operations.waitForDescription(/^Rule "Half a year"/, /deleted/);
      const left = await runs(stage);
      assert.deepEqual(['ret-old-1', 'ret-old-2', 'ret-young'].filter((run) => left.includes(run)), ['ret-young']);

      const second = await stage.openAnotherWindow();
      await second.command('Azure ML Data: Retention Rules...');
      await second.quickPick.row('Half a year').waitFor();
      await second.screenshot('second-window');
      await second.quickPick.choose('Half a year');
      await second.quickPick.choose('Edit...');
      await second.quickPick.choose('Delete the data of the runs');
      await second.quickPick.choose('Go On');
      await second.quickPick.row('Also older versions and snapshots').waitFor();
      await second.quickPick.confirm();
      await until('the name is asked', async () => (await second.quickPick.widget.innerText()).includes('Plans and Receipts Show It'));
      await second.quickPick.accept();
      await second.toast('The rule "Half a year" is saved').waitFor();

      await window.command('Azure ML Data: Retention Rules...');
      await window.quickPick.row('Delete the data of the runs: older than 180 days').waitFor();
      await window.quickPick.choose('Half a year');
      await window.screenshot('deeds');
      await window.quickPick.choose('Remove...');
      await window.answerDialog('Remove the rule "Half a year"?', 'Remove');
      // The question is gone before the rule is.
      await until('no rule is offered', async () => {
        await window.command('Azure ML Data: Retention Rules...');
        await window.quickPick.row('New Rule...').waitFor();
        const { length } = await window.quickPick.rows();
        await window.page.keyboard.press('Escape');
        return length === 1;
      });
    },
  },
  {
    name: 'the audit log: exported, whole, and a changed line is found and shown',
    async run(stage) {
      await addRuns(stage, 'audited', { 'audit-1': 1 });
      const window = await stage.open();
      const tree = await stage.signIn(window);
      await stage.openExperiment(tree, 'audited');
      await tree.contextMenu('audit-1', 'Archive...');
      await window.quickPick.row('Include child runs').waitFor();
      await window.quickPick.confirm();
      const plan = await new PlanPage(window).opened();
      await plan.confirm('Archive');
      await window.view('Operations').waitForDescription(/^Archive/, /archived/i);

      const file = `${stage.folder}/audit.jsonl`;
      await window.command('Azure ML Data: Export Audit Log...');
      await window.quickPick.row('Since a Day...').waitFor();
      await window.screenshot('range');
      await window.quickPick.choose('Everything');
      await answerPath(window, file, 'OK');
      await window.toast('3 lines were exported').waitFor();
      await window.screenshot('exported');
      const text = await readFile(file, 'utf8');
      assert.deepEqual(text.trim().split('\n').map((line) => JSON.parse(line).event), ['opened', 'begun', 'started', 'ended', 'closed']);
      assert.ok(!text.includes(stage.folder), 'no path of the machine is in it');

      await window.command('Azure ML Data: Verify Audit Log...');
      await answerPath(window, file, 'Verify');
      await window.toast('The audit log is whole: 3 lines').waitFor();
      await window.screenshot('whole');

      await writeFile(file, text.replace('"outcome":"succeeded"', '"outcome":"cancelled"'));
      await window.command('Azure ML Data: Verify Audit Log...');
      await answerPath(window, file, 'Verify');
      await window.toast('Line 4: This line was changed after it was written').waitFor();
      await window.screenshot('changed');
      await window.clickToast('Line 4: This line was changed', 'Show Line');
      await window.editorTab('audit.jsonl').waitFor();
      await window.page.locator('.statusbar-item', { hasText: 'Ln 4' }).waitFor();
      await window.screenshot('line');
    },
  },
];
