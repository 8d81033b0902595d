// npm run screenshots: the pictures of the README, and one of the product in each language and each kind of theme, taken from
// the packaged extension in a real VS Code on the emulated Azure ML.
//   --only a,b      these pictures, by the names of their files; language-qps-ploc is one in the language that
//                   `node extension/scripts/texts.mjs pseudo` writes, in which what is cut off shows
//   --vsix PATH     this package instead of one made from the sources
//   --out PATH      where to put them; resources/screenshots if left out
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureBrowser, ensureCodeServer } from '../tools/codeServer.mjs';
import { startEmulator } from '../tools/emulator.mjs';
import { ensureModules } from '../tools/npm.mjs';
import { root } from '../tools/paths.mjs';
import { main } from '../tools/processes.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
  options: { only: { type: 'string' }, vsix: { type: 'string' }, out: { type: 'string', default: join(root, 'resources', 'screenshots') } },
});

await main(async () => {
  await ensureModules(here);
  const executable = await ensureBrowser();
  const codeServer = await ensureCodeServer();
  const { ensureVsix } = await import('./lib/vsix.mjs');
  const { launchBrowser } = await import('./lib/workbench.mjs');
  const { installExtension, makeBuiltins } = await import('./lib/server.mjs');
  const { Stage } = await import('./lib/stage.mjs');
  const { scenes } = await import('./lib/scenes.mjs');

  const wanted = options.only?.split(',');
  const unknown = (wanted ?? []).filter((name) => !scenes.some(({ pictures }) => pictures.includes(name)));
  if (unknown.length > 0) {
    console.error(`There is no picture ${unknown.join(', ')}; there are ${scenes.flatMap(({ pictures }) => pictures).join(', ')}.`);
    return 2;
  }
  const vsix = options.vsix ?? (await ensureVsix());
  const folder = await mkdtemp(join(tmpdir(), 'aml-shots-'));
  await mkdir(options.out, { recursive: true });
  const emulator = await startEmulator({ seed: 'sample' });
  let browser;
  let failed = 0;
  try {
    const extensions = await installExtension(codeServer, vsix, folder);
    const builtins = await makeBuiltins(codeServer, folder);
    browser = await launchBrowser(executable);
    for (const scene of scenes.filter(({ pictures, isAskedFor }) => (wanted === undefined ? isAskedFor !== true : pictures.some((name) => wanted.includes(name))))) {
      const stage = new Stage({ codeServer, extensions, builtins, folder, browser, emulator, scenario: scene });
      const take = async (window, name, { pointer = { x: 640, y: 799 } } = {}) => {
        if (wanted === undefined || wanted.includes(name)) {
          if (pointer !== null) {
            await window.page.mouse.move(pointer.x, pointer.y);
          }
          await window.page.waitForTimeout(700);
          await window.page.screenshot({ path: join(options.out, `${name}.png`) });
          console.log(`${name}.png`);
        }
      };
      try {
        await scene.play(stage, take);
      } catch (error) {
        failed++;
        console.log(`${scene.name}: ${error.stack}`);
        await stage.record();
      }
      await stage.end();
    }
  } finally {
    await browser?.close();
    await emulator.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  return failed > 0 ? 1 : 0;
});
