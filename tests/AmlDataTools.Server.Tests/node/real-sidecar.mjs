// vscode-jsonrpc drives the real sidecar: real-sidecar.mjs <AmlDataTools.Server.dll> <scratch folder>
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const rpc = createRequire(import.meta.url)('vscode-jsonrpc/node');
const { ParameterStructures, RequestType, NotificationType } = rpc;
const [dll, folder] = process.argv.slice(2);
const child = spawn('dotnet', [dll], { stdio: ['pipe', 'pipe', 'inherit'] });
const ended = once(child, 'exit');
// The library tells of answers without an id through its logger.
const orphans = [];
const logger = { error: (text) => orphans.push(text), warn() {}, info() {}, log() {} };
const connection = rpc.createMessageConnection(new rpc.StreamMessageReader(child.stdout), new rpc.StreamMessageWriter(child.stdin), logger);
const lines = [];
connection.onNotification(new NotificationType('log/message', ParameterStructures.byName), (line) => lines.push(line));
connection.listen();

const call = (name, params) => connection.sendRequest(new RequestType(name, ParameterStructures.byName), params);
const notify = (name, params) => connection.sendNotification(new NotificationType(name, ParameterStructures.byName), params);
const refused = async (promise) => promise.then(() => assert.fail('should have been refused'), (e) => e);
const until = async (condition) => {
  for (let i = 0; !condition(); i++) {
    assert.ok(i < 500, 'waited too long');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

assert.equal((await refused(call('shutdown', {}))).data.code, 'protocol.notInitialized');
const settings = {
  protocolVersion: 1,
  clientName: 'node',
  clientVersion: '1',
  locale: 'en',
  cloud: { name: 'public', custom: null },
  credential: { kind: 'vsCode', tenantId: null, clientId: null },
  storageFolder: join(folder, 'storage'),
  logFolder: join(folder, 'logs'),
  logLevel: 'info',
  parentProcessId: process.pid,
};
const wrong = await refused(call('initialize', { ...settings, cloud: { name: 'mars', custom: null } }));
assert.equal(wrong.data.code, 'protocol.invalidParams');
assert.match(wrong.message, /params\.cloud\.name/);
const result = await call('initialize', settings);
assert.equal(result.processId, child.pid);
await until(() => lines.some((line) => line.level === 'info' && line.message.includes('for node 1')));

// The level is changed before the next request is looked at.
await notify('log/setLevel', { level: 'off' });
const before = lines.length;
assert.equal((await refused(call('initialize', settings))).data.code, 'protocol.alreadyInitialized');
await notify('log/setLevel', { level: 'debug' });
await notify('credential/changed', {});
await Promise.all(Array.from({ length: 200 }, async (_, i) => assert.equal((await refused(call(`none/${i}`, {}))).code, rpc.ErrorCodes.MethodNotFound)));
await until(() => lines.slice(before).some((line) => line.message.includes('none/199')));
assert.ok(!lines.slice(before).some((line) => line.message.includes('alreadyInitialized')));

// Bytes past the library: broken JSON and a message too large, both answered without an id; then all goes on.
child.stdin.write('Content-Length: 5\r\n\r\n{"a":');
const size = 20 * 1024 * 1024;
child.stdin.write(`Content-Length: ${size}\r\n\r\n`);
child.stdin.write(Buffer.alloc(size, 'x'));
await until(() => orphans.length === 2);
assert.ok(orphans[0].includes('-32700') || orphans[0].includes('not JSON'), orphans[0]);
assert.ok(orphans[1].includes(`${size}`), orphans[1]);
assert.deepEqual(await call('shutdown', {}), {});
child.stdin.end();
assert.deepEqual(await ended, [0, null]);
process.stdout.write('all checks passed\n', () => process.exit(0));
