import { fileURLToPath } from 'node:url';
import { NotificationType, ParameterStructures, RequestType } from 'vscode-jsonrpc/node';
import * as vscode from 'vscode';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { client, server } from '../../extension/src/protocol/methods';
import type { ErrorData, InitializeParams } from '../../extension/src/protocol/types';
import { Sidecar, type SidecarOptions } from '../../extension/src/sidecar/sidecar';
import { SidecarError } from '../../extension/src/sidecar/sidecarError';
import { FakeLog } from './fakes/log';

const script = fileURLToPath(new URL('fakes/sidecar.mjs', import.meta.url));
const broken = fileURLToPath(new URL('fakes/broken.mjs', import.meta.url));
const byName = ParameterStructures.byName;
type Anything = Record<string, unknown>;
const echo = new RequestType<Anything, Anything, ErrorData>('test/echo', byName);
const exit = new RequestType<Anything, Anything, ErrorData>('test/exit', byName);
const hang = new RequestType<Anything, Anything, ErrorData>('test/hang', byName);
const fail = new RequestType<Anything, Anything, ErrorData>('test/fail', byName);
const initialized = new RequestType<Anything, InitializeParams, ErrorData>('test/initialized', byName);
const unknown = new RequestType<Anything, Anything, ErrorData>('test/unknown', byName);

const params: InitializeParams = {
  protocolVersion: 1,
  clientName: 'test',
  clientVersion: '0',
  locale: 'en',
  cloud: { name: 'public', custom: null },
  credential: { kind: 'vsCode', tenantId: null, clientId: null },
  storageFolder: '/tmp/none',
  logFolder: null,
  logLevel: 'info',
  parentProcessId: process.pid,
};

const sidecars: Sidecar[] = [];

function setUp(more: Partial<SidecarOptions> = {}) {
  const notices = { crashed: vi.fn(), gaveUp: vi.fn() };
  const locate = vi.fn(() => Promise.resolve({ command: process.execPath, args: [script] }));
  const log = new FakeLog();
  const sidecar = new Sidecar({
    locate,
    initializeParams: () => params,
    log: log.channel,
    notices,
    backOff: [10, 20, 30],
    ...more,
  });
  sidecars.push(sidecar);
  return { sidecar, notices, locate, log };
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof SidecarError ? error.code : `not a SidecarError: ${String(error)}`;
}

/** Asks until a process answers: after a crash the next one takes a moment. */
async function echoes(sidecar: Sidecar): Promise<void> {
  await vi.waitFor(async () => expect(await sidecar.request(echo, { a: 1 })).toEqual({ a: 1 }), { timeout: 10_000 });
}

afterEach(async () => {
  await Promise.all(sidecars.splice(0).map((sidecar) => sidecar.close()));
});

