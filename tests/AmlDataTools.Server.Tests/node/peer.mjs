// vscode-jsonrpc over standard input and output; at the other end are the methods of TestMethods.cs.
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { createRequire } from 'node:module';

const rpc = createRequire(import.meta.url)('vscode-jsonrpc/node');
const { ErrorCodes, CancellationTokenSource, ParameterStructures, ProgressType, RequestType, NotificationType, ResponseError } = rpc;

const connection = rpc.createMessageConnection(new rpc.StreamMessageReader(process.stdin), new rpc.StreamMessageWriter(process.stdout));
const errors = [];
connection.onError((e) => errors.push(e));

// What an endless answer of ours has come to.
const reached = new EventEmitter();
const answer = new RequestType('client/answer', ParameterStructures.byName);
connection.onRequest(answer, async ({ text }, token) => {
  if (text === 'fail') {
    return new ResponseError(-32803, 'no', { code: 'auth.signInRequired', retryable: false, correlationId: null, target: null, actions: ['signIn'] });
  }
  if (text === 'never') {
    reached.emit('asked');
    await new Promise((resolve) => token.onCancellationRequested(resolve));
    reached.emit('cancelled');
    return { text: 'cancelled' };
  }
  return { text: `${text} back` };
});
connection.listen();

const call = (name, params, token) => connection.sendRequest(new RequestType(name, ParameterStructures.byName), params, token);
const refused = async (promise) => promise.then(() => assert.fail('should have been refused'), (e) => e);

// Calls, in both directions and nested.
assert.deepEqual(await call('test/echo', { text: 'ä € 😀 \u2028 "\\' }), { text: 'ä € 😀 \u2028 "\\' });
assert.deepEqual(await call('test/askBack', { text: 'there and' }), { text: 'there and back' });
const many = await Promise.all(Array.from({ length: 500 }, (_, i) => call(i % 2 ? 'test/echo' : 'test/askBack', { text: `${i}` })));
many.forEach(({ text }, i) => assert.equal(text, i % 2 ? `${i}` : `${i} back`));
assert.equal((await call('test/big', { count: 5_000_000 })).text.length, 5_000_000);

// Errors and their data.
const problem = await refused(call('test/throw', { text: 'problem' }));
assert.ok(problem instanceof ResponseError);
assert.equal(problem.message, 'The disk is full. Free some space.');
assert.deepEqual(problem.data, { code: 'storage.full', retryable: true, correlationId: 'service-id', target: '/data', actions: ['chooseFolder', 'retry'] });
assert.equal((await refused(call('test/none', {}))).code, ErrorCodes.MethodNotFound);
assert.equal((await refused(call('test/echo', {}))).code, ErrorCodes.InvalidParams);
assert.equal((await refused(call('test/askBack', { text: 'fail' }))).data.code, 'internal.unexpected');

// Cancellation, of a request and of the one it makes of us.
const cancelledHere = once(reached, 'cancelled');
for (const [name, params] of [['test/wait', { count: 60_000 }], ['test/askBack', { text: 'never' }]]) {
  const source = new CancellationTokenSource();
  const asked = name === 'test/askBack' ? once(reached, 'asked') : undefined;
  const waiting = refused(call(name, params, source.token));
  await call('test/echo', { text: 'meanwhile' });
  // Requests are worked on side by side: that another was answered does not say that this one has asked us yet.
  await asked;
  source.cancel();
  const cancelled = await waiting;
  assert.equal(cancelled.code, -32800);
  assert.equal(cancelled.data.code, 'request.cancelled');
}
await cancelledHere;

// Progress.
const seen = [];
connection.onProgress(new ProgressType(), 'token 1', ({ count }) => seen.push(count));
await call('test/progress', { count: 1000, progressToken: 'token 1' });
assert.equal(seen.at(-1), 1000);
assert.ok(seen.every((value, i) => i === 0 || value > seen[i - 1]));

// A notification, heard before the request that follows it is answered.
await connection.sendNotification(new NotificationType('test/note', ParameterStructures.byName), { text: 'noted' });
await call('test/echo', { text: '' });
assert.deepEqual(errors, []);
process.stderr.write('all checks passed\n', () => process.exit(0));
