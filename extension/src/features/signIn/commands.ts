import * as vscode from 'vscode';
import type { Command } from '../../infrastructure/command';
import { commandIds } from '../../infrastructure/commandIds';
import { Problem } from '../../infrastructure/problem';
import type { MicrosoftAccount } from './microsoftAccount';

/** "Sign In to Azure...": asks for all that is wanting, tenants and additional steps included. */
export class SignInCommand implements Command {
  readonly id = commandIds.signIn;

  constructor(private readonly account: MicrosoftAccount) {}

  async execute(): Promise<void> {
    assertVsCodeSignsIn(this.account);
    await this.account.signIn(false);
  }
}

/** "Sign In with Another Account...". */
export class UseOtherAccountCommand implements Command {
  readonly id = 'amlData.signIn.useOtherAccount';

  constructor(private readonly account: MicrosoftAccount) {}

  async execute(): Promise<void> {
    assertVsCodeSignsIn(this.account);
    await this.account.signIn(true);
  }
}

function assertVsCodeSignsIn(account: MicrosoftAccount): void {
  if (!account.usesVsCode) {
    throw new Problem(
      vscode.l10n.t(
        'The setting amlData.credential.kind says to sign in outside VS Code. Sign in there, or change the setting.',
      ),
      { code: 'auth.outsideVsCode', actions: ['openSettings'] },
    );
  }
}
