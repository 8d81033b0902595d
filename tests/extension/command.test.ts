import * as vscode from 'vscode';
import { describe, expect, it, vi } from 'vitest';
import { CommandRegistrar } from '../../extension/src/infrastructure/command';
import { ErrorPresenter } from '../../extension/src/infrastructure/errorPresenter';
import { Problem } from '../../extension/src/infrastructure/problem';
import { FakeLog } from './fakes/log';
import { fake } from './fakes/vscode';

function setUp(execute: (...args: readonly unknown[]) => Promise<void> | void): FakeLog {
  const log = new FakeLog();
  new CommandRegistrar(new ErrorPresenter(log.channel)).register({ id: 'test.command', execute });
  return log;
}

async function run(...args: unknown[]): Promise<void> {
  await vscode.commands.executeCommand('test.command', ...args);
  // The message is shown after the command is over.
  await new Promise((resolve) => setTimeout(resolve, 0));
}

describe('the registrar', () => {
  it('passes the arguments on and shows nothing when all is well', async () => {
    const execute = vi.fn();
    setUp(execute);
    await run('a', 1);
    expect(execute).toHaveBeenCalledExactlyOnceWith('a', 1);
    expect(fake.shown).toEqual([]);
  });

  it('shows one message with the actions of a problem as buttons, and logs the correlation id', async () => {
    const log = setUp(() => {
      throw new Problem('The storage account refuses you.', {
        code: 'storage.authorizationMismatch',
        correlationId: 'c-1',
        target: 'acct',
        actions: ['signIn', 'openSettings', 'showLog'],
      });
    });
    await run();
    expect(fake.shown).toEqual([
      {
        level: 'error',
        message: 'The storage account refuses you.',
        buttons: ['Sign In', 'Open Settings', 'Show Log'],
      },
    ]);
    expect(log.lines).toEqual([
      'test.command: The storage account refuses you. (storage.authorizationMismatch, target acct, correlation id c-1)',
    ]);
  });

  it('leads to the settings of proxies and to the help', async () => {
    for (const [press, command] of [
      ['Open Proxy Settings', 'workbench.action.openSettings'],
      ['Open Help', 'extension.open'],
    ] as const) {
      setUp(() => {
        throw new Problem('Not trusted.', {
          code: 'network.untrustedCertificate',
          actions: ['openHelp', 'openNetworkSettings'],
        });
      });
      fake.press = [press];
      await run();
      expect(fake.executed.map((call) => call.command)).toContain(command);
    }
  });

  it('runs the command behind a button', async () => {
    setUp(() => {
      throw new Problem('Who are you?', { code: 'auth.signInRequired', actions: ['signIn'] });
    });
    fake.press = ['Sign In'];
    await run();
    expect(fake.executed.map((call) => call.command)).toContain('amlData.signIn.signIn');
  });

  it('tries again with the same arguments, and offers one "Try Again" for actions that mean it', async () => {
    const execute = vi.fn((): void => {
      if (execute.mock.calls.length === 1) {
        throw new Problem('Busy.', { code: 'service.throttled', actions: ['retry', 'planAgain'] });
      }
    });
    setUp(execute);
    fake.press = ['Try Again'];
    await run('node');
    expect(fake.shown[0]?.buttons).toEqual(['Try Again']);
    expect(execute.mock.calls).toEqual([['node'], ['node']]);
  });

  it.each([
    ['VS Code', new vscode.CancellationError()],
    ['the sign-in', new Problem('Cancelled.', { code: 'auth.cancelled' })],
  ])('is silent about a cancellation by %s', async (_, error) => {
    const log = setUp(() => Promise.reject(error));
    await run();
    expect(fake.shown).toEqual([]);
    expect(log.lines).toEqual([]);
  });

  it('shows a defect with a way to the log, and its stack in the log only', async () => {
    const log = setUp(() => {
      throw new TypeError('x is undefined');
    });
    await run();
    expect(fake.shown).toEqual([{ level: 'error', message: 'x is undefined', buttons: ['Show Log'] }]);
    expect(log.lines[0]).toContain('command.test.ts');
  });

  it('offers a restart of a sidecar that stays down', async () => {
    setUp(() => {
      throw new Problem('It keeps ending.', { code: 'sidecar.stopped', actions: ['showLog'] });
    });
    await run();
    expect(fake.shown[0]?.buttons).toEqual(['Restart', 'Show Log']);
  });
});
