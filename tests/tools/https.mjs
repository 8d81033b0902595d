// Requests to servers of this machine that have a certificate authority of their own and names below .localhost.
import { readFileSync } from 'node:fs';
import https from 'node:https';

/** Every name is this machine: not every resolver knows that .localhost is. */
const loopback = (_name, options, callback) =>
  options.all ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4);

/** A function that makes requests trusting that authority. The answer: `status`, `headers`, `body` (bytes), `json()`. */
export function requester(caCertificate) {
  const agent = new https.Agent({ ca: readFileSync(caCertificate), lookup: loopback, keepAlive: true, maxSockets: 16 });
  const send = (method, url, { headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const content = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
      const all = content ? { 'content-type': 'application/json', 'content-length': content.length, ...headers } : headers;
      const request = https.request(url, { method, agent, headers: all }, (response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const bytes = Buffer.concat(parts);
          resolve({ status: response.statusCode, headers: response.headers, body: bytes, json: () => JSON.parse(bytes.toString()) });
        });
      });
      request.on('error', reject);
      request.end(content);
    });
  return Object.assign(send, { close: () => agent.destroy() });
}
