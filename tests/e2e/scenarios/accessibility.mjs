// The page with a plan for people who see other colours, use no mouse, or hear it.
import assert from 'node:assert/strict';
import { inspect } from '../lib/axe.mjs';
import { Keyboard } from '../lib/keyboard.mjs';
import { PlanPage } from '../lib/planPage.mjs';
import { themes } from '../lib/themes.mjs';
import { until } from '../lib/workbench.mjs';

const files = [
  { path: 'outputs/weights.bin', size: 50_000 },
  { path: 'user_logs/std_log.txt', text: 'done\n' },
];

/** By keys alone: from the palette to a plan with data. */
async function planDeletion(keys, command, ...steps) {
  await keys.command(`Azure ML Data: ${command}`);
  for (const step of ['Contoso Research', 'sample-ws', ...steps.slice(0, -1)]) {
    await keys.pick(step);
  }
  await keys.pick(steps.at(-1), { tick: true });
  await keys.pick('Also delete its data', { tick: true });
  return new PlanPage(keys.window).opened();
}

async function signIn(window, keys) {
  await keys.command('Azure ML Data: Sign In to Azure...');
  await window.page.locator('.monaco-dialog-box').filter({ hasText: 'wants to sign in using Microsoft' }).waitFor();
  await keys.press('Enter');
  await window.view('Workspaces').find('Contoso Research', { timeout: 120_000 });
}

export const scenarios = [
  {
    name: 'accessibility: axe finds nothing in the plan in any of the four themes',
    async run(stage) {
      const window = await stage.open({ theme: themes.dark });
      const keys = new Keyboard(window);
      await signIn(window, keys);
      // It has rows of all kinds: what others refer to, what is kept, what has details.
      const plan = await planDeletion(keys, 'Delete Model...', 'shared-model-a');
      await plan.frame.locator('.opener').first().click();
      await plan.frame.locator('tr.details').first().waitFor();
      for (const width of [1280, 1080, 900, 700]) {
        await window.page.setViewportSize({ width, height: 800 });
        await until(`nothing is cut off at ${width} pixels`, async () => (await plan.innerFrame()).evaluate(() => document.documentElement.scrollWidth <= innerWidth), 60_000, 200);
      }
      await window.page.setViewportSize({ width: 1280, height: 800 });
      for (const theme of Object.values(themes)) {
        await stage.setTheme(window, theme);
        const frame = await plan.innerFrame();
        await until(`the page has the theme ${theme.name}`, () => frame.evaluate((kind) => document.body.classList.contains(kind), theme.bodyClass));
        await until('the page is at rest', async () => (await plan.frame.locator('[aria-busy=true]').count()) === 0);
        await window.screenshot(theme.slug);
        const { violations, undecided, passes } = await inspect(frame);
        assert.deepEqual(violations, [], `${theme.name}: violations`);
        assert.deepEqual(undecided, [], `${theme.name}: undecided`);
        assert.ok(passes.includes('color-contrast') && passes.length > 20, `${theme.name}: ${passes}`);
        const problem = 'The plan is too old.';
        await frame.evaluate((message) => window.postMessage({ type: 'problem', message, offers: ['Try Again'] }, '*'), problem);
        await plan.frame.getByText(problem).waitFor();
        assert.deepEqual((await inspect(frame)).violations, [], `${theme.name}: with a problem`);
        // A message of what is under way takes the problem away.
        for (const message of ['Looking again', null]) {
          await frame.evaluate((text) => window.postMessage({ type: 'busy', message: text }, '*'), message);
        }
        await plan.frame.getByText(problem).waitFor({ state: 'hidden' });
      }
    },
  },
  {
    name: 'accessibility: a plan is opened, changed and confirmed without a mouse',
    async run(stage) {
      await stage.emulator.addRun({ runId: 'keys1', displayName: 'keys1', experiment: 'keys', files });
      const window = await stage.open();
      const keys = new Keyboard(window);
      await signIn(window, keys);
      const plan = await planDeletion(keys, 'Delete Run...', 'keys', 'keys1');
      const frame = await plan.innerFrame();
      await until('the page has the keyboard', () => frame.evaluate(() => document.hasFocus()), 60_000, 200);

      // To the rows, past the search and the heads; each stop has a name and is seen.
      const stops = await keys.tabTo(frame, /^keys1: /);
      assert.deepEqual(stops.filter(({ isVisible }) => !isVisible), []);
      assert.equal(stops[0].name, 'Search names');
      await window.screenshot('row');
      const before = await plan.totals;
      const data = (await plan.rows()).findIndex(({ action, ticked }) => action === 'delete data' && ticked);
      assert.ok(data > 0, 'no data is in the plan');
      await keys.press(...Array.from({ length: data }, () => 'ArrowDown'), 'Space');
      await until('the totals are others', async () => (await plan.totals) !== before);
      assert.equal((await plan.rows())[data].ticked, false);
      await window.screenshot('unticked');

      // Escape leads to the button that closes, and from there one back is the rest of the buttons.
      await keys.press('Escape');
      await until('Cancel has the keyboard', async () => (await keys.focused(frame)).name === 'Cancel', 60_000, 200);
      await keys.press('Shift+Tab', 'Shift+Tab', 'Shift+Tab');
      await until('Delete has the keyboard', async () => (await keys.focused(frame)).name === 'Delete', 60_000, 200);
      await window.screenshot('delete');

      // Once without going through with it: the keyboard is where it was.
      await keys.press('Enter');
      await until('it is asked once more', async () => (await window.page.locator('.monaco-dialog-box, .quick-input-widget:visible').count()) > 0);
      await window.screenshot('question');
      await keys.press('Escape');
      await until('the button has the keyboard again', async () => (await keys.focused(frame)).name === 'Delete', 60_000, 200);
      const hint = await plan.frame.locator('.hint').innerText();
      const name = /type "(.*)"/.exec(hint)?.[1];
      await keys.press('Enter');
      if (name !== undefined) {
        await window.page.locator('.quick-input-widget:visible .quick-input-box input').waitFor();
        await window.page.keyboard.type(name);
      } else {
        await window.page.locator('.monaco-dialog-box').waitFor();
      }
      await keys.press('Enter');
      const operations = window.view('Operations');
      await operations.waitForDescription(/^Delete.*keys1/, /deleted/);
      const state = await stage.emulator.control('GET', 'state?workspace=sample-ws');
      assert.equal(state.workspaces['sample-ws'].runs['keys1'], undefined);
      // What was unticked is still there.
      assert.ok((await stage.emulator.filesOfRun('keys1')).size > 0);
      const row = await operations.find(/^Delete.*keys1/);
      assert.match(await row.getAttribute('aria-label'), /^Delete.*keys1.*, Succeeded/);
    },
  },
];
