// What workspaces use, and deleting one for good: what another one uses too is kept.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlanPage } from '../lib/planPage.mjs';
import { shows, until } from '../lib/workbench.mjs';

export const scenarios = [
  {
    name: 'export first: a workspace is taken out in one operation, then its deletion is planned anew and names it',
    async run(stage) {
      const own = await stage.emulator.control('POST', 'workspaces', { name: 'team-x' });
      const before = await stage.emulator.control('GET', 'state');
      const portal = { ...stage.emulator.cloud, azurePortalUrl: 'https://portal.example.org/' };
      const window = await stage.open({ settings: { 'amlData.cloud.custom': portal } });
      const tree = await stage.signIn(window);
      await tree.expand('Contoso Research');
      await tree.contextMenu('team-x', 'Open in Azure Portal');
      const question = window.page.locator('.monaco-dialog-box').filter({ hasText: 'https://portal.example.org/#' });
      await question.waitFor();
      await window.screenshot('portal');
      // VS Code leaves out the middle of a long address.
      assert.match(await question.innerText(), /portal\.example\.org\/#.*\/workspaces\/team-x/);
      await window.page.keyboard.press('Escape');
      await tree.click('team-x');
      await window.page.keyboard.press('Delete');
      await window.quickPick.row('Export first...').waitFor();
      await window.screenshot('choices');
      await window.quickPick.confirm();
      const plan = await new PlanPage(window).opened();
      assert.match(await plan.warnings, /No finished export of team-x/);
      await window.screenshot('plan-before');

      await plan.press('Export First...');
      await window.quickPick.row('Notebooks').waitFor();
      await window.screenshot('parts');
      await stage.emulator.control('POST', 'faults', {
        match: { pathContains: '/environments' },
        action: { kind: 'delay', milliseconds: 4000 },
        times: 10,
      });
      await window.quickPick.confirm();
      await window.quickPick.waitForTitle(/files?, /);
      await window.screenshot('card');
      await window.quickPick.choose(/folder of this window|used last/);
      await until('the page waits for the export', async () => /Nothing is deleted meanwhile/.test(await plan.busy), 60_000, 100);
      await window.screenshot('exporting');
      await until('the plan was made anew', async () => /made anew/.test(await plan.status));
      await until('the plan names the export', async () => /Exported at .* to .*team-x-export/.test(await plan.warnings));
      await window.screenshot('plan-after');
      const receipt = await readFile(join(stage.server.workspace, 'team-x-export', 'export-receipt.md'), 'utf8');
      assert.match(receipt, /Everything in the plan is done and verified/);
      assert.deepEqual(await stage.emulator.control('GET', 'state'), before);

      await plan.confirm('Delete');
      const operations = window.view('Operations');
      await operations.waitForDescription(/^Delete/, /deleted/);
      await window.screenshot('deleted');
      const after = await stage.emulator.control('GET', 'state');
      assert.deepEqual(
        Object.keys(before.workspaces).filter((name) => !(name in after.workspaces)),
        ['team-x'],
      );
      assert.ok(own.storageAccount in after.dependents);
    },
  },
  {
    name: 'delete a workspace: its storage that another uses is kept, its own goes, a second window sees it',
    async run(stage) {
      const own = await stage.emulator.control('POST', 'workspaces', { name: 'team-a' });
      await stage.emulator.control('POST', 'workspaces', { name: 'team-b', shares: 'team-a' });
      const alone = await stage.emulator.control('POST', 'workspaces', { name: 'team-c' });
      const before = await stage.emulator.control('GET', 'state');
      const window = await stage.open();
      const tree = await stage.signIn(window);
      await tree.expand('Contoso Research');
      await tree.expand('team-a');
      await tree.expand('Resources of this workspace');
      await tree.find('team-a-kv');
      assert.match(await tree.descriptionOf('team-a-kv'), /key vault, eastus, also used by team-b/);
      await window.screenshot('resources');

      await window.command('Azure ML Data: Delete Workspace...');
      await window.quickPick.choose('Contoso Research');
      await window.quickPick.tick('team-a');
      await window.quickPick.tick('team-c');
      await window.screenshot('picker');
      await window.quickPick.confirm();
      await window.quickPick.row('Delete permanently').waitFor();
      await window.quickPick.tick('Also delete the resources it uses');
      await window.quickPick.tick('Delete permanently');
      await window.screenshot('choices');
      await window.quickPick.confirm();
      const plan = await new PlanPage(window).opened();
      await window.screenshot('plan');
      const rows = await plan.rows();
      const ticked = (kind) => rows.filter((row) => row.kind === kind && row.ticked).length;
      assert.equal(ticked('workspace'), 2, JSON.stringify(rows));
      assert.equal(ticked('storage account'), 1, JSON.stringify(rows));
      assert.ok(
        rows.some((row) => row.kind === 'storage account' && !row.ticked && /team-b uses it too/.test(row.note)),
      );
      await stage.emulator.control('POST', 'settings', { workspaceDeletePolls: 4 });
      await plan.confirm('Delete');
      const operations = window.view('Operations');
      await operations.find(/^Delete/);
      await window.screenshot('progress');
      const second = await stage.openAnotherWindow();
      const there = second.view('Operations');
      await there.find(/^Delete/);
      await second.screenshot('second-window');
      await operations.waitForDescription(/^Delete/, /deleted/);
      await there.waitForDescription(/^Delete/, /deleted/);
      await window.screenshot('finished');

      const after = await stage.emulator.control('GET', 'state');
      const gone = (part) => Object.keys(before[part]).filter((key) => !(key in after[part]));
      assert.deepEqual(gone('workspaces').sort(), ['team-a', 'team-c']);
      assert.deepEqual(
        gone('dependents').sort(),
        [alone.storageAccount, alone.keyVault, alone.applicationInsights, alone.containerRegistry].sort(),
      );
      assert.ok(own.storageAccount in after.dependents);
      assert.deepEqual([after.deletedVaults, after.deletedWorkspaces], [before.deletedVaults, before.deletedWorkspaces]);
      await until('the tree no longer shows it', async () => !(await tree.row('team-a').isVisible()));
    },
  },
  {
    name: 'leftovers of a deleted workspace: found below their group with the reason, several deleted from the tree and from the palette',
    async run(stage) {
      const group = 'retired-rg';
      const retired = await stage.emulator.control('POST', 'workspaces', { name: 'retired', group });
      await stage.emulator.control('POST', 'workspaces', { name: 'bygone', group: 'bygone-rg' });
      await stage.emulator.control('POST', 'dependents', {
        type: 'Microsoft.Storage/storageAccounts',
        group,
        name: 'somebodysdata',
        containers: ['raw'],
      });
      const window = await stage.open();
      const tree = await stage.signIn(window);
      await tree.expand('Contoso Research');
      await tree.find('retired');
      await window.command('Azure ML Data: Delete Workspace...');
      await window.quickPick.choose('Contoso Research');
      await window.quickPick.tick('retired');
      await window.quickPick.tick('bygone');
      await window.quickPick.confirm();
      await window.quickPick.row('Delete permanently').waitFor();
      await window.quickPick.confirm();
      await (await new PlanPage(window).opened()).confirm('Delete');
      const operations = window.view('Operations');
      await operations.waitForDescription(/^Delete/, /deleted/);
      await until('the tree no longer shows it', async () => !(await tree.row('retired').isVisible()));
      const before = await stage.emulator.control('GET', 'state');

      await tree.expand('Leftover resources');
      await tree.find(group);
      assert.match(await tree.descriptionOf(group), /^of retired$/);
      await tree.expand(group);
      await tree.find('retired-kv');
      assert.match(await tree.descriptionOf('retired-kv'), /key vault, eastus, of retired/);
      assert.equal(await tree.row('somebodysdata').isVisible(), false);
      const hover = window.page.locator('.monaco-hover:visible', { hasText: 'Why it is here' });
      await until('the hover shows', async () => {
        await window.page.mouse.move(10, 10);
        await tree.row('retired-kv').hover();
        return shows(hover);
      });
      await window.screenshot('leftovers');

      await tree.click('retired-insights');
      await window.page.keyboard.press('Delete');
      await window.quickPick.row('Delete permanently').waitFor();
      await window.quickPick.confirm();
      const plan = await new PlanPage(window).opened();
      await window.screenshot('leftover-plan');
      const [row] = await plan.rows();
      assert.match(row.note, /The workspace retired, which is gone, used it/);
      await plan.confirm('Delete');
      await until('the tree shows one less', async () => !(await tree.row('retired-insights').isVisible()));

      await window.command('Azure ML Data: Delete Leftover Resources...');
      await window.quickPick.choose('Contoso Research');
      await window.quickPick.choose(group);
      await window.quickPick.tick('retired-kv');
      await window.quickPick.tick('retiredacr');
      await window.screenshot('leftover-picker');
      await window.quickPick.confirm();
      await window.quickPick.row('Delete permanently').waitFor();
      await window.quickPick.confirm();
      const second = await new PlanPage(window).opened();
      await window.screenshot('leftover-plan-many');
      assert.equal((await second.rows()).filter((one) => one.ticked).length, 2);
      await second.confirm('Delete');
      await until('both are gone', async () => !(await tree.row('retired-kv').isVisible()));
      await window.screenshot('leftover-end');
      const after = await stage.emulator.control('GET', 'state');
      const gone = Object.keys(before.dependents).filter((key) => !(key in after.dependents));
      assert.deepEqual(gone.sort(), [retired.applicationInsights, retired.containerRegistry, retired.keyVault].sort());
    },
  },
];
