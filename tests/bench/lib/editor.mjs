// What a person feels when a window opens, in the real VS Code on the emulator: what the extension costs its host while it is
// activated, how soon the tree is there, and what the sidecar takes when nothing is asked of it.
import { readFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { inTheatre } from '../../e2e/lib/theatre.mjs';
import { markdown, median } from './table.mjs';

const rounds = 3;
/** A sidecar that nothing was asked of for so long is idle. */
const idleMilliseconds = 10_000;

/** @returns for each round: the host's milliseconds, the seconds to the tree, the bytes of the idle sidecar. */
export async function measureEditor() {
  return inTheatre({ play: 'bench-editor' }, async ({ stageFor }) => {
    const stage = stageFor({ name: 'bench editor' });
    try {
      await stage.open();
      const results = [];
      for (let round = 0; round <= rounds; round++) {
        const measured = await measureWindow(stage);
        console.error(`editor ${round === 0 ? 'warm-up' : `round ${round}`}: ${JSON.stringify(measured)}`);
        if (round > 0) {
          results.push(measured);
        }
      }
      return results;
    } finally {
      await stage.end();
    }
  });
}

/** A window of its own: another extension host and another sidecar, and nobody signed in until the person allows it. */
async function measureWindow(stage) {
  const before = await stage.sidecarPids();
  const window = await stage.openAnotherWindow();
  const button = window.page.locator('.part.sidebar').getByRole('button', { name: 'Sign In to Azure' });
  await button.waitFor({ timeout: 60_000 });
  await button.click();
  const dialog = window.page.locator('.monaco-dialog-box').filter({ hasText: 'wants to sign in using Microsoft' });
  const allow = dialog.getByRole('button', { name: 'Allow', exact: true });
  await allow.waitFor({ timeout: 60_000 });
  const began = performance.now();
  await allow.click();
  await window.page.locator('.part.sidebar [role=treeitem]').filter({ hasText: 'Contoso Research' }).waitFor({ timeout: 60_000 });
  const toTree = (performance.now() - began) / 1000;
  await sleep(idleMilliseconds);
  const [pid] = (await stage.sidecarPids()).filter((each) => !before.includes(each));
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const activation = await activationMilliseconds(window);
  await window.close();
  const bytes = (name) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)[1]) * 1024;
  // What is mapped of files is shared by windows, and the system takes it back when it needs room.
  return { activation, toTree, idleBytes: bytes('VmRSS'), idleOwnBytes: bytes('RssAnon') + bytes('RssShmem') };
}

/** What VS Code itself says: loading the code and the call of activate, both on the host's only thread. */
async function activationMilliseconds(window) {
  await window.command('Developer: Show Running Extensions');
  const row = window.page.locator('.runtime-extensions-editor .extension').filter({ hasText: 'Azure ML Data Tools' });
  await row.waitFor();
  const text = await row.locator('.activation-time').innerText();
  const [, milliseconds] = /(\d+)\s*ms/.exec(text);
  await window.page.keyboard.press('Control+F4');
  return Number(milliseconds);
}

/** The table of it. */
export function editorTable(results) {
  const row = (title, key, form, wanted) => {
    const values = results.map((result) => result[key]);
    return [title, form(median(values)), `${form(Math.min(...values))} to ${form(Math.max(...values))}`, wanted, values.length];
  };
  return markdown(
    ['In the editor', 'Median', 'Range', 'Wanted', 'Times'],
    [
      row('the extension host while the extension is activated', 'activation', (value) => `${value.toFixed(0)} ms`, 'under 50 ms'),
      row('from allowing the sign-in to the first nodes, emulator', 'toTree', (value) => `${(value * 1000).toFixed(0)} ms`, 'under 1000 ms'),
      row('the sidecar when idle', 'idleBytes', (value) => `${(value / 1024 / 1024).toFixed(0)} MiB`, 'under 60 MiB'),
      row('of it not mapped from files', 'idleOwnBytes', (value) => `${(value / 1024 / 1024).toFixed(0)} MiB`, ''),
    ],
  );
}
