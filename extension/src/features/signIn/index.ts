import type * as vscode from 'vscode';
import type { CommandRegistrar } from '../../infrastructure/command';
import type { ErrorPresenter } from '../../infrastructure/errorPresenter';
import type { Settings } from '../../infrastructure/settings';
import { client, server } from '../../protocol/methods';
import type { SidecarClient } from '../../sidecar/client';
import { SignInCommand, UseOtherAccountCommand } from './commands';
import { showDeviceCode } from './deviceCode';
import { MicrosoftAccount } from './microsoftAccount';
import { answerTokenRequest } from './tokenHandler';

/** Signing in: tokens for the sidecar, and the commands a person signs in with. */
export function registerSignIn(
  context: vscode.ExtensionContext,
  registrar: CommandRegistrar,
  sidecar: SidecarClient,
  settings: Settings,
  errors: ErrorPresenter,
  log: vscode.LogOutputChannel,
): MicrosoftAccount {
  const account = new MicrosoftAccount(settings, log);
  registrar.register(new SignInCommand(account), new UseOtherAccountCommand(account));
  sidecar.onRequest(client.credential.token, (request) => answerTokenRequest(account, request));
  sidecar.onNotification(client.credential.deviceCode, (code) => {
    const show = (): Promise<void> => showDeviceCode(code);
    show().catch((error: unknown) => errors.present(error, 'credential/deviceCode', show));
  });
  context.subscriptions.push(
    account,
    account.onDidChange(() => {
      sidecar.notifyIfRunning(server.credential.changed, {});
    }),
  );
  return account;
}
