// What a workspace holds on a person: found, unticked, given out, erased.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspectFile } from '../lib/axe.mjs';
import { PlanPage } from '../lib/planPage.mjs';
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

/** The numbers in what a search says: found, ticked, not searched. */
const counts = (description) => [...description.matchAll(/(\d+) (?:found|ticked|not)/g)].map(([, number]) => Number(number));

/** The values of a state, by the way to each. */
function leaves(value, way = '') {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0
    ? Object.assign({}, ...Object.entries(value).map(([key, inner]) => leaves(inner, `${way}/${key}`)))
    : { [way]: JSON.stringify(value) };
}

/** Whose value it is: a run, a run's folder of blobs, a file or folder of a share. */
const thingOf = (way) =>
  /\/runs\/[^/]+/.exec(way)?.[0] ??
  /\/dcid\.calm_river_01(?=\/)/.exec(way)?.[0] ??
  /\/dcid\..*(?=\/(etag|length)$)/.exec(way)?.[0] ??
  /\/(files|directories)\/.*/.exec(way)[0].replace(/\/(etag|length)$/, '');

const goes = [
  '/dcid.calm_river_01',
  '/dcid.plain_stone_09/outputs/11111111-1111-4111-8111-111111110001.txt',
  '/directories/Users/maria.muster',
  '/directories/Users/maria.muster/src',
  '/files/Users/ada.example/plan.md',
  '/files/Users/maria.muster/analysis.ipynb',
  '/files/Users/maria.muster/src/train.py',
  '/files/labels/maria.muster@contoso.example.txt',
  '/runs/a0000000-0000-4000-8000-00000000f001',
  '/runs/archived_bay_06',
  '/runs/calm_river_01',
  '/runs/marias_flow_08',
  '/runs/old_shore_07',
];

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
      await results.find(row, { timeout: 120_000 });
      await window.screenshot('searching');
      await results.waitForDescription(row, /^\d+ found, \d+ ticked/);
      // Room for the results.
      for (const title of ['Workspaces', 'Operations']) {
        await window.collapse(title);
      }
      await results.expand('Runs');
      await results.expand(/calm_river_01/);
      await results.waitForDescription(/juergens_lake_04/, /./);
      await window.screenshot('results');
      // Run history tells an object id and a name of who made a run: by the name alone that is not sure, a mention of the address is.
      await results.waitForDescription(/calm_river_01/, /name only/);
      await results.waitForDescription(/juergens_lake_04/, /sign-in name/);

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
      await window.screenshot('filtered-by-name-only');
    },
  },
  {
    name: 'personal data: a list that was refused is searched by Resume once it may be read',
    async run(stage) {
      await stage.emulator.control('POST', 'people/plant', { workspace: 'care-gap' });
      await stage.emulator.control('POST', 'faults', {
        match: { pathContains: 'care-gap/models' },
        action: { kind: 'status', status: 403, code: 'AuthorizationFailed' },
        times: 1000,
      });
      const window = await stage.open();
      const tree = await stage.signIn(window);
      await tree.expand('Contoso Research');
      await tree.contextMenu('care-gap', 'Find Personal Data...');
      await find(window, [maria, 'Maria Muster']);
      const results = window.view('Personal Data');
      const row = /Maria Muster.*care-gap/;
      await results.waitForDescription(row, /^\d+ found, \d+ ticked, \d+ not searched/);
      const [found, , notSearched] = counts(await results.descriptionOf(row));
      for (const title of ['Workspaces', 'Operations']) {
        await window.collapse(title);
      }
      await results.expand(row);
      await results.find('Not searched');
      assert.ok(!(await results.labels()).includes('Model versions'));
      await window.screenshot('refused');
      await stage.emulator.control('DELETE', 'faults');
      await results.inlineAction(row, /Resume/);
      await until(
        'one place less is left out and more is found',
        async () => {
          const [now, , left = 0] = counts(await results.descriptionOf(row));
          return now > found && left < notSearched;
        },
        120_000,
      );
      await results.find('Model versions');
      await window.screenshot('searched');
    },
  },
  {
    name: 'personal data: what was found is given out as a bag, then erased; nothing of another person goes',
    async run(stage) {
      const planted = await stage.emulator.control('POST', 'people/plant', { workspace: 'care-b', hugeBytes: 12 << 20 });
      const { objectId } = planted.people.find(({ key }) => key === 'maria');
      const stateOf = () => stage.emulator.control('GET', 'state?workspace=care-b');
      const before = await stateOf();
      const window = await stage.open();
      const tree = await stage.signIn(window);
      await tree.expand('Contoso Research');
      await tree.contextMenu('care-b', 'Find Personal Data...');
      await find(window, [objectId, maria, 'Maria Muster'], 'Names of files', 'Text of files');
      const results = window.view('Personal Data');
      const row = /Maria Muster.*care-b/;
      await results.find(row, { timeout: 120_000 });
      await results.waitForDescription(row, /^\d+ found, \d+ ticked/);
      for (const title of ['Workspaces']) {
        await window.collapse(title);
      }
      await window.screenshot('found');

      await results.contextMenu(row, 'Export Personal Data...');
      await window.quickPick.row('Take out other people').waitFor();
      await window.screenshot('export-choices');
      await window.quickPick.confirm();
      await window.quickPick.waitForTitle(/files?, /);
      await window.screenshot('export-card');
      await window.quickPick.choose('folder of this window');
      const operations = window.view('Operations');
      await operations.waitForDescription(/^Export personal data/, /verified|done|files/);
      await window.screenshot('exported');
      const [name] = (await readdir(stage.server.workspace)).filter((entry) => entry.startsWith('personal-data'));
      const bag = join(stage.server.workspace, name);
      execFileSync('sha256sum', ['--check', '--strict', '--quiet', 'manifest-sha256.txt'], { cwd: bag });
      const report = await readFile(join(bag, 'data', 'REPORT.md'), 'utf8');
      assert.match(report, /Maria Muster/);
      assert.doesNotMatch(report, /bob\.oneil|O'Neil/);
      assert.deepEqual(await inspectFile(stage.browser, join(bag, 'data', 'REPORT.html')), []);

      await results.contextMenu(row, 'Erase Personal Data...');
      const plan = await new PlanPage(window).opened();
      await window.screenshot('erase-plan');
      const rows = await plan.rows();
      assert.ok(rows.length > 5, JSON.stringify(rows));
      assert.doesNotMatch(JSON.stringify(rows), /maria\.muster/i);
      await plan.confirm('Erase');
      await operations.waitForDescription(/^Erase personal data/, /erased|done|deleted/);
      await window.screenshot('erased');
      await operations.contextMenu(/^Erase personal data/, 'Show Receipt');
      await window.previewShows('Finished');
      await window.screenshot('receipt');
      const after = await stateOf();
      const [was, is] = [leaves(before), leaves(after)];
      assert.deepEqual([...new Set(Object.keys(was).filter((key) => !(key in is)).map(thingOf))].sort(), goes);
      // Texts that name her were cleared, nothing else changed.
      assert.deepEqual(Object.keys(was).filter((key) => key in is && is[key] !== was[key]).map((key) => key.replace(/^.*\/care-b\//, '')).sort(), [
        'experiments/credit/texts',
        'resources/models/credit/versions/1/hash',
        'runs/juergens_lake_04/texts',
      ]);
    },
  },
];
