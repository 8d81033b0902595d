// @azure/storage-blob, Microsoft's npm client.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureModules } from '../../tools/npm.mjs';
import { root } from '../../tools/paths.mjs';
import { measureCommand } from '../lib/measure.mjs';

const folder = join(root, 'tests', 'bench');

export function storageBlob() {
  const client = (verb) => async ({ server, work, destination }) => {
    const url = `${server.https}/${server.account}/${work.container}?sv=2024-11-04&sp=rl&sig=bench`;
    const measured = await measureCommand(process.execPath, [join(folder, 'peers', 'storage-blob-client.mjs'), verb, url, destination ?? ''], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: server.caCertificate },
    });
    return { ...measured, names: Number(measured.stdout) };
  };
  return {
    id: 'storage-blob',
    async prepare() {
      await ensureModules(folder);
      const { version } = JSON.parse(await readFile(join(folder, 'node_modules', '@azure', 'storage-blob', 'package.json'), 'utf8'));
      this.name = `@azure/storage-blob ${version}, Node ${process.versions.node}`;
    },
    works: { small: client('copy'), big: client('copy'), model: client('copy'), list: client('list'), delete: client('delete'), deleteFolder: client('delete') },
  };
}
