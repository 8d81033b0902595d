import * as vscode from 'vscode';
import type { SubscriptionInfo } from '../protocol/types';

const key = 'amlData.subscriptions';

/** The subscriptions the person chose, remembered across windows; undefined until they chose: then all are shown. */
export class SubscriptionSelection implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;

  constructor(private readonly state: vscode.Memento) {}

  /** A fresh copy; undefined when the person never chose. */
  get chosen(): SubscriptionInfo[] | undefined {
    return this.state.get<readonly SubscriptionInfo[]>(key)?.map((subscription) => ({ ...subscription }));
  }

  async choose(subscriptions: readonly SubscriptionInfo[]): Promise<void> {
    await this.state.update(key, subscriptions);
    this.changed.fire();
  }

  dispose(): void {
    this.changed.dispose();
  }
}
