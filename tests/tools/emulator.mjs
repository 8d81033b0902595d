// The emulated Azure ML, for scripts.
import { join } from 'node:path';
import { requester } from './https.mjs';
import { root } from './paths.mjs';
import { keepUntilReady } from './processes.mjs';

/** Starts it. @returns the running emulator. */
export async function startEmulator({ seed = 'sample', onLine } = {}) {
  const script = join(root, 'tests', 'AmlDataTools.Emulator', 'run.mjs');
  const child = await keepUntilReady(process.execPath, [script, '--port', '0', '--seed', seed], { timeout: 300_000, onLine });
  return new Emulator(child);
}

export class Emulator {
  constructor(child) {
    this.child = child;
    this.at = child.ready;
    this.request = requester(this.at.caCertificate);
  }

  /** The description of the emulated cloud, as the product's settings take it. */
  get cloud() {
    return {
      resourceManager: this.at.resourceManager,
      resourceManagerAudience: 'https://management.azure.com',
      storageSuffix: this.at.storageSuffix,
      dataPlaneSuffixes: this.at.dataPlaneSuffixes,
      caCertificatePath: this.at.caCertificate,
    };
  }

  /** The address a token is fetched from. */
  get tokenUrl() {
    return `${this.at.controlUrl.replace(/\/$/, '')}/token`;
  }

  /** A token for a scope, as signing in would give: `token`, `expiresOn`, `accountLabel`. */
  token([scope], tenantId) {
    return this.control('POST', 'token', { audience: scope, ...(tenantId ? { tenantId } : {}) });
  }

  /** Asks the control address. */
  async control(method, path, body) {
    const answer = await fetch(`${this.at.controlUrl.replace(/\/$/, '')}/${path}`, {
      method,
      ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
    });
    const text = await answer.text();
    if (!answer.ok) {
      throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    }
    return text ? JSON.parse(text) : undefined;
  }

  /** Makes a run with files: `{ displayName, experiment, files: [{ path, text | size }], ... }`. @returns its id. */
  async addRun(run) {
    const { runs } = await this.control('POST', 'runs', run);
    return runs[0].runId;
  }

  /** Provokes a fault. @returns its id. */
  async addFault(rule) {
    return (await this.control('POST', 'faults', rule)).id;
  }

  async clearFaults() {
    await this.control('DELETE', 'faults');
  }

  /** What the storage holds below a run's folder, by path relative to it. */
  filesOfRun(runId, { account, container = 'azureml' } = {}) {
    return this.filesBelow(`ExperimentRun/dcid.${runId}/`, { account, container });
  }

  /** What the storage holds below a folder, by path relative to it. */
  async filesBelow(prefix, { account, container }) {
    const host = account ? `https://${account}.blob.${this.at.storageSuffix}` : this.at.blob.replace(/\/$/, '');
    const { token } = await this.token(['https://storage.azure.com/.default']);
    const headers = { authorization: `Bearer ${token}`, 'x-ms-version': '2024-11-04' };
    const files = new Map();
    let marker = '';
    do {
      const query = new URLSearchParams({ restype: 'container', comp: 'list', prefix, ...(marker ? { marker } : {}) });
      const page = await this.request('GET', `${host}/${container}?${query}`, { headers });
      if (page.status !== 200) {
        throw new Error(`Listing ${prefix}: ${page.status} ${page.body}`);
      }
      const xml = page.body.toString();
      for (const [, name] of xml.matchAll(/<Blob><Name>([^<]*)<\/Name>/g)) {
        const plain = unescapeXml(name);
        const url = `${host}/${container}/${plain.split('/').map(encodeURIComponent).join('/')}`;
        files.set(plain.slice(prefix.length), async () => {
          const blob = await this.request('GET', url, { headers });
          if (blob.status !== 200) {
            throw new Error(`Reading ${plain}: ${blob.status} ${blob.body}`);
          }
          return blob.body;
        });
      }
      marker = unescapeXml(/<NextMarker>([^<]*)<\/NextMarker>/.exec(xml)?.[1] ?? '');
    } while (marker);
    return files;
  }

  async stop() {
    this.request.close();
    await this.child.stop();
  }
}

function unescapeXml(text) {
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (_, name) => ({ lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' })[name]);
}
