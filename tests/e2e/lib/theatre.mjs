// All that scenarios need at once, for whoever plays some: the emulator, a browser, and VS Code with a package installed.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBrowser, ensureCodeServer } from '../../tools/codeServer.mjs';
import { startEmulator } from '../../tools/emulator.mjs';
import { ensureModules } from '../../tools/npm.mjs';

const here = dirname(dirname(fileURLToPath(import.meta.url)));

/** Makes what the modules beside this one import. */
export const ensureImports = () => ensureModules(here);

/** Where pictures and logs of a play are put. Each has a folder of its own: several may be under way. */
export const outFolderOf = (play) => join(here, '.out', play);

/**
 * Starts everything, in processes, ports and folders of its own, and ends it after the body.
 * @param play a name for what is played: that of the folder of pictures
 * @param target the package to install, as extension/scripts/platforms.mjs names it
 * @param vsix a file instead of one made from the sources
 * @param body gets `stageFor(scenario)`, which gives the stage of a scenario, and what stages share
 * @returns what the body returns.
 */
export async function inTheatre({ play, target = 'own', vsix }, body) {
  await ensureImports();
  const executable = await ensureBrowser();
  const codeServer = await ensureCodeServer();
  const { ensureVsix } = await import('./vsix.mjs');
  const { launchBrowser } = await import('./workbench.mjs');
  const { installExtension, makeBuiltins } = await import('./server.mjs');
  const { Stage } = await import('./stage.mjs');

  const installed = vsix ?? (await ensureVsix(target));
  const outFolder = outFolderOf(play);
  await rm(outFolder, { recursive: true, force: true });
  const folder = await mkdtemp(join(tmpdir(), `aml-${play}-`));
  let browser;
  let emulator;
  try {
    const extensions = await installExtension(codeServer, installed, folder);
    const builtins = await makeBuiltins(codeServer, folder);
    browser = await launchBrowser(executable);
    emulator = await startEmulator({ seed: 'sample' });
    const shared = { codeServer, extensions, builtins, folder, outFolder, browser, emulator };
    return await body({ ...shared, stageFor: (scenario) => new Stage({ ...shared, scenario }) });
  } finally {
    await browser?.close();
    await emulator?.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
