// A stand-in for the sidecar that speaks the contract over stdio, with a small made-up world: for unit tests, and for
// developing the extension without .NET (setting amlData.sidecar.path).
//   FAKE_SIDECAR_TOKENS=1   asks the client for a token before it lists subscriptions
import { createMessageConnection, ResponseError, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import { children, locate, subscriptions } from './world.mjs';
import { Operations } from './operations.mjs';

const connection = createMessageConnection(
  new StreamMessageReader(process.stdin),
  new StreamMessageWriter(process.stdout),
);
const operations = new Operations((method, params) => void connection.sendNotification(method, params));
let initialized;

const methods = {
  initialize(params) {
    initialized = params;
    return {
      protocolVersion: params.protocolVersion,
      serverVersion: '0.0.0-fake',
      processId: process.pid,
      capabilities: ['explorer', 'export'],
    };
  },
  shutdown: () => ({}),
  'explorer/subscriptions': async () => {
    if (process.env.FAKE_SIDECAR_TOKENS === '1') {
      await connection.sendRequest('credential/token', {
        scopes: ['https://management.azure.com/.default'],
        tenantId: null,
        claims: null,
      });
    }
    return { subscriptions, problems: [] };
  },
  'explorer/children': (params) => children(params),
  'explorer/locate': (params) => ({
    node: locate(params.text) ?? fail('run.notFound', `No run "${params.text}" was found.`),
  }),
  'explorer/refresh': () => ({}),
  'operations/plan': (params, token) =>
    operations.plan(
      params,
      (value) => connection.sendNotification('$/progress', { token: params.progressToken, value }),
      token,
    ),
  'operations/planItems': (params) => operations.planItems(params),
  'operations/review': (params) => operations.review(params),
  'operations/savePlan': (params) => operations.savePlan(params),
  'operations/start': (params) => operations.start(params),
  'operations/list': () => operations.list(),
  'operations/pause': (params) => operations.pause(params),
  'operations/resume': (params) => operations.resume(params),
  'operations/cancel': (params) => operations.cancel(params),
  'operations/discard': (params) => operations.discard(params),
  'operations/clearFinished': () => operations.clearFinished(),
  'operations/receipt': (params) => operations.receipt(params),
  // Not of the contract: what unit tests provoke.
  'test/echo': (params) => params,
  'test/initialized': () => initialized,
  'test/fail': () => fail('storage.authorizationMismatch', 'The storage account refuses you.', ['openSettings']),
  'test/hang': () => new Promise(() => undefined),
  'test/exit': () => process.exit(3),
};

function fail(code, message, actions = ['retry']) {
  throw new ResponseError(-32000, message, { code, retryable: false, correlationId: '00-fake', target: null, actions });
}

for (const [name, answer] of Object.entries(methods)) {
  connection.onRequest(name, (params, token) => {
    if (initialized === undefined && name !== 'initialize') {
      fail('protocol.notInitialized', 'The first request must be initialize.');
    }
    return answer(params, token);
  });
}
connection.onNotification('log/setLevel', ({ level }) => {
  void connection.sendNotification('log/message', { level: 'info', category: 'Fake', message: `level is ${level}` });
});
connection.onClose(() => process.exit(0));
connection.listen();
