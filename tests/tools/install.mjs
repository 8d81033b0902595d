// Installs what the tests in a real VS Code need, or says that it is there. Doing it twice does no harm.
import { ensureBrowser, ensureCodeServer } from './codeServer.mjs';
import { main } from './processes.mjs';

await main(async () => {
  console.log(await ensureBrowser());
  console.log((await ensureCodeServer()).entry);
});
