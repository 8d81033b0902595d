// Signing in and finding one's way in the tree.
import assert from 'node:assert/strict';
import { until } from '../lib/workbench.mjs';

export const scenarios = [
  {
    name: 'sign in, open the tree down to the files of a run',
    async run(stage) {
      const window = await stage.open();
      await window.screenshot('signed-out');
      const tree = await stage.signIn(window);
      await stage.openExperiment(tree, 'credit-scoring');
      const run = await tree.find('mango_leaf_3f');
      assert.match(await tree.descriptionOf('mango_leaf_3f'), /min|s,/);
      await window.screenshot('runs');
      await tree.expand('mango_leaf_3f');
      await tree.expand('Outputs + logs');
      await tree.find('user_logs');
      await tree.expand('outputs');
      await tree.find('model.pkl');
      await window.screenshot('files');
      await run.waitFor();
    },
  },
  {
    name: 'Load more brings the next page, without doubles',
    async run(stage) {
      const window = await stage.open();
      const tree = await stage.signIn(window);
      await stage.openExperiment(tree, 'credit-scoring');
      // The list draws only what is seen, so what comes by is collected on the way down.
      const seen = new Set();
      const collect = async () => {
        for (const label of await tree.labels()) {
          seen.add(label);
        }
      };
      await collect();
      const more = tree.row('Load more...');
      let pages = 0;
      await until(
        'the end of the list',
        async () => {
          await collect();
          if (await more.isVisible()) {
            await more.click();
            pages++;
            await until('the next page', async () => !(await more.isVisible()), 60_000, 200);
          }
          const before = seen.size;
          await tree.scrollOn();
          await collect();
          return seen.size === before && !(await more.isVisible()) && seen.has('churn-forecast');
        },
        180_000,
        50,
      );
      assert.ok(pages >= 1, 'there was no second page');
      const runs = [...seen].filter((label) => /^[a-z]+_[a-z]+_[0-9a-f]{2}$/.test(label));
      assert.ok(runs.length >= 55, `only ${runs.length} runs came by`);
    },
  },
  {
    name: 'a filter leaves only the runs that satisfy it',
    async run(stage) {
      const window = await stage.open();
      const tree = await stage.signIn(window);
      await stage.openExperiment(tree, 'credit-scoring');
      await tree.find('mango_leaf_3f');
      await window.command('Azure ML Data: Filter Runs...');
      await window.quickPick.waitForTitle('Filter Runs');
      await window.quickPick.choose('Name');
      await window.quickPick.waitForTitle('Part of the Name');
      await window.quickPick.fill('mango_leaf_3f');
      await window.quickPick.accept();
      await until('only one run is left', async () => {
        const labels = await tree.labels();
        const runs = labels.filter((label) => /^[a-z]+_[a-z]+_[0-9a-f]{2}$/.test(label));
        return runs.length === 1 && runs[0] === 'mango_leaf_3f';
      });
      await window.screenshot('filtered');
      await window.command('Azure ML Data: Clear Filter');
      await until('the others are back', async () => (await tree.labels()).filter((label) => /_[0-9a-f]{2}$/.test(label)).length > 3);
    },
  },
];
