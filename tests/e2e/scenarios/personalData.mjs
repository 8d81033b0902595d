// What a workspace holds on a person: found, unticked, given out, erased.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../lib/workbench.mjs';

const maria = 'maria.muster@contoso.example';

/** Goes through the questions of a search to its start. */
async function find(window, identifiers, ...choices) {
  await window.quickPick.waitForTitle('Find Personal Data');
  for (const identifier of identifiers) {
    await window.quickPick.fill(identifier);
    await window.quickPick.choose(identifier);
    // The box is emptied for the next one; what is typed before that is lost.
    await window.quickPick.row('Search for this person').filter({ hasText: identifier }).waitFor();
    await until('the box is empty', async () => (await window.quickPick.text()) === '');
  }
  await window.screenshot('whose');
  await window.quickPick.choose('Search for this person');
  await window.quickPick.row('Text of files').waitFor();
  for (const choice of choices) {
    await window.quickPick.tick(choice);
  }
  await window.screenshot('how-thoroughly');
  await window.quickPick.confirm();
}

export const scenarios = [
  {
    name: 'personal data: a person is found by sign-in name and name; namesakes are not ticked',
    async run(stage) {
      await stage.emulator.control('POST', 'people/plant', { workspace: 'care-a' });
      const window = await stage.open();
      const tree = await stage.signIn(window);
      await tree.expand('Contoso Research');
      await tree.contextMenu('care-a', 'Find Personal Data...');
      await find(window, [maria, 'Maria Muster'], 'Names of files', 'Text of files');
      const results = window.view('Personal Data');
      const row = /Maria Muster.*care-a/;
      await results.find(row, { timeout: 60_000 });
      await window.screenshot('searching');
      await results.waitForDescription(row, /^\d+ found, \d+ ticked/);
      // Room for the results.
      for (const title of ['Workspaces', 'Operations']) {
        await window.collapse(title);
      }
      await results.expand('Runs');
      await results.expand(/calm_river_01/);
      await sleep(700);
      await window.screenshot('results');
      // Run history tells an object id and a name of who made a run: by the name alone that is not sure, a mention of the address is.
      assert.match(await results.descriptionOf(/calm_river_01/), /name only/);
      assert.match(await results.descriptionOf(/juergens_lake_04/), /sign-in name/);

      // A tick by hand changes what is exported.
      const before = await results.descriptionOf(row);
      await (await results.find(/calm_river_01/)).locator('.custom-view-tree-node-item-checkbox').click();
      await until('the tick counts', async () => (await results.descriptionOf(row)) !== before);
      await results.contextMenu(row, 'Filter Results...');
      await window.quickPick.waitForTitle('Filter Results');
      await window.quickPick.tick('Object ID');
      await window.quickPick.tick('Sign-in name');
      await window.quickPick.confirm();
      await window.page.getByText('Part of the name; leave it empty for all').waitFor();
      await window.quickPick.accept();
      await results.waitForDescription(row, /filtered/);
      await sleep(1500);
      await window.screenshot('filtered-by-name-only');
    },
  },
];
