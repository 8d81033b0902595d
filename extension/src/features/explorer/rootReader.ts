import type * as vscode from 'vscode';
import { setContextKey } from '../../infrastructure/contextKeys';
import { Problem } from '../../infrastructure/problem';
import type { SignInState } from '../../infrastructure/signInState';
import type { SubscriptionSelection } from '../../infrastructure/subscriptionSelection';
import { server } from '../../protocol/methods';
import type { ChildrenResult, SubscriptionInfo } from '../../protocol/types';
import type { SidecarClient } from '../../sidecar/client';

const nothing: ChildrenResult = { nodes: [], nextPageToken: null };

/** Reads the roots, or finds out why there are none: the empty view then says what to do. */
export class RootReader {
  constructor(
    private readonly sidecar: SidecarClient,
    private readonly signIn: SignInState,
    private readonly selection: SubscriptionSelection,
    private readonly log: vscode.LogOutputChannel,
    private readonly readChildren: (
      subscriptions: SubscriptionInfo[],
      pageToken: string | null,
      token: vscode.CancellationToken,
    ) => Promise<ChildrenResult>,
  ) {}

  async read(pageToken: string | null, token: vscode.CancellationToken): Promise<ChildrenResult> {
    setContextKey('amlData.loading', true);
    try {
      if (!(await this.signIn.isSignedIn())) {
        return this.empty('amlData.signInRequired');
      }
      const subscriptions = this.selection.chosen ?? (await this.all(token));
      if (subscriptions.length === 0) {
        return this.empty('amlData.noSubscriptions');
      }
      const result = await this.readChildren(subscriptions, pageToken, token);
      this.empty(undefined);
      setContextKey('amlData.signedIn', true);
      return result;
    } catch (error) {
      if (error instanceof Problem && error.code === 'auth.signInRequired') {
        return this.empty('amlData.signInRequired');
      }
      this.empty(undefined);
      throw error;
    } finally {
      setContextKey('amlData.loading', false);
    }
  }

  /** Before a person has chosen, all their subscriptions are shown. */
  private async all(token: vscode.CancellationToken): Promise<SubscriptionInfo[]> {
    const { subscriptions, problems } = await this.sidecar.request(server.explorer.subscriptions, {}, token);
    for (const problem of problems) {
      this.log.warn(`Tenant ${problem.tenantId} could not be read: ${problem.message}`);
    }
    return subscriptions;
  }

  private empty(reason: 'amlData.signInRequired' | 'amlData.noSubscriptions' | undefined): ChildrenResult {
    setContextKey('amlData.signInRequired', reason === 'amlData.signInRequired');
    setContextKey('amlData.noSubscriptions', reason === 'amlData.noSubscriptions');
    return nothing;
  }
}
