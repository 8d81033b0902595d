// npm run screenshots: the pictures of the README, and one of the product in each language and each kind of theme, taken from
// the packaged extension in a real VS Code on the emulated Azure ML.
//   --only a,b      these pictures, by the names of their files; language-qps-ploc is one in the language that
//                   `node extension/scripts/texts.mjs pseudo` writes, in which what is cut off shows
//   --vsix PATH     this package instead of one made from the sources
//   --out PATH      where to put them; resources/screenshots if left out
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../tools/paths.mjs';
import { main } from '../tools/processes.mjs';
import { ensureImports, inTheatre } from './lib/theatre.mjs';

const { values: options } = parseArgs({
  options: { only: { type: 'string' }, vsix: { type: 'string' }, out: { type: 'string', default: join(root, 'resources', 'screenshots') } },
});

/** Plays a scene. @param wanted the pictures to take of it; all if left out. @returns whether it went well. */
async function shoot(scene, stage, wanted) {
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
    return true;
  } catch (error) {
    console.log(`${scene.name}: ${error.stack}`);
    await stage.record();
    return false;
  } finally {
    await stage.end();
  }
}

await main(async () => {
  await ensureImports();
  const { scenes } = await import('./lib/scenes.mjs');
  const wanted = options.only?.split(',');
  const unknown = (wanted ?? []).filter((name) => !scenes.some(({ pictures }) => pictures.includes(name)));
  if (unknown.length > 0) {
    console.error(`There is no picture ${unknown.join(', ')}; there are ${scenes.flatMap(({ pictures }) => pictures).join(', ')}.`);
    return 2;
  }
  await mkdir(options.out, { recursive: true });
  const chosen = scenes.filter(({ pictures, isAskedFor }) => (wanted === undefined ? isAskedFor !== true : pictures.some((name) => wanted.includes(name))));
  let failed = 0;
  await inTheatre({ play: 'screenshots', vsix: options.vsix }, async ({ stageFor }) => {
    for (const scene of chosen) {
      failed += (await shoot(scene, stageFor(scene), wanted)) ? 0 : 1;
    }
  });
  return failed > 0 ? 1 : 0;
});
