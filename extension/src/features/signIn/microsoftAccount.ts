import * as vscode from 'vscode';
import type { TokenParams } from '../../protocol/types';
import { messageOf } from '../../infrastructure/problem';
import type { Settings } from '../../infrastructure/settings';
import type { SignInState } from '../../infrastructure/signInState';
import { accountOf, type CloudAccount } from './clouds';
import { challengeOf, keyOf, scopesOf } from './tokenRequest';

/** How many unanswered requests are remembered; one sign-in usually answers all of a tenant. */
const maxPending = 8;

/**
 * VS Code's Microsoft account. The sidecar's requests are answered without asking the person; what cannot be answered is
 * remembered, and the person is asked for exactly that when they choose to sign in.
 */
export class MicrosoftAccount implements SignInState, vscode.Disposable {
  private readonly pending = new Map<string, TokenParams>();
  /** Challenges the person has met at a provider that cannot be asked about challenges. */
  private readonly met = new Set<string>();
  private signingIn = false;
  private readonly changed = new vscode.EventEmitter<void>();
  /** Accounts came or went, or a person signed in. */
  readonly onDidChange = this.changed.event;
  private readonly subscription: vscode.Disposable;

  constructor(
    private readonly settings: Settings,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.subscription = vscode.authentication.onDidChangeSessions((event) => {
      // What changes while a person signs in is told once, when they are done.
      if (!this.signingIn && this.usesVsCode && event.provider.id === this.account().providerId) {
        this.met.clear();
        this.changed.fire();
      }
    });
  }

  get usesVsCode(): boolean {
    return this.settings.credential.kind === 'vsCode';
  }

  async isSignedIn(): Promise<boolean> {
    if (!this.usesVsCode) {
      return true;
    }
    const request = this.managementRequest();
    if ((await this.find(request)) !== undefined) {
      return true;
    }
    this.remember(request);
    return false;
  }

  /** A session that answers the request without asking the person; undefined, and remembered, when there is none. */
  async answer(request: TokenParams): Promise<vscode.AuthenticationSession | undefined> {
    const session = await this.find(request);
    if (session === undefined) {
      this.remember(request);
    } else {
      this.pending.delete(keyOf(request));
    }
    return session;
  }

  /** Asks the person to sign in for all that is wanting. @throws CancellationError when they decline. */
  async signIn(otherAccount: boolean): Promise<void> {
    const wanted = [...this.pending.values()];
    this.pending.clear();
    this.signingIn = true;
    try {
      await this.askFor(wanted, otherAccount);
    } finally {
      this.signingIn = false;
    }
    this.changed.fire();
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }

  private account(): CloudAccount {
    return accountOf(this.settings.cloud, environmentSetting().get<string>('environment') ?? '');
  }

  private managementRequest(): TokenParams {
    return { scopes: [this.account().managementScope], tenantId: null, claims: null };
  }

  private async find(request: TokenParams): Promise<vscode.AuthenticationSession | undefined> {
    const { providerId } = this.account();
    const scopes = scopesOf(request, this.settings.credential.tenantId);
    if (request.claims === null || this.met.has(keyOf(request))) {
      return vscode.authentication.getSession(providerId, scopes, { silent: true });
    }
    try {
      return await vscode.authentication.getSession(
        providerId,
        { wwwAuthenticate: challengeOf(request.claims), fallbackScopes: scopes },
        { silent: true },
      );
    } catch (error) {
      // A provider without challenges says so with a plain error.
      this.log.debug(`signIn: no silent answer to a challenge: ${messageOf(error)}`);
      return undefined;
    }
  }

  private async askFor(wanted: readonly TokenParams[], otherAccount: boolean): Promise<void> {
    const account = this.account();
    await this.useEnvironment(account);
    if (otherAccount || wanted.length === 0) {
      await this.ask(account, this.managementRequest(), otherAccount);
    }
    for (const request of wanted) {
      // The sign-in before may have answered this one too.
      if ((await this.find(request)) === undefined) {
        await this.ask(account, request, false);
      }
    }
  }

  private async ask(account: CloudAccount, request: TokenParams, otherAccount: boolean): Promise<void> {
    const scopes = scopesOf(request, this.settings.credential.tenantId);
    try {
      if (request.claims === null) {
        await vscode.authentication.getSession(account.providerId, scopes, {
          createIfNone: true,
          ...(otherAccount ? { clearSessionPreference: true } : {}),
        });
        return;
      }
      await this.meetChallenge(account.providerId, scopes, request.claims);
      this.met.add(keyOf(request));
    } catch (error) {
      if (isRefusal(error)) {
        this.remember(request);
        throw new vscode.CancellationError();
      }
      throw error;
    }
  }

  private async meetChallenge(providerId: string, scopes: readonly string[], claims: string): Promise<void> {
    try {
      await vscode.authentication.getSession(
        providerId,
        { wwwAuthenticate: challengeOf(claims), fallbackScopes: scopes },
        { createIfNone: true },
      );
    } catch (error) {
      if (isRefusal(error)) {
        throw error;
      }
      this.log.debug(`signIn: the provider takes no challenges: ${messageOf(error)}`);
      await vscode.authentication.getSession(providerId, scopes, {
        forceNewSession: { detail: vscode.l10n.t('Your organization asks for an additional sign-in step.') },
      });
    }
  }

  private remember(request: TokenParams): void {
    if (this.pending.size < maxPending) {
      this.pending.set(keyOf(request), request);
    }
  }

  /** The sovereign provider signs in to the one cloud of its own setting, which the person may not know of. */
  private async useEnvironment(account: CloudAccount): Promise<void> {
    const setting = environmentSetting();
    if (account.environment !== null && setting.get<string>('environment') !== account.environment) {
      await setting.update('environment', account.environment, vscode.ConfigurationTarget.Global);
    }
  }
}

function environmentSetting(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration('microsoft-sovereign-cloud');
}

/** VS Code has no type for "the person said no", only these texts. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof vscode.CancellationError ||
    (error instanceof Error && /did not consent|cancel/i.test(`${error.name} ${error.message}`))
  );
}
