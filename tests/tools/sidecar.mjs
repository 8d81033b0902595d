// The sidecar, driven as the extension drives it.
import { performance } from 'node:perf_hooks';
import { createMessageConnection, ParameterStructures, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import { keep } from './processes.mjs';

/** The states in which an operation is over. */
const finished = new Set(['cancelled', 'succeeded', 'succeededWithWarnings', 'failed']);

/** A running sidecar and the connection to it. */
export class Sidecar {
  /**
   * @param command what to start
   * @param answers handlers of what the sidecar asks: method name to function
   */
  constructor(command, args, answers = {}) {
    this.started = performance.now();
    // The environment too is as the extension sets it (extension/src/sidecar/process.ts).
    this.child = keep(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { DOTNET_GCgen0size: '400000', ...process.env } });
    const { stdin, stdout, stderr } = this.child.process;
    this.errors = '';
    stderr.setEncoding('utf8').on('data', (text) => (this.errors = (this.errors + text).slice(-8000)));
    stdin.on('error', () => {}); // The process is gone; `ended` tells.
    this.connection = createMessageConnection(new StreamMessageReader(stdout), new StreamMessageWriter(stdin));
    this.connection.onError(() => {});
    for (const [method, answer] of Object.entries(answers)) {
      this.connection.onRequest(method, answer);
    }
    this.connection.listen();
    this.child.ended.then(() => this.connection.dispose());
  }

  get pid() {
    return this.child.process.pid;
  }

  async request(method, params = {}) {
    try {
      return await this.connection.sendRequest(method, ParameterStructures.byName, params);
    } catch (error) {
      const code = error.data?.code ? ` (${error.data.code})` : '';
      throw new Error(`${method}: ${error.message}${code}${this.errors ? `\n${this.errors}` : ''}`);
    }
  }

  onNotification(method, handler) {
    return this.connection.onNotification(method, handler);
  }

  /** The first request. @param cloud a custom cloud's description */
  async initialize({ cloud, storageFolder, logFolder = null, logLevel = 'info' }) {
    const custom = {
      authorityHost: null,
      resourceManagerAudience: null,
      dataPlaneAudience: null,
      storageAudience: null,
      dataPlaneSuffixes: [],
      caCertificatePath: null,
      portalUrl: null,
      ...cloud,
    };
    return this.request('initialize', {
      protocolVersion: 1,
      clientName: 'scripts',
      clientVersion: '0.1.0',
      locale: 'en',
      cloud: cloud ? { name: 'custom', custom } : { name: 'public', custom: null },
      credential: { kind: 'vsCode', tenantId: null, clientId: null },
      storageFolder,
      logFolder,
      logLevel,
      parentProcessId: process.pid,
    });
  }

  children(nodeId, { subscriptions = null, pageToken = null, pageSize = null } = {}) {
    return this.request('explorer/children', { nodeId, subscriptions, pageToken, pageSize, filter: null, includeArchived: false });
  }

  /** A child that satisfies a condition, on whatever page it is. */
  async findChild(nodeId, matches, options = {}) {
    let pageToken = null;
    do {
      const page = await this.children(nodeId, { ...options, pageToken });
      const found = page.nodes.find(matches);
      if (found) {
        return found;
      }
      const problem = page.nodes.find((node) => node.kind === 'error');
      if (problem) {
        throw new Error(`${problem.label}: ${problem.description ?? problem.tooltip ?? ''}`);
      }
      pageToken = page.nextPageToken;
    } while (pageToken);
    throw new Error(`No child of ${nodeId} is the one looked for.`);
  }

  /**
   * Plans, starts and follows an export to its end.
   * @returns the plan, the finished operation and its receipt
   */
  async export(nodeIds, folder, { options = null, format = 'folder', onPlan, onProgress } = {}) {
    const plan = await this.request('operations/plan', { verb: 'export', nodeIds, export: options, change: null, filter: null, operationId: null, progressToken: null });
    onPlan?.(plan);
    const start = { confirmation: plan.confirmation === 'none' ? null : 'confirmed', destination: { folder, existing: 'skipIdentical', format } };
    const operation = await this.carryOut(plan, start, onProgress);
    return { plan, operation, receipt: await this.request('operations/receipt', { operationId: operation.id }) };
  }

  /**
   * Plans, confirms and follows a change to its end.
   * @returns the finished operation
   */
  async change(verb, nodeIds, { includeData = false, includeChildren = false, filter = null } = {}) {
    const plan = await this.request('operations/plan', {
      verb,
      nodeIds,
      export: null,
      change: { includeData, includeChildren, includeVersionsAndSnapshots: false, typeNames: true, typeAboveBytes: 1 << 30 },
      filter,
      operationId: null,
      progressToken: null,
    });
    return this.carryOut(plan, { confirmation: plan.confirmation === 'typeName' ? plan.confirmationText : 'confirmed', destination: null });
  }

  /**
   * Starts a plan with all its ticks and follows it to its end.
   * @returns the finished operation
   */
  async carryOut(plan, { confirmation, destination }, onProgress) {
    let watch;
    const over = new Promise((resolve, reject) => {
      watch = this.onNotification('operations/changed', ({ operation }) => {
        // An operation has the id of its plan.
        if (operation.id !== plan.planId) {
          return;
        }
        try {
          onProgress?.(operation);
        } catch (error) {
          reject(error); // The connection would only log it.
        }
        if (finished.has(operation.state)) {
          resolve(operation);
        }
      });
      this.child.ended.then((code) => reject(new Error(`The sidecar ended with ${code} in the middle.\n${this.errors}`)));
    });
    over.catch(() => {}); // Waited for below, unless starting fails first.
    try {
      const { operation } = await this.request('operations/start', { planId: plan.planId, confirmation, destination, toggled: [] });
      return finished.has(operation.state) ? operation : await over;
    } finally {
      watch.dispose();
    }
  }

  /** Asks it to end, and sees to it. */
  async stop() {
    const left = await Promise.race([
      this.request('shutdown').then(
        () => true,
        () => false,
      ),
      this.child.ended.then(() => false),
    ]);
    if (left) {
      this.child.process.stdin.end();
      await Promise.race([this.child.ended, new Promise((resolve) => setTimeout(resolve, 3000).unref())]);
    }
    await this.child.stop();
  }
}

/** Answers the sidecar's requests for tokens from the emulator. */
export function emulatorAnswers(emulator) {
  return {
    'credential/token': ({ scopes, tenantId }) => emulator.token(scopes, tenantId),
  };
}