describe('the sidecar', () => {
  it('is started by the first request, once for all that wait, and told the parameters', async () => {
    const { sidecar, locate } = setUp();
    expect(locate).not.toHaveBeenCalled();
    const answers = await Promise.all([sidecar.request(echo, { n: 1 }), sidecar.request(echo, { n: 2 })]);
    expect(answers).toEqual([{ n: 1 }, { n: 2 }]);
    expect(locate).toHaveBeenCalledOnce();
    expect(await sidecar.request(initialized, {})).toEqual(params);
  });

  it('turns an error answer into a typed one', async () => {
    const { sidecar } = setUp();
    const error: unknown = await sidecar.request(fail, {}).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SidecarError);
    expect(error).toMatchObject({
      message: 'The storage account refuses you.',
      code: 'storage.authorizationMismatch',
      retryable: false,
      correlationId: '00-fake',
      target: null,
      actions: ['openSettings'],
    });
  });

  it('gives an error without data a code of its own', async () => {
    const { sidecar } = setUp();
    expect(await codeOf(sidecar.request(unknown, {}))).toBe('rpc.-32601');
  });

  it('answers the requests and hears the notifications of every process', async () => {
    const { sidecar } = setUp();
    vi.stubEnv('FAKE_SIDECAR_TOKENS', '1');
    const tokens = vi.fn(() => Promise.resolve({ token: 't', expiresOn: null, accountLabel: null }));
    const lines: string[] = [];
    sidecar.onRequest(client.credential.token, tokens);
    sidecar.onNotification(client.log.message, (line) => lines.push(line.message));
    await sidecar.request(server.explorer.subscriptions, {});
    await sidecar.restart();
    await sidecar.request(server.explorer.subscriptions, {});
    expect(tokens).toHaveBeenCalledTimes(2);
    sidecar.notifyIfRunning(server.log.setLevel, { level: 'debug' });
    await vi.waitFor(() => expect(lines).toEqual(['level is debug']));
    vi.unstubAllEnvs();
  });

  it('tells nothing to a process that does not run', () => {
    const { sidecar, locate } = setUp();
    sidecar.notifyIfRunning(new NotificationType<Anything>('test/none', byName), {});
    expect(locate).not.toHaveBeenCalled();
  });

  it('stops waiting at once when the token is cancelled', async () => {
    const { sidecar } = setUp();
    await sidecar.request(echo, {});
    const source = new vscode.CancellationTokenSource();
    const answer = sidecar.request(hang, {}, source.token);
    source.cancel();
    await expect(answer).rejects.toBeInstanceOf(vscode.CancellationError);
  });

  it('is restarted after a crash, with one notice, and what was waited for fails', async () => {
    const { sidecar, notices } = setUp();
    const starts = vi.fn();
    sidecar.onDidStart(starts);
    await sidecar.request(echo, {});
    expect(await codeOf(sidecar.request(exit, {}))).toBe('sidecar.ended');
    await echoes(sidecar);
    expect(await codeOf(sidecar.request(exit, {}))).toBe('sidecar.ended');
    await echoes(sidecar);
    expect(starts).toHaveBeenCalledTimes(3);
    expect(notices.crashed).toHaveBeenCalledOnce();
    expect(notices.gaveUp).not.toHaveBeenCalled();
  });

  it('forgets crashes of a process that had been sound', async () => {
    const { sidecar, notices } = setUp({ backOff: [1], soundAfter: 0 });
    for (let crash = 0; crash < 3; crash++) {
      await echoes(sidecar);
      await codeOf(sidecar.request(exit, {}));
    }
    await echoes(sidecar);
    expect(notices.gaveUp).not.toHaveBeenCalled();
  });

  it('gives up when it ends again and again, says so once, and starts anew when asked to', async () => {
    const bad = { command: process.execPath, args: [broken] };
    const good = { command: process.execPath, args: [script] };
    let launch = bad;
    const locate = vi.fn(() => Promise.resolve(launch));
    const { sidecar, notices } = setUp({ locate });
    expect(await codeOf(sidecar.request(echo, {}))).toBe('sidecar.stopped');
    expect(locate).toHaveBeenCalledTimes(4);
    expect(notices.crashed).toHaveBeenCalledOnce();
    expect(notices.gaveUp).toHaveBeenCalledOnce();
    expect(await codeOf(sidecar.request(echo, {}))).toBe('sidecar.stopped');
    expect(locate).toHaveBeenCalledTimes(4);
    launch = good;
    await sidecar.restart();
    await echoes(sidecar);
  });

  it('counts a program that cannot be started as a crash', async () => {
    const { sidecar, log } = setUp({
      locate: () => Promise.resolve({ command: '/no/such/program', args: [] }),
      backOff: [1],
    });
    expect(await codeOf(sidecar.request(echo, {}))).toBe('sidecar.stopped');
    expect(log.lines.join('\n')).toContain('ENOENT');
  });

  it('says what is missing, and looks again with the next request', async () => {
    const problem = new SidecarError('No .NET.', { code: 'sidecar.noRuntime' });
    const locate = vi
      .fn()
      .mockRejectedValueOnce(problem)
      .mockResolvedValue({ command: process.execPath, args: [script] });
    const { sidecar, notices } = setUp({ locate });
    expect(await codeOf(sidecar.request(echo, {}))).toBe('sidecar.noRuntime');
    await echoes(sidecar);
    expect(notices.crashed).not.toHaveBeenCalled();
  });

  it('passes on why settings cannot be worked with, without starting again and again', async () => {
    const { sidecar, locate } = setUp({
      initializeParams: () => {
        throw new SidecarError('The setting amlData.cloud.custom lacks "storageSuffix".', {
          code: 'settings.customCloud',
        });
      },
    });
    expect(await codeOf(sidecar.request(echo, {}))).toBe('settings.customCloud');
    expect(locate).toHaveBeenCalledOnce();
  });

  it('ends its process when it is closed, and starts no other', async () => {
    const { sidecar, notices } = setUp();
    const { parentProcessId } = await sidecar.request(initialized, {});
    expect(parentProcessId).toBe(process.pid);
    await sidecar.close();
    expect(await codeOf(sidecar.request(echo, {}))).toBe('sidecar.ended');
    expect(notices.crashed).not.toHaveBeenCalled();
  });

  it('is replaced when settings change, if anybody wanted it yet', async () => {
    const { sidecar, locate, notices } = setUp();
    await sidecar.restartIfWanted();
    expect(locate).not.toHaveBeenCalled();
    await sidecar.request(echo, {});
    await sidecar.restartIfWanted();
    expect(locate).toHaveBeenCalledTimes(2);
    expect(notices.crashed).not.toHaveBeenCalled();
  });

  it('is tried again when the settings with which it did not start change', async () => {
    const { sidecar, locate } = setUp();
    locate.mockRejectedValueOnce(new SidecarError('No runtime.', { code: 'sidecar.noRuntime' }));
    expect(await codeOf(sidecar.request(echo, {}))).toBe('sidecar.noRuntime');
    await sidecar.restartIfWanted();
    expect(locate).toHaveBeenCalledTimes(2);
    await sidecar.restartIfWanted();
    expect(locate).toHaveBeenCalledTimes(3);
    await echoes(sidecar);
    expect(locate).toHaveBeenCalledTimes(3);
  });

  it('can be stopped while it waits to be restarted', async () => {
    const { sidecar, notices, locate } = setUp({ backOff: [200] });
    await sidecar.request(echo, {});
    await codeOf(sidecar.request(exit, {}));
    await vi.waitFor(() => expect(notices.crashed).toHaveBeenCalledOnce());
    await sidecar.stop();
    expect(locate).toHaveBeenCalledOnce();
    await echoes(sidecar);
    expect(locate).toHaveBeenCalledTimes(2);
  });
});
