// A package, unzipped.
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capture } from '../../tools/processes.mjs';

export class OpenedPackage {
  /** @param target as in extension/scripts/platforms.mjs @param path of the .vsix; its bill of materials lies beside it */
  static async open(target, path) {
    const folder = await mkdtemp(join(tmpdir(), 'aml-package-'));
    await capture('unzip', ['-q', path, '-d', folder]);
    const { stdout } = await capture('unzip', ['-Z1', path]);
    const opened = new OpenedPackage();
    Object.assign(opened, { target, path, folder, entries: stdout.trim().split('\n') });
    opened.bytes = (await stat(path)).size;
    opened.sha256 = createHash('sha256').update(await readFile(path)).digest('hex');
    opened.sbomText = await readFile(path.replace(/\.vsix$/, '.cdx.json'), 'utf8');
    opened.sbom = JSON.parse(opened.sbomText);
    return opened;
  }

  read(entry) {
    return readFile(join(this.folder, entry));
  }

  readText(entry) {
    return readFile(join(this.folder, entry), 'utf8');
  }

  /** The entries of the sidecar's folder, with the folder. */
  get binEntries() {
    return this.entries.filter((entry) => entry.startsWith('extension/bin/'));
  }

  /** What the host of the runtime is told about the sidecar's parts. */
  async dependencyList() {
    return JSON.parse(await this.readText(this.binEntries.find((entry) => entry.endsWith('/AmlDataTools.Server.deps.json'))));
  }

  /** Names and versions of the components that the notices list. */
  async noticed() {
    const text = await this.readText('extension/THIRD-PARTY-NOTICES.txt');
    const [list] = text.split('='.repeat(100));
    return { text, list: [...list.matchAll(/^- (\S+) (\S+) \((.+?)\)/gm)].map(([, name, version]) => `${name} ${version}`) };
  }
}
