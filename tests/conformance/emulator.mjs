// Starts the emulator for the tests and gives them what its line of JSON says.
import { spawn } from 'node:child_process';
import dns from 'node:dns';
import { createInterface } from 'node:readline';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/**
 * `*.localhost` means loopback (RFC 6761), yet not every resolver knows. Node asks `dns.lookup` for every
 * connection, so teaching it is enough for every client in the process.
 */
export function resolveLocalhost() {
  const system = dns.lookup;
  dns.lookup = (host, options, callback) => {
    const [settings, done] = typeof options === 'function' ? [{}, options] : [options, callback];
    if (!host.endsWith('.localhost') && host !== 'localhost') {
      return system(host, settings, done);
    }
    const answer = { address: '127.0.0.1', family: 4 };
    process.nextTick(() => (settings?.all ? done(null, [answer]) : done(null, answer.address, answer.family)));
  };
}

/** Starts the emulator and waits for its line. */
export async function startEmulator(...options) {
  const child = spawn(process.execPath, [join(here, '..', 'AmlDataTools.Emulator', 'run.mjs'), '--exit-with-stdin', ...options], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const line = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`The emulator ended with code ${code} before it was ready.`)));
  });
  return {
    ...JSON.parse(line),
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.stdin.end();
      await ended;
    },
  };
}
